import type { Person } from '../../core/people.ts';
import type { RefusalId } from '../../core/refusals.ts';
import type { Links } from '../../gateway/links.ts';
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

export function createAccounts(links: Links, gatewayAccounts: ReadonlyMap<string, DoorAccount>): Accounts {
  return {
    async own(person) {
      if (person.skype.home === 'none') return { kind: 'none', why: 'not-enabled' };
      const secret = await links.get(person.id, 'skype');
      if (secret?.kind !== 'password') return { kind: 'none', why: 'not-linked' };
      const { username, password } = secret;
      const { pool, sip } = person.skype;
      return { kind: 'account', pool, account: { sip, username, password } };
    },
    gateway(pool) {
      const account = gatewayAccounts.get(pool);
      return account ? { kind: 'account', pool, account } : { kind: 'none', why: 'not-linked' };
    },
  };
}
