import { formatCSeq, parseCSeq } from '../headers/cseq.ts';
import { formatVia, parseVias } from '../headers/via.ts';
import { type Header, header, headerLines, noBody, type SipRequest, type SipResponse } from '../message.ts';

/** The ACK of a final response that is no 2xx: it belongs to the INVITE's transaction (RFC 3261 section 17.1.1.3). */
export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return derive(invite, 'ACK', header(response, 'To') ?? header(invite, 'To') ?? '');
}

/** RFC 3261 section 9.1. */
export function cancelFor(invite: SipRequest, headers: readonly Header[] = []): SipRequest {
  const cancel = derive(invite, 'CANCEL', header(invite, 'To') ?? '');
  return { ...cancel, headers: [...cancel.headers, ...headers] };
}

function derive(invite: SipRequest, method: string, to: string): SipRequest {
  const number = parseCSeq(header(invite, 'CSeq') ?? '')?.number ?? 0;
  const [via] = parseVias(header(invite, 'Via') ?? '') ?? [];
  const copied = (name: string): readonly Header[] =>
    headerLines(invite, name).map((value) => ({ name, value }));
  return {
    kind: 'request',
    method,
    uri: invite.uri,
    headers: [
      ...(via === undefined ? [] : [{ name: 'Via', value: formatVia(via) }]),
      ...copied('Route'),
      { name: 'Max-Forwards', value: '70' },
      ...copied('From'),
      { name: 'To', value: to },
      ...copied('Call-ID'),
      { name: 'CSeq', value: formatCSeq({ number, method }) },
    ],
    body: noBody,
  };
}
