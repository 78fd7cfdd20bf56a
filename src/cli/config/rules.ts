import { type PersonId, personId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import type { FederationLists, FederationSettings } from '../../core/routing/federation.ts';
import { type PolicySettings, policyForAll } from '../../core/routing/policy.ts';
import type { ToastSettings } from '../../core/toasts/policy.ts';
import { join, type Problems } from './problems.ts';
import type { ConfigFile } from './schema.ts';

/** Whom the rules can be about. */
export interface Known {
  /** Domains of tenants and people. */
  readonly domains: ReadonlySet<string>;
  readonly people: Pick<ReadonlySet<PersonId>, 'has'>;
}

export function knownNames(file: ConfigFile, people: readonly Person[]): Known {
  return {
    domains: new Set([
      ...file.teams.tenants.map(({ domain }) => domain),
      ...people.map(({ tenant }) => tenant),
    ]),
    // Who is read from the tenants nobody knows yet.
    people: file.people.graph?.enabled ? { has: () => true } : new Set(people.map(({ id }) => id)),
  };
}

/** A policy for a tenant or a person that does not exist is a mistake in its name, and told. */
export function resolvePolicies(
  policy: ConfigFile['policy'],
  known: Known,
  problems: Problems,
): PolicySettings {
  if (typeof policy === 'string') return policyForAll(policy);
  const tenants = byDomain(policy.tenants, 'policy.tenants', known.domains, problems);
  const people = byPerson(policy.people, 'policy.people', known.people, problems);
  return { everybody: policy.default, tenants, people };
}

export function resolveToasts(
  { policy, fallOverMs, inDoNotDisturb }: ConfigFile['toasts'],
  known: Known,
  problems: Problems,
): ToastSettings {
  const common = { fallOverMs, inDoNotDisturb };
  if (typeof policy === 'string')
    return { ...common, everybody: policy, tenants: new Map(), people: new Map() };
  const tenants = byDomain(policy.tenants, 'toasts.policy.tenants', known.domains, problems);
  const people = byPerson(policy.people, 'toasts.policy.people', known.people, problems);
  return { ...common, everybody: policy.default, tenants, people };
}

export function resolveFederation(
  { allow, block, tenants }: ConfigFile['federation'],
  known: Known,
  problems: Problems,
): FederationSettings {
  const own = byDomain(tenants, 'federation.tenants', known.domains, problems);
  for (const [domain, lists] of own)
    for (const list of ['allow', 'block'] as const)
      lists[list]?.forEach((other, index) => {
        if (other === domain)
          problems.add(
            join(join(join('federation.tenants', domain), list), index),
            `${domain} is the tenant itself, which is not federated with itself`,
          );
      });
  return {
    everybody: listsOf({ allow, block }),
    tenants: new Map([...own].map(([domain, lists]) => [domain, listsOf(lists)])),
  };
}

function listsOf({ allow, block }: { allow?: string[] | undefined; block: string[] }): FederationLists {
  return { allow: allow && new Set(allow), block: new Set(block) };
}

function byPerson<T>(
  record: Readonly<Record<string, T>>,
  path: string,
  known: Known['people'],
  problems: Problems,
): ReadonlyMap<PersonId, T> {
  const people = new Map<PersonId, T>();
  for (const [name, own] of Object.entries(record)) {
    const id = personId(name);
    if (!known.has(id)) problems.add(join(path, name), 'nobody in the directory has this id');
    people.set(id, own);
  }
  return people;
}

function byDomain<T>(
  record: Readonly<Record<string, T>>,
  path: string,
  domains: Known['domains'],
  problems: Problems,
): ReadonlyMap<string, T> {
  for (const domain of Object.keys(record))
    if (!domains.has(domain)) problems.add(join(path, domain), 'no tenant or person has this domain');
  return new Map(Object.entries(record));
}
