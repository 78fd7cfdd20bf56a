import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

export type SignIn =
  | { readonly kind: 'granted' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

const maxFailures = 10;
const windowMs = 60_000;

interface Failures {
  count: number;
  readonly until: number;
}

/** Passwords, and a bound on guessing them: ten wrong ones in a minute close the account for the rest of it. */
export class SignInGuard {
  readonly #clock: Clock;
  readonly #passwordOf: (address: string) => string | undefined;
  readonly #failures = new LRUCache<string, Failures>({ max: 10_000 });

  constructor(clock: Clock, passwordOf: (address: string) => string | undefined) {
    this.#clock = clock;
    this.#passwordOf = passwordOf;
  }

  check(address: string, password: string): SignIn {
    const expected = this.#passwordOf(address);
    return this.settle(
      address,
      expected !== undefined && timingSafeEqual(digest(expected), digest(password)),
    );
  }

  /** The password of somebody known, for schemes that prove it without telling it; their outcome is to be settled. */
  passwordOf(address: string): string | undefined {
    return this.#passwordOf(address);
  }

  /** Counts an attempt that was right or wrong. A right one is worth nothing while the account is closed. */
  settle(address: string, isRight: boolean): SignIn {
    const now = this.#clock.now();
    const known = this.#failures.get(address);
    const failures = known && known.until > now ? known : { count: 0, until: now + windowMs };
    if (failures.count >= maxFailures) {
      return { kind: 'throttled', retryAfterSeconds: Math.ceil((failures.until - now) / 1000) };
    }
    if (isRight) {
      this.#failures.delete(address);
      return { kind: 'granted' };
    }
    failures.count++;
    this.#failures.set(address, failures);
    return { kind: 'denied' };
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
