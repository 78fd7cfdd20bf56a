import type { PersonId } from '../../core/ids.ts';
import type { Person, SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Door, DoorEndpoint, DoorListener } from './door.ts';
import { Endpoint, type EndpointOptions, type Owner } from './endpoint.ts';
import type { Failure } from './errors.ts';
import { RefusedPasswords } from './refused-passwords.ts';

export interface EndpointsOptions extends EndpointOptions {
  readonly doors: ReadonlyMap<string, Door>;
  readonly accounts: Accounts;
  /** A lurking endpoint that nobody has used for this long is signed out. */
  readonly endpointIdleMs: number;
  readonly listen: (endpoint: Endpoint) => DoorListener;
}

/** How long an endpoint that is to go waits to be told what became of what it was writing, ms: it is still seen by then. */
const leavingMs = 500;
/** At the end of the gateway: how long endpoints are waited for while none of them comes to its end, ms. */
const stalledMs = 5_000;

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
  /** Those that are gone here, while their pool, which still shows them, could not be told. */
  readonly #untold = new Map<string, Endpoint>();

  readonly #refused: RefusedPasswords;

  constructor(options: EndpointsOptions) {
    this.#options = options;
    this.#refused = new RefusedPasswords(options.clock);
  }

  /** The person's own endpoint, made if need be. */
  async ofPerson(person: Person): Promise<Found<Endpoint>> {
    const known = this.#alive(person.id);
    if (known && isAt(known, person)) return { kind: 'found', endpoint: known };
    if (known) await this.remove(person.id);
    else await this.#leaving.get(person.id)?.left;
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

  /** Its account was refused: the same password is not tried again at once. */
  refused({ account }: Endpoint): void {
    this.#refused.note(account);
  }

  /** Leaves it to the pool to find out that the endpoint is gone. */
  abandon(person: PersonId): void {
    this.#byKey.get(person)?.door.abandon();
    this.#drop(person);
  }

  /**
   * Ends an endpoint, as soon as it is known what became of what it was writing. A failure means that its pool goes on
   * showing it: the next call tries again.
   */
  async remove(key: string): Promise<Failure | undefined> {
    const endpoint = this.#byKey.get(key) ?? this.#untold.get(key);
    if (!endpoint) return await this.#leaving.get(key)?.left;
    this.#drop(key);
    const leaving = { endpoint, left: this.#leave(key, endpoint) };
    this.#leaving.set(key, leaving);
    try {
      return await leaving.left;
    } finally {
      if (this.#leaving.get(key) === leaving) this.#leaving.delete(key);
    }
  }

  async #leave(key: string, endpoint: Endpoint): Promise<Failure | undefined> {
    this.#untold.delete(key);
    const timeIsUp = Promise.withResolvers<void>();
    using _timer = this.#options.clock.setTimer(leavingMs, timeIsUp.resolve);
    await Promise.race([endpoint.leave(), timeIsUp.promise]);
    const failure = await endpoint.door.signOut?.();
    if (!failure) await endpoint.door[Symbol.asyncDispose]();
    else if (endpoint.shows === 'available' && !this.#byKey.has(key)) this.#untold.set(key, endpoint);
    return failure;
  }

  /** Whether there is an endpoint of the person's to be ended. */
  isShown(person: PersonId): boolean {
    return this.#byKey.has(person) || this.#untold.has(person);
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
    if (this.#refused.has(account.account))
      return none('link-refused', 'this password was refused a short while ago, and is not tried again yet');
    const door = this.#options.doors.get(account.pool);
    if (!door) return none('not-enabled', `no pool ${account.pool} is configured`);
    const made = new Endpoint(owner, account.pool, account.account, door.ringMs, this.#options, (endpoint) =>
      door.open(account.account, this.#options.listen(endpoint)),
    );
    this.#untold.delete(key);
    this.#byKey.set(key, made);
    this.#bySip.set(made.sip, made);
    return { kind: 'found', endpoint: made };
  }

  /** Ends all at once, also those that are going already, and waits for as long as some of them come to their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const leaving = [...this.#leaving.values()];
    const ending = [
      ...leaving.map(({ endpoint: { door }, left }) => ({ door, gone: left.then(() => dispose(door)) })),
      ...[...this.#byKey.values(), ...this.#untold.values()].map(({ door }) => ({
        door,
        gone: dispose(door),
      })),
    ];
    this.#byKey.clear();
    this.#bySip.clear();
    this.#untold.clear();
    let stalled: Disposable | undefined;
    const wait = (): void => {
      stalled?.[Symbol.dispose]();
      stalled = this.#options.clock.setTimer(stalledMs, () => {
        for (const { door } of ending) door.abandon();
      });
    };
    wait();
    await Promise.all(ending.map(({ gone }) => gone.then(wait)));
    stalled?.[Symbol.dispose]();
  }
}

interface Leaving {
  readonly endpoint: Endpoint;
  readonly left: Promise<Failure | undefined>;
}

async function dispose(door: DoorEndpoint): Promise<void> {
  await door[Symbol.asyncDispose]();
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
