/** The characters of RFC 3261 section 25.1, shared by every header parser. All functions run in linear time. */

const tokenCodes = codeTable("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~");
const valueStop = codeTable(' \t\r\n",;<>');

/** 1 at the code of each of the ASCII `characters`. */
export function codeTable(characters: string): Uint8Array {
  const codes = new Uint8Array(128);
  for (const character of characters) codes[character.charCodeAt(0)] = 1;
  return codes;
}

export function isTokenCode(code: number): boolean {
  return tokenCodes[code] === 1;
}

export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (tokenCodes[text.charCodeAt(at)] !== 1) return false;
  return text.length > 0;
}

/** Ends an unquoted parameter value: blanks, quotes, separators, angle brackets. */
export function isValueStop(code: number): boolean {
  return valueStop[code] === 1;
}

export function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The first position at or after `at` that holds no space or tab. */
export function skipBlanks(text: string, at: number): number {
  let here = at;
  while (isBlankCode(text.charCodeAt(here))) here++;
  return here;
}

/** Without the spaces and tabs around it (`trim` would also take what Unicode calls a space). */
export function trimBlanks(text: string): string {
  const start = skipBlanks(text, 0);
  let end = text.length;
  while (end > start && isBlankCode(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** `open` is the position of a double quote; the position of the one that closes it, or -1. */
export function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return -1;
}

/** The text between two quotes with its quoted pairs resolved. */
export function unquote(inside: string): string {
  return inside.includes('\\') ? inside.replace(/\\([\s\S])/g, '$1') : inside;
}

/** A quoted string. Line breaks become blanks, so that no text can start a header of its own. */
export function quote(text: string): string {
  return `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}

/**
 * The parts of a list, trimmed, split at `separator` outside quotes and angle brackets.
 * `undefined` for an unclosed quote, an unclosed or stray bracket, or an empty part; an empty value has no parts.
 */
export function splitList(value: string, separator = ','): readonly string[] | undefined {
  if (value === '') return [];
  if (!value.includes(separator)) return [value];
  const stop = separator.charCodeAt(0);
  const parts: string[] = [];
  let start = 0;
  let inAngle = false;
  for (let at = 0; at <= value.length; at++) {
    const code = at === value.length ? stop : value.charCodeAt(at);
    if (at === value.length && inAngle) return undefined;
    if (code === 0x22 && !inAngle) {
      at = closingQuote(value, at);
      if (at < 0) return undefined;
    } else if (code === 0x3c) inAngle = true;
    else if (code === 0x3e) inAngle = false;
    else if (code === stop && !inAngle) {
      const part = trimBlanks(value.slice(start, at));
      if (part === '') return undefined;
      parts.push(part);
      start = at + 1;
    }
  }
  return parts;
}

/** A decimal number of at most `max`; `undefined` for anything else, a sign or a fraction included. */
export function parseDigits(text: string, max: number): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
    if (value > max) return undefined;
  }
  return value;
}
