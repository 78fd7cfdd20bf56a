import type { Clock } from '../../../core/clock.ts';
import { sleep } from './sleep.ts';

/** Lets so many a second through, evenly, in the order in which they came. */
export interface Pace {
  /** Resolves when it is one's turn; rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>;
}

/** @param burst how many may pass at once after a pause */
export function createPace(perSecond: number, burst: number, clock: Clock): Pace {
  const gapMs = 1000 / perSecond;
  /** When the next one could pass if there were no burst. */
  let next = 0;

  return {
    turn(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const now = clock.now();
      next = Math.max(next, now - (burst - 1) * gapMs);
      const waitMs = Math.max(0, next - now);
      next += gapMs;
      if (waitMs === 0) return Promise.resolve();
      return sleep(clock, waitMs, signal);
    },
  };
}
