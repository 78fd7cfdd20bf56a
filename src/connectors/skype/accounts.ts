import type { Person, SipUri } from '../../core/people.ts';
import type { RefusalId } from '../../core/refusals.ts';
import type { LinkSecret, Links } from '../../gateway/links.ts';
import type { DoorAccount } from './door.ts';

/** Who the gateway may be at a pool. */
export type Account =
  | { readonly kind: 'account'; readonly pool: string; readonly account: DoorAccount }
  | { readonly kind: 'none'; readonly why: Extract<RefusalId, 'not-enabled' | 'not-linked'> };

export interface Accounts {
  /** The person's own account, if they have one and have linked it. */
  own(person: Person): Promise<Account>;
  /** The gateway's own account at a pool. */
  gateway(pool: string): Account;
}

export interface PoolAccounts {
  /** The gateway's own accounts, by pool. */
  readonly gateway: ReadonlyMap<string, DoorAccount>;
  /** Pools that let the gateway act for whoever lives there. */
  readonly trusted: ReadonlySet<string>;
}

export function createAccounts(links: Links, { gateway, trusted }: PoolAccounts): Accounts {
  return {
    async own(person) {
      if (person.skype.home === 'none') return { kind: 'none', why: 'not-enabled' };
      const secret = await links.get(person.id, 'skype');
      const { pool, sip } = person.skype;
      if (trusted.has(pool)) return { kind: 'account', pool, account: trustedAccount(sip, secret) };
      if (secret?.kind !== 'password') return { kind: 'none', why: 'not-linked' };
      const { username, password } = secret;
      return { kind: 'account', pool, account: { of: 'person', sip, username, password } };
    },
    gateway(pool) {
      const account = gateway.get(pool);
      return account ? { kind: 'account', pool, account } : { kind: 'none', why: 'not-linked' };
    },
  };
}

/** A password is used where the server asks for one all the same. */
function trustedAccount(sip: SipUri, secret: LinkSecret | undefined): DoorAccount {
  const { username, password } =
    secret?.kind === 'password' ? secret : { username: sip.slice('sip:'.length), password: '' };
  return { of: 'person', sip, username, password };
}
