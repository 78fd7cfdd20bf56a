import type { FastifyInstance } from 'fastify';
import { autodiscoverRoot } from '../../protocols/ucwa/server/autodiscover.ts';
import type { Home, SignInResult } from '../../protocols/ucwa/server/backend.ts';
import type { Limits } from '../../protocols/ucwa/server/limits.ts';
import { createUcwaServer } from '../../protocols/ucwa/server/server.ts';
import { type Clock, systemClock } from '../clock.ts';
import { type SandboxPerson, password as sandboxPassword, people as sandboxPeople } from '../world.ts';
import { type Account, domainOf } from './account.ts';
import { type Fault, FaultInjector } from './faults.ts';
import { Pool, type PoolNetwork } from './pool.ts';
import type { SessionTimes } from './session.ts';
import { SignInGuard } from './sign-in.ts';
import { embedSipDoor, type SipSettings } from './sip-door/embed.ts';
import type { SipDoor } from './sip-door/sip-door.ts';
import { ucwaDoor } from './ucwa-door.ts';

export interface PoolTimes extends SessionTimes {
  readonly inactiveAfterMs: number;
  readonly awayAfterMs: number;
}

export interface PoolsOptions {
  readonly clock?: Clock;
  /** Those with a home become accounts of that pool. */
  readonly people?: readonly SandboxPerson[];
  /** Everybody's. */
  readonly password?: string;
  /** Origins of pages that may call the pools; `any` unless said. */
  readonly origins?: 'any' | readonly string[];
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<PoolTimes>;
  readonly sip?: SipSettings;
}

/** Where a pool's doors are reached; UCWA's such as `http://localhost:7082`, SIP's such as `localhost:7060`. */
export interface PoolAddresses {
  readonly http?: string;
  readonly https?: string;
  readonly sipTcp?: string;
  readonly sipTls?: string;
}

/** One embedded pool: its state, and its doors. */
export interface EmbeddedPool {
  readonly name: 'online' | 'onPrem';
  /** For other doors. */
  readonly core: Pool;
  /** Not listening: put it on a port. */
  readonly ucwa: FastifyInstance;
  /** Not listening either. */
  readonly sip: SipDoor;
  signIn(address: string, password: string): SignInResult;
  /** Has to be told after listening, for redirects from the other pool. */
  setAddresses(addresses: PoolAddresses): void;
  /** Makes the pool misbehave, to its clients and to the other pool. */
  setFault(fault: Fault): void;
}

export interface EmbeddedPools extends AsyncDisposable {
  readonly online: EmbeddedPool;
  readonly onPrem: EmbeddedPool;
}

const minute = 60_000;

const defaultTimes: PoolTimes = {
  answerMs: 30_000,
  messageMs: 30_000,
  typingMs: 10_000,
  silenceMs: 10 * minute,
  inactiveAfterMs: 5 * minute,
  awayAfterMs: 5 * minute,
};

/**
 * Events of medium urgency, such as presence, wait at most this long for company. The documentation's own
 * default is five seconds, which is also the least a client may ask for.
 */
const mediumHoldSeconds = 0.25;

/** The two pools of the sandbox. People of either reach people of both; all their organisations are federated. */
export function createPools(options: PoolsOptions = {}): EmbeddedPools {
  const clock = options.clock ?? systemClock;
  const people = options.people ?? sandboxPeople;
  const password = options.password ?? sandboxPassword;
  const times: PoolTimes = { ...defaultTimes, ...options.times };
  const homed = people.flatMap((person) =>
    person.home === 'none' ? [] : [{ home: person.home, account: toAccount(person) }],
  );
  const byDomain = Map.groupBy(
    homed.map(({ account }) => account),
    ({ domain }) => domain,
  );
  const domains = new Set(people.map(({ address }) => domainOf(address.toLowerCase())));
  const guard = new SignInGuard(clock, (address) => (network.locate(address) ? password : undefined));
  const addresses = new Map<Pool, PoolAddresses>();

  const network: PoolNetwork = {
    locate: (address) => pools.find((pool) => pool.has(address)),
    federated: (domain, other) => domain === other || (domains.has(domain) && domains.has(other)),
    directory: (domain) => byDomain.get(domain) ?? [],
  };

  function create(name: EmbeddedPool['name']): Pool {
    return new Pool({
      name,
      clock,
      network,
      times,
      accounts: homed.filter(({ home }) => home === name).map(({ account }) => account),
    });
  }

  const online = create('online');
  const onPrem = create('onPrem');
  const pools = [online, onPrem];

  const signIn = (address: string, given: string): SignInResult => {
    const result = guard.check(address, given);
    return result.kind === 'granted' ? { kind: 'granted', address } : result;
  };

  function embed(name: EmbeddedPool['name'], core: Pool): EmbeddedPool {
    const faults = new FaultInjector(clock);
    const fqdn = `${name.toLowerCase()}.pool.example`;
    const homeOf = (address: string, protocol: string): Home => {
      const pool = network.locate(address);
      if (pool === core) return { kind: 'here' };
      const known = pool && addresses.get(pool);
      const base = protocol === 'https' ? known?.https : known?.http;
      return base === undefined
        ? { kind: 'unknown' }
        : { kind: 'elsewhere', root: `${base}${autodiscoverRoot}` };
    };
    const ucwa = createUcwaServer(
      {
        clock,
        fqdn,
        origins: options.origins ?? 'any',
        limits: { holds: { low: 15, medium: mediumHoldSeconds }, ...options.limits },
      },
      ucwaDoor({
        pool: core,
        signIn,
        homeOf,
        idleTimes: times,
      }),
    );
    faults.attach(ucwa);
    const sip = embedSipDoor({
      pool: core,
      clock,
      fqdn,
      guard,
      settings: options.sip ?? {},
      homeOf: (address, transport) => {
        const pool = network.locate(address);
        const known = pool && addresses.get(pool);
        const place = transport === 'TLS' ? known?.sipTls : known?.sipTcp;
        return place === undefined ? undefined : `sip:${place};transport=${transport.toLowerCase()}`;
      },
    });
    return {
      name,
      core,
      ucwa,
      sip,
      signIn,
      setAddresses: (where) => void addresses.set(core, where),
      setFault: (fault) => {
        core.reachable = fault.kind !== 'down';
        faults.set(fault);
        sip.setFault(fault);
      },
    };
  }

  const embedded = { online: embed('online', online), onPrem: embed('onPrem', onPrem) };
  return {
    ...embedded,
    async [Symbol.asyncDispose]() {
      const doors = [embedded.online, embedded.onPrem];
      await Promise.all(doors.flatMap(({ ucwa, sip }) => [ucwa.close(), sip[Symbol.asyncDispose]()]));
      for (const pool of pools) pool[Symbol.dispose]();
    },
  };
}

function toAccount(person: SandboxPerson): Account {
  return {
    address: person.address.toLowerCase(),
    name: person.displayName,
    domain: person.tenant.domain,
    company: person.tenant.displayName,
    listed: person.kind === 'person',
  };
}
