import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { recent } from '../../core/recent.ts';
import type { DoorAccount } from './door.ts';

/**
 * How long a password that was refused is not tried again, ms. Directories lock an account after some five to ten wrong
 * passwords in ten to thirty minutes: at this pace the gateway never comes near.
 */
export const holdMs = 15 * 60_000;
const remembered = 20_000;

/**
 * The passwords that a pool has refused lately. Every message and every change of presence wants an endpoint; each would try
 * the same wrong password once more, until the person's account is locked, also for themselves.
 */
export class RefusedPasswords {
  readonly #clock: Pick<Clock, 'now'>;
  /** Until when, Unix ms, by a digest of account and password. */
  readonly #until = recent<string, number>(remembered);

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Without a password nothing can be guessed: a pool that trusts the gateway is asked again. */
  note(account: DoorAccount): void {
    if (account.password !== '' && !this.has(account))
      this.#until.set(digestOf(account), this.#clock.now() + holdMs);
  }

  has(account: DoorAccount): boolean {
    const until = account.password === '' ? undefined : this.#until.get(digestOf(account));
    return until !== undefined && this.#clock.now() < until;
  }
}

function digestOf({ sip, username, password }: DoorAccount): string {
  return createHash('sha256').update([sip, username, password].join('\0')).digest('base64');
}
