import type { Clock } from '../../core/clock.ts';
import type { Gate } from '../../core/gate.ts';
import type { Door, DoorAccount } from './door.ts';
import type { Location } from './sip-door/locate.ts';
import type { Dialect } from './sip-door/self.ts';
import { createSipDoor } from './sip-door/sip-door.ts';
import { createUcwaDoor } from './ucwa-door/ucwa-door.ts';

/** One pool, as the configuration describes it, and the way it is reached. */
export type PoolOptions = UcwaPoolOptions | SipPoolOptions;

interface PoolBase {
  readonly name: string;
  readonly home: 'online' | 'onPrem';
  /** Without one, nobody's presence is watched and nobody without an account of their own can write here. */
  readonly gatewayAccount?: {
    readonly username: string;
    readonly password?: string;
    /** `sip:` and the user name unless given. */
    readonly sip?: string;
  };
  /** PEM of an authority to trust. */
  readonly ca?: string;
}

/** As an endpoint of each person, who has to link the account. */
export interface UcwaPoolOptions extends PoolBase {
  readonly protocol?: 'ucwa';
  /** Where autodiscovery starts. */
  readonly discoveryUrl: string;
  /** Domains that discovery over plain HTTP may lead to. */
  readonly trustedDomains?: readonly string[];
}

/** As a server that the pool trusts, for everybody who lives there. */
export interface SipPoolOptions extends PoolBase {
  readonly protocol: 'sip';
  readonly sip: {
    readonly location: Location;
    readonly transport: 'tls' | 'tcp';
    readonly dialect: Dialect;
    readonly localName: string;
    /** Both PEM. */
    readonly identity?: { readonly key: string; readonly cert: string };
    readonly expiresSeconds?: number;
  };
}

export interface DoorSurroundings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly gate: Gate;
  readonly endpointIdOf: (account: DoorAccount) => string;
  readonly checkEveryMs: number;
}

export function openDoor(pool: PoolOptions, surroundings: DoorSurroundings): Door {
  const { clock, random, gate, endpointIdOf, checkEveryMs } = surroundings;
  if (pool.protocol !== 'sip') {
    return createUcwaDoor({
      discoveryUrls: [new URL(pool.discoveryUrl)],
      trustedDomains: pool.trustedDomains ?? [],
      clock,
      random,
      endpointIdOf,
      gate,
      checkEveryMs,
      ...(pool.ca === undefined ? {} : { ca: pool.ca }),
    });
  }
  const { location, transport, dialect, localName, identity, expiresSeconds } = pool.sip;
  return createSipDoor({
    location,
    tls:
      transport === 'tcp'
        ? undefined
        : {
            ...(pool.ca === undefined ? {} : { ca: pool.ca }),
            ...(identity === undefined ? {} : { identity }),
          },
    dialect,
    localName,
    clock,
    random,
    endpointIdOf,
    ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
  });
}
