import type { Clock } from '../core/clock.ts';
import { backoffMs, type RetryPolicy } from '../core/conversation/delivery.ts';
import { pause } from './clock.ts';
import type { Report } from './events.ts';
import { LedgerUnavailable } from './ledger.ts';

export interface UntilKeptOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly report: Report;
}

/**
 * Asks the ledger for what cannot be done without, again and again while it cannot: on a full disk, until there is room.
 * Rejects only when `signal` aborts or the ledger is closed.
 */
export type UntilKept = <T>(ask: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createUntilKept({ clock, random, retry, report }: UntilKeptOptions): UntilKept {
  return async (ask, signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof LedgerUnavailable && error.reason === 'closed') throw error;
        if (attempt === 1) report({ kind: 'fault', where: 'the ledger', error });
        await pause(clock, backoffMs(attempt, retry, random()), signal);
      }
    }
  };
}
