import type { Body } from '../message.ts';

/** From writing to intake, ms: what takes longer is late. */
export const lateMs = 60_000;

/** A message's times; Unix ms. */
export interface Times {
  readonly writtenAt: number;
  readonly takenAt: number;
  /** When the newest message of the same thread that was taken before was written, if it is known. */
  readonly newestAt: number | undefined;
}

/** Whether its reader would take it for newer than it is. */
export function isLate({ writtenAt, takenAt, newestAt }: Times): boolean {
  return takenAt - writtenAt > lateMs || (newestAt !== undefined && writtenAt < newestAt);
}

/**
 * The body with the time it was written in front, as `[written at 14:05 UTC]`, with the date where that is another one
 * than that of `takenAt`. In UTC, since nobody knows what zone its reader is in. The same for the same message, always:
 * a network is asked for it word by word.
 */
export function withTime(body: Body, writtenAt: number, takenAt: number): Body {
  const written = iso(writtenAt);
  const day = written.slice(0, 10) === iso(takenAt).slice(0, 10) ? '' : `on ${written.slice(0, 10)} `;
  const mark = `[written ${day}at ${written.slice(11, 16)} UTC] `;
  return body.format === 'text'
    ? { format: 'text', text: mark + body.text }
    : { format: 'html', html: mark + body.html };
}

const longest = 8.64e15;

function iso(at: number): string {
  return new Date(Math.min(Math.max(at, 0), longest)).toISOString();
}
