import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ReplayWindow } from './replay-window.ts';

export type NonceUse =
  | 'fresh'
  /** Ours, but too old, or used with a count before: challenge anew with `stale=true`. */
  | 'stale'
  /** Not ours. */
  | 'unknown';

export interface NonceOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** At least 32 random bytes, the same on every node that checks these nonces. */
  readonly key: Uint8Array;
  readonly lifetimeMs: number;
  /** Used nonces that are remembered. Beyond it the oldest count as stale. */
  readonly max: number;
  /** 12 or more unguessable characters without dots. */
  readonly random: () => string;
}

interface Used {
  readonly issuedAt: number;
  readonly counts: ReplayWindow;
}

/**
 * Nonces of a Digest server. A nonce proves its own origin and age, so that handing out challenges costs no memory;
 * only nonces that came back with a right password are remembered, to refuse counts a second time.
 */
export class Nonces {
  readonly #options: NonceOptions;
  readonly #used = new Map<string, Used>();
  /** Nonces issued up to this time may have been forgotten: they are stale. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(options: NonceOptions) {
    this.#options = options;
  }

  issue(): string {
    const text = `${this.#options.clock.now().toString(36)}.${this.#options.random()}`;
    return `${text}.${this.#seal(text)}`;
  }

  /** Whether a nonce is ours and young. Changes nothing: use it before the password is checked. */
  inspect(nonce: string): NonceUse {
    const issuedAt = this.#issuedAt(nonce);
    if (issuedAt === undefined) return 'unknown';
    const age = this.#options.clock.now() - issuedAt;
    return age < this.#options.lifetimeMs && issuedAt > this.#forgottenUntil ? 'fresh' : 'stale';
  }

  /** Uses up one count (1 or more; 0 for credentials without count, good once). Call it for right credentials only. */
  use(nonce: string, count: number): NonceUse {
    const state = this.inspect(nonce);
    const issuedAt = this.#issuedAt(nonce);
    if (state !== 'fresh' || issuedAt === undefined) return state;
    const used = this.#used.get(nonce);
    if (used === undefined) {
      this.#used.set(nonce, { issuedAt, counts: new ReplayWindow(count) });
      this.#forget();
      return 'fresh';
    }
    return used.counts.take(count) ? 'fresh' : 'stale';
  }

  #issuedAt(nonce: string): number | undefined {
    const end = nonce.lastIndexOf('.');
    const text = nonce.slice(0, end);
    const seal = Buffer.from(nonce.slice(end + 1));
    const own = Buffer.from(this.#seal(text));
    if (end < 0 || seal.length !== own.length || !timingSafeEqual(seal, own)) return undefined;
    return Number.parseInt(text, 36);
  }

  #seal(text: string): string {
    return createHmac('sha256', this.#options.key).update(text).digest('base64url');
  }

  #forget(): void {
    const { clock, lifetimeMs, max } = this.#options;
    for (const [nonce, { issuedAt }] of this.#used) {
      const isOld = clock.now() - issuedAt >= lifetimeMs;
      if (!isOld && this.#used.size <= max) return;
      this.#used.delete(nonce);
      if (!isOld) this.#forgottenUntil = Math.max(this.#forgottenUntil, issuedAt);
    }
  }
}
