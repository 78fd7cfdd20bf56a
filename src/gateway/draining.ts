import type { Clock } from '../core/clock.ts';
import { createGate } from '../core/gate.ts';

/**
 * Lets what an earlier run left, and what is tried again, begin a few at a time, so that a network that is there again is
 * not stormed. Who is slow gives the place up after `turnMs` and goes on without it, so that nobody is held up by somebody
 * who does not answer.
 */
export interface Draining {
  /** Resolves when it is the caller's turn; dispose it when the work is done. Rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<Disposable>;
}

export interface DrainingOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Turns at once. */
  readonly places: number;
  readonly turnMs: number;
}

export function createDraining({ clock, random, places, turnMs }: DrainingOptions): Draining {
  const gate = createGate(places);
  return {
    async turn(signal) {
      const place = await gate.enter(signal);
      // The jitter keeps those that began together from ending together.
      const timer = clock.setTimer(turnMs * (0.5 + random()), () => place[Symbol.dispose]());
      return {
        [Symbol.dispose]() {
          timer[Symbol.dispose]();
          place[Symbol.dispose]();
        },
      };
    },
  };
}
