import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** A user's ticket lasts eight hours. */
export const tokenLifetimeSeconds = 8 * 60 * 60;

/** Issues and checks web tickets: opaque to clients, kept nowhere, void when the server's key changes. */
export class Tokens {
  readonly #clock: Clock;
  readonly #key: Buffer;

  constructor(clock: Clock, key: Buffer = randomBytes(32)) {
    this.#clock = clock;
    this.#key = key;
  }

  issue(address: string): string {
    const claims = {
      a: address,
      e: this.#clock.now() + tokenLifetimeSeconds * 1000,
      n: randomBytes(6).toString('hex'),
    };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return `cwt=${body}.${this.#sign(body).toString('base64url')}`;
  }

  /** The address a token was issued to; undefined if it is forged, of another pool, or too old. */
  verify(token: string): string | undefined {
    const parts = /^cwt=([\w-]{1,2000})\.([\w-]{43})$/.exec(token);
    if (!parts?.[1] || !parts[2]) return undefined;
    if (!timingSafeEqual(this.#sign(parts[1]), Buffer.from(parts[2], 'base64url'))) return undefined;
    const claims: { a: string; e: number } = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    return claims.e > this.#clock.now() ? claims.a : undefined;
  }

  #sign(body: string): Buffer {
    return createHmac('sha256', this.#key).update(body).digest();
  }
}
