import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Agent } from 'undici';
import type { Clock } from '../../core/clock.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Connector, LinkStatus, Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import type { KeptStore } from '../../gateway/ledger.ts';
import type { Links } from '../../gateway/links.ts';
import { createValidationTokenVerifier } from '../../protocols/entra/validation-token.ts';
import { TokenRejected } from '../../protocols/entra/verify.ts';
import { createEncryptionKey, KeyRing } from '../../protocols/graph/webhook/key-ring.ts';
import type { ReceivedBatch, RejectedItem } from '../../protocols/graph/webhook/read-batch.ts';
import { type PostRefusal, registerWebhook } from '../../protocols/graph/webhook/webhook.ts';
import type { Opened } from './accounts.ts';
import { capabilities } from './capabilities.ts';
import { takeInOrder } from './catch-up.ts';
import { Chats } from './chats.ts';
import { Delivery } from './deliver.ts';
import { findMessage } from './find.ts';
import { parseThreadKey } from './ids.ts';
import { type ToldMessage, takeMessages, toldMessages } from './incoming.ts';
import { registerLinking } from './linking.ts';
import { Pace } from './pace.ts';
import { presenceSubscribers } from './presence-subscribers.ts';
import { PresenceWatch } from './presence-watch.ts';
import { Publications } from './publications.ts';
import { ReadBack } from './read-back.ts';
import { createReading } from './read-state.ts';
import { SubscriptionKeeper } from './subscriptions.ts';
import { tellSender } from './tell.ts';
import { createTenantUsers, type TenantUsers } from './tenant-users.ts';
import { createTenants, type Tenant, type TenantOptions } from './tenants.ts';
import { keysOf, trusting } from './trust.ts';

export interface TeamsOptions {
  /** Base addresses without a slash at the end: `https://graph.microsoft.com`, `https://login.microsoftonline.com`. */
  readonly graph: string;
  readonly authority: string;
  /** PEM of an authority to trust besides the machine's own. */
  readonly ca?: string | undefined;
  readonly tenants: readonly TenantOptions[];
  /** The https address at which Graph reaches the gateway, without a slash at the end; asked for at `start`. */
  readonly publicUrl: () => string;
  readonly directory: Directory;
  readonly links: Links;
  /** Where it is remembered how far messages were read. */
  readonly kept: KeptStore;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** How long what the gateway shows may outlive it, and how late a change may be noticed that nobody told of, ms; 60 s unless given. */
  readonly leaseMs?: number;
  /** Between two rounds of reading back what people wrote, at least; 60 s unless given. */
  readonly readBackMs?: number;
  /** `lazy`: who signs out is left to the network to find out; `immediate` unless given. */
  readonly signOut?: 'immediate' | 'lazy';
}

export interface TeamsConnector extends Connector {
  /** Adds the address that Graph notifies. Before the app listens, which it must when the connector starts. */
  register(app: FastifyInstance): void;
  /** The users of each tenant, to make people of. */
  readonly users: readonly TenantUsers[];
  /** The person's Teams account was linked anew, or its link taken away. */
  linkChanged(person: PersonId): void;
}

const notificationPath = '/graph/notifications';
/** Messages: so that what Graph holds back outlives an outage of the gateway. Presence: the longest Graph allows. */
const lifeMs = { messages: 24 * 60 * 60_000, presence: 60 * 60_000 } as const;
const defaultReadBackMs = 60_000;
const mostConnections = 64;
const largestAnswer = 16 * 1024 * 1024;

export function createTeamsConnector(options: TeamsOptions): TeamsConnector {
  const { directory, clock, random } = options;
  const dispatcher = new Agent({
    connections: mostConnections,
    maxResponseSize: largestAnswer,
    connect: { secureContext: trusting(options.ca) },
  });
  const tenants = createTenants(options.tenants, { ...options, dispatcher, recovered });
  const chats = new Chats(directory);
  const stopped = new AbortController();
  const { leaseMs = 60_000, signOut = 'immediate' } = options;
  const publications = new Publications({ tenants, clock, random, leaseMs, signOut });
  let running: Running | undefined;

  const delivery = new Delivery(tenants, chats, clock, (person, detail) => {
    const refusal = { id: 'link-refused', side: 'teams', person: person.displayName, detail } as const;
    running?.sink.refused('teams', refusal);
  });
  const verifyValidationToken = createValidationTokenVerifier({
    clock,
    appIds: options.tenants.map(({ clientId }) => clientId),
    keys: keysOf(options.authority, dispatcher),
  });

  async function onNotifications(batch: ReceivedBatch): Promise<void> {
    if (running === undefined) throw new Error('notifications came before the connector started');
    const { sink, byTenant } = running;
    for (const item of batch.rejected) sink.refused('teams', refusalOf(item));
    for (const event of batch.lifecycle) {
      const kept = byTenant.get(event.tenantId.toLowerCase());
      if (kept !== undefined && !kept.messages.lifecycle(event)) kept.presences.lifecycle(event);
    }
    takePresences(batch, byTenant);
    await takeTold(toldMessages(batch.changes, tenants), byTenant);
    if (batch.changes.some(({ changeType }) => changeType === 'created')) await sink.beforeAcknowledging();
  }

  /** What Graph had to tell meanwhile may be lost, and the subscriptions with it. */
  function recovered(): void {
    for (const { messages, presences } of running?.byTenant.values() ?? []) {
      messages.check();
      presences.check();
    }
  }

  function linkChanged(person: PersonId): void {
    for (const { accounts } of tenants.all) accounts.forget(person);
  }

  function onRefused(reason: PostRefusal): void {
    const id = reason === 'unchecked' ? 'unreachable' : 'malformed';
    running?.sink.refused('teams', { id, side: 'teams', detail: `change notifications: ${reason}` });
  }

  const users = tenants.all.map((tenant) => createTenantUsers(tenant, options.kept, clock));

  return {
    side: 'teams',
    capabilities: { ...capabilities, endpointLeaseMs: publications.leaseMs },
    reading: createReading(tenants),
    users,

    register(app) {
      registerLinking(app, { ...options, tenants, linked: linkChanged });
      registerWebhook(app, {
        path: notificationPath,
        handler: { onNotifications, onRefused },
        trust: {
          get keys() {
            if (running === undefined) throw new Error('notifications came before the connector started');
            return running.keys;
          },
          clientStates(tenantId) {
            const kept = running?.byTenant.get(tenantId.toLowerCase());
            return kept === undefined ? [] : [kept.messages.clientState, ...kept.presences.clientStates];
          },
          verifyValidationToken: (token) =>
            verifyValidationToken(token).catch((error: unknown) => {
              if (error instanceof TokenRejected) return undefined;
              throw error;
            }),
        },
      });
    },

    linkChanged,

    async start(sink) {
      const keys = new KeyRing(await createEncryptionKey(clock));
      const notificationUrl = `${options.publicUrl()}${notificationPath}`;
      const keeperOf = (
        tenant: Tenant,
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
          notificationUrl,
          clientState: clientStateOf(options.tenants, tenant, what),
          keys,
          clock,
          random,
          onGap,
        });
      const kept = options.tenants.flatMap(({ gatewayAccount }, index): Kept[] => {
        const tenant = tenants.all[index];
        if (tenant === undefined) return [];
        const reading = {
          tenant,
          take: (told: readonly ToldMessage[]) => takeMessages(told, { chats, sink, signal: stopped.signal }),
          pace: new Pace(clock, stopped.signal),
          signal: stopped.signal,
        };
        const readBack = new ReadBack({
          ...reading,
          people: () => [...directory.people()].filter((person) => tenants.of(person) === tenant),
          onFound(found, gap) {
            sink.found('teams', found, gap ? 'gap' : 'silence');
            if (!gap) messages.check();
          },
          kept: options.kept,
          roundMs: options.readBackMs ?? defaultReadBackMs,
          clock,
        });
        const messages = keeperOf(
          tenant,
          'messages',
          '/chats/getAllMessages',
          () => readBack.hurry(),
          async () => ({ kind: 'open', source: tenant.accounts.application }),
        );
        const takeTold = (told: readonly ToldMessage[]) =>
          takeInOrder(told, {
            ...reading,
            gap: () => readBack.gap,
            onFound: (found) => sink.found('teams', found, 'gap'),
          });
        const presences = new PresenceWatch({
          tenant,
          directory,
          sink,
          clock,
          random,
          readBackMs: leaseMs / 2,
          subscribers: (most) =>
            presenceSubscribers({ directory, links: options.links, tenants }, tenant, gatewayAccount, most),
          keeper: (subscriber, resource, onGap) =>
            keeperOf(
              tenant,
              'presence',
              resource,
              onGap,
              subscriber.open,
              `presence of ${tenant.domain}, in the name of ${subscriber.id}`,
            ),
        });
        return [{ tenant, messages, presences, readBack, takeTold }];
      });
      await Promise.all(kept.map(({ readBack }) => readBack.open()));
      running = { sink, keys, byTenant: new Map(kept.map((each) => [each.tenant.id, each])) };
      await Promise.all(kept.map(({ messages }) => messages.start()));
      for (const { readBack } of kept) readBack.start();
    },

    deliver: (order, signal) => delivery.deliver(order, signal),
    find: (order, signal) =>
      findMessage(
        order,
        tenants,
        delivery,
        async (thread, id) => (await running?.sink.isAccountedFor('teams', thread, id)) ?? false,
        signal,
      ),
    bothSee: (thread) => parseThreadKey(thread).kind === 'direct',
    tell: (notice, signal) => tellSender(notice, tenants, delivery, signal),
    publish: (person, presence) => publications.publish(person, presence),
    canShow: async (person) => person.teams.kind === 'account' && tenants.of(person) !== undefined,
    remark: (person, remarks) => publications.remark(person, remarks),
    inherit: (left) => publications.inherit(left),

    async watch(people) {
      const kept = [...(running?.byTenant.values() ?? [])];
      await Promise.all(
        kept.map(({ tenant, presences }) =>
          presences.watch(people.filter((person) => tenants.of(person) === tenant)),
        ),
      );
    },

    status() {
      const subscriptions = [...(running?.byTenant.values() ?? [])].flatMap(({ messages, presences }) => [
        messages.status,
        ...presences.status,
      ]);
      const read = users.flatMap((each) => each.status() ?? []);
      const refused = tenants.all.flatMap(refusedLinks(directory));
      return [tenants.graphStatus(), ...subscriptions, ...read, ...refused];
    },

    async [Symbol.asyncDispose]() {
      stopped.abort();
      const kept = [...(running?.byTenant.values() ?? [])];
      await Promise.all([
        publications[Symbol.asyncDispose](),
        ...kept.flatMap(({ messages, presences, readBack }) => [
          messages[Symbol.asyncDispose](),
          presences[Symbol.asyncDispose](),
          readBack[Symbol.asyncDispose](),
        ]),
      ]);
      await dispatcher.destroy();
    },
  };
}

interface Running {
  readonly sink: Sink;
  readonly keys: KeyRing;
  readonly byTenant: ReadonlyMap<string, Kept>;
}

interface Kept {
  readonly tenant: Tenant;
  readonly messages: SubscriptionKeeper;
  readonly presences: PresenceWatch;
  readonly readBack: ReadBack;
  readonly takeTold: (told: readonly ToldMessage[]) => Promise<void>;
}

async function takeTold(told: readonly ToldMessage[], byTenant: ReadonlyMap<string, Kept>): Promise<void> {
  const tenants = Map.groupBy(told, ({ tenant }) => tenant.id);
  await Promise.all(
    [...tenants].map(async ([id, of]) => {
      await byTenant.get(id)?.takeTold(of);
    }),
  );
}

function takePresences(batch: ReceivedBatch, byTenant: ReadonlyMap<string, Kept>): void {
  for (const change of batch.changes)
    if (change.changeType === 'updated') byTenant.get(change.tenantId.toLowerCase())?.presences.take(change);
}

/** The same after a restart, and unguessable without the application's secret. */
function clientStateOf(all: readonly TenantOptions[], tenant: Tenant, what: string): string {
  const credential = all.find(({ id }) => id.toLowerCase() === tenant.id)?.credential;
  const secret = credential?.kind === 'secret' ? credential.secret : (credential?.key ?? '');
  return createHmac('sha256', secret).update(`clientState ${tenant.id} ${what}`).digest('base64url');
}

function refusalOf(item: RejectedItem) {
  const id = item.reason === 'malformed' || item.reason === 'unreadable' ? 'malformed' : 'unauthenticated';
  return { id, side: 'teams', detail: `a change notification: ${item.reason}` } as const;
}

function refusedLinks(directory: Directory) {
  return ({ accounts }: Tenant): LinkStatus[] =>
    accounts.refused().map(({ person, since, detail }) => {
      const name = directory.person(person)?.displayName ?? person;
      const refusal = { id: 'link-refused', side: 'teams', person: name, detail } as const;
      return { name: `account of ${person}`, state: 'refused', since, refusal };
    });
}
