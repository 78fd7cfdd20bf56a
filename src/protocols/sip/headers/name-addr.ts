import {
  closingQuote,
  isToken,
  isTokenCode,
  quote,
  skipBlanks,
  splitList,
  trimBlanks,
  unquote,
} from '../lexical.ts';
import { formatParams, type Param, param, parseParams } from './params.ts';

/** The value of From, To, Contact, Route and their like. */
export interface NameAddr {
  /** Without quotes; empty for none. */
  readonly display: string;
  /** As written; `parseUri` reads it. */
  readonly uri: string;
  /** The parameters of the header, not those of the URI. */
  readonly params: readonly Param[];
}

const stopsBareUri = /[\s,?"<>]/;

/** `undefined` where the value breaks the grammar. The URI's own grammar is not looked at. */
export function parseNameAddr(value: string): NameAddr | undefined {
  const text = trimBlanks(value);
  if (text.charCodeAt(0) === 0x22) {
    const close = closingQuote(text, 0);
    if (close < 0) return undefined;
    const open = skipBlanks(text, close + 1);
    return text.charCodeAt(open) === 0x3c ? parseAngle(unquote(text.slice(1, close)), text, open) : undefined;
  }
  const open = text.indexOf('<');
  if (open < 0) return parseBare(text);
  const display = trimBlanks(text.slice(0, open));
  return isDisplay(display) ? parseAngle(display, text, open) : undefined;
}

function parseAngle(display: string, text: string, open: number): NameAddr | undefined {
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = text.slice(open + 1, close);
  const params = parseParams(text, close + 1);
  return params === undefined || !isUriText(uri) ? undefined : { display, uri, params };
}

/** Without angle brackets a semicolon starts the header's parameters, and commas and question marks are forbidden. */
function parseBare(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(';');
  const uri = trimBlanks(semicolon < 0 ? text : text.slice(0, semicolon));
  if (stopsBareUri.test(uri) || !isUriText(uri)) return undefined;
  const params = semicolon < 0 ? [] : parseParams(text, semicolon);
  return params === undefined ? undefined : { display: '', uri, params };
}

function isUriText(uri: string): boolean {
  if (uri.indexOf(':') < 1) return false;
  for (let at = 0; at < uri.length; at++) if (uri.charCodeAt(at) <= 0x20) return false;
  return true;
}

/** Tokens and blanks. COMPAT: letters outside ASCII are taken without quotes too. */
function isDisplay(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isTokenCode(code) && code !== 0x20 && code !== 0x09 && code < 0x80) return false;
  }
  return true;
}

export function formatNameAddr({ display, uri, params }: NameAddr): string {
  const name = display === '' ? '' : isToken(display) ? `${display} ` : `${quote(display)} `;
  return `${name}<${uri}>${formatParams(params)}`;
}

/** A list of name-addrs (Route, Record-Route, P-Asserted-Identity …). */
export function parseNameAddrs(value: string): readonly NameAddr[] | undefined {
  const parts = splitList(value);
  if (parts === undefined) return undefined;
  const addresses: NameAddr[] = [];
  for (const part of parts) {
    const address = parseNameAddr(part);
    if (address === undefined) return undefined;
    addresses.push(address);
  }
  return addresses;
}

/** What Contact holds: `*` (all bindings) or a list. */
export type Contacts =
  | { readonly kind: 'all' }
  | { readonly kind: 'list'; readonly contacts: readonly NameAddr[] };

export function parseContacts(value: string): Contacts | undefined {
  if (trimBlanks(value) === '*') return { kind: 'all' };
  const contacts = parseNameAddrs(value);
  return contacts === undefined ? undefined : { kind: 'list', contacts };
}

export function tagOf(address: NameAddr | undefined): string | undefined {
  return address === undefined ? undefined : param(address.params, 'tag');
}

/** Microsoft's endpoint id; an empty one counts as none. */
export function epidOf(address: NameAddr): string | undefined {
  return param(address.params, 'epid') || undefined;
}
