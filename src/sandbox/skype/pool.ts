import type { Clock } from '../clock.ts';
import { type Account, domainOf } from './account.ts';
import { ContactList } from './contacts.ts';
import { Endpoint, type EndpointDoor } from './endpoint.ts';
import type { Invitation, Leg, LegSink } from './leg.ts';
import { classOf } from './presence.ts';
import { Presentity, type Watcher } from './presentity.ts';
import { type Reach, Session, type SessionTimes } from './session.ts';
import type { View } from './view.ts';

/** What pools know of each other. */
export interface PoolNetwork {
  /** The pool that has a person. */
  locate(address: string): Pool | undefined;
  federated(domain: string, other: string): boolean;
  /** Everybody of an organisation, in whichever pool. */
  directory(domain: string): Iterable<Account>;
}

export interface PoolOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly accounts: readonly Account[];
  readonly network: PoolNetwork;
  readonly times: SessionTimes;
}

/**
 * One deployment of SfB, as its doors see it: people, the endpoints they are signed in with, what these
 * publish, and sessions. It knows no protocol.
 */
export class Pool implements Disposable {
  readonly name: string;
  readonly #options: PoolOptions;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #presentities = new Map<string, Presentity>();
  readonly #endpoints = new Map<string, readonly Endpoint[]>();
  readonly #sessions = new Map<Endpoint, Set<Session>>();
  readonly #contacts = new Map<string, ContactList>();
  /** False: other pools find it dead. */
  reachable = true;

  constructor(options: PoolOptions) {
    this.name = options.name;
    this.#options = options;
    this.#accounts = new Map(options.accounts.map((account) => [account.address, account]));
  }

  get accounts(): Iterable<Account> {
    return this.#accounts.values();
  }

  /** Endpoints signed in now. */
  get signedIn(): number {
    let count = 0;
    for (const own of this.#endpoints.values()) count += own.length;
    return count;
  }

  has(address: string): boolean {
    return this.#accounts.has(address);
  }

  /** Undefined for somebody of another pool. */
  presentity(address: string): Presentity | undefined {
    const known = this.#presentities.get(address);
    if (known) return known;
    const account = this.#accounts.get(address);
    if (!account) return undefined;
    const presentity = new Presentity(account, this.#options.clock);
    this.#presentities.set(address, presentity);
    return presentity;
  }

  /** What `viewer` sees of somebody of any pool; undefined for strangers and for those not to be seen. */
  visible(viewer: string, address: string): View | undefined {
    return this.#reachable(viewer, address)?.seenBy(viewer);
  }

  /** Undefined for those not to be seen: there is nothing to watch. */
  watch(watcher: Watcher, address: string): Presentity | undefined {
    const watched = this.#reachable(watcher.viewer, address);
    watched?.watch(watcher);
    return watched;
  }

  unwatch(watcher: Watcher, address: string): void {
    this.#reachable(watcher.viewer, address)?.unwatch(watcher);
  }

  /** Everybody of an organisation, in whichever pool. */
  directory(domain: string): Iterable<Account> {
    return this.#options.network.directory(domain);
  }

  /** Begins with everybody of the person's own organisation who is listed. */
  contacts(address: string): ContactList {
    const known = this.#contacts.get(address);
    if (known) return known;
    const list = new ContactList(this.#colleagues(address), (change) => {
      for (const endpoint of this.#endpointsOf(address)) endpoint.door.contactsChanged(change);
    });
    this.#contacts.set(address, list);
    return list;
  }

  /** @throws {Error} for somebody of another pool, whom doors must not let in. */
  signIn(address: string, door: EndpointDoor): Endpoint {
    const presentity = this.presentity(address);
    if (!presentity) throw new Error(`Pool ${this.name} has no account of that address.`);
    const endpoint = new Endpoint(presentity, door, this.#options.clock, this.#gone);
    this.#endpoints.set(address, [...this.#endpointsOf(address), endpoint]);
    return endpoint;
  }

  /** Rings nobody until the leg is started. */
  call(caller: Endpoint, invitation: Invitation, sink: LegSink): Leg {
    const { clock, times, network } = this.#options;
    const target = network.locate(invitation.to);
    const involved: [Pool, Endpoint][] = [];
    const session: Session = new Session(invitation, caller, sink, {
      clock,
      times,
      linked: () => this.reachable && (target?.reachable ?? false),
      reach: () => {
        const reach = this.#reach(caller, invitation.to, target);
        if (reach.kind === 'ring' && target) {
          for (const endpoint of reach.endpoints) involved.push([target, endpoint]);
          for (const [pool, endpoint] of involved) pool.#join(endpoint, session);
        }
        return reach;
      },
      over: () => {
        for (const [pool, endpoint] of involved) pool.#part(endpoint, session);
      },
    });
    involved.push([this, caller]);
    this.#join(caller, session);
    return session.callerLeg;
  }

  [Symbol.dispose](): void {
    for (const endpoint of [...this.#endpoints.values()].flat()) endpoint[Symbol.dispose]();
  }

  #reachable(viewer: string, address: string): Presentity | undefined {
    const { network } = this.#options;
    if (!network.federated(domainOf(viewer), domainOf(address))) return undefined;
    return network.locate(address)?.presentity(address);
  }

  #reach(caller: Endpoint, to: string, target: Pool | undefined): Reach {
    if (!target) return { kind: 'refused', end: 'unknown' };
    if (!this.#options.network.federated(domainOf(caller.address), domainOf(to))) {
      return { kind: 'refused', end: 'notAllowed' };
    }
    if (!this.reachable || !target.reachable) return { kind: 'refused', end: 'unreachable' };
    const endpoints = target
      .#endpointsOf(to)
      .filter((endpoint) => endpoint.takesMessages && endpoint !== caller);
    const presentity = target.presentity(to);
    // [MS-SIPRE] section 3.9.5.2.2 has the same answer for a blocked caller as for somebody who is not there.
    const isBlocked = presentity?.relationshipOf(caller.address) === 'blocked';
    if (endpoints.length === 0 || isBlocked) return { kind: 'refused', end: 'offline' };
    const presence = presentity?.presence;
    if (presence && classOf(presence.availability) === 'doNotDisturb') {
      return { kind: 'refused', end: 'doNotDisturb' };
    }
    return { kind: 'ring', endpoints };
  }

  *#colleagues(address: string): Iterable<string> {
    for (const account of this.#options.network.directory(domainOf(address))) {
      if (account.listed && account.address !== address) yield account.address;
    }
  }

  #join(endpoint: Endpoint, session: Session): void {
    const own = this.#sessions.get(endpoint) ?? new Set();
    own.add(session);
    this.#sessions.set(endpoint, own);
  }

  #part(endpoint: Endpoint, session: Session): void {
    const own = this.#sessions.get(endpoint);
    own?.delete(session);
    if (own?.size === 0) this.#sessions.delete(endpoint);
  }

  #endpointsOf(address: string): readonly Endpoint[] {
    return this.#endpoints.get(address) ?? [];
  }

  readonly #gone = (endpoint: Endpoint): void => {
    for (const session of [...(this.#sessions.get(endpoint) ?? [])]) session.endpointGone(endpoint);
    const { address } = endpoint;
    const left = this.#endpointsOf(address).filter((other) => other !== endpoint);
    if (left.length > 0) this.#endpoints.set(address, left);
    else this.#endpoints.delete(address);
  };
}
