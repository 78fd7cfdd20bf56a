import type { Clock } from '../../core/clock.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Person, SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import type { Account, Accounts } from './accounts.ts';
import type { DialogId, Door, DoorAccount, DoorEndpoint, DoorListener } from './door.ts';
import type { Failure } from './errors.ts';
import type { TextId } from './session-state.ts';
import { type Brought, Session } from './sessions.ts';

/** Whose endpoint it is. */
export type Owner = { readonly kind: 'person'; readonly person: PersonId } | { readonly kind: 'gateway' };

/** `lurking`: made for writing, shows nothing; `receiving`: invitations come; `available`: presence is shown, too. */
export type EndpointShows = 'lurking' | 'receiving' | 'available';

/** One endpoint that the gateway holds at a pool, with its sessions. */
export class Endpoint {
  readonly owner: Owner;
  readonly pool: string;
  readonly sip: SipUri;
  readonly door: DoorEndpoint;
  readonly since: number;
  /** How long the pool surely lets an invitation ring, ms. */
  readonly ringMs: number;
  shows: EndpointShows = 'lurking';
  usedAt: number;
  readonly #sessions = new Map<string, Session>();
  readonly #dialogs = new Map<DialogId, SessionOf>();
  readonly #options: EndpointsOptions;

  constructor(
    owner: Owner,
    pool: string,
    account: DoorAccount,
    ringMs: number,
    options: EndpointsOptions,
    open: (endpoint: Endpoint) => DoorEndpoint,
  ) {
    this.ringMs = ringMs;
    this.owner = owner;
    this.pool = pool;
    this.sip = account.sip;
    this.#options = options;
    this.since = options.clock.now();
    this.usedAt = this.since;
    this.door = open(this);
  }

  /**
   * The session with a peer; on the gateway's own endpoint one for each person written for, so that an answer can
   * only mean that one.
   */
  session(peer: SipUri, inTheNameOf: PersonId | undefined, subject?: string): Session {
    const key = sessionKey(peer, inTheNameOf);
    const known = this.#sessions.get(key);
    this.usedAt = this.#options.clock.now();
    if (known) return known;
    const { clock, mintId, sessionIdleMs, late } = this.#options;
    const made = new Session(
      {
        endpoint: this.door,
        peer,
        idleMs: sessionIdleMs,
        clock,
        mintId,
        opening: (dialog) => void this.#dialogs.set(dialog, { key, inTheNameOf }),
        failed: (dialog) => void this.#dialogs.delete(dialog),
        late: (text, brought) => late(this, peer, text, brought),
        ...(subject === undefined ? {} : { subject }),
      },
      undefined,
    );
    this.#sessions.set(key, made);
    return made;
  }

  /** The session that a peer has opened, once it is known who is meant. */
  adopt(dialog: DialogId, thread: string, peer: SipUri, inTheNameOf: PersonId | undefined): void {
    const session = this.session(peer, inTheNameOf);
    this.#dialogs.set(dialog, { key: sessionKey(peer, inTheNameOf), inTheNameOf });
    session.invited(dialog, thread);
  }

  /** As {@link adopt}, but leaves it ringing: a further `adopt` of the same dialog takes it up. */
  leaveRinging(dialog: DialogId, thread: string, peer: SipUri): void {
    const session = this.session(peer, undefined);
    this.#dialogs.set(dialog, { key: sessionKey(peer, undefined), inTheNameOf: undefined });
    session.rang(dialog, thread);
  }

  /** The session with a peer, if there is one. */
  known(peer: SipUri, inTheNameOf: PersonId | undefined): Session | undefined {
    return this.#sessions.get(sessionKey(peer, inTheNameOf));
  }

  /** Whom a dialog is with, and for whom. */
  find(
    dialog: DialogId,
  ): { readonly session: Session; readonly inTheNameOf: PersonId | undefined } | undefined {
    const of = this.#dialogs.get(dialog);
    const session = of && this.#sessions.get(of.key);
    return session && { session, inTheNameOf: of.inTheNameOf };
  }

  /** The session whose invitation rings under this thread. */
  inviting(peer: SipUri, thread: string): Session | undefined {
    for (const session of this.#sessions.values()) {
      if (session.peer === peer && session.invites(thread)) return session;
    }
    return undefined;
  }

  ended(dialog: DialogId): void {
    this.find(dialog)?.session.ended(dialog);
    this.#dialogs.delete(dialog);
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Begins nothing more; resolves when it is known what became of all that was under way, which may never be. */
  async leave(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.leave()));
  }

  /** Ends what has been silent for too long. */
  tick(): void {
    for (const [key, session] of this.#sessions) {
      session.tick();
      if (!session.idle) continue;
      this.#sessions.delete(key);
      for (const [dialog, of] of this.#dialogs) if (of.key === key) this.#dialogs.delete(dialog);
    }
  }
}

interface SessionOf {
  readonly key: string;
  readonly inTheNameOf: PersonId | undefined;
}

function sessionKey(peer: SipUri, inTheNameOf: PersonId | undefined): string {
  return inTheNameOf === undefined ? peer : `${peer} ${inTheNameOf}`;
}

export interface EndpointsOptions {
  readonly doors: ReadonlyMap<string, Door>;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly mintId: () => string;
  readonly sessionIdleMs: number;
  /** A lurking endpoint that nobody has used for this long is signed out. */
  readonly endpointIdleMs: number;
  readonly listen: (endpoint: Endpoint) => DoorListener;
  readonly late: (endpoint: Endpoint, peer: SipUri, text: TextId, brought: Brought) => void;
}

/** How long an endpoint that is to go waits to be told what became of what it was writing, ms: it is still seen by then. */
const leavingMs = 500;

export type Found<T> =
  | { readonly kind: 'found'; readonly endpoint: T }
  | { readonly kind: 'none'; readonly failure: Failure };

/** All endpoints that the gateway holds, one an account. */
export class Endpoints implements AsyncDisposable {
  readonly #options: EndpointsOptions;
  readonly #byKey = new Map<string, Endpoint>();
  /** Those that are about to go: at a pool the next one of the same account takes their place. */
  readonly #leaving = new Map<string, Promise<void>>();

  constructor(options: EndpointsOptions) {
    this.#options = options;
  }

  /** The person's own endpoint, made if need be. */
  async ofPerson(person: Person): Promise<Found<Endpoint>> {
    const known = this.#alive(person.id);
    if (known && isAt(known, person)) return { kind: 'found', endpoint: known };
    if (known) await this.remove(person.id);
    else await this.#leaving.get(person.id);
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
    for (const endpoint of this.#byKey.values()) if (endpoint.sip === sip) return endpoint;
    return undefined;
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
    this.#byKey.delete(person);
  }

  /** Ends an endpoint, as soon as it is known what became of what it was writing. */
  async remove(key: string): Promise<void> {
    const endpoint = this.#byKey.get(key);
    if (!endpoint) return await this.#leaving.get(key);
    this.#byKey.delete(key);
    const left = this.#leave(endpoint);
    this.#leaving.set(key, left);
    try {
      await left;
    } finally {
      if (this.#leaving.get(key) === left) this.#leaving.delete(key);
    }
  }

  async #leave(endpoint: Endpoint): Promise<void> {
    const timeIsUp = Promise.withResolvers<void>();
    using _timer = this.#options.clock.setTimer(leavingMs, timeIsUp.resolve);
    await Promise.race([endpoint.leave(), timeIsUp.promise]);
    await endpoint.door[Symbol.asyncDispose]();
  }

  /** One that has given up is made anew, with whatever account is linked by then. */
  #alive(key: string): Endpoint | undefined {
    const known = this.#byKey.get(key);
    if (!known?.door.stopped) return known;
    this.#byKey.delete(key);
    return undefined;
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
    return { kind: 'found', endpoint: made };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    await Promise.all([...all.map(({ door }) => door[Symbol.asyncDispose]()), ...this.#leaving.values()]);
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
