import type { PersonId } from '../ids.ts';
import type { Person } from '../people.ts';
import type { Policy } from './facts.ts';

/** Which policy holds for whom: a person's own, else the tenant's, else everybody's. */
export interface PolicySettings {
  readonly everybody: Policy;
  /** By the tenant's domain, lower case. */
  readonly tenants: ReadonlyMap<string, Policy>;
  readonly people: ReadonlyMap<PersonId, Policy>;
}

/** The policy for what `sender` sends: Microsoft's refusals all hang on the sender's side of the conversation. */
export function policyFor(settings: PolicySettings, sender: Pick<Person, 'id' | 'tenant'>): Policy {
  return settings.people.get(sender.id) ?? settings.tenants.get(sender.tenant) ?? settings.everybody;
}

/** One policy, whoever sends. */
export function policyForAll(policy: Policy): PolicySettings {
  return { everybody: policy, tenants: new Map(), people: new Map() };
}

/** `bridged`, or `bridged (microsoft for 1 tenant and 2 people)`. */
export function describePolicies({ everybody, tenants, people }: PolicySettings): string {
  const other = (own: Iterable<Policy>): number => [...own].filter((policy) => policy !== everybody).length;
  const counts = [
    counted(other(tenants.values()), 'tenant', 'tenants'),
    counted(other(people.values()), 'person', 'people'),
  ];
  const exceptions = counts.filter((words) => words !== '').join(' and ');
  const exception: Policy = everybody === 'bridged' ? 'microsoft' : 'bridged';
  return exceptions === '' ? everybody : `${everybody} (${exception} for ${exceptions})`;
}

function counted(count: number, one: string, several: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : several}`;
}
