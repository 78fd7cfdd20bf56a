import type { Person } from '../people.ts';

/** The domains that may be federated with. A domain on the block list is refused, whatever the allow list says. */
export interface FederationLists {
  /** Undefined: every domain that is not blocked. */
  readonly allow: ReadonlySet<string> | undefined;
  readonly block: ReadonlySet<string>;
}

/** Domains are lower case and in ASCII, and match as a whole: a subdomain is another domain. */
export interface FederationSettings {
  readonly everybody: FederationLists;
  /** By the tenant's domain. An allow list here stands in place of everybody's; both block lists hold. */
  readonly tenants: ReadonlyMap<string, FederationLists>;
}

/** Which list refuses, whose it is, and the domain that it refuses. */
export interface FederationRefusal {
  readonly list: 'allow' | 'block';
  readonly of: string;
  readonly domain: string;
}

export const openFederation: FederationSettings = {
  everybody: { allow: undefined, block: new Set() },
  tenants: new Map(),
};

/**
 * Why two people may not chat: the lists of each one's tenant are asked about the other's, so that the answer is the
 * same in both directions but for the order in which the lists are named. Inside one tenant there is no federation.
 */
export function federationRefusal(
  settings: FederationSettings,
  from: Pick<Person, 'tenant'>,
  to: Pick<Person, 'tenant'>,
): FederationRefusal | undefined {
  if (from.tenant === to.tenant) return undefined;
  return refusedBy(settings, from.tenant, to.tenant) ?? refusedBy(settings, to.tenant, from.tenant);
}

/** `the block list of contoso.example has fabrikam.example`. */
export function describeFederationRefusal({ list, of, domain }: FederationRefusal): string {
  return list === 'block'
    ? `the block list of ${of} has ${domain}`
    : `the allow list of ${of} lacks ${domain}`;
}

function refusedBy(
  { everybody, tenants }: FederationSettings,
  tenant: string,
  domain: string,
): FederationRefusal | undefined {
  const own = tenants.get(tenant);
  if (everybody.block.has(domain)) return { list: 'block', of: 'everybody', domain };
  if (own?.block.has(domain)) return { list: 'block', of: tenant, domain };
  if (own?.allow) return own.allow.has(domain) ? undefined : { list: 'allow', of: tenant, domain };
  if (everybody.allow && !everybody.allow.has(domain)) return { list: 'allow', of: 'everybody', domain };
  return undefined;
}
