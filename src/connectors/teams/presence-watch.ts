import type { Clock } from '../../core/clock.ts';
import type { Person } from '../../core/people.ts';
import { fromTeams } from '../../core/presence/scales.ts';
import type { LinkStatus, Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import { maxPresenceIds } from '../../protocols/graph/client/presence.ts';
import { type Presence, presence as presenceShape } from '../../protocols/graph/client/shapes.ts';
import type { ReceivedChange, ReceivedLifecycle } from '../../protocols/graph/webhook/read-batch.ts';
import type { Opened } from './accounts.ts';
import { parseResource, remarksFrom } from './from-graph.ts';
import { PresenceReading } from './presence-reading.ts';
import { shareOut } from './presence-shares.ts';
import type { SubscriptionKeeper } from './subscriptions.ts';
import type { Tenant } from './tenants.ts';

/** Somebody in whose name presences can be subscribed to. */
export interface PresenceSubscriber {
  /** The same at every start. */
  readonly id: string;
  readonly open: () => Promise<Opened>;
}

export interface PresenceWatchOptions {
  readonly tenant: Omit<Tenant, 'entra'>;
  readonly directory: Directory;
  readonly sink: Sink;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often all are read, ms: notifications, and subscriptions, get lost without a word. */
  readonly readBackMs: number;
  /** At most so many, the same ones as long as they are linked: each may have one subscription. */
  readonly subscribers: (most: number) => Promise<readonly PresenceSubscriber[]>;
  readonly keeper: (
    subscriber: PresenceSubscriber,
    resource: string,
    onGap: () => void,
  ) => SubscriptionKeeper;
}

/** The least between two reads of those whom no subscription tells of now; a second's share of Graph's limit is left free. */
const sweepMs = { least: 1_000, perRequest: 100 } as const;
/** How often subscriptions are looked at: one may have gone deaf. */
const lookMs = 5_000;
/** How soon those are read whom a notification told of, which says neither whether it is the newest nor all there is. */
const confirmMs = 1_000;
/** A change that a subscription has not told of for so long, it will not tell of. */
const untoldMs = 5_000;

/** The newest that came up of somebody. */
interface Newest {
  /** When it was true, Unix ms. */
  readonly at: number;
  /** Of Graph; undefined where it does not number. */
  readonly number: string | undefined;
  /** Availability and activity. */
  readonly shown: string;
}

/**
 * What the people of one tenant show in Teams. Graph gives each account one subscription of {@link maxPresenceIds} people,
 * so they are shared out among the gateway's account and as many linked people as it takes. Those who are left are read
 * in turn.
 */
export class PresenceWatch implements AsyncDisposable {
  readonly #options: PresenceWatchOptions;
  readonly #stopped = new AbortController();
  #watched: ReadonlySet<string> = new Set();
  #shares: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #keepers = new Map<string, SubscriptionKeeper>();
  #timer: Disposable | undefined;
  #lastReadBack = 0;
  /** By user id. */
  readonly #newest = new Map<string, Newest>();
  readonly #reading: PresenceReading;
  readonly #unconfirmed = new Set<string>();
  #confirming: Disposable | undefined;
  #changing: Promise<void> = Promise.resolve();
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: PresenceWatchOptions) {
    this.#options = options;
    this.#reading = new PresenceReading({
      ...options,
      signal: this.#stopped.signal,
      isWanted: (id) => this.#watched.has(id),
      read: (presence, asked) => this.#wasRead(presence, asked),
    });
  }

  get status(): readonly LinkStatus[] {
    return [...this.#keepers.values()].map(({ status }) => status);
  }

  get clientStates(): readonly string[] {
    return [...new Set([...this.#keepers.values()].map(({ clientState }) => clientState))];
  }

  /** Resolves when every one of them was read once, or could not be. */
  watch(people: readonly Person[]): Promise<void> {
    const ids = people.flatMap(({ teams }) =>
      teams.kind === 'account' ? [teams.objectId.toLowerCase()] : [],
    );
    const next = this.#changing.then(() => this.#watch(new Set(ids.sort())));
    this.#changing = next.catch(() => undefined);
    return next;
  }

  async #watch(ids: ReadonlySet<string>): Promise<void> {
    this.#watched = ids;
    for (const id of this.#newest.keys()) if (!ids.has(id)) this.#newest.delete(id);
    const subscribers = await this.#options.subscribers(Math.ceil(ids.size / maxPresenceIds));
    const before = this.#shares;
    this.#shares = shareOut(
      before,
      ids,
      subscribers.map(({ id }) => id),
      maxPresenceIds,
    );
    const ended = [...before].filter(([id, share]) => this.#shares.get(id) !== share);
    await Promise.all(ended.map(([id]) => this.#end(id)));
    await Promise.all(subscribers.map((subscriber) => this.#begin(subscriber)));
    await this.#readAll();
    this.#schedule(this.#untold().length > 0 ? sweepMs.least : lookMs);
  }

  async #end(subscriber: string): Promise<void> {
    const keeper = this.#keepers.get(subscriber);
    this.#keepers.delete(subscriber);
    await keeper?.end();
  }

  async #begin(subscriber: PresenceSubscriber): Promise<void> {
    const share = this.#shares.get(subscriber.id);
    if (share === undefined || this.#keepers.has(subscriber.id) || this.#stopped.signal.aborted) return;
    const keeper = this.#options.keeper(subscriber, resourceOf(share), () => void this.#readAll());
    this.#keepers.set(subscriber.id, keeper);
    await keeper.start();
  }

  lifecycle(event: ReceivedLifecycle): boolean {
    return this.#keepers.values().some((keeper) => keeper.lifecycle(event));
  }

  /** Reads everybody now, and asks whether the subscriptions are still there. */
  check(): void {
    for (const keeper of this.#keepers.values()) keeper.check();
    void this.#readAll();
  }

  /** Notifications come in any order, and again. */
  take({ content, resource }: ReceivedChange): void {
    if (!presenceShape.Check(content)) {
      const named = parseResource(resource);
      if (named.kind === 'presence' && named.userId !== undefined) this.#confirm(named.userId);
      return;
    }
    const { id, sequenceNumber, statusMessage } = content;
    const newest = this.#newest.get(id.toLowerCase());
    const isLate =
      newest?.number !== undefined &&
      typeof sequenceNumber === 'string' &&
      isLower(sequenceNumber, newest.number);
    if (!isLate) this.#report(content, this.#options.clock.now());
    if (typeof sequenceNumber !== 'string' || statusMessage === undefined) this.#confirm(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#timer?.[Symbol.dispose]();
    this.#confirming?.[Symbol.dispose]();
    this.#reading[Symbol.dispose]();
    await this.#changing;
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper[Symbol.asyncDispose]()));
    await this.#sweeping;
    await this.#reading.settled();
  }

  #confirm(id: string): void {
    if (this.#stopped.signal.aborted) return;
    this.#unconfirmed.add(id.toLowerCase());
    this.#confirming ??= this.#options.clock.setTimer(confirmMs, () => {
      this.#confirming = undefined;
      const ids = [...this.#unconfirmed].filter((each) => this.#watched.has(each));
      this.#unconfirmed.clear();
      void this.#reading.read(ids);
    });
  }

  #schedule(ms: number): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#stopped.signal.aborted) return;
    const wait = ms * (0.9 + 0.2 * this.#options.random());
    this.#timer = this.#options.clock.setTimer(wait, () => {
      this.#sweeping = this.#sweep().then((restMs) => this.#schedule(restMs));
    });
  }

  /** Answers with the time until the next, ms. */
  async #sweep(): Promise<number> {
    const isReadBackDue = this.#options.clock.now() - this.#lastReadBack >= this.#options.readBackMs;
    const untold = this.#untold();
    await (isReadBackDue ? this.#readAll() : this.#reading.read(untold));
    if (untold.length === 0) return lookMs;
    return Math.max(sweepMs.least, Math.ceil(untold.length / maxPresenceIds) * sweepMs.perRequest);
  }

  /** Those of whom no subscription tells now. */
  #untold(): readonly string[] {
    const told = new Set<string>();
    for (const [subscriber, share] of this.#shares)
      if (this.#keepers.get(subscriber)?.status.state === 'connected') for (const id of share) told.add(id);
    return [...this.#watched].filter((id) => !told.has(id));
  }

  async #readAll(): Promise<void> {
    this.#lastReadBack = this.#options.clock.now();
    await this.#reading.read([...this.#watched]);
  }

  /** A subscription that has not told of a change is asked after: Graph can lose one without a word. */
  #wasRead(presence: Presence, asked: number): void {
    const id = presence.id.toLowerCase();
    const newest = this.#newest.get(id);
    if (newest && newest.at > asked) return;
    if (newest && newest.shown !== shownBy(presence) && asked - newest.at >= untoldMs) this.#suspect(id);
    this.#report(presence, asked);
  }

  #suspect(id: string): void {
    for (const [subscriber, share] of this.#shares) {
      const keeper = this.#keepers.get(subscriber);
      if (keeper?.status.state === 'connected' && share.includes(id)) keeper.check();
    }
  }

  #report(presence: Presence, observedAt: number): void {
    const id = presence.id.toLowerCase();
    const person = this.#options.directory.byObjectId(id);
    if (person === undefined || !this.#watched.has(id)) return;
    const { sink } = this.#options;
    const { availability, activity, sequenceNumber } = presence;
    const number = typeof sequenceNumber === 'string' ? sequenceNumber : undefined;
    this.#newest.set(id, { at: observedAt, number, shown: shownBy(presence) });
    const about = { side: 'teams', person: person.id, observedAt } as const;
    sink.presence({ ...about, presence: fromTeams(availability, activity) });
    const remarks = remarksFrom(presence);
    if (remarks) sink.remarks({ ...about, remarks });
  }
}

/** Numbers behind a letter, such as `A0290311063`; no document says that they are always of one length. */
function isLower(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

function shownBy({ availability, activity }: Presence): string {
  return `${availability}/${activity}`;
}

function resourceOf(ids: readonly string[]): string {
  return `/communications/presences?$filter=id in (${ids.map((id) => `'${id}'`).join(',')})`;
}
