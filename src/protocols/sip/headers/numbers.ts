import { parseDigits, trimBlanks } from '../lexical.ts';

/** The largest number of seconds that Expires and its like may hold (RFC 3261 section 20.19). */
export const maxSeconds = 2 ** 32 - 1;

/** Expires, Min-Expires, an `expires` parameter. `undefined` where malformed or out of range. */
export function parseSeconds(value: string): number | undefined {
  return parseDigits(trimBlanks(value), maxSeconds);
}

/** 0 to 255. */
export function parseMaxForwards(value: string): number | undefined {
  return parseDigits(value, 255);
}

/** The seconds of Retry-After; its comment and parameters are left aside. */
export function parseRetryAfter(value: string): number | undefined {
  const end = value.search(/[\s;(]/);
  return parseSeconds(end < 0 ? value : value.slice(0, end));
}

/** A `q` parameter: 0 to 1 with up to three decimals; 1 where it is missing or malformed. */
export function parseQ(value: string | undefined): number {
  return value !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 1;
}
