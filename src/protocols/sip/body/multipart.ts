import { badRequest, type Fault } from '../fault.ts';
import type { MediaType } from '../headers/content-type.ts';
import { param } from '../headers/params.ts';
import type { Header } from '../message.ts';
import { parseHead } from '../parse.ts';
import { SipWriteError } from '../write.ts';

export interface Part {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export interface MultipartLimits {
  readonly parts: number;
  /** Bytes of the headers of one part. */
  readonly head: number;
}

export const defaultMultipartLimits: MultipartLimits = { parts: 256, head: 8192 };

const boundaryPattern = /^[A-Za-z0-9'()+_,\-./:=? ]{0,69}[A-Za-z0-9'()+_,\-./:=?]$/;

/**
 * The parts of a multipart body (RFC 2046 section 5.1), parts inside of parts not opened. What stands before the
 * first boundary and behind the last is dropped; a last boundary that is missing is a fault. Takes linear time.
 */
export function parseMultipart(
  type: MediaType,
  body: Uint8Array,
  limits: MultipartLimits = defaultMultipartLimits,
):
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  | { readonly kind: 'faulty'; readonly fault: Fault } {
  const faulty = (detail: string) => ({ kind: 'faulty' as const, fault: badRequest('body', detail) });
  const boundary = param(type.params, 'boundary');
  if (type.type !== 'multipart') return faulty('not multipart');
  if (boundary === undefined || !boundaryPattern.test(boundary))
    return faulty('multipart without a good boundary');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: Part[] = [];
  let opening = findDelimiter(bytes, boundary, 0);
  while (opening?.kind === 'next') {
    const closing = findDelimiter(bytes, boundary, opening.end - 2);
    if (closing === undefined) break;
    if (parts.length >= limits.parts)
      return { kind: 'faulty', fault: { status: 413, field: 'body', detail: 'too many parts' } };
    const part = parsePart(bytes.subarray(opening.end, Math.max(opening.end, closing.start)), limits);
    if (part === undefined) return faulty('a part with malformed headers');
    parts.push(part);
    opening = closing;
  }
  return opening?.kind === 'last' ? { kind: 'parts', parts } : faulty('multipart without its last boundary');
}

interface Delimiter {
  readonly kind: 'next' | 'last';
  /** Where the line break before it starts, which belongs to it. */
  readonly start: number;
  /** Behind its own line break. */
  readonly end: number;
}

/** The first delimiter line that starts at or after `from`; a longer line that begins like one is none. */
function findDelimiter(bytes: Buffer, boundary: string, from: number): Delimiter | undefined {
  const opening = Buffer.from(`\r\n--${boundary}`, 'latin1');
  let start =
    from === 0 && bytes.subarray(0, opening.length - 2).equals(opening.subarray(2))
      ? -2
      : bytes.indexOf(opening, from);
  while (start !== -1) {
    let at = start + opening.length;
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return { kind: 'last', start, end: at + 2 };
    while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return { kind: 'next', start, end: at + 2 };
    start = bytes.indexOf(opening, Math.max(at, 0));
  }
  return undefined;
}

function parsePart(bytes: Buffer, limits: MultipartLimits): Part | undefined {
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return { headers: [], body: bytes.subarray(2) };
  const end = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  const headEnd = end < 0 ? bytes.length : end;
  if (headEnd > limits.head) return undefined;
  const { headers, fault } = parseHead(`MIME sip:part SIP/2.0\r\n${bytes.toString('utf8', 0, headEnd)}`);
  return fault === undefined
    ? { headers, body: end < 0 ? bytes.subarray(bytes.length) : bytes.subarray(end + 4) }
    : undefined;
}

export interface MultipartOptions {
  /** COMPAT: libpurple's MIME reader cuts the last bytes of a part; one more line break saves them. */
  readonly padded?: boolean;
}

/** Throws {@link SipWriteError} where the boundary is malformed or stands in one of the parts. */
export function writeMultipart(
  boundary: string,
  parts: readonly Part[],
  { padded = false }: MultipartOptions = {},
): Buffer {
  if (!boundaryPattern.test(boundary)) throw new SipWriteError('the boundary is malformed');
  const pieces: Uint8Array[] = [];
  for (const { headers, body } of parts) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (bytes.includes(`--${boundary}`, 0, 'latin1'))
      throw new SipWriteError('the boundary stands in a part');
    const head = headers.map(({ name, value }) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`).join('');
    pieces.push(
      Buffer.from(`--${boundary}\r\n${head}\r\n`),
      bytes,
      Buffer.from(padded ? '\r\n\r\n' : '\r\n'),
    );
  }
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}
