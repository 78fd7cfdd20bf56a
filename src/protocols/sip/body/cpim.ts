import type { Header } from '../message.ts';
import { parseHead } from '../parse.ts';

export const cpimType = 'message/cpim';

/** A message/cpim body (RFC 3862): who wrote what, apart from who carries it. Holds requests for imdn (RFC 5438). */
export interface Cpim {
  /** `From`, `To`, `DateTime`, `imdn.Message-ID` … as written, without `NS` lines resolved. */
  readonly headers: readonly Header[];
  /** MIME headers of the content; known names in their one spelling. */
  readonly contentHeaders: readonly Header[];
  readonly content: Uint8Array;
}

const maxHead = 16_384;

/** `undefined` for what is no CPIM. */
export function parseCpim(body: Uint8Array): Cpim | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const outerEnd = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  const innerEnd = outerEnd < 0 ? -1 : bytes.indexOf('\r\n\r\n', outerEnd + 4, 'latin1');
  if (innerEnd < 0 || innerEnd > maxHead) return undefined;
  const headers = readHeaders(bytes.toString('utf8', 0, outerEnd));
  const contentHeaders = readHeaders(bytes.toString('utf8', outerEnd + 4, innerEnd));
  if (headers === undefined || contentHeaders === undefined) return undefined;
  return { headers, contentHeaders, content: bytes.subarray(innerEnd + 4) };
}

function readHeaders(text: string): readonly Header[] | undefined {
  const { headers, fault } = parseHead(`CPIM sip:body SIP/2.0\r\n${text}`);
  return fault === undefined ? headers : undefined;
}

/** The value of a CPIM header; these names compare by case (RFC 3862 section 3.1). */
export function cpimHeader({ headers }: Cpim, name: string): string | undefined {
  return headers.find((each) => each.name === name)?.value;
}

export function formatCpim({ headers, contentHeaders, content }: Cpim): Buffer {
  const lines = (all: readonly Header[]): string =>
    all.map(({ name, value }) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${lines(headers)}\r\n${lines(contentHeaders)}\r\n`), content]);
}
