import type { PersonId } from '../../core/ids.ts';
import type { Person, SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import { type Limit, limit } from '../../protocols/ucwa/client/client.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Door, DoorEndpoint, DoorListener } from './door.ts';
import { Endpoint, type EndpointOptions, type Owner } from './endpoint.ts';
import type { Failure } from './errors.ts';

export interface EndpointsOptions extends EndpointOptions {
  readonly doors: ReadonlyMap<string, Door>;
  readonly accounts: Accounts;
  /** A lurking endpoint that nobody has used for this long is signed out. */
  readonly endpointIdleMs: number;
  readonly listen: (endpoint: Endpoint) => DoorListener;
}

/** How long an endpoint that is to go waits to be told what became of what it was writing, ms: it is still seen by then. */
const leavingMs = 500;
/** How long it is worth telling a pool that somebody has gone, ms: by then it ends an application that is silent itself. */
const signOutMs = 15 * 60_000;
/** At the end of the gateway: how long endpoints are waited for while none of them comes to its end, ms. */
const stalledMs = 5_000;

/** An endpoint on its way out. */
interface Leaving {
  readonly door: DoorEndpoint;
  readonly done: Promise<void>;
  /** Disposed, no further try is made. */
  readonly patience: Limit;
}

export type Found<T> =
  | { readonly kind: 'found'; readonly endpoint: T }
  | { readonly kind: 'none'; readonly failure: Failure };

/** All endpoints that the gateway holds, one an account. */
export class Endpoints implements AsyncDisposable {
  readonly #options: EndpointsOptions;
  readonly #byKey = new Map<string, Endpoint>();
  readonly #bySip = new Map<SipUri, Endpoint>();
  /** Those that are about to go: at a pool the next one of the same account takes their place. */
  readonly #leaving = new Map<string, Leaving>();

  constructor(options: EndpointsOptions) {
    this.#options = options;
  }

  /** The person's own endpoint, made if need be. */
  async ofPerson(person: Person): Promise<Found<Endpoint>> {
    const known = this.#alive(person.id);
    if (known && isAt(known, person)) return { kind: 'found', endpoint: known };
    if (known) await this.remove(person.id);
    else await this.#hurry(person.id);
    return this.#make(
      person.id,
      { kind: 'person', person: person.id },
      await this.#options.accounts.own(person),
    );
  }

  /** The gateway's own endpoint at a pool. */
  ofGateway(pool: string): Found<Endpoint> {
    const key = gatewayKey(pool);
    const known = this.#alive(key);
    if (known) return { kind: 'found', endpoint: known };
    return this.#make(key, { kind: 'gateway' }, this.#options.accounts.gateway(pool));
  }

  /** The person's own endpoint, if there is one. */
  ifThere(person: PersonId): Endpoint | undefined {
    return this.#byKey.get(person);
  }

  /** An endpoint that is there already, by its account. */
  bySip(sip: SipUri): Endpoint | undefined {
    return this.#bySip.get(sip);
  }

  all(): Iterable<Endpoint> {
    return this.#byKey.values();
  }

  /** The person's own endpoint, if there is one at work. */
  known(person: PersonId): Endpoint | undefined {
    return this.#alive(person);
  }

  /** Whether the pool of a person lets an endpoint receive that shows nothing. */
  mayReceiveUnseen({ skype }: Person): boolean {
    return skype.home !== 'none' && this.#options.doors.get(skype.pool)?.receivesUnseen === true;
  }

  async showEndpoint(endpoint: Endpoint, presence: Presence): Promise<Failure | undefined> {
    endpoint.shows = 'available';
    return await endpoint.door.show(presence);
  }

  /** Ends silent sessions, and endpoints that nothing needs any more. */
  async tick(): Promise<void> {
    const { clock, endpointIdleMs } = this.#options;
    const idle: string[] = [];
    for (const [key, endpoint] of this.#byKey) {
      endpoint.tick();
      const unused = clock.now() - endpoint.usedAt >= endpointIdleMs;
      if (endpoint.shows === 'lurking' && endpoint.sessions === 0 && unused) idle.push(key);
    }
    await Promise.all(idle.map((key) => this.remove(key)));
  }

  /** Leaves it to the pool to find out that the endpoint is gone. */
  abandon(person: PersonId): void {
    this.#byKey.get(person)?.door.abandon();
    this.#drop(person);
  }

  /** Ends an endpoint, as soon as it is known what became of what it was writing. */
  async remove(key: string): Promise<void> {
    const endpoint = this.#byKey.get(key);
    if (!endpoint) return await this.#leaving.get(key)?.done;
    this.#drop(key);
    const patience = limit(this.#options.clock, signOutMs);
    const leaving: Leaving = { door: endpoint.door, done: this.#leave(endpoint, patience), patience };
    this.#leaving.set(key, leaving);
    try {
      await leaving.done;
    } finally {
      if (this.#leaving.get(key) === leaving) this.#leaving.delete(key);
    }
  }

  async #leave(endpoint: Endpoint, patience: Limit): Promise<void> {
    using _patience = patience;
    const timeIsUp = Promise.withResolvers<void>();
    using _timer = this.#options.clock.setTimer(leavingMs, timeIsUp.resolve);
    await Promise.race([endpoint.leave(), timeIsUp.promise]);
    const { door } = endpoint;
    await (door.signOut ? door.signOut(patience.signal) : door[Symbol.asyncDispose]());
  }

  /** The next endpoint of an account takes the place of the one before, whether the pool has been told of its end or not. */
  async #hurry(key: string): Promise<void> {
    const leaving = this.#leaving.get(key);
    leaving?.patience[Symbol.dispose]();
    await leaving?.done;
  }

  /** One that has given up is made anew, with whatever account is linked by then. */
  #alive(key: string): Endpoint | undefined {
    const known = this.#byKey.get(key);
    if (!known?.door.stopped) return known;
    this.#drop(key);
    return undefined;
  }

  #drop(key: string): void {
    const dropped = this.#byKey.get(key);
    this.#byKey.delete(key);
    if (dropped && this.#bySip.get(dropped.sip) === dropped) this.#bySip.delete(dropped.sip);
  }

  #make(key: string, owner: Owner, account: Account): Found<Endpoint> {
    const known = this.#alive(key);
    if (known) return { kind: 'found', endpoint: known };
    if (account.kind === 'none') return none(account.why, 'no account that the gateway may use');
    const door = this.#options.doors.get(account.pool);
    if (!door) return none('not-enabled', `no pool ${account.pool} is configured`);
    const made = new Endpoint(owner, account.pool, account.account, door.ringMs, this.#options, (endpoint) =>
      door.open(account.account, this.#options.listen(endpoint)),
    );
    this.#byKey.set(key, made);
    this.#bySip.set(made.sip, made);
    return { kind: 'found', endpoint: made };
  }

  /** Ends all at once, and waits for as long as some of them come to their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const doors = [...this.#byKey.values()].map(({ door }) => door);
    const leaving = [...this.#leaving];
    this.#byKey.clear();
    this.#bySip.clear();
    let stalled: Disposable | undefined;
    const wait = (): void => {
      stalled?.[Symbol.dispose]();
      stalled = this.#options.clock.setTimer(stalledMs, () => {
        for (const door of doors) door.abandon();
        for (const [, { door }] of leaving) door.abandon();
      });
    };
    wait();
    await Promise.all([
      ...doors.map((door) => door[Symbol.asyncDispose]().then(wait)),
      ...leaving.map(([key]) => this.#hurry(key).then(wait)),
    ]);
    stalled?.[Symbol.dispose]();
  }
}

/** False for one that is left from before the person's account moved. */
function isAt({ pool, sip }: Endpoint, { skype }: Person): boolean {
  return skype.home !== 'none' && skype.pool === pool && skype.sip === sip;
}

function gatewayKey(pool: string): string {
  return `gateway at ${pool}`;
}

function none(id: Failure['id'], detail: string): Found<never> {
  return { kind: 'none', failure: { kind: 'refused', id, detail } };
}
