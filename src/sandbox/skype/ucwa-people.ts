import type { PersonCard } from '../../protocols/ucwa/server/backend.ts';
import { domainOf } from './account.ts';
import type { Pool } from './pool.ts';

/** What a viewer is shown of who somebody is; of a stranger no more than the address. */
export function cardOf(pool: Pool, viewer: string, address: string): PersonCard {
  const sameEnterprise = domainOf(viewer) === domainOf(address);
  const seen = pool.visible(viewer, address);
  if (!seen) {
    return {
      address,
      name: address,
      sourceNetwork: sameEnterprise ? 'SameEnterprise' : 'Unknown',
      emailAddresses: [],
    };
  }
  return {
    address,
    name: seen.name,
    sourceNetwork: sameEnterprise ? 'SameEnterprise' : 'Federated',
    emailAddresses: [address],
    ...(seen.company !== undefined && { company: seen.company }),
  };
}

/** Colleagues by name or address; and anybody else whose whole address is given. */
export function search(pool: Pool, viewer: string, query: string): readonly PersonCard[] {
  const wanted = query.trim().toLowerCase().replace(/^sip:/, '');
  const found: PersonCard[] = [];
  for (const account of pool.directory(domainOf(viewer))) {
    if (!account.listed && account.address !== wanted) continue;
    if (account.name.toLowerCase().includes(wanted) || account.address.includes(wanted)) {
      found.push(cardOf(pool, viewer, account.address));
    }
  }
  if (found.length === 0 && pool.visible(viewer, wanted)) found.push(cardOf(pool, viewer, wanted));
  return found;
}
