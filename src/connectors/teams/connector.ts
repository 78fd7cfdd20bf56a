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
import { capabilities } from './capabilities.ts';
import { Chats } from './chats.ts';
import { Delivery } from './deliver.ts';
import { findMessage } from './find.ts';
import { type Hearing, hearTenant } from './hearing.ts';
import { parseThreadKey } from './ids.ts';
import { type ToldMessage, toldMessages } from './incoming.ts';
import { registerLinking } from './linking.ts';
import { Publications } from './publications.ts';
import { createReading } from './read-state.ts';
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
    for (const event of batch.lifecycle) byTenant.get(event.tenantId.toLowerCase())?.lifecycle(event);
    takePresences(batch, byTenant);
    await takeTold(toldMessages(batch.changes, tenants), byTenant);
    if (batch.changes.some(({ changeType }) => changeType === 'created')) await sink.beforeAcknowledging();
  }

  /** What Graph had to tell meanwhile may be lost, and the subscriptions with it. */
  function recovered(): void {
    for (const hearing of running?.byTenant.values() ?? []) hearing.check();
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
            return running?.byTenant.get(tenantId.toLowerCase())?.clientStates ?? [];
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
      const hearings = options.tenants.flatMap((settings, index) => {
        const tenant = tenants.all[index];
        return tenant === undefined
          ? []
          : hearTenant(tenant, settings, {
              ...options,
              tenants,
              sink,
              chats,
              keys,
              leaseMs,
              readBackMs: options.readBackMs ?? defaultReadBackMs,
              notificationUrl: `${options.publicUrl()}${notificationPath}`,
              signal: stopped.signal,
            });
      });
      await Promise.all(hearings.map((hearing) => hearing.open()));
      running = { sink, keys, byTenant: new Map(hearings.map((hearing) => [hearing.tenant.id, hearing])) };
      await Promise.all(hearings.map((hearing) => hearing.start()));
    },

    deliver: (order, signal) => delivery.deliver(order, signal),
    find: (order, signal) =>
      findMessage({
        order,
        tenants,
        delivery,
        isAccountedFor: async (thread, id) =>
          (await running?.sink.isAccountedFor('teams', thread, id)) ?? false,
        signal,
      }),
    bothSee: (thread) => parseThreadKey(thread).kind === 'direct',
    tell: (notice, signal) => tellSender(notice, tenants, delivery, signal),
    publish: (person, presence) => publications.publish(person, presence),
    canShow: async (person) => person.teams.kind === 'account' && tenants.of(person) !== undefined,
    remark: (person, remarks) => publications.remark(person, remarks),
    leaveRemarks: (person) => publications.leaveRemarks(person),
    inherit: (left) => publications.inherit(left),

    async watch(people) {
      const hearings = [...(running?.byTenant.values() ?? [])];
      await Promise.all(
        hearings.map((hearing) =>
          hearing.watch(people.filter((person) => tenants.of(person) === hearing.tenant)),
        ),
      );
    },

    status() {
      const subscriptions = [...(running?.byTenant.values() ?? [])].flatMap(({ status }) => status);
      const read = users.flatMap((each) => each.status() ?? []);
      const refused = tenants.all.flatMap(refusedLinks(directory));
      return [tenants.graphStatus(), ...subscriptions, ...read, ...refused];
    },

    async [Symbol.asyncDispose]() {
      stopped.abort();
      const hearings = [...(running?.byTenant.values() ?? [])];
      await Promise.all([publications, ...hearings].map((each) => each[Symbol.asyncDispose]()));
      await dispatcher.destroy();
    },
  };
}

interface Running {
  readonly sink: Sink;
  readonly keys: KeyRing;
  readonly byTenant: ReadonlyMap<string, Hearing>;
}

async function takeTold(told: readonly ToldMessage[], byTenant: ReadonlyMap<string, Hearing>): Promise<void> {
  const tenants = Map.groupBy(told, ({ tenant }) => tenant.id);
  await Promise.all(
    [...tenants].map(async ([id, of]) => {
      await byTenant.get(id)?.takeTold(of);
    }),
  );
}

function takePresences(batch: ReceivedBatch, byTenant: ReadonlyMap<string, Hearing>): void {
  for (const change of batch.changes)
    if (change.changeType === 'updated') byTenant.get(change.tenantId.toLowerCase())?.takePresence(change);
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
