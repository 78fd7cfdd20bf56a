import type { Clock } from '../../core/clock.ts';
import { type PersonId, personId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import { recent } from '../../core/recent.ts';
import type { Links } from '../../gateway/links.ts';
import { createApplicationTokens } from '../../protocols/entra/client/application-tokens.ts';
import { DelegatedTokens } from '../../protocols/entra/client/delegated-tokens.ts';
import type { EntraAppOptions } from '../../protocols/entra/client/token-endpoint.ts';
import type { TokenFailure, TokenSource } from '../../protocols/graph/client/result.ts';

/** Everything consented to; what that must be is documented with the app registration. */
export const graphScope = 'https://graph.microsoft.com/.default';
/** How long a refused link is left alone, so that a stored password is not tried until the account locks. */
const restMs = 60_000;
const rememberedRefusals = 10_000;

export interface GatewayAccount {
  readonly upn: string;
  /** Undefined: it is linked like a person, by a refresh token. */
  readonly password: string | undefined;
}

/** In whose name a request may be made. */
export type Opened =
  | { readonly kind: 'open'; readonly source: TokenSource }
  /** Nobody linked the account. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: TokenFailure };

/** The tokens of one tenant: of our application, of the gateway's own account, and of the people linked. */
export interface Accounts {
  readonly application: TokenSource;
  /** The gateway's own account; absent when none is configured. */
  gateway(): Promise<Opened>;
  person(person: Person): Promise<Opened>;
  /** The account's link was made anew or taken away. */
  forget(person: PersonId): void;
  /** Whose links were refused lately, with what sign-in said. */
  refused(): readonly { readonly person: PersonId; readonly since: number; readonly detail: string }[];
}

export interface AccountsOptions {
  readonly entra: EntraAppOptions;
  readonly links: Links;
  readonly gatewayAccount: GatewayAccount | undefined;
  readonly clock: Clock;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { links, clock, gatewayAccount } = options;
  const gatewayId = gatewayAccount && personId(gatewayAccount.upn);
  const refusals = recent<PersonId, { readonly since: number; readonly detail: string }>(rememberedRefusals);
  const delegated = new DelegatedTokens({
    ...options.entra,
    scope: graphScope,
    async secretOf(account) {
      const linked = await links.get(account as PersonId, 'teams');
      if (linked !== undefined || account !== gatewayId || gatewayAccount?.password === undefined)
        return linked;
      return { kind: 'password', username: gatewayAccount.upn, password: gatewayAccount.password };
    },
    rotated: (account, token) => links.put(account as PersonId, 'teams', { kind: 'refreshToken', token }),
  });

  async function open(id: PersonId): Promise<Opened> {
    const resting = refusals.get(id);
    if (resting !== undefined && resting.since + restMs > clock.now()) {
      return { kind: 'failed', failure: { kind: 'refused', detail: resting.detail } };
    }
    const first = await delegated.token(id);
    if (!first.ok) {
      if (first.failure.kind === 'absent') return { kind: 'absent' };
      if (first.failure.kind === 'refused') note(id, first.failure.detail);
      return { kind: 'failed', failure: first.failure };
    }
    refusals.delete(id);
    return { kind: 'open', source: sourceOf(id) };
  }

  function note(id: PersonId, detail: string): void {
    refusals.set(id, { since: clock.now(), detail });
  }

  function sourceOf(id: PersonId): TokenSource {
    return {
      async token() {
        const result = await delegated.token(id);
        if (result.ok) return result;
        if (result.failure.kind !== 'absent') return { ok: false, failure: result.failure };
        return { ok: false, failure: { kind: 'refused', detail: 'the link was taken away' } };
      },
      rejected: (token) => delegated.rejected(id, token),
    };
  }

  return {
    application: createApplicationTokens(options.entra),
    gateway: async () => (gatewayId === undefined ? { kind: 'absent' } : open(gatewayId)),
    person: (person) => open(person.id),
    forget(id) {
      refusals.delete(id);
      delegated.forget(id);
    },
    refused: () => [...refusals.entries()].map(([person, refusal]) => ({ person, ...refusal })),
  };
}
