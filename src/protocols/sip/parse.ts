import { badRequest, type Fault } from './fault.ts';
import { knownName } from './headers/names.ts';
import { isBlankCode, isToken, parseDigits, trimBlanks } from './lexical.ts';
import { defaultLimits, type SipLimits } from './limits.ts';
import { type Header, noBody, type SipMessage } from './message.ts';

/** Start line and headers, before the body is known. */
export interface Head {
  readonly start: StartLine | undefined;
  readonly headers: readonly Header[];
  readonly contentLength: number | undefined;
  /** The first fault found. Reading goes on behind it, so that a faulty request can be answered. */
  readonly fault: Fault | undefined;
}

type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

/** `message` is what could be read of a faulty one: enough to answer a request, `undefined` if not even that. */
export type Parsed =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | { readonly kind: 'faulty'; readonly fault: Fault; readonly message: SipMessage | undefined };

/**
 * Reads one whole message out of one datagram: leading line breaks are passed over, what follows the body is
 * ignored (RFC 3261 sections 7.5 and 18.3). Looks at the form only: `checkMessage` reads the headers.
 */
export function parseMessage(bytes: Uint8Array, limits: SipLimits = defaultLimits): Parsed {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  while (buffer[start] === 0x0d && buffer[start + 1] === 0x0a) start += 2;
  const end = buffer.indexOf('\r\n\r\n', start, 'latin1');
  const headEnd = end < 0 ? buffer.length : end;
  if (headEnd - start > limits.head) return tooLarge('headers', 'longer than allowed');
  const head = parseHead(buffer.toString('utf8', start, headEnd), limits);
  if (end < 0) return faulty(head, badRequest('headers', 'not ended by an empty line'));
  const rest = buffer.subarray(end + 4);
  const length = head.contentLength ?? rest.length;
  if (length > rest.length) return faulty(head, badRequest('Content-Length', 'more than there is'));
  if (length > limits.body) return faulty(head, { ...bodyTooLarge });
  return finish(head, length === 0 ? noBody : rest.subarray(0, length));
}

export const bodyTooLarge: Fault = { status: 513, field: 'body', detail: 'longer than allowed' };

const tooLarge = (field: string, detail: string): Parsed => ({
  kind: 'faulty',
  fault: { status: 513, field, detail },
  message: undefined,
});

const faulty = (head: Head, fault: Fault): Parsed => ({
  kind: 'faulty',
  fault: head.fault ?? fault,
  message: toMessage(head, noBody),
});

/** Joins a head with its body. */
export function finish(head: Head, body: Uint8Array): Parsed {
  const message = toMessage(head, body);
  if (head.fault !== undefined) return { kind: 'faulty', fault: head.fault, message };
  if (message === undefined) return faulty(head, badRequest('start line', 'neither request nor status line'));
  return { kind: 'message', message };
}

function toMessage({ start, headers }: Head, body: Uint8Array): SipMessage | undefined {
  switch (start?.kind) {
    case 'request':
      return { kind: 'request', method: start.method, uri: start.uri, headers, body };
    case 'response':
      return { kind: 'response', status: start.status, reason: start.reason, headers, body };
    case undefined:
      return undefined;
  }
}

/** `text` is start line and headers without the empty line that ends them. */
export function parseHead(text: string, limits: SipLimits = defaultLimits): Head {
  let fault: Fault | undefined;
  const lineEnd = endOfLine(text, 0);
  const startLine = text.slice(0, lineEnd);
  let start: StartLine | undefined;
  if (startLine.length > limits.startLine)
    fault = { status: 414, field: 'start line', detail: 'longer than allowed' };
  else {
    const read = parseStartLine(startLine);
    start = read.start;
    fault = read.fault;
  }
  const headers: Header[] = [];
  let contentLength: number | undefined;
  let hasLength = false;
  let at = lineEnd + 2;
  while (at < text.length) {
    let end = endOfLine(text, at);
    let line = text.slice(at, end);
    if (isBlankCode(text.charCodeAt(end + 2))) {
      const folds = [trimBlanks(line)];
      while (isBlankCode(text.charCodeAt(end + 2))) {
        const next = endOfLine(text, end + 2);
        folds.push(trimBlanks(text.slice(end + 2, next)));
        end = next;
      }
      line = folds.join(' ');
    }
    at = end + 2;
    if (headers.length >= limits.headers) {
      fault ??= { status: 513, field: 'headers', detail: 'more than allowed' };
      break;
    }
    const each = parseHeaderLine(line, limits);
    if ('detail' in each) fault ??= each;
    else if (each.name !== 'Content-Length') headers.push(each);
    else {
      const length = parseDigits(each.value, Number.MAX_SAFE_INTEGER);
      if (hasLength) fault ??= badRequest('Content-Length', 'given more than once');
      else if (length === undefined) fault ??= badRequest('Content-Length', 'not a number');
      else contentLength = length;
      hasLength = true;
    }
  }
  return { start, headers, contentLength, fault };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\r\n', from);
  return end < 0 ? text.length : end;
}

function parseHeaderLine(line: string, limits: SipLimits): Header | Fault {
  const colon = line.indexOf(':');
  if (colon < 1) return badRequest('headers', 'a line without a name');
  const written = isBlankCode(line.charCodeAt(colon - 1))
    ? trimBlanks(line.slice(0, colon))
    : line.slice(0, colon);
  const known = knownName(written);
  const name = known ?? (isToken(written) ? written : undefined);
  if (name === undefined) return badRequest('headers', 'a name that is no token');
  const value = trimBlanks(line.slice(colon + 1));
  // A name of the peer's own making is not repeated.
  const field = known ?? 'unknown header';
  if (value.length > limits.headerValue) return { status: 513, field, detail: 'longer than allowed' };
  if (value.includes('\n') || value.includes('\r'))
    return badRequest(field, 'a line break without its other half');
  return { name, value };
}

function parseStartLine(line: string): { start: StartLine | undefined; fault: Fault | undefined } {
  if (/[\r\n]/.test(line)) return { start: undefined, fault: badRequest('start line', 'a stray line break') };
  return line.startsWith('SIP/') ? parseStatusLine(line) : parseRequestLine(line);
}

/** COMPAT: a status line may end behind its number, without blank and reason. */
function parseStatusLine(line: string): { start: StartLine | undefined; fault: Fault | undefined } {
  const match = /^SIP\/2\.0 ([1-6][0-9][0-9])(?: (.*))?$/i.exec(line);
  if (match === null)
    return { start: undefined, fault: badRequest('start line', 'not a status line of SIP/2.0') };
  return { start: { kind: 'response', status: Number(match[1]), reason: match[2] ?? '' }, fault: undefined };
}

function parseRequestLine(line: string): { start: StartLine | undefined; fault: Fault | undefined } {
  const afterMethod = line.indexOf(' ');
  const afterUri = line.indexOf(' ', afterMethod + 1);
  const method = afterMethod < 0 ? '' : line.slice(0, afterMethod);
  if (!isToken(method)) return { start: undefined, fault: badRequest('start line', 'no method') };
  const uri = line.slice(afterMethod + 1, afterUri < 0 ? line.length : afterUri);
  const start: StartLine = { kind: 'request', method, uri };
  if (afterUri < 0) return { start, fault: badRequest('start line', 'no version') };
  const version = line.slice(afterUri + 1);
  if (version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0') return { start, fault: undefined };
  if (/^SIP\/\d+\.\d+$/i.test(version)) {
    return { start, fault: { status: 505, field: 'start line', detail: 'only SIP/2.0 is spoken' } };
  }
  const fault = badRequest('start line', 'not of the form method, URI, version with one blank between');
  return { start: version.includes('SIP/') ? start : undefined, fault };
}
