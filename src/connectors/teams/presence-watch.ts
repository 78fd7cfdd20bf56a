import type { Clock } from '../../core/clock.ts';
import type { Person } from '../../core/people.ts';
import { fromTeams } from '../../core/presence/scales.ts';
import type { LinkStatus, Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import { maxPresenceIds, presencesOf } from '../../protocols/graph/client/presence.ts';
import { type Presence, presence as presenceShape } from '../../protocols/graph/client/shapes.ts';
import type { ReceivedChange, ReceivedLifecycle } from '../../protocols/graph/webhook/read-batch.ts';
import { parseResource } from './from-graph.ts';
import type { SubscriptionKeeper } from './subscriptions.ts';
import type { Tenant } from './tenants.ts';

export interface PresenceWatchOptions {
  readonly tenant: Omit<Tenant, 'entra'>;
  readonly directory: Directory;
  readonly sink: Sink;
  readonly clock: Clock;
  readonly random: () => number;
  /** A subscription to this resource, made by the gateway's account; undefined where there is no such account. */
  readonly keeper: ((resource: string, onGap: () => void) => SubscriptionKeeper) | undefined;
}

/** How often presences are read that no subscription tells of, or none does now. */
const sweepMs = 15_000;
/** How often all are: notifications get lost without a word. */
const readBackMs = 5 * 60_000;

/**
 * What the people of one tenant show in Teams: by one subscription for the first {@link maxPresenceIds}, which is
 * all that Graph gives an account, and by reading the others in turn.
 */
export class PresenceWatch implements AsyncDisposable {
  readonly #options: PresenceWatchOptions;
  readonly #stopped = new AbortController();
  #subscribed: readonly string[] = [];
  #swept: readonly string[] = [];
  #keeper: SubscriptionKeeper | undefined;
  #timer: Disposable | undefined;
  #lastReadBack = 0;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: PresenceWatchOptions) {
    this.#options = options;
  }

  get status(): readonly LinkStatus[] {
    return this.#keeper === undefined ? [] : [this.#keeper.status];
  }

  get clientStates(): readonly string[] {
    return this.#keeper === undefined ? [] : [this.#keeper.clientState];
  }

  /** Resolves when every one of them was read once, or could not be. */
  async watch(people: readonly Person[]): Promise<void> {
    const ids = people
      .flatMap(({ teams }) => (teams.kind === 'account' ? [teams.objectId.toLowerCase()] : []))
      .sort();
    const { keeper } = this.#options;
    const subscribed = keeper === undefined ? [] : ids.slice(0, maxPresenceIds);
    this.#swept = ids.slice(subscribed.length);
    if (keeper !== undefined && subscribed.join() !== this.#subscribed.join()) {
      await this.#keeper?.end();
      this.#keeper = undefined;
      this.#subscribed = subscribed;
      if (subscribed.length > 0) {
        this.#keeper = keeper(resourceOf(subscribed), () => void this.#readAll());
        await this.#keeper.start();
      }
    }
    await this.#readAll();
    this.#schedule();
  }

  lifecycle(event: ReceivedLifecycle): boolean {
    return this.#keeper?.lifecycle(event) ?? false;
  }

  async take(change: ReceivedChange): Promise<void> {
    const now = this.#options.clock.now();
    if (presenceShape.Check(change.content)) {
      this.#report(change.content, now);
      return;
    }
    const resource = parseResource(change.resource);
    if (resource.kind === 'presence' && resource.userId !== undefined) await this.#read([resource.userId]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#timer?.[Symbol.dispose]();
    await this.#keeper?.[Symbol.asyncDispose]();
    await this.#sweeping;
  }

  #schedule(): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#stopped.signal.aborted) return;
    const ms = sweepMs * (0.9 + 0.2 * this.#options.random());
    this.#timer = this.#options.clock.setTimer(ms, () => {
      this.#sweeping = this.#sweep().then(() => this.#schedule());
    });
  }

  #sweep(): Promise<void> {
    const readBackDue = this.#options.clock.now() - this.#lastReadBack >= readBackMs;
    const isDeaf = this.#keeper !== undefined && this.#keeper.status.state !== 'connected';
    return readBackDue || isDeaf ? this.#readAll() : this.#read(this.#swept);
  }

  async #readAll(): Promise<void> {
    this.#lastReadBack = this.#options.clock.now();
    await this.#read([...this.#subscribed, ...this.#swept]);
  }

  async #read(ids: readonly string[]): Promise<void> {
    const { tenant, clock } = this.#options;
    for (let at = 0; at < ids.length && !this.#stopped.signal.aborted; at += maxPresenceIds) {
      // As old as the question: what a notification brings meanwhile is newer.
      const asked = clock.now();
      const some = ids.slice(at, at + maxPresenceIds);
      const read = await presencesOf(tenant.graph, tenant.accounts.application, some, this.#stopped.signal);
      if (!read.ok) return;
      for (const presence of read.value) this.#report(presence, asked);
    }
  }

  #report({ id, availability, activity }: Presence, observedAt: number): void {
    const person = this.#options.directory.byObjectId(id);
    if (person === undefined) return;
    this.#options.sink.presence({
      side: 'teams',
      person: person.id,
      presence: fromTeams(availability, activity),
      observedAt,
    });
  }
}

function resourceOf(ids: readonly string[]): string {
  return `/communications/presences?$filter=id in (${ids.map((id) => `'${id}'`).join(',')})`;
}
