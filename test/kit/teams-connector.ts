import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as forward, type IncomingMessage as Request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { createTeamsConnector, type TeamsConnector } from '../../src/connectors/teams/connector.ts';
import { conversationOf, type MessageId, type Pair, personId } from '../../src/core/ids.ts';
import type { Person } from '../../src/core/people.ts';
import type { Refusal } from '../../src/core/refusals.ts';
import {
  type DeliveryOrder,
  type IncomingMessage,
  IntakeRefused,
  type PresenceObservation,
  type RemarksObservation,
  type Sink,
} from '../../src/gateway/connector.ts';
import { createDirectory } from '../../src/gateway/directory.ts';
import type { KeptStore } from '../../src/gateway/ledger.ts';
import type { LinkSecret } from '../../src/gateway/links.ts';
import {
  generateStoredKeys,
  openSigningKeys,
  type StoredKeys,
} from '../../src/protocols/entra/signing-keys.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { serve } from '../../src/sandbox/listen.ts';
import { startTeamsService, type TeamsService } from '../../src/sandbox/teams-service.ts';
import * as world from '../../src/sandbox/world.ts';
import { memoryKept } from './kept.ts';
import { ManualClock } from './manual-clock.ts';
import { TeamsActor } from './teams-actor.ts';

/** The sandbox's people as a directory has them; none has an SfB account here. */
export const sandboxPeople: readonly Person[] = world.people
  .filter(({ kind }) => kind === 'person')
  .map(({ address, displayName, objectId, tenant, mode }) => ({
    id: personId(address),
    displayName,
    tenant: tenant.domain,
    mode,
    teams: { kind: 'account', objectId, upn: address },
    skype: { home: 'none' },
  }));

export function sandboxPerson(name: string): Person {
  const found = sandboxPeople.find(({ id }) => id.startsWith(`${name}@`));
  if (found === undefined) throw new Error(`nobody in the sandbox is called ${name}`);
  return found;
}

/** Takes everything and remembers it; refuses while `full`. */
export class RecordingSink implements Sink {
  readonly taken: IncomingMessage[] = [];
  readonly observed: PresenceObservation[] = [];
  readonly remarked: RemarksObservation[] = [];
  readonly refusals: Refusal[] = [];
  readonly met = new Map<string, Pair>();
  /** The gateway's own writes: `thread remoteId`. */
  readonly onRecord = new Set<string>();
  /** Messages that no notification had told of. */
  readonly counted = { gap: 0, silence: 0 };
  acknowledged = 0;
  full = false;

  async take(message: IncomingMessage) {
    if (this.full) throw new IntakeRefused({ id: 'ledger-full', side: 'teams' });
    const known = this.timesTaken(message.remoteId) > 0;
    this.taken.push(message);
    return known ? ('duplicate' as const) : ('taken' as const);
  }
  presence(observed: PresenceObservation) {
    this.observed.push(observed);
  }
  remarks(observed: RemarksObservation) {
    this.remarked.push(observed);
  }
  lastActive() {
    // Graph does not tell it.
  }
  async isAccountedFor(_side: string, thread: string, remoteId: string) {
    return this.onRecord.has(`${thread} ${remoteId}`);
  }

  async peopleOf(_side: string, thread: string) {
    return this.met.get(thread);
  }
  async beforeAcknowledging() {
    this.acknowledged += 1;
  }
  found(_side: string, messages: number, after: 'gap' | 'silence') {
    this.counted[after] += messages;
  }
  refused(_side: string, refusal: Refusal) {
    this.refusals.push(refusal);
  }
  latest(person: Person) {
    return this.observed.findLast((each) => each.person === person.id)?.presence;
  }
  timesTaken(id: string) {
    return this.taken.filter(({ remoteId }) => remoteId === id).length;
  }
}

/** What to do with a request to Graph: `lose` does it and cuts the connection instead of answering. */
export type Fault = (request: Request) => 'pass' | 'lose' | 'cut';

/** A Teams connector at an embedded Graph and sign-in over HTTPS, all in this process, under one clock. */
export interface TeamsWorld extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly service: TeamsService;
  /** The one at work: another after each `up`. */
  readonly connector: TeamsConnector;
  readonly sink: RecordingSink;
  /** Ends the connector, and closes the address that Graph notifies. */
  down(): Promise<void>;
  /** A new connector, with what the one before has kept, at the same address. */
  up(): Promise<void>;
  /** While set, what Graph notifies is answered well and lost. */
  losing: boolean;
  readonly links: Map<string, LinkSecret>;
  /** What the connector keeps over its restarts. */
  readonly kept: KeptStore;
  /** The address that Graph notifies. */
  readonly gatewayUrl: string;
  /** A signal that does not abort. */
  readonly never: AbortSignal;
  actor(person: Person): TeamsActor;
  actorOf(address: string): TeamsActor;
  /** Posts to the notification address as anybody could; the answer's status. */
  forge(batch: unknown): Promise<number>;
  link(person: Person, password?: string): void;
  order(author: Person, recipient: Person, text: string, more?: Partial<DeliveryOrder>): DeliveryOrder;
}

let keys: StoredKeys | undefined;

export interface TeamsWorldOptions {
  /** The connector's requests to Graph go through a proxy, over HTTP, that does this to them. */
  readonly fault?: Fault;
  /** Of the gateway's own accounts; null: it has no such accounts. Default: the right one. */
  readonly gatewayPassword?: string | null;
  /** How far the connector's clock is ahead of Graph's, ms; negative: behind. Default 0. */
  readonly skewMs?: number;
}

export async function openTeamsWorld(options: TeamsWorldOptions = {}): Promise<TeamsWorld> {
  const { gatewayPassword = world.password } = options;
  const [gatewayApp, pageApp] = world.apps;
  if (gatewayApp?.secret === undefined || pageApp === undefined) throw new Error('the sandbox has no apps');
  const { secret, clientId } = gatewayApp;
  keys ??= await generateStoredKeys();
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'teams-'));
  opening.defer(() => rm(folder, { recursive: true }));
  const authority = await openAuthority(folder, { now: () => Date.now() });
  const certificate = await authority.issueServer();
  const listening = { host: '127.0.0.1', port: 0, tls: { port: 0, ...certificate } };
  const clock = new ManualClock();
  const links = new Map<string, LinkSecret>();
  const sink = new RecordingSink();

  const kept = memoryKept();
  const service = opening.use(
    await startTeamsService({
      ...listening,
      clock,
      keys: await openSigningKeys(keys),
      ca: authority.caPem,
    }),
  );
  const secure = service.https?.url ?? '';
  const graph = options.fault === undefined ? secure : opening.use(await proxy(service, options.fault)).url;

  let gatewayUrl = '';
  let losing = false;
  async function run() {
    await using stack = new AsyncDisposableStack();
    const app = fastify();
    app.addHook('onRequest', async (request, reply) => {
      const isNotification = request.method === 'POST' && !request.url.includes('validationToken');
      if (losing && isNotification) await reply.code(202).send();
    });
    const connector = createTeamsConnector({
      graph,
      authority: secure,
      ca: authority.caPem,
      tenants: world.tenants.map(({ id, domain }) => ({
        id,
        domain,
        clientId,
        credential: { kind: 'secret', secret },
        gatewayAccount:
          gatewayPassword === null ? undefined : { upn: `isthmus@${domain}`, password: gatewayPassword },
      })),
      publicUrl: () => gatewayUrl,
      directory: createDirectory(sandboxPeople),
      links: {
        get: async (person) => links.get(person),
        put: async (person, _side, secret) => void links.set(person, secret),
        remove: async (person) => void links.delete(person),
      },
      kept,
      clock: {
        now: () => clock.now() + (options.skewMs ?? 0),
        setTimer: (ms, run) => clock.setTimer(ms, run),
      },
      random: () => 0.5,
    });
    connector.register(app);
    const port = gatewayUrl === '' ? 0 : Number(new URL(gatewayUrl).port);
    const gateway = stack.use(await serve(app, { ...listening, tls: { ...listening.tls, port } }));
    gatewayUrl = gateway.https?.url ?? '';
    stack.use(connector);
    await connector.start(sink);
    return { app, connector, running: stack.move() };
  }
  let current = await run();
  opening.defer(() => current.running.disposeAsync());

  const actorOf = (address: string): TeamsActor => {
    const { url } = service.http;
    return new TeamsActor({ graph: url, authority: url, clientId: pageApp.clientId }, address);
  };
  const open = opening.move();
  return {
    clock,
    service,
    get connector() {
      return current.connector;
    },
    sink,
    down: () => current.running.disposeAsync(),
    async up() {
      current = await run();
    },
    get losing() {
      return losing;
    },
    set losing(value) {
      losing = value;
    },
    links,
    kept,
    gatewayUrl,
    never: new AbortController().signal,
    async forge(batch) {
      const answer = await current.app.inject({
        method: 'POST',
        url: '/graph/notifications',
        payload: JSON.stringify(batch),
      });
      return answer.statusCode;
    },
    actor: (person) => actorOf(person.id),
    actorOf,
    link: (person, password = world.password) =>
      void links.set(person.id, { kind: 'password', username: person.id, password }),
    order: (author, recipient, text, more = {}) => ({
      message: 'm1' as MessageId,
      conversation: conversationOf(author.id, recipient.id),
      author,
      recipient,
      body: { format: 'text', text },
      writtenAt: clock.now(),
      thread: undefined,
      attempt: 1,
      firstAttemptAt: clock.now(),
      ...more,
    }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function proxy(
  service: TeamsService,
  fault: Fault,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const verdict = fault(request);
    if (verdict === 'cut') {
      request.socket.destroy();
      return;
    }
    const { method, url: path, headers } = request;
    const onward = forward(
      { host: '127.0.0.1', port: service.http.port, method, path, headers },
      (answer) => {
        if (verdict === 'lose') {
          answer.resume();
          request.socket.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
