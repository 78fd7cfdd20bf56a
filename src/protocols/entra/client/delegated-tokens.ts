import { LRUCache } from 'lru-cache';
import { type EntraAppOptions, type IssuedTokens, redeem, type TokenFailure } from './token-endpoint.ts';

/** What an account signs in with. */
export type SignInSecret =
  | { readonly kind: 'refreshToken'; readonly token: string }
  /** Only where the tenant allows it. */
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

export interface DelegatedOptions extends EntraAppOptions {
  /** Permissions asked for, space-separated; `offline_access` is added. */
  readonly scope: string;
  /** The account's secret as it is stored now; undefined when there is none (any more). */
  readonly secretOf: (account: string) => Promise<SignInSecret | undefined>;
  /**
   * A refresh token that replaces what is stored for the account; durable when it resolves. May reject: the one
   * stored stays usable until its own end.
   */
  readonly rotated: (account: string, refreshToken: string) => Promise<void>;
}

export type DelegatedToken =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly failure: TokenFailure | { readonly kind: 'absent' } };

/** Access tokens kept at a time, some 2 KB each. */
const mostAccounts = 2_000;
/** A token is replaced before its end, so that no request carries one that ends on its way. */
const renewBeforeMs = 5 * 60_000;

/**
 * Access tokens of many accounts: kept until shortly before they expire, asked for once however many wait,
 * refused ones forgotten.
 */
export class DelegatedTokens {
  readonly #options: DelegatedOptions;
  readonly #kept = new LRUCache<string, IssuedTokens>({ max: mostAccounts });
  readonly #waiting = new Map<string, Promise<DelegatedToken>>();

  constructor(options: DelegatedOptions) {
    this.#options = options;
  }

  async token(account: string): Promise<DelegatedToken> {
    const kept = this.#kept.get(account);
    if (kept !== undefined && kept.expiresAt - renewBeforeMs > this.#options.clock.now()) {
      return { ok: true, token: kept.accessToken };
    }
    const running = this.#waiting.get(account);
    if (running !== undefined) return running;
    const fresh = this.#renew(account).finally(() => this.#waiting.delete(account));
    this.#waiting.set(account, fresh);
    return fresh;
  }

  /** A resource refused this token: the next one is asked for anew. */
  rejected(account: string, token: string): void {
    if (this.#kept.get(account)?.accessToken === token) this.#kept.delete(account);
  }

  /** The account's secret was replaced or taken away. */
  forget(account: string): void {
    this.#kept.delete(account);
  }

  async #renew(account: string): Promise<DelegatedToken> {
    const secret = await this.#options.secretOf(account).catch(() => 'unreadable' as const);
    if (secret === undefined) return { ok: false, failure: { kind: 'absent' } };
    if (secret === 'unreadable') {
      return { ok: false, failure: { kind: 'unavailable', detail: 'the stored secret cannot be read' } };
    }
    const scope = `${this.#options.scope} offline_access`;
    const outcome = await redeem(
      this.#options,
      secret.kind === 'refreshToken'
        ? { grant_type: 'refresh_token', refresh_token: secret.token, scope }
        : { grant_type: 'password', username: secret.username, password: secret.password, scope },
    );
    if (!outcome.ok) return outcome;
    const { refreshToken, accessToken } = outcome.tokens;
    if (secret.kind === 'refreshToken' && refreshToken !== undefined && refreshToken !== secret.token) {
      await this.#options.rotated(account, refreshToken).catch(() => undefined);
    }
    this.#kept.set(account, { ...outcome.tokens, refreshToken: undefined });
    return { ok: true, token: accessToken };
  }
}
