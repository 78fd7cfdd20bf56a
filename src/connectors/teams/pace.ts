import type { Clock } from '../../core/clock.ts';

/** Hands out turns at least so many milliseconds apart, so that reading never uses up what Graph allows. */
export class Pace {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Unix ms. */
  #next = 0;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Resolves when it is the caller's turn, or at once when all is over; the turn after it is `ms` later. */
  async turn(ms: number): Promise<void> {
    const now = this.#clock.now();
    // A clock that was put back must not leave everybody waiting.
    const at = Math.max(now, Math.min(this.#next, now + longestQueueMs));
    this.#next = at + ms;
    await this.rest(at - now);
  }

  /** Resolves after so long, or at once when all is over. */
  async rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    using _timer = this.#clock.setTimer(ms, () => resolve(undefined));
    this.#signal.addEventListener('abort', resolve, { once: true });
    await promise;
    this.#signal.removeEventListener('abort', resolve);
  }
}

const longestQueueMs = 60_000;
