import { parseCSeq } from '../headers/cseq.ts';
import { type NameAddr, parseNameAddr, parseNameAddrs, tagOf } from '../headers/name-addr.ts';
import { header, headerLines, type SipMessage } from '../message.ts';

/** What stands in the signature of a message besides its own headers. */
export interface SigningContext {
  /** `NTLM` or `Kerberos`. */
  readonly scheme: string;
  readonly realm: string;
  readonly targetName: string;
  /** `crand` or `srand`: eight hexadecimal digits. */
  readonly random: string;
  /** `cnum` or `snum`, as written. */
  readonly number: string;
}

/**
 * The text that a message is signed over, protocol version 4 of [MS-SIPAE]: fields in angle brackets, an empty pair
 * for what is missing. Body, Contact and Via are not covered, which is why this is no substitute for TLS.
 */
export function signedText(message: SipMessage, context: SigningContext): string {
  const from = address(message, 'From');
  const to = address(message, 'To');
  const cseq = parseCSeq(header(message, 'CSeq') ?? '');
  const identities = headerLines(message, 'P-Asserted-Identity').flatMap(
    (line) => parseNameAddrs(line) ?? [],
  );
  const identity = (scheme: RegExp): string => identities.find(({ uri }) => scheme.test(uri))?.uri ?? '';
  const fields = [
    context.scheme,
    context.random,
    context.number,
    context.realm,
    context.targetName,
    header(message, 'Call-ID') ?? '',
    cseq === undefined ? '' : String(cseq.number),
    cseq?.method ?? '',
    from?.uri ?? '',
    tagOf(from) ?? '',
    to?.uri ?? '',
    tagOf(to) ?? '',
    identity(/^sips?:/i),
    identity(/^tel:/i),
    header(message, 'Expires') ?? '',
    ...(message.kind === 'response' ? [String(message.status)] : []),
  ];
  return fields.map((field) => `<${field}>`).join('');
}

const address = (message: SipMessage, name: 'From' | 'To'): NameAddr | undefined =>
  parseNameAddr(header(message, name) ?? '');
