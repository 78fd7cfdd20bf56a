import type { Clock } from '../core/clock.ts';

/**
 * Lets what an earlier run left, and what is tried again, begin a few at a time, so that a network that is there again is
 * not stormed. Who is slow
 * gives the place up after `turnMs` and goes on without it, so that nobody is held up by somebody who does not answer.
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
  let taken = 0;
  const waiting = new Set<() => void>();

  function release(): void {
    taken -= 1;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    next();
  }

  function begin(): Disposable {
    taken += 1;
    let held = true;
    const end = (): void => {
      if (!held) return;
      held = false;
      timer[Symbol.dispose]();
      release();
    };
    // The jitter keeps those that began together from ending together.
    const timer = clock.setTimer(turnMs * (0.5 + random()), end);
    return { [Symbol.dispose]: end };
  }

  return {
    async turn(signal) {
      signal.throwIfAborted();
      if (taken < places) return begin();
      const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
      const go = (): void => resolve(begin());
      const stop = (): void => {
        waiting.delete(go);
        reject(signal.reason);
      };
      waiting.add(go);
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
