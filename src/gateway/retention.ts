import type { Clock } from '../core/clock.ts';
import { pause } from './clock.ts';
import type { Report } from './events.ts';
import type { Ledger, Retained } from './ledger.ts';

export interface RetentionOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Days from intake after which the text of a message that has its end is erased. */
  readonly keepTextDays: number;
  /** Days from intake after which a message is forgotten altogether; no fewer than networks can be read back. */
  readonly keepDays: number;
  readonly report: Report;
}

const dayMs = 24 * 60 * 60_000;
const everyMs = 60 * 60_000;
/** Few enough to hold up no message that comes meanwhile, and a pause for those that do, ms. */
const most = 500;
const pauseMs = 50;

/** Forgets by age, at the start and every hour, in small steps. */
export function startRetention(options: RetentionOptions): AsyncDisposable {
  const { ledger, clock, report } = options;
  const stopped = new AbortController();
  const { signal } = stopped;

  async function forget(): Promise<Retained> {
    const now = clock.now();
    const limits = {
      textBefore: now - options.keepTextDays * dayMs,
      allBefore: now - Math.max(options.keepDays, options.keepTextDays) * dayMs,
      most,
    };
    const total = { erased: 0, removed: 0 };
    for (;;) {
      const { erased, removed } = await ledger.retain(limits);
      total.erased += erased;
      total.removed += removed;
      if (erased < most && removed < most) return total;
      await pause(clock, pauseMs, signal);
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const { erased, removed } = await forget();
        if (erased + removed > 0) report({ kind: 'forgotten', erased, removed });
      } catch (error) {
        if (signal.aborted) return;
        report({ kind: 'fault', where: 'forgetting by age', error });
      }
      await pause(clock, everyMs, signal).catch(() => undefined);
    }
  }

  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort(new Error('the gateway is stopping'));
      await running;
    },
  };
}
