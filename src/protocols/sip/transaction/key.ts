import { parseCSeq } from '../headers/cseq.ts';
import { parseNameAddr, tagOf } from '../headers/name-addr.ts';
import { branchCookie, branchOf, parseVias } from '../headers/via.ts';
import { header, type SipMessage, type SipRequest, type SipResponse } from '../message.ts';

/**
 * What finds the transaction of a message on one connection (RFC 3261 sections 17.1.3 and 17.2.3). Branches are
 * not unique between connections (SIPE draws them from an unseeded generator), so each connection has its own table.
 */
export function clientKey(response: SipResponse): string | undefined {
  const [via] = parseVias(header(response, 'Via') ?? '') ?? [];
  const branch = via === undefined ? undefined : branchOf(via);
  const cseq = parseCSeq(header(response, 'CSeq') ?? '');
  return branch === undefined || cseq === undefined ? undefined : `${cseq.method} ${branch}`;
}

/**
 * The key of a request, or of an ACK or CANCEL as that of `method`, the request that it is about. Without a branch
 * of RFC 3261 the rules of RFC 2543 hold; the To tag is left out of them, because an ACK has one where its INVITE had none.
 */
export function serverKey(request: SipRequest, method: string = matched(request.method)): string {
  const line = header(request, 'Via') ?? '';
  const [via] = parseVias(line) ?? [];
  const branch = via === undefined ? undefined : branchOf(via);
  if (via !== undefined && branch?.startsWith(branchCookie)) {
    return `${method} ${branch} ${via.host.toLowerCase()}:${via.port ?? ''}`;
  }
  const number = parseCSeq(header(request, 'CSeq') ?? '')?.number;
  return `${method} 2543 ${number} ${header(request, 'Call-ID')} ${fromTag(request)} ${line}`;
}

const matched = (method: string): string => (method === 'ACK' ? 'INVITE' : method);

const fromTag = (message: SipMessage): string | undefined =>
  tagOf(parseNameAddr(header(message, 'From') ?? ''));
