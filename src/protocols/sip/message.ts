import { knownName } from './headers/names.ts';

/**
 * One header line, unfolded. Known names have the spelling of `headers/names.ts`, others stay as they were
 * written. The value has no blanks around it and may hold several values separated by commas.
 */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** Content-Length is never among the headers: it belongs to the framing, and the body knows its length. */
export interface SipRequest {
  readonly kind: 'request';
  /** Case matters (RFC 3261 section 7.1). */
  readonly method: string;
  /** The Request-URI as it was written. */
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export interface SipResponse {
  readonly kind: 'response';
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export type SipMessage = SipRequest | SipResponse;

export const noBody: Uint8Array = new Uint8Array(0);

type WithHeaders = { readonly headers: readonly Header[] };

/** The first header of that name, in any case. */
export function header(message: WithHeaders, name: string): string | undefined {
  const wanted = knownName(name);
  if (wanted === undefined) return unknownHeaders(message, name)[0];
  for (const each of message.headers) if (each.name === wanted) return each.value;
  return undefined;
}

/** The values of all headers of that name in their order, one for a line (commas are not split). */
export function headerLines(message: WithHeaders, name: string): readonly string[] {
  const wanted = knownName(name);
  if (wanted === undefined) return unknownHeaders(message, name);
  const values: string[] = [];
  for (const each of message.headers) if (each.name === wanted) values.push(each.value);
  return values;
}

function unknownHeaders(message: WithHeaders, name: string): readonly string[] {
  const lower = name.toLowerCase();
  return message.headers.filter((each) => each.name.toLowerCase() === lower).map((each) => each.value);
}

/** The same message with all headers of that name gone. */
export function withoutHeader<M extends WithHeaders>(message: M, name: string): M {
  const wanted = (knownName(name) ?? name).toLowerCase();
  return { ...message, headers: message.headers.filter((each) => each.name.toLowerCase() !== wanted) };
}

/** The same message with exactly one header of that name, at the place of the first one or at the end. */
export function withHeader<M extends WithHeaders>(message: M, name: string, value: string): M {
  const spelling = knownName(name) ?? name;
  const lower = spelling.toLowerCase();
  const at = message.headers.findIndex((each) => each.name.toLowerCase() === lower);
  if (at < 0) return { ...message, headers: [...message.headers, { name: spelling, value }] };
  const headers = message.headers.filter((each, index) => index <= at || each.name.toLowerCase() !== lower);
  headers[at] = { name: spelling, value };
  return { ...message, headers };
}

/** The same message with one more header before all others: how a Via or a Record-Route is added. */
export function withHeaderFirst<M extends WithHeaders>(message: M, name: string, value: string): M {
  return { ...message, headers: [{ name: knownName(name) ?? name, value }, ...message.headers] };
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The body as UTF-8 text; broken sequences become U+FFFD. */
export function bodyText(message: { readonly body: Uint8Array }): string {
  return decoder.decode(message.body);
}

export function textBody(text: string): Uint8Array {
  return encoder.encode(text);
}
