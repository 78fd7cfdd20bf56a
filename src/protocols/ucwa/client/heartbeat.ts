import type { Application } from './application.ts';
import { backoff, type Clock } from './clock.ts';

const betweenMs = { least: 180_000, most: 230_000 };

/**
 * Reports activity at least every four minutes, until it is disposed; without it the pool shows the person as idle, then
 * away, and ends the application. A report that fails is repeated sooner; what a failure means for the application, the
 * event channel will learn.
 */
export class Heartbeat implements Disposable {
  readonly #application: Application;
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #next: Disposable | undefined;
  #reporting: AbortController | undefined;

  constructor(application: Application, clock: Clock, random: () => number) {
    this.#application = application;
    this.#clock = clock;
    this.#random = random;
    this.#wait();
  }

  #wait(): void {
    const ms =
      this.#failures === 0
        ? inWholeSeconds(betweenMs.least + this.#random() * (betweenMs.most - betweenMs.least))
        : backoff(this.#failures, 5_000, 60_000, this.#random);
    this.#next = this.#clock.setTimer(ms, () => void this.#report());
  }

  async #report(): Promise<void> {
    const reporting = new AbortController();
    this.#reporting = reporting;
    try {
      await this.#application.reportMyActivity(reporting.signal);
      this.#failures = 0;
    } catch {
      this.#failures += 1;
    }
    if (this.#reporting !== reporting) return;
    this.#reporting = undefined;
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#reporting?.abort();
    this.#reporting = undefined;
  }
}

/** The run-time keeps a list for every length of timers. */
function inWholeSeconds(ms: number): number {
  return Math.round(ms / 1_000) * 1_000;
}
