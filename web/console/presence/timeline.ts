import type { Side } from '../model.ts';
import type { Presence, Step } from './model.ts';

/** A stretch of time with one presence, Unix ms. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly presence: Presence;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How far back is drawn, and where the axis has ticks, ms. */
export interface Span {
  readonly words: string;
  readonly ms: number;
  readonly tickMs: number;
}

/** The gateway remembers a day. */
export const spans = [
  { words: '15 minutes', ms: 15 * minuteMs, tickMs: 5 * minuteMs },
  { words: '2 hours', ms: 2 * hourMs, tickMs: 30 * minuteMs },
  { words: '24 hours', ms: 24 * hourMs, tickMs: 4 * hourMs },
] as const satisfies readonly Span[];

/** The shortest that shows everything that happened. */
export function fittingSpan(history: readonly Step[], now: number): Span {
  const oldest = history.at(-1)?.at ?? 0;
  return spans.find(({ ms }) => oldest >= now - ms) ?? spans[2];
}

/** What a side reported from `from` to `to`; nothing before its first report. `history` has the newest first. */
export function segmentsOf(
  history: readonly Step[],
  side: Side,
  from: number,
  to: number,
): readonly Segment[] {
  const segments: Segment[] = [];
  let until = to;
  for (const step of history) {
    if (step.side !== side || step.kind !== 'seen' || !step.presence || step.at >= until) continue;
    segments.push({ from: Math.max(step.at, from), to: until, presence: step.presence });
    until = step.at;
    if (until <= from) break;
  }
  return segments.reverse();
}

/** Times of the day within, at multiples of `everyMs` since midnight; Unix ms. */
export function ticks(from: number, to: number, everyMs: number): readonly number[] {
  const midnight = new Date(from);
  midnight.setHours(0, 0, 0, 0);
  const first = midnight.getTime() + Math.ceil((from - midnight.getTime()) / everyMs) * everyMs;
  return Array.from(
    { length: Math.max(0, Math.floor((to - first) / everyMs) + 1) },
    (_, n) => first + n * everyMs,
  );
}
