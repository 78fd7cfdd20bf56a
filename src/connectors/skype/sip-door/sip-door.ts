import type { Clock } from '../../../core/clock.ts';
import type { SipUri } from '../../../core/people.ts';
import { rfcTiming, type Timing } from '../../../protocols/sip/transaction/timing.ts';
import type { ClientTls } from '../../../protocols/sip/transport/connect.ts';
import type { Door, DoorAccount, DoorListener } from '../door.ts';
import { createAsk } from './ask.ts';
import { SipEndpoint } from './endpoint.ts';
import { FrontEnds } from './front-ends.ts';
import type { Host } from './host.ts';
import { Link } from './link.ts';
import { type Location, type SrvResolver, systemResolver, type Target } from './locate.ts';
import { othersThan } from './microsoft/others.ts';
import { createMicrosoftPublisher } from './microsoft/publisher.ts';
import { createMicrosoftWatcher } from './microsoft/watcher.ts';
import { type Names, randomNames } from './names.ts';
import { createPace } from './pace.ts';
import { type Dialect, selfOf } from './self.ts';
import { createSimplePublisher } from './simple/publisher.ts';
import { createSimpleWatcher } from './simple/watcher.ts';
import { Switchboard } from './switchboard.ts';

export interface SipDoorOptions {
  readonly location: Location;
  /** Undefined: plain TCP, for servers on the same machine. */
  readonly tls: Omit<ClientTls, 'serverName'> | undefined;
  readonly dialect: Dialect;
  /** The name under which the pool knows this application: that of its certificate. */
  readonly localName: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** A UUID, the same for an account at every start, so that a new registration replaces the one that a crash left. */
  readonly endpointIdOf: (account: DoorAccount) => string;
  readonly resolve?: SrvResolver;
  readonly names?: Names;
  readonly timing?: Timing;
  /** How long a dead gateway's endpoints stay, s; 60 unless given. */
  readonly expiresSeconds?: number;
  /** How many endpoints may register in a second; 200 unless given. A tenth of them may go back to a better front end. */
  readonly registrationsPerSecond?: number;
  /** How often a front end is asked for a sign of life, ms; 20 s unless given. */
  readonly heartbeatMs?: number;
  /** How long the pool lets an invitation ring, ms; 30 s unless given. */
  readonly ringMs?: number;
}

/** Nothing that is asked waits longer than 16 s for its answer: half of what RFC 3261 allows, inside every deadline. */
export const doorTiming: Timing = { ...rfcTiming, t1: rfcTiming.t1 / 2 };

const usualRingMs = 30_000;
/**
 * A pool reached over SIP: one connection to each front end that is used, and on it the endpoints of all people. The door
 * owns the connections, each endpoint its registration and everything that lives while that lasts.
 */
export function createSipDoor(options: SipDoorOptions): Door {
  const { clock, random, dialect, localName, tls, location } = options;
  const names = options.names ?? randomNames;
  const timing = options.timing ?? doorTiming;
  const expiresSeconds = options.expiresSeconds ?? 60;
  const ringMs = options.ringMs ?? usualRingMs;
  // Behind 64 T1 a request without a session can be answered no more.
  const pagingMs = Math.min(ringMs, 64 * timing.t1 - 1_000);
  const perSecond = options.registrationsPerSecond ?? 200;
  const pace = createPace(perSecond, Math.max(1, Math.floor(perSecond / 4)), clock);
  const returning = createPace(perSecond / 10, 1, clock);
  const transport = tls ? 'tls' : 'tcp';
  const switchboard = new Switchboard();
  const endpoints = new Set<SipEndpoint>();
  /** Endpoints that sign out, by account: a new one of the same name would be signed out with them. */
  const leaving = new Map<SipUri, Promise<void>>();
  let faults = 0;

  const connect = (target: Target): Link => {
    const link: Link = new Link({
      target,
      tls,
      localName,
      clock,
      timing,
      names,
      heartbeatMs: options.heartbeatMs ?? 20_000,
      faulty: () => {
        faults += 1;
        // Somebody who speaks no SIP is not worth listening to.
        if (faults > mostFaults) link.close();
      },
      user: {
        onRequest: (transaction) => switchboard.onRequest(link, transaction),
        onUnanswered: (request) => switchboard.onUnanswered(link, request),
        onCancel: (transaction, cancel) => switchboard.onCancel(transaction, cancel),
        onServerFailure: (transaction) => switchboard.onServerFailure(transaction),
      },
    });
    faults = 0;
    return link;
  };

  const frontEnds = new FrontEnds({
    location,
    transport,
    resolve: options.resolve ?? systemResolver,
    clock,
    random,
    connect,
  });

  const open = (account: DoorAccount, listener: DoorListener): SipEndpoint => {
    const self = selfOf({ sip: account.sip, instance: options.endpointIdOf(account), localName, transport });
    const ask = createAsk(account, names);
    const host: Host = { self, names, clock, timing, switchboard, ask, listener, random };
    const isMicrosoft = dialect === 'microsoft';
    const endpoint: SipEndpoint = new SipEndpoint({
      host,
      dialect,
      registration: {
        self,
        dialect,
        transport,
        frontEnds,
        ask,
        pace,
        returning,
        clock,
        random,
        names,
        expiresSeconds,
        after: leaving.get(account.sip) ?? Promise.resolve(),
      },
      publisher: (link) =>
        isMicrosoft
          ? createMicrosoftPublisher(host, link)
          : createSimplePublisher(host, link, expiresSeconds),
      watcher: (link) => (isMicrosoft ? createMicrosoftWatcher(host, link) : createSimpleWatcher(host, link)),
      othersOf: (link) => (isMicrosoft ? othersThan(host, link) : Promise.resolve('unknown')),
      pagingMs,
      leaving: (left) => {
        leaving.set(account.sip, left);
        const forget = (): void => {
          if (leaving.get(account.sip) === left) leaving.delete(account.sip);
        };
        left.then(forget, forget);
      },
      gone: () => void endpoints.delete(endpoint),
    });
    endpoints.add(endpoint);
    return endpoint;
  };

  return {
    ringMs: dialect === 'simple' ? pagingMs : ringMs,
    receivesUnseen: true,
    get health() {
      return frontEnds.health;
    },
    open,
    async [Symbol.asyncDispose]() {
      await Promise.all([...endpoints].map((endpoint) => endpoint[Symbol.asyncDispose]()));
      await frontEnds[Symbol.asyncDispose]();
    },
  };
}

/** Messages of one connection that may be faulty. */
const mostFaults = 100;
