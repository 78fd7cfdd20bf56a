import type { Side } from '../model.ts';
import type { Presence, Step } from './model.ts';

/** A stretch of time with one presence, Unix ms. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly presence: Presence;
}

export const dayMs = 24 * 60 * 60_000;

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

/** Full hours within the time, every `hours`; Unix ms. */
export function ticks(from: number, to: number, hours: number): readonly number[] {
  const first = new Date(from);
  first.setMinutes(0, 0, 0);
  const list: number[] = [];
  for (let at = first.getTime(); at <= to; at += 3_600_000)
    if (at >= from && new Date(at).getHours() % hours === 0) list.push(at);
  return list;
}
