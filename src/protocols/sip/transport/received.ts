import { withParam } from '../headers/params.ts';
import { formatVia, parseVias } from '../headers/via.ts';
import { header, headerLines, type SipRequest } from '../message.ts';
import type { Peer } from './options.ts';

/**
 * Notes in the topmost Via where a request really came from: `received` where its sender calls itself otherwise
 * (RFC 3261 section 18.2.1), and `rport` where it asks (RFC 3581). Other requests are the same afterwards.
 */
export function withReceived(
  request: SipRequest,
  { address, port }: Pick<Peer, 'address' | 'port'>,
): SipRequest {
  const line = header(request, 'Via');
  const [via, ...others] = line === undefined ? [] : (parseVias(line) ?? []);
  if (via === undefined) return request;
  const asksForPort = via.params.some(({ name, value }) => name === 'rport' && value === undefined);
  const source = address.replace(/^::ffff:/i, '');
  if (!asksForPort && via.host.replace(/^\[|\]$/g, '') === source) return request;
  const received = withParam(via.params, { name: 'received', value: source });
  const params = asksForPort ? withParam(received, { name: 'rport', value: String(port) }) : received;
  const value = [{ ...via, params }, ...others].map(formatVia).join(', ');
  const rest = headerLines(request, 'Via')
    .slice(1)
    .map((each) => ({ name: 'Via', value: each }));
  const headers = request.headers.filter(({ name }) => name !== 'Via');
  return { ...request, headers: [{ name: 'Via', value }, ...rest, ...headers] };
}
