import { createHmac } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Person } from '../../core/people.ts';
import type { LinkStatus, Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import type { KeptStore } from '../../gateway/ledger.ts';
import type { Links } from '../../gateway/links.ts';
import type { KeyRing } from '../../protocols/graph/webhook/key-ring.ts';
import type { ReceivedChange, ReceivedLifecycle } from '../../protocols/graph/webhook/read-batch.ts';
import type { Opened } from './accounts.ts';
import { takeInOrder } from './catch-up.ts';
import type { Chats } from './chats.ts';
import { type ToldMessage, takeMessages } from './incoming.ts';
import { Pace } from './pace.ts';
import { presenceSubscribers } from './presence-subscribers.ts';
import { PresenceWatch } from './presence-watch.ts';
import { ReadBack } from './read-back.ts';
import { SubscriptionKeeper } from './subscriptions.ts';
import type { Tenant, TenantOptions, Tenants } from './tenants.ts';

export interface HearingOptions {
  readonly sink: Sink;
  readonly tenants: Tenants;
  readonly chats: Chats;
  readonly directory: Directory;
  readonly links: Links;
  readonly kept: KeptStore;
  readonly keys: KeyRing;
  /** Where Graph sends notifications. */
  readonly notificationUrl: string;
  /** How late a change of presence may be noticed that nobody told of, ms. */
  readonly leaseMs: number;
  /** Between two rounds of reading back what people wrote, at least, ms. */
  readonly readBackMs: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends what is being read and taken. */
  readonly signal: AbortSignal;
}

/** All that the connector hears of one tenant: what Graph notifies it of, and what it reads back by itself. */
export interface Hearing extends AsyncDisposable {
  readonly tenant: Tenant;
  readonly status: readonly LinkStatus[];
  /** Those that notifications for this tenant may carry. */
  readonly clientStates: readonly string[];
  /** Finds out how far an earlier run had read; before {@link start}. */
  open(): Promise<void>;
  /** Resolves when messages are subscribed to, or cannot be yet. */
  start(): Promise<void>;
  /**
   * Takes messages that notifications told of.
   * @throws {NotTaken} when something could not be read or kept and may be later
   */
  takeTold(told: readonly ToldMessage[]): Promise<void>;
  takePresence(change: ReceivedChange): void;
  lifecycle(event: ReceivedLifecycle): void;
  /** Replaces the people whose presence is watched. */
  watch(people: readonly Person[]): Promise<void>;
  /** Notifications may have been lost, and the subscriptions with them. */
  check(): void;
}

/**
 * Messages: so that what Graph holds back outlives an outage of the gateway. Presence: less than the hour that Graph allows,
 * by its own clock, which may be behind ours.
 */
const lifeMs = { messages: 24 * 60 * 60_000, presence: 50 * 60_000 } as const;

export function hearTenant(tenant: Tenant, settings: TenantOptions, options: HearingOptions): Hearing {
  const { sink, tenants, chats, directory, links, clock, random, signal } = options;

  const keeperOf = (
    what: 'messages' | 'presence',
    resource: string,
    onGap: () => void,
    open: () => Promise<Opened>,
    name = `${what} of ${tenant.domain}`,
  ) =>
    new SubscriptionKeeper({
      name,
      graph: tenant.graph,
      open,
      resource,
      changeType: what === 'messages' ? 'created' : 'updated',
      lifeMs: lifeMs[what],
      goesOn: what === 'messages',
      notificationUrl: options.notificationUrl,
      clientState: clientStateOf(settings, tenant, what),
      keys: options.keys,
      clock,
      random,
      onGap,
    });

  const reading = {
    tenant,
    take: (told: readonly ToldMessage[]) => takeMessages(told, { chats, sink, signal }),
    pace: new Pace(clock, signal),
    signal,
  };
  const readBack = new ReadBack({
    ...reading,
    people: () => [...directory.people()].filter((person) => tenants.of(person) === tenant),
    onFound(found, gap) {
      sink.found('teams', found, gap ? 'gap' : 'silence');
      if (!gap) messages.check();
    },
    kept: options.kept,
    roundMs: options.readBackMs,
    clock,
  });
  const messages = keeperOf(
    'messages',
    '/chats/getAllMessages',
    () => readBack.hurry(),
    async () => ({ kind: 'open', source: tenant.accounts.application }),
  );
  const presences = new PresenceWatch({
    tenant,
    directory,
    sink,
    clock,
    random,
    readBackMs: options.leaseMs / 2,
    subscribers: (most) =>
      presenceSubscribers({ directory, links, tenants }, tenant, settings.gatewayAccount, most),
    keeper: (subscriber, resource, onGap) =>
      keeperOf(
        'presence',
        resource,
        onGap,
        subscriber.open,
        `presence of ${tenant.domain}, in the name of ${subscriber.id}`,
      ),
  });

  return {
    tenant,
    get status() {
      return [messages.status, ...presences.status];
    },
    get clientStates() {
      return [messages.clientState, ...presences.clientStates];
    },
    open: () => readBack.open(),
    async start() {
      await messages.start();
      readBack.start();
    },
    takeTold: (told) =>
      takeInOrder(told, {
        ...reading,
        gap: () => readBack.gap,
        onFound: (found) => sink.found('teams', found, 'gap'),
      }),
    takePresence: (change) => presences.take(change),
    lifecycle(event) {
      if (!messages.lifecycle(event)) presences.lifecycle(event);
    },
    watch: (people) => presences.watch(people),
    check() {
      messages.check();
      presences.check();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([
        messages[Symbol.asyncDispose](),
        presences[Symbol.asyncDispose](),
        readBack[Symbol.asyncDispose](),
      ]);
    },
  };
}

/** The same after a restart, and unguessable without the application's secret. */
function clientStateOf({ credential }: TenantOptions, tenant: Tenant, what: string): string {
  const secret = credential.kind === 'secret' ? credential.secret : credential.key;
  return createHmac('sha256', secret).update(`clientState ${tenant.id} ${what}`).digest('base64url');
}
