import {
  closingQuote,
  isTokenCode,
  isValueStop,
  quote,
  skipBlanks,
  trimBlanks,
  unquote,
} from '../lexical.ts';

/** `name=value` of a challenge or of credentials. */
export interface AuthParam {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  readonly quoted: boolean;
}

/** A value of WWW-Authenticate, Authorization, Authentication-Info and their proxy twins. */
export interface AuthValue {
  /** Lower case (`digest`, `ntlm`, `kerberos`, `tls-dsk`); empty in Authentication-Info without one. */
  readonly scheme: string;
  readonly params: readonly AuthParam[];
}

/** A scheme and its parameters; `undefined` for anything else, so a parameterless blob too. */
export function parseAuth(value: string): AuthValue | undefined {
  const text = trimBlanks(value);
  const blank = text.search(/[ \t]/);
  const scheme = text.slice(0, blank < 0 ? text.length : blank).toLowerCase();
  if (scheme === '' || !/^[a-z0-9-]+$/.test(scheme)) return undefined;
  if (blank < 0) return { scheme, params: [] };
  const params = parseAuthParams(text, blank);
  return params === undefined ? undefined : { scheme, params };
}

/** Digest's Authentication-Info has no scheme in front, Microsoft's has one. */
export function parseAuthInfo(value: string): AuthValue | undefined {
  const params = parseAuthParams(value, 0);
  return params === undefined ? parseAuth(value) : { scheme: '', params };
}

function parseAuthParams(text: string, start: number): readonly AuthParam[] | undefined {
  const params: AuthParam[] = [];
  let at = skipBlanks(text, start);
  while (at < text.length) {
    const nameStart = at;
    while (isTokenCode(text.charCodeAt(at))) at++;
    const name = text.slice(nameStart, at).toLowerCase();
    at = skipBlanks(text, at);
    if (name === '' || text.charCodeAt(at) !== 0x3d) return undefined;
    at = skipBlanks(text, at + 1);
    const isQuoted = text.charCodeAt(at) === 0x22;
    const end = isQuoted ? closingQuote(text, at) : valueEnd(text, at);
    if (end < 0) return undefined;
    const value = isQuoted ? unquote(text.slice(at + 1, end)) : text.slice(at, end);
    params.push({ name, value, quoted: isQuoted });
    at = skipBlanks(text, isQuoted ? end + 1 : end);
    if (at === text.length) break;
    if (text.charCodeAt(at) !== 0x2c) return undefined;
    at = skipBlanks(text, at + 1);
  }
  return params;
}

function valueEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isValueStop(text.charCodeAt(at))) at++;
  return at;
}

export function authParam(value: AuthValue, name: string): string | undefined {
  for (const each of value.params) if (each.name === name) return each.value;
  return undefined;
}

const spelling: Readonly<Record<string, string>> = {
  digest: 'Digest',
  ntlm: 'NTLM',
  kerberos: 'Kerberos',
  'tls-dsk': 'TLS-DSK',
};

export function formatAuth({ scheme, params }: AuthValue): string {
  const list = params.map(({ name, value, quoted }) => `${name}=${quoted ? quote(value) : value}`).join(', ');
  return scheme === '' ? list : `${spelling[scheme] ?? scheme} ${list}`;
}
