import type { Clock } from '../../clock.ts';

/** What became of the items that a lane was given. */
export interface DeliveryCounts {
  /** Items taken by the subscriber. */
  delivered: number;
  /** POSTs that were not answered by 2xx in time. */
  failedAttempts: number;
  /** Items given up after four hours, or never sent because the queue was full. */
  dropped: number;
}

export interface LaneOptions<T> {
  readonly clock: Clock;
  readonly counts: DeliveryCounts;
  /** One attempt. Rejects unless the subscriber took the items; gives up when `signal` aborts. */
  readonly post: (items: readonly T[], signal: AbortSignal) => Promise<void>;
}

/** Items that may wait for one subscriber; beyond it the oldest are dropped. */
const maxWaiting = 10_000;
const maxBatch = 100;
const attemptMs = 3_000;
const giveUpMs = 4 * 60 * 60 * 1000;

/** Milliseconds before the n-th retry: a quarter of a second, doubled up to ten minutes. */
export function backoff(retry: number): number {
  return Math.min(250 * 2 ** (retry - 1), 600_000);
}

/**
 * The way to one subscriber: in order, one POST at a time, and what arrives while one is under way goes with
 * the next. A failed POST is repeated until it is taken or too old, and holds up what comes after it.
 */
export class Lane<T> {
  readonly #options: LaneOptions<T>;
  readonly #stop = new AbortController();
  #waiting: { readonly item: T; readonly at: number }[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: LaneOptions<T>) {
    this.#options = options;
  }

  push(item: T): void {
    if (this.#closed) return;
    if (this.#waiting.length >= maxWaiting) {
      this.#waiting.shift();
      this.#options.counts.dropped += 1;
    }
    this.#waiting.push({ item, at: this.#options.clock.now() });
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Forgets what waits; what is under way ends without a retry. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#retry?.[Symbol.dispose]();
    this.#wake?.();
  }

  /** The same, cutting what is under way. */
  async abort(): Promise<void> {
    this.close();
    this.#stop.abort();
    await this.idle();
  }

  #retry: Disposable | undefined;
  #wake: (() => void) | undefined;

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      await this.#deliver(
        batch.map(({ item }) => item),
        batch[0]?.at ?? 0,
      );
    }
    this.#running = undefined;
  }

  async #deliver(items: readonly T[], since: number): Promise<void> {
    const { clock, counts } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      if (await this.#attempt(items)) {
        counts.delivered += items.length;
        return;
      }
      counts.failedAttempts += 1;
      const wait = backoff(attempt);
      if (this.#closed || clock.now() + wait - since > giveUpMs) {
        counts.dropped += items.length;
        return;
      }
      await this.#sleep(wait);
      if (this.#closed) return;
    }
  }

  async #attempt(items: readonly T[]): Promise<boolean> {
    const late = new AbortController();
    using _timer = this.#options.clock.setTimer(attemptMs, () => late.abort());
    try {
      await this.#options.post(items, AbortSignal.any([late.signal, this.#stop.signal]));
      return true;
    } catch {
      return false;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#retry = this.#options.clock.setTimer(ms, resolve);
    });
  }
}
