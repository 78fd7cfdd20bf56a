import type { Clock } from '../../../core/clock.ts';
import { sleep } from './sleep.ts';

/** Lets so many a second through, evenly, in the order in which they came. */
export interface Pace {
  /** Resolves when it is one's turn; rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>;
  /** Takes a turn if one is free now: for what can as well be done later. */
  isFree(): boolean;
}

/** @param burst how many may pass at once after a pause */
export function createPace(perSecond: number, burst: number, clock: Clock): Pace {
  const gapMs = 1000 / perSecond;
  /** When the next one could pass if there were no burst. */
  let next = 0;

  const waitMsNow = (): number => {
    const now = clock.now();
    next = Math.max(next, now - (burst - 1) * gapMs);
    return Math.max(0, next - now);
  };

  return {
    turn(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const waitMs = waitMsNow();
      next += gapMs;
      if (waitMs === 0) return Promise.resolve();
      return sleep(clock, waitMs, signal);
    },
    isFree() {
      if (waitMsNow() > 0) return false;
      next += gapMs;
      return true;
    },
  };
}
