import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

/** A user's ticket lasts eight hours. */
export const tokenLifetimeSeconds = 8 * 60 * 60;

/** Every request and every poll of a client carries the same token. */
const rememberedTokens = 20_000;

interface Claims {
  /** Address. */
  readonly a: string;
  /** End, Unix ms. */
  readonly e: number;
}

/** Issues and checks web tickets: opaque to clients, kept nowhere, void when the server's key changes. */
export class Tokens {
  readonly #clock: Clock;
  readonly #key: Buffer;
  readonly #verified = new LRUCache<string, Claims>({ max: rememberedTokens });

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
    const claims = this.#verified.get(token) ?? this.#claimsOf(token);
    if (!claims || claims.e <= this.#clock.now()) return undefined;
    this.#verified.set(token, claims);
    return claims.a;
  }

  #claimsOf(token: string): Claims | undefined {
    const parts = /^cwt=([\w-]{1,2000})\.([\w-]{43})$/.exec(token);
    if (!parts?.[1] || !parts[2]) return undefined;
    if (!timingSafeEqual(this.#sign(parts[1]), Buffer.from(parts[2], 'base64url'))) return undefined;
    return JSON.parse(Buffer.from(parts[1], 'base64url').toString());
  }

  #sign(body: string): Buffer {
    return createHmac('sha256', this.#key).update(body).digest();
  }
}
