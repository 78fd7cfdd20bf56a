import type { Directory } from '../../gateway/directory.ts';
import type { Links } from '../../gateway/links.ts';
import type { GatewayAccount } from './accounts.ts';
import type { PresenceSubscriber } from './presence-watch.ts';
import type { Tenant, Tenants } from './tenants.ts';

/** The gateway's account of the tenant, then its linked people, in the directory's order; `most` at most. */
export async function presenceSubscribers(
  { directory, links, tenants }: SubscribersOptions,
  tenant: Tenant,
  gatewayAccount: GatewayAccount | undefined,
  most: number,
): Promise<readonly PresenceSubscriber[]> {
  const found: PresenceSubscriber[] = [];
  if (gatewayAccount !== undefined && most > 0)
    found.push({ id: gatewayAccount.upn, open: () => tenant.accounts.gateway() });
  for (const person of directory.people()) {
    if (found.length >= most) break;
    if (tenants.of(person) !== tenant || person.teams.kind === 'none') continue;
    const link = await links.get(person.id, 'teams').catch(() => undefined);
    if (link !== undefined) found.push({ id: person.id, open: () => tenant.accounts.person(person) });
  }
  return found;
}

export interface SubscribersOptions {
  readonly directory: Directory;
  readonly links: Links;
  readonly tenants: Tenants;
}
