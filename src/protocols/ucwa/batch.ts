/** One request inside a batch. Header names are lower case. */
export interface BatchRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One answer inside a batch. Names of headers keep their case. */
export interface BatchResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A batch that cannot be read; `part` counts from 1, 0 is the frame. */
export class BatchSyntaxError extends Error {
  override name = 'BatchSyntaxError';
  readonly part: number;

  constructor(part: number, message: string) {
    super(part === 0 ? message : `Part ${part}: ${message}`);
    this.part = part;
  }
}

/** The boundary of a `multipart/batching` content type, quoted or not. */
export function boundaryOf(contentType: string): string | undefined {
  const parts = /^\s*multipart\/batching\s*;(.*)$/is.exec(contentType);
  const boundary = /(?:^|;)\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(parts?.[1] ?? '');
  return boundary?.[1] ?? boundary?.[2];
}

const statusLine = /^HTTP\/\d(?:\.\d)?\s+(\d{3})(?:\s+(.*))?$/;
const requestLine = /^([A-Z]{3,10})\s+(\S+)(?:\s+HTTP\/\d(?:\.\d)?)?$/;

export function encodeBatchRequest(requests: readonly BatchRequest[], boundary: string): string {
  return frame(
    boundary,
    'request',
    requests.map(({ method, url, headers, body }) => message(`${method} ${url} HTTP/1.1`, headers, body)),
  );
}

/**
 * COMPAT: the official sample client reads an answer line by line, so lines end in CRLF, `Content-Type` is
 * written exactly so, and a JSON body has to stay on one line.
 */
export function encodeBatchResponse(responses: readonly BatchResponse[], boundary: string): string {
  return frame(
    boundary,
    'response',
    responses.map(({ status, reason, headers, body }) =>
      message(`HTTP/1.1 ${status} ${reason}`, headers, body),
    ),
  );
}

/** @throws {BatchSyntaxError} */
export function decodeBatchRequest(text: string, boundary: string): readonly BatchRequest[] {
  return split(text, boundary).map((part, index) => {
    const { first, headers, body } = readMessage(part, index + 1);
    const line = requestLine.exec(first);
    if (!line?.[1] || !line[2]) throw new BatchSyntaxError(index + 1, 'no request line.');
    return { method: line[1], url: line[2], headers: lowerNames(headers), body };
  });
}

/** @throws {BatchSyntaxError} */
export function decodeBatchResponse(text: string, boundary: string): readonly BatchResponse[] {
  return split(text, boundary).map((part, index) => {
    const { first, headers, body } = readMessage(part, index + 1);
    const line = statusLine.exec(first);
    if (!line?.[1]) throw new BatchSyntaxError(index + 1, 'no status line.');
    return { status: Number(line[1]), reason: line[2] ?? '', headers: Object.fromEntries(headers), body };
  });
}

function frame(boundary: string, kind: 'request' | 'response', messages: readonly string[]): string {
  const parts = messages.map(
    (part) => `--${boundary}\r\nContent-Type: application/http; msgtype=${kind}\r\n\r\n${part}\r\n`,
  );
  return `${parts.join('')}--${boundary}--\r\n`;
}

function message(first: string, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${first}\r\n${lines.join('')}\r\n${body}`;
}

/** The parts between the delimiters, each without the line break that belongs to the delimiter after it. */
function split(text: string, boundary: string): readonly string[] {
  const delimiter = new RegExp(`(?:^|\\r?\\n)--${RegExp.escape(boundary)}(--)?[ \\t]*(?=\\r?\\n|$)`, 'g');
  const parts: string[] = [];
  let start: number | undefined;
  for (const found of text.matchAll(delimiter)) {
    if (start !== undefined) parts.push(text.slice(start, found.index).replace(/^\r?\n/, ''));
    if (found[1]) return parts;
    start = found.index + found[0].length;
  }
  throw new BatchSyntaxError(
    0,
    start === undefined ? 'No part was found.' : 'The closing boundary is missing.',
  );
}

interface RawMessage {
  readonly first: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

function readMessage(part: string, number: number): RawMessage {
  const outer = cutHead(part);
  const type = outer.lines.map(headerOf).find((header) => header?.[0].toLowerCase() === 'content-type')?.[1];
  if (type === undefined || !/^application\/http\b/i.test(type)) {
    throw new BatchSyntaxError(number, 'Content-Type is not application/http.');
  }
  const inner = cutHead(outer.rest.replace(/^(?:\r?\n)+/, ''));
  const [first = '', ...rest] = inner.lines;
  const headers = rest.map(headerOf);
  if (!headers.every((header) => header !== undefined))
    throw new BatchSyntaxError(number, 'a header has no colon.');
  return { first: first.trim(), headers, body: inner.rest.replace(/^\uFEFF/, '') };
}

function cutHead(text: string): { readonly lines: readonly string[]; readonly rest: string } {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  return {
    lines: head.split(/\r?\n/).filter((line) => line !== ''),
    rest: end ? text.slice(end.index + end[0].length) : '',
  };
}

function headerOf(line: string): readonly [string, string] | undefined {
  const colon = line.indexOf(':');
  return colon < 1 ? undefined : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function lowerNames(headers: RawMessage['headers']): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}
