import type { Agent } from 'undici';
import type { Clock } from '../../core/clock.ts';
import type { Person } from '../../core/people.ts';
import type { LinkStatus } from '../../gateway/connector.ts';
import type { Links } from '../../gateway/links.ts';
import type { ClientCredential, EntraAppOptions } from '../../protocols/entra/client/token-endpoint.ts';
import { createGraphClient, type GraphClient } from '../../protocols/graph/client/graph-client.ts';
import { type Accounts, createAccounts, type GatewayAccount } from './accounts.ts';
import { watchHealth } from './health.ts';

export interface TenantOptions {
  /** Entra's id of the tenant, lower case. */
  readonly id: string;
  /** Of the UPNs of its people. */
  readonly domain: string;
  /** The gateway's application registration, lower case. */
  readonly clientId: string;
  readonly credential: Exclude<ClientCredential, { readonly kind: 'none' }>;
  readonly gatewayAccount: GatewayAccount | undefined;
}

/** One tenant as the connector works in it. */
export interface Tenant {
  readonly id: string;
  readonly domain: string;
  readonly clientId: string;
  readonly graph: GraphClient;
  /** The application there, to sign people in with. */
  readonly entra: EntraAppOptions;
  readonly accounts: Accounts;
}

export interface Tenants {
  readonly all: readonly Tenant[];
  /** Undefined for a person of an organisation that is not configured. */
  of(person: Person): Tenant | undefined;
  byId(id: string): Tenant | undefined;
  /** How Graph can be reached, by the requests made last. */
  graphStatus(): LinkStatus;
}

export function createTenants(
  list: readonly TenantOptions[],
  options: {
    /** Base addresses, without version and without a slash at the end. */
    readonly graph: string;
    readonly authority: string;
    readonly dispatcher: Agent;
    readonly links: Links;
    readonly clock: Clock;
    /** Graph answers again, after requests that did not reach it. */
    readonly recovered: () => void;
  },
): Tenants {
  const { authority, dispatcher, links, clock } = options;
  const { graph, status } = watchHealth(
    createGraphClient({ baseUrl: `${options.graph}/v1.0`, dispatcher }),
    clock,
    options.recovered,
  );
  const all = list.map(({ id, domain, clientId, credential, gatewayAccount }): Tenant => {
    const entra = { authority, tenant: id, clientId, credential, dispatcher, clock };
    const accounts = createAccounts({ entra, links, gatewayAccount, clock });
    return { id: id.toLowerCase(), domain: domain.toLowerCase(), clientId, graph, entra, accounts };
  });
  const byDomain = new Map(all.map((tenant) => [tenant.domain, tenant]));
  const byId = new Map(all.map((tenant) => [tenant.id, tenant]));
  return {
    all,
    of: (person) => byDomain.get(person.tenant.toLowerCase()),
    byId: (id) => byId.get(id.toLowerCase()),
    graphStatus: status,
  };
}
