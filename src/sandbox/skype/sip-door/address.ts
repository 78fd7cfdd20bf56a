import { parseNameAddr } from '../../../protocols/sip/headers/name-addr.ts';
import { header, type SipRequest } from '../../../protocols/sip/message.ts';
import { addressOfRecord, parseUri, unescapeUri } from '../../../protocols/sip/uri.ts';

/** A person's address, without scheme and in lower case; `undefined` for a URI that names nobody. */
export function addressOfUri(text: string): string | undefined {
  const record = addressOfRecord(parseUri(text));
  if (record === undefined || !record.includes('@')) return undefined;
  return unescapeUri(record.slice('sip:'.length)).toLowerCase();
}

/** Of From or To. */
export function addressOfHeader(request: SipRequest, name: 'From' | 'To'): string | undefined {
  const value = parseNameAddr(header(request, name) ?? '');
  return value && addressOfUri(value.uri);
}
