import type { LRUCache } from 'lru-cache';
import type { MessageId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import type { Connector, DeliveryOrder, DeliveryOutcome, Finding } from '../../gateway/connector.ts';
import type { Door } from './door.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints, Found } from './endpoints.ts';
import type { Failure } from './errors.ts';
import { parseThreadKey, threadBegunBy, threadKey } from './ids.ts';
import { outcomeOf, refused } from './outcomes.ts';
import type { Proxies } from './proxies.ts';
import type { Session } from './sessions.ts';
import { noticeText, type Outgoing, proxyTitle, textInTheNameOf, textOf } from './to-ucwa.ts';

export interface DeliveringOptions {
  readonly doors: ReadonlyMap<string, Door>;
  readonly endpoints: Endpoints;
  readonly proxies: Proxies;
  /** What became of texts whose sender was told that it is uncertain, by {@link textId}. */
  readonly late: LRUCache<string, Finding>;
}

/** The outgoing half of the connector: who writes, in which session, and what came of it. */
export function createDelivering({
  doors,
  endpoints,
  proxies,
  late,
}: DeliveringOptions): Pick<Connector, 'deliver' | 'find' | 'tell'> {
  /**
   * Through the author's own endpoint where there is one, else through the gateway's at the recipient's pool. Who has linked an
   * account that is refused is told of that.
   */
  const writerFor = async (author: Person, pool: string): Promise<Writer | NoWriter> => {
    const own = await endpoints.ofPerson(author);
    if (own.kind === 'found') return { kind: 'writer', endpoint: own.endpoint, as: 'author' };
    if (own.failure.id === 'link-refused') return own;
    const ours = endpoints.ofGateway(pool);
    return ours.kind === 'found' ? { kind: 'writer', endpoint: ours.endpoint, as: 'gateway' } : own;
  };

  const bring = async (
    text: string,
    { session, words, endpoint, as, signal }: Bringing,
  ): Promise<DeliveryOutcome> => {
    const notReady = await readiness(endpoint, signal);
    if (notReady) return outcomeOf(notReady, session.peer);
    const { end, thread } = await session.bring(text, words, signal);
    if (end.kind === 'failed') return outcomeOf(end.failure, session.peer);
    const key = threadKey({ pool: endpoint.pool, owner: endpoint.sip, peer: session.peer, thread });
    return { kind: 'delivered', thread: key, remoteId: end.remote, as };
  };

  /** The way of an order, or why there is none. */
  const wayOf = async ({ author, recipient, writtenIn }: DeliveryOrder): Promise<Way | DeliveryOutcome> => {
    if (recipient.skype.home === 'none') return refused('not-enabled', recipient.displayName);
    const { pool, sip } = recipient.skype;
    if (!doors.has(pool))
      return refused('not-enabled', recipient.displayName, `no pool ${pool} is configured`);
    const writer = await writerFor(author, pool);
    if (writer.kind === 'none') return outcomeOf(writer.failure, author.displayName);
    const session =
      writer.as === 'author'
        ? writer.endpoint.session(sip, undefined)
        : writer.endpoint.session(sip, author.id, proxyTitle(author, writtenIn));
    return { kind: 'way', writer, session };
  };

  return {
    async deliver(order, signal) {
      const way = await wayOf(order);
      if (way.kind !== 'way') return way;
      const { writer, session } = way;
      const { endpoint, as } = writer;
      const outgoing: Outgoing =
        as === 'author' ? textOf(order.body) : textInTheNameOf(order.author, order.body, order.writtenIn);
      if (outgoing.kind === 'refused') return refused(outgoing.id, order.recipient.displayName);
      const before = order.thread && parseThreadKey(order.thread);
      if (before?.owner === endpoint.sip && before.peer === session.peer)
        session.continueThread(before.thread);
      else session.beginThread(threadBegunBy(order.message));
      const bringing = { session, words: outgoing.text, endpoint, as, signal };
      const outcome = await bring(textId(order.message, order.attempt), bringing);
      if (as === 'gateway' && outcome.kind === 'delivered') proxies.note(order.recipient.id, order.author.id);
      return named(outcome, order.author, order.recipient);
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
      if (written?.owner === found.sip && written.peer === peer) session.continueThread(written.thread);
      const words = noticeText(about, notice.refusal, notice.body);
      const as = isOwn ? ('author' as const) : ('gateway' as const);
      const bringing = { session, words, endpoint: found, as, signal };
      return named(await bring(`notice ${notice.message}`, bringing), about, to);
    },
  };
}

interface Writer {
  readonly kind: 'writer';
  readonly endpoint: Endpoint;
  readonly as: 'author' | 'gateway';
}

type NoWriter = Extract<Found<Endpoint>, { kind: 'none' }>;

interface Way {
  readonly kind: 'way';
  readonly writer: Writer;
  readonly session: Session;
}

interface Bringing {
  readonly endpoint: Endpoint;
  readonly as: 'author' | 'gateway';
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

/** The refusal in the words that people know each other by: about the author's account, or about the recipient. */
function named(outcome: DeliveryOutcome, author: Person, recipient: Person): DeliveryOutcome {
  if (outcome.kind === 'delivered') return outcome;
  const { refusal } = outcome;
  const isAboutAuthor = refusal.id === 'link-refused' || refusal.id === 'not-linked';
  const person = (isAboutAuthor ? author : recipient).displayName;
  return { ...outcome, refusal: { ...refusal, person } };
}
