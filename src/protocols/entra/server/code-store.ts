import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

/** What an authorization code stands for until it is redeemed. */
export interface CodeGrant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  /** S256 of the verifier, base64url. */
  readonly codeChallenge: string | undefined;
}

export type Redeemed =
  | { readonly kind: 'grant'; readonly grant: CodeGrant }
  | { readonly kind: 'redeemed' | 'expired' | 'unknown' };

const lifeMs = 10 * 60_000;
const mostCodes = 10_000;

interface Entry {
  readonly grant: CodeGrant;
  readonly expiresAt: number;
  readonly redeemed: boolean;
}

/** The codes given out lately. Each can be redeemed once, within ten minutes. */
export class CodeStore {
  readonly #clock: Clock;
  readonly #codes = new LRUCache<string, Entry>({ max: mostCodes });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(grant: CodeGrant): string {
    const code = `1.${randomBytes(32).toString('base64url')}`;
    this.#codes.set(code, { grant, expiresAt: this.#clock.now() + lifeMs, redeemed: false });
    return code;
  }

  redeem(code: string): Redeemed {
    const entry = this.#codes.get(code);
    if (entry === undefined) return { kind: 'unknown' };
    if (entry.redeemed) return { kind: 'redeemed' };
    if (entry.expiresAt <= this.#clock.now()) return { kind: 'expired' };
    this.#codes.set(code, { ...entry, redeemed: true });
    return { kind: 'grant', grant: entry.grant };
  }
}
