import { closingQuote, isTokenCode, isValueStop, quote, skipBlanks, unquote } from '../lexical.ts';

/** `;name`, `;name=value` or `;name="value"`. */
export interface Param {
  /** Lower case: names compare without case (RFC 3261 section 7.3.1). */
  readonly name: string;
  /** Without quotes and quoted pairs. COMPAT: empty where a client writes `epid=` with nothing behind it. */
  readonly value?: string;
  /** Written in quotes whatever it holds; a value that is no token is quoted anyway. */
  readonly quoted?: true;
}

export function param(params: readonly Param[], name: string): string | undefined {
  for (const each of params) if (each.name === name) return each.value ?? '';
  return undefined;
}

/** The same parameters with that one set, at its old place or at the end. */
export function withParam(params: readonly Param[], set: Param): readonly Param[] {
  const at = params.findIndex((each) => each.name === set.name);
  return at < 0 ? [...params, set] : params.with(at, set);
}

/** Reads `;a;b=c` from `start` to the end of `text`; `undefined` where that is no list of parameters. */
export function parseParams(text: string, start: number): readonly Param[] | undefined {
  const params: Param[] = [];
  let at = skipBlanks(text, start);
  while (at < text.length) {
    if (text.charCodeAt(at) !== 0x3b) return undefined;
    const nameStart = skipBlanks(text, at + 1);
    at = nameStart;
    while (isTokenCode(text.charCodeAt(at))) at++;
    if (at === nameStart) return undefined;
    const name = text.slice(nameStart, at).toLowerCase();
    at = skipBlanks(text, at);
    if (text.charCodeAt(at) !== 0x3d) {
      params.push({ name });
      continue;
    }
    at = skipBlanks(text, at + 1);
    if (text.charCodeAt(at) === 0x22) {
      const close = closingQuote(text, at);
      if (close < 0) return undefined;
      params.push({ name, value: unquote(text.slice(at + 1, close)), quoted: true });
      at = skipBlanks(text, close + 1);
    } else {
      const valueStart = at;
      while (at < text.length && !isValueStop(text.charCodeAt(at))) at++;
      params.push({ name, value: text.slice(valueStart, at) });
      at = skipBlanks(text, at);
    }
  }
  return params;
}

const bareValue = /^[^\s",;<>@]+$/;

export function formatParam({ name, value, quoted }: Param): string {
  if (value === undefined) return name;
  if (value === '' && quoted === undefined) return `${name}=`;
  return quoted === true || !bareValue.test(value) ? `${name}=${quote(value)}` : `${name}=${value}`;
}

/** `;a;b=c`, or nothing. */
export function formatParams(params: readonly Param[]): string {
  let text = '';
  for (const each of params) text += `;${formatParam(each)}`;
  return text;
}
