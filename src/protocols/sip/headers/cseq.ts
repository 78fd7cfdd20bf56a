import { isBlankCode, isToken, parseDigits, skipBlanks } from '../lexical.ts';

export interface CSeq {
  /** Below 2^31 (RFC 3261 section 8.1.1.5). */
  readonly number: number;
  readonly method: string;
}

export const maxCSeq = 2 ** 31 - 1;

export function parseCSeq(value: string): CSeq | undefined {
  let end = 0;
  while (end < value.length && !isBlankCode(value.charCodeAt(end))) end++;
  const number = parseDigits(value.slice(0, end), maxCSeq);
  const method = value.slice(skipBlanks(value, end));
  return number === undefined || !isToken(method) ? undefined : { number, method };
}

export function formatCSeq({ number, method }: CSeq): string {
  return `${number} ${method}`;
}
