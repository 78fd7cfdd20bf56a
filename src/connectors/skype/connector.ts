import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import type { MessageId } from '../../core/ids.ts';
import type { Person, SipUri } from '../../core/people.ts';
import type { Refusal } from '../../core/refusals.ts';
import type { Connector, DeliveryOutcome, Finding, LinkStatus, Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import type { Links } from '../../gateway/links.ts';
import type { ChannelTimers } from '../../protocols/ucwa/client/client.ts';
import { createAccounts } from './accounts.ts';
import { capabilities } from './capabilities.ts';
import type { Door, DoorAccount } from './door.ts';
import { type Endpoint, Endpoints, type Found } from './endpoints.ts';
import type { Failure } from './errors.ts';
import { createGate } from './gate.ts';
import { parseThreadKey, sipUri, threadKey } from './ids.ts';
import { listenAt } from './incoming.ts';
import { createWatching } from './presence.ts';
import { createProxies } from './proxies.ts';
import type { Brought, Session } from './sessions.ts';
import { poolStatus } from './status.ts';
import { noticeText, type Outgoing, proxyTitle, textInTheNameOf, textOf } from './to-ucwa.ts';
import { createUcwaDoor } from './ucwa-door/ucwa-door.ts';

/** One pool, as the configuration describes it. */
export interface PoolOptions {
  readonly name: string;
  readonly home: 'online' | 'onPrem';
  /** Where autodiscovery starts. */
  readonly discoveryUrl: string;
  /** Without one, nobody's presence is watched and nobody without a linked account can write here. */
  readonly gatewayAccount?: {
    readonly username: string;
    readonly password: string;
    /** `sip:` and the user name unless given. */
    readonly sip?: string;
  };
  /** PEM of an authority to trust. */
  readonly ca?: string;
  /** Domains that discovery over plain HTTP may lead to. */
  readonly trustedDomains?: readonly string[];
}

export interface SkypeConnectorOptions {
  readonly pools: readonly PoolOptions[];
  readonly directory: Directory;
  readonly links: Links;
  readonly clock: Clock;
  /** Silence after which a session counts as ended; 10 minutes unless given. */
  readonly sessionIdleMs?: number;
  /** Silence after which an endpoint made only for writing signs out; 15 minutes unless given. */
  readonly endpointIdleMs?: number;
  /** Endpoints that may be signing in at one time; 64 unless given. */
  readonly opensAtOnce?: number;
  readonly timers?: ChannelTimers;
  readonly random?: () => number;
  readonly mintId?: () => string;
}

const tickMs = 60_000;
const rememberedOutcomes = 10_000;

export function createSkypeConnector(options: SkypeConnectorOptions): Connector {
  const { directory, clock, pools, mintId = randomUUID, random = Math.random } = options;
  const gate = createGate(options.opensAtOnce ?? 64);
  const doors = new Map<string, Door>();
  const gatewayAccounts = new Map<string, DoorAccount>();
  for (const pool of pools) {
    doors.set(
      pool.name,
      createUcwaDoor({
        discoveryUrls: [new URL(pool.discoveryUrl)],
        trustedDomains: pool.trustedDomains ?? [],
        clock,
        random,
        mintId,
        gate,
        ...(pool.ca === undefined ? {} : { ca: pool.ca }),
        ...(options.timers === undefined ? {} : { timers: options.timers }),
      }),
    );
    const account = pool.gatewayAccount && accountOf(pool.gatewayAccount);
    if (account) gatewayAccounts.set(pool.name, account);
  }

  const proxies = createProxies();
  /** What became of texts whose sender was told that it is uncertain. */
  const late = new LRUCache<string, Finding>({ max: rememberedOutcomes });
  let sink: Sink | undefined;
  let ticking: Disposable | undefined;

  const endpoints: Endpoints = new Endpoints({
    doors,
    accounts: createAccounts(options.links, gatewayAccounts),
    clock,
    mintId,
    sessionIdleMs: options.sessionIdleMs ?? 10 * 60_000,
    endpointIdleMs: options.endpointIdleMs ?? 15 * 60_000,
    late: ({ pool, sip, owner }, peer, text, { end, thread }) => {
      if (end.kind === 'delivered') {
        const key = threadKey({ pool, owner: sip, peer, thread });
        const as = owner.kind === 'person' ? 'author' : 'gateway';
        late.set(text, { kind: 'found', thread: key, remoteId: end.remote, as });
      } else if (end.failure.kind !== 'uncertain') late.set(text, { kind: 'absent' });
    },
    listen: (endpoint) => listenAt(endpoint, { sink: started(), directory, endpoints, proxies, mintId }),
  });

  const watching = createWatching(
    pools.map((pool) => pool.name),
    endpoints,
    (pool, failure) => started().refused('skype', refusalOf(failure, pool)),
  );

  function started(): Sink {
    if (!sink) throw new Error('the connector has not been started');
    return sink;
  }

  const tick = (): void => {
    ticking = clock.setTimer(tickMs, () => {
      endpoints.tick().catch(() => undefined);
      tick();
    });
  };

  /** Through the author's own endpoint where there is one, else through the gateway's at the recipient's pool. */
  const writerFor = async (author: Person, pool: string): Promise<Found<Writer>> => {
    const own = await endpoints.ofPerson(author);
    if (own.kind === 'found') return { kind: 'found', endpoint: { endpoint: own.endpoint, as: 'author' } };
    const ours = endpoints.ofGateway(pool);
    return ours.kind === 'found'
      ? { kind: 'found', endpoint: { endpoint: ours.endpoint, as: 'gateway' } }
      : { kind: 'none', failure: own.failure };
  };

  const bring = async (
    text: string,
    { session, words, endpoint, as, signal }: Bringing,
  ): Promise<DeliveryOutcome> => {
    const notReady = await readiness(endpoint, signal);
    if (notReady) return outcomeOf(notReady, session.peer);
    const { end, thread }: Brought = await session.bring(text, words, signal);
    if (end.kind === 'failed') return outcomeOf(end.failure, session.peer);
    const key = threadKey({ pool: endpoint.pool, owner: endpoint.sip, peer: session.peer, thread });
    return { kind: 'delivered', thread: key, remoteId: end.remote, as };
  };

  /** The way of an order, or why there is none. */
  const wayOf = async (
    author: Person,
    recipient: Person,
  ): Promise<
    { readonly kind: 'way'; readonly writer: Writer; readonly session: Session } | DeliveryOutcome
  > => {
    if (recipient.skype.home === 'none') return refused('not-enabled', recipient.displayName);
    const { pool, sip } = recipient.skype;
    if (!doors.has(pool))
      return refused('not-enabled', recipient.displayName, `no pool ${pool} is configured`);
    const found = await writerFor(author, pool);
    if (found.kind === 'none') return outcomeOf(found.failure, author.displayName);
    const writer = found.endpoint;
    const session =
      writer.as === 'author'
        ? writer.endpoint.session(sip, undefined)
        : writer.endpoint.session(sip, author.id, proxyTitle(author));
    return { kind: 'way', writer, session };
  };

  return {
    side: 'skype',
    capabilities,

    async start(given) {
      sink = given;
      tick();
      await Promise.all(
        [...gatewayAccounts.keys()].map(async (pool) => {
          const found = endpoints.ofGateway(pool);
          if (found.kind === 'found') await endpoints.showEndpoint(found.endpoint, 'Online');
        }),
      );
    },

    async deliver(order, signal) {
      const way = await wayOf(order.author, order.recipient);
      if (way.kind !== 'way') return way;
      const { writer, session } = way;
      const { endpoint, as } = writer;
      const outgoing: Outgoing =
        as === 'author' ? textOf(order.body) : textInTheNameOf(order.author, order.body);
      if (outgoing.kind === 'refused') return refused(outgoing.id, order.recipient.displayName);
      if (as === 'gateway') proxies.note(order.recipient.id, order.author.id);
      const before = order.thread && parseThreadKey(order.thread);
      if (before?.owner === endpoint.sip && before.peer === session.peer)
        session.continueThread(before.thread);
      const bringing = { session, words: outgoing.text, endpoint, as, signal };
      return named(await bring(textId(order.message, order.attempt), bringing), order.recipient);
    },

    async find({ message, attempt, recipient }) {
      for (let earlier = attempt; earlier >= 1; earlier -= 1) {
        const finding = late.get(textId(message, earlier));
        if (finding) return finding;
      }
      const detail = 'a pool keeps no record that could be asked';
      return {
        kind: 'unknown',
        refusal: { id: 'uncertain', side: 'skype', person: recipient.displayName, detail },
      };
    },

    async tell(notice, signal) {
      const { to, about } = notice;
      if (to.skype.home === 'none') return refused('not-enabled', to.displayName);
      const peer = to.skype.sip;
      const written = parseThreadKey(notice.thread);
      const there = written && endpoints.bySip(written.owner);
      const found =
        there ??
        endpointFor(await endpoints.ofPerson(about)) ??
        endpointFor(endpoints.ofGateway(to.skype.pool));
      if (!found) return refused('not-linked', about.displayName);
      const isOwn = found.owner.kind === 'person';
      const session = found.session(
        peer,
        isOwn ? undefined : about.id,
        isOwn ? undefined : proxyTitle(about),
      );
      if (written) session.continueThread(written.thread);
      const words = noticeText(about, notice.refusal, notice.body);
      const as = isOwn ? ('author' as const) : ('gateway' as const);
      return await bring(`notice ${notice.message}`, { session, words, endpoint: found, as, signal });
    },

    async publish(person, presence) {
      if (person.skype.home === 'none') {
        return { kind: 'failed', refusal: { id: 'not-enabled', side: 'skype', person: person.displayName } };
      }
      const failure = await endpoints.show(person, presence);
      return failure
        ? { kind: 'failed', refusal: refusalOf(failure, person.displayName) }
        : { kind: 'published' };
    },

    watch: (people) => watching.watch(people),

    status: (): readonly LinkStatus[] => poolStatus(pools, doors, endpoints),

    async [Symbol.asyncDispose]() {
      ticking?.[Symbol.dispose]();
      await endpoints[Symbol.asyncDispose]();
      for (const door of doors.values()) await door[Symbol.asyncDispose]();
    },
  };
}

interface Writer {
  readonly endpoint: Endpoint;
  readonly as: 'author' | 'gateway';
}

interface Bringing extends Writer {
  readonly session: Session;
  readonly words: string;
  readonly signal: AbortSignal;
}

function textId(message: MessageId, attempt: number): string {
  return `${message} ${attempt}`;
}

function endpointFor(found: Found<Endpoint>): Endpoint | undefined {
  return found.kind === 'found' ? found.endpoint : undefined;
}

async function readiness(endpoint: Endpoint, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    return await endpoint.door.ready(signal);
  } catch {
    return { kind: 'transient', id: 'unreachable', detail: 'the endpoint was not ready by the deadline' };
  }
}

function outcomeOf(failure: Failure, person: string): Exclude<DeliveryOutcome, { kind: 'delivered' }> {
  const refusal = refusalOf(failure, person);
  switch (failure.kind) {
    case 'refused':
    case 'uncertain':
      return { kind: failure.kind, refusal };
    case 'ended':
    case 'transient': {
      const { afterMs } = failure;
      return { kind: 'transient', refusal, ...(afterMs === undefined ? {} : { afterMs }) };
    }
  }
}

function refusalOf({ id, detail }: Failure, person: string): Refusal {
  return { id, side: 'skype', person, detail };
}

function refused(id: Refusal['id'], person: string, detail?: string): DeliveryOutcome {
  return {
    kind: 'refused',
    refusal: { id, side: 'skype', person, ...(detail === undefined ? {} : { detail }) },
  };
}

/** The refusal in the words that the sender knows the recipient by. */
function named(outcome: DeliveryOutcome, { displayName }: Person): DeliveryOutcome {
  if (outcome.kind === 'delivered') return outcome;
  return { ...outcome, refusal: { ...outcome.refusal, person: displayName } };
}

function accountOf(account: NonNullable<PoolOptions['gatewayAccount']>): DoorAccount | undefined {
  const sip: SipUri | undefined = sipUri(account.sip ?? account.username);
  return sip && { sip, username: account.username, password: account.password };
}
