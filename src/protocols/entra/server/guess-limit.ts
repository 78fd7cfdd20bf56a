import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

/** Wrong passwords that an account takes before it locks. */
const allowedFailures = 10;
const firstLockMs = 60_000;
const longestLockMs = 60 * 60_000;
/** Accounts that had a wrong password lately; the one longest untouched is forgotten first. */
const rememberedAccounts = 10_000;

interface Failures {
  readonly count: number;
  /** Unix ms; 0 when not locked. */
  readonly lockedUntil: number;
}

/** Slows the guessing of passwords: each account locks after ten failures, then longer with every further one. */
export class GuessLimit {
  readonly #clock: Clock;
  readonly #failures = new LRUCache<string, Failures>({ max: rememberedAccounts });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isLocked(account: string): boolean {
    return (this.#failures.get(account)?.lockedUntil ?? 0) > this.#clock.now();
  }

  failed(account: string): void {
    const count = (this.#failures.get(account)?.count ?? 0) + 1;
    const over = count - allowedFailures;
    const lockMs = over < 0 ? 0 : Math.min(firstLockMs * 2 ** Math.min(over, 20), longestLockMs);
    this.#failures.set(account, { count, lockedUntil: lockMs === 0 ? 0 : this.#clock.now() + lockMs });
  }

  succeeded(account: string): void {
    this.#failures.delete(account);
  }
}
