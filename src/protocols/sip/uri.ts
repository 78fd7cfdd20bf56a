import { codeTable, parseDigits } from './lexical.ts';

/** A part of a URI as it was written, escapes included; {@link unescapeUri} reads it. */
export interface UriPart {
  readonly name: string;
  readonly value?: string;
}

/** A `sip:` or `sips:` URI. All texts are as written, so that writing it gives the same URI back. */
export interface SipUri {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly password?: string;
  /** A name, an IPv4 address or an IPv6 address in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly params: readonly UriPart[];
  /** What stands after `?`. */
  readonly headers: readonly UriPart[];
}

/** RFC 3966. `number` is as written, visual separators included. */
export interface TelUri {
  readonly kind: 'tel';
  readonly number: string;
  readonly params: readonly UriPart[];
}

/** Any other absolute URI. */
export interface OtherUri {
  readonly kind: 'other';
  /** Lower case. */
  readonly scheme: string;
  /** What stands behind the first colon. */
  readonly rest: string;
}

export type Uri = SipUri | TelUri | OtherUri;

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const unreserved = `${alphanumeric}-_.!~*'()`;
const userCodes = codeTable(`${unreserved}&=+$,;?/`);
const passwordCodes = codeTable(`${unreserved}&=+$,`);
const paramCodes = codeTable(`${unreserved}[]/:&+$`);
/** COMPAT: values that hold base64 end with `=`. */
const paramValueCodes = codeTable(`${unreserved}[]/:&+$=`);
const headerCodes = codeTable(`${unreserved}[]/?:+$`);
/** COMPAT: machine names of Windows networks hold underscores. */
const hostCodes = codeTable(`${alphanumeric}-_.`);
const ipv6Codes = codeTable('0123456789abcdefABCDEF:.');
const hexCodes = codeTable('0123456789abcdefABCDEF');
const schemePattern = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const opaquePattern = /^[\x21\x23-\x3b\x3d\x3f-\x7e]+$/;
const numberPattern =
  /^(?:\+[0-9\-.()]*[0-9][0-9\-.()]*|[0-9A-Fa-f*#\-.()]*[0-9A-Fa-f*#][0-9A-Fa-f*#\-.()]*)$/;

/** `undefined` for what is no absolute URI, and for a `sip:`, `sips:` or `tel:` URI that breaks its grammar. */
export function parseUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return parseSip(scheme, text, colon + 1);
  if (scheme === 'tel') return parseTel(text.slice(colon + 1));
  const rest = text.slice(colon + 1);
  return schemePattern.test(scheme) && opaquePattern.test(rest) ? { kind: 'other', scheme, rest } : undefined;
}

/** Only characters of the table and escapes of two hexadecimal digits. */
function isMadeOf(text: string, codes: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (codes[code] === 1) continue;
    if (code !== 0x25 || hexCodes[text.charCodeAt(at + 1)] !== 1 || hexCodes[text.charCodeAt(at + 2)] !== 1)
      return false;
    at += 2;
  }
  return true;
}

function parseSip(scheme: 'sip' | 'sips', text: string, start: number): SipUri | undefined {
  const at = text.indexOf('@', start);
  const user = at < 0 ? undefined : parseUser(text.slice(start, at));
  if (at >= 0 && user === undefined) return undefined;
  const hostStart = at < 0 ? start : at + 1;
  const question = text.indexOf('?', hostStart);
  const headersStart = question < 0 ? text.length : question;
  const semicolon = text.indexOf(';', hostStart);
  const paramsStart = semicolon < 0 || semicolon > headersStart ? headersStart : semicolon;
  const place = parseHostPort(text.slice(hostStart, paramsStart));
  if (place === undefined) return undefined;
  const params =
    paramsStart === headersStart ? [] : parseUriParams(text.slice(paramsStart + 1, headersStart));
  const headers = question < 0 ? [] : parseUriHeaders(text.slice(question + 1));
  if (params === undefined || headers === undefined) return undefined;
  return { kind: 'sip', scheme, ...user, ...place, params, headers };
}

function parseUser(text: string): { user: string; password?: string } | undefined {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  if (user === '' || !isMadeOf(user, userCodes)) return undefined;
  if (colon < 0) return { user };
  const password = text.slice(colon + 1);
  return isMadeOf(password, passwordCodes) ? { user, password } : undefined;
}

function isHost(host: string): boolean {
  if (host === '' || host.includes('%')) return false;
  const first = host.charCodeAt(0);
  if (first === 0x5b) return host.length > 3 && host.endsWith(']') && isMadeOf(host.slice(1, -1), ipv6Codes);
  return isMadeOf(host, hostCodes) && first !== 0x2d && first !== 0x2e && !host.endsWith('-');
}

/** `host`, `host:port`, `[IPv6]:port`. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const colon = text.indexOf(':', text.charCodeAt(0) === 0x5b ? Math.max(text.indexOf(']'), 0) : 0);
  const host = colon < 0 ? text : text.slice(0, colon);
  if (!isHost(host)) return undefined;
  if (colon < 0) return { host };
  const port = parseDigits(text.slice(colon + 1), 65535);
  return port === undefined ? undefined : { host, port };
}

function parseUriParams(text: string): readonly UriPart[] | undefined {
  const params: UriPart[] = [];
  for (const each of text.split(';')) {
    const equals = each.indexOf('=');
    const name = equals < 0 ? each : each.slice(0, equals);
    const value = equals < 0 ? undefined : each.slice(equals + 1);
    if (name === '' || !isMadeOf(name, paramCodes)) return undefined;
    if (value === undefined) params.push({ name });
    else if (isMadeOf(value, paramValueCodes)) params.push({ name, value });
    else return undefined;
  }
  return params;
}

function parseUriHeaders(text: string): readonly UriPart[] | undefined {
  const headers: UriPart[] = [];
  for (const each of text.split('&')) {
    const equals = each.indexOf('=');
    if (equals < 1) return undefined;
    const name = each.slice(0, equals);
    const value = each.slice(equals + 1);
    if (!isMadeOf(name, headerCodes) || !isMadeOf(value, headerCodes)) return undefined;
    headers.push({ name, value });
  }
  return headers;
}

function parseTel(text: string): TelUri | undefined {
  const semicolon = text.indexOf(';');
  const number = semicolon < 0 ? text : text.slice(0, semicolon);
  const params = semicolon < 0 ? [] : parseUriParams(text.slice(semicolon + 1));
  return numberPattern.test(number) && params !== undefined ? { kind: 'tel', number, params } : undefined;
}

const formatParts = (parts: readonly UriPart[], before: string, between: string): string =>
  parts
    .map(
      ({ name, value }, index) =>
        `${index === 0 ? before : between}${name}${value === undefined ? '' : `=${value}`}`,
    )
    .join('');

export function formatUri(uri: Uri): string {
  switch (uri.kind) {
    case 'sip': {
      const password = uri.password === undefined ? '' : `:${uri.password}`;
      const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
      const port = uri.port === undefined ? '' : `:${uri.port}`;
      return `${uri.scheme}:${user}${uri.host}${port}${formatParts(uri.params, ';', ';')}${formatParts(uri.headers, '?', '&')}`;
    }
    case 'tel':
      return `tel:${uri.number}${formatParts(uri.params, ';', ';')}`;
    case 'other':
      return `${uri.scheme}:${uri.rest}`;
  }
}

/** Reads escapes as UTF-8; a text whose escapes are no UTF-8 stays as it is. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Escapes what may not stand in the user part of a SIP URI. A lone surrogate becomes U+FFFD. */
export function escapeUser(text: string): string {
  return text.toWellFormed().replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]+/g, encodeURIComponent);
}

/** The value of a URI parameter, escapes read, `''` for one without value; names compare without case. */
export function uriParam(uri: SipUri | TelUri, name: string): string | undefined {
  const lower = name.toLowerCase();
  for (const each of uri.params) {
    if (unescapeUri(each.name).toLowerCase() === lower) return unescapeUri(each.value ?? '');
  }
  return undefined;
}

/**
 * The address-of-record as a key: `sip:user@host`, host in lower case, escapes brought to one form, without port,
 * parameters and headers (a Microsoft gruu therefore has the key of its user). The user is in lower case too:
 * RFC 3261 compares users by case, Microsoft's servers do not. `undefined` for what is no SIP URI.
 */
export function addressOfRecord(uri: Uri | undefined): string | undefined {
  if (uri?.kind !== 'sip') return undefined;
  const host = uri.host.toLowerCase();
  return uri.user === undefined
    ? `sip:${host}`
    : `sip:${escapeUser(unescapeUri(uri.user).toLowerCase())}@${host}`;
}

const mustMatch = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Equality of RFC 3261 section 19.1.4. */
export function sameUri(left: Uri, right: Uri): boolean {
  if (left.kind !== 'sip' || right.kind !== 'sip')
    return formatUri(left).toLowerCase() === formatUri(right).toLowerCase();
  if (left.scheme !== right.scheme || left.host.toLowerCase() !== right.host.toLowerCase()) return false;
  if (left.port !== right.port || text(left.user) !== text(right.user)) return false;
  if (text(left.password) !== text(right.password)) return false;
  for (const name of mustMatch) if (lowerParam(left, name) !== lowerParam(right, name)) return false;
  for (const { name } of left.params) {
    const other = lowerParam(right, unescapeUri(name));
    if (other !== undefined && other !== lowerParam(left, unescapeUri(name))) return false;
  }
  return sameHeaders(left, right) && sameHeaders(right, left);
}

const text = (part: string | undefined): string | undefined =>
  part === undefined ? undefined : unescapeUri(part);

const lowerParam = (uri: SipUri, name: string): string | undefined => uriParam(uri, name)?.toLowerCase();

const sameHeaders = (left: SipUri, right: SipUri): boolean =>
  left.headers.every((each) =>
    right.headers.some(
      (other) =>
        text(each.name)?.toLowerCase() === text(other.name)?.toLowerCase() &&
        text(each.value) === text(other.value),
    ),
  );
