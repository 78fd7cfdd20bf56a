import type { FastifyInstance } from 'fastify';
import { createSkypeConnector } from '../connectors/skype/connector.ts';
import type { PoolOptions } from '../connectors/skype/pools.ts';
import { createTeamsConnector, type TeamsConnector } from '../connectors/teams/connector.ts';
import type { Clock } from '../core/clock.ts';
import type { Connector } from '../gateway/connector.ts';
import type { Directory } from '../gateway/directory.ts';
import type { KeptStore } from '../gateway/ledger.ts';
import type { Links } from '../gateway/links.ts';
import type { Config, PoolConfig } from './config/config.ts';

export interface ConnectorsOptions {
  /** Not listening yet: Graph's notifications are received on it. */
  readonly app: FastifyInstance;
  readonly links: Links;
  readonly kept: KeptStore;
  readonly directory: Directory;
  readonly clock: Clock;
  /** Names this gateway to networks that know endpoints by name; the same as long as the data folder lives. */
  readonly installation?: string;
  /** Asked for when the connectors start. */
  readonly publicUrl: () => string;
}

export interface Connectors {
  readonly teams: TeamsConnector;
  readonly skype: Connector;
}

/** Both networks, as the configuration describes them. */
export function createConnectors(config: Config, options: ConnectorsOptions): Connectors {
  const { links, kept, directory, clock } = options;
  const { graph, authority, ca, tenants } = config.teams;
  const teams = createTeamsConnector({
    graph,
    authority,
    ca,
    tenants,
    publicUrl: options.publicUrl,
    directory,
    links,
    kept,
    clock,
    random: Math.random,
    leaseMs: config.presence.leaseMs,
    readBackMs: config.delivery.readBackMs,
    signOut: config.presence.signOut,
  });
  teams.register(options.app);
  const skype = createSkypeConnector({
    pools: config.skype.pools.map(poolOptions),
    directory,
    links,
    clock,
    ...(options.installation === undefined ? {} : { installation: options.installation }),
    sessionIdleMs: config.skype.sessionIdleMs,
    signOut: config.presence.signOut,
    checkEveryMs: config.presence.leaseMs / 2,
  });
  return { teams, skype };
}

/** A pool of the configuration as the connector takes it. */
export function poolOptions(pool: PoolConfig): PoolOptions {
  const { name, home, gatewayAccount, ca } = pool;
  const base = {
    name,
    home,
    ...(gatewayAccount ? { gatewayAccount } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  if (pool.protocol === 'ucwa') return { ...base, protocol: 'ucwa', discoveryUrl: `${pool.discovery}/` };
  const { location, identity, ...reach } = pool.sip;
  return {
    ...base,
    protocol: 'sip',
    sip: {
      ...reach,
      ...(identity === undefined ? {} : { identity }),
      location:
        location.kind === 'domain'
          ? location
          : {
              kind: 'servers',
              servers: location.servers.map((server) => ({ ...server, priority: 0, weight: 1 })),
            },
    },
  };
}
