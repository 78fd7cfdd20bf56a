import { doubtful, type Finding, right } from './finding.ts';

/** Tokens and presence leases are judged by the clock; sign-in refuses from 5 minutes on. */
const mostSkewMs = 30_000;

/**
 * Compares this machine's clock with a server's answer.
 * @param date the answer's `Date` header, exact to a second
 * @param now Unix ms when the answer came
 */
export function checkClock(server: string, date: string | undefined, now: number): readonly Finding[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const skewMs = now - theirs;
  const subject = `clock against ${server}`;
  if (Math.abs(skewMs) <= mostSkewMs) return [right(subject, 'within 30 s')];
  const found = `${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'ahead' : 'behind'}`;
  return [doubtful(subject, found, 'Have this machine set its clock by a time server.')];
}
