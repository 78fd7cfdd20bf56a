import type { Clock } from '../../core/clock.ts';
import { type ConversationId, pairOf, type RemoteId, type ThreadKey } from '../../core/ids.ts';
import type { Person, TeamsAccount } from '../../core/people.ts';
import { recent } from '../../core/recent.ts';
import type { Refusal, RefusalId } from '../../core/refusals.ts';
import type { DeliveryOrder, DeliveryOutcome } from '../../gateway/connector.ts';
import { createGroup, openOneOnOne } from '../../protocols/graph/client/chats.ts';
import { sendMessage } from '../../protocols/graph/client/messages.ts';
import type { GraphResult, TokenSource } from '../../protocols/graph/client/result.ts';
import { getMe } from '../../protocols/graph/client/users.ts';
import type { Chats } from './chats.ts';
import { isLinkRefused, isNotFound, outcomeOf } from './errors.ts';
import { parseThreadKey, remoteId, type TeamsThread, threadKey } from './ids.ts';
import type { Tenant, Tenants } from './tenants.ts';
import { Throttle } from './throttle.ts';
import { htmlOf, namedMessage, ownMessage, proxyTopic } from './to-graph.ts';

export type Account = Extract<TeamsAccount, { readonly kind: 'account' }>;

const rememberedGroups = 10_000;
const rememberedWrites = 20_000;

/** Brings messages into Teams, and remembers the groups that it made for people without a link. */
export class Delivery {
  readonly #tenants: Tenants;
  readonly #chats: Chats;
  readonly #linkRefused: (person: Person, detail: string) => void;
  readonly #groups = recent<ConversationId, string>(rememberedGroups);
  readonly #writes = recent<string, true>(rememberedWrites);
  readonly #gatewayIds = new Map<Tenant, string>();
  readonly #throttle: Throttle<Tenant>;

  constructor(
    tenants: Tenants,
    chats: Chats,
    clock: Clock,
    linkRefused: (person: Person, detail: string) => void,
  ) {
    this.#throttle = new Throttle(clock);
    this.#tenants = tenants;
    this.#chats = chats;
    this.#linkRefused = linkRefused;
  }

  async deliver(order: DeliveryOrder, signal: AbortSignal): Promise<DeliveryOutcome> {
    const { author, recipient } = order;
    if (recipient.teams.kind === 'none') return refused('not-enabled', recipient);
    const tenant = this.#tenants.of(author) ?? this.#tenants.of(recipient);
    const restMs = tenant === undefined ? 0 : this.#throttle.left(tenant, author.id);
    if (restMs > 0) return throttled(recipient, restMs);
    const own = await this.#asAuthor(order, author.teams, recipient.teams, signal);
    const outcome = own ?? (await this.#asGateway(order, recipient.teams, signal));
    if (tenant !== undefined && outcome.kind === 'transient' && outcome.refusal.id === 'throttled')
      this.#throttle.note(tenant, author.id, outcome.afterMs ?? 0);
    if (outcome.kind === 'delivered') this.#writes.set(`${outcome.thread} ${outcome.remoteId}`, true);
    return outcome;
  }

  /** Whether this is a write that had its answer: it cannot be the one whose answer was lost. */
  hasWritten(thread: ThreadKey, id: RemoteId): boolean {
    return this.#writes.has(`${thread} ${id}`);
  }

  /** The group in which the gateway writes in this conversation, if it has made one. */
  groupOf(order: DeliveryOrder): string | undefined {
    const thread = order.thread === undefined ? undefined : parseThreadKey(order.thread);
    return thread?.kind === 'proxy' ? thread.chatId : this.#groups.get(order.conversation);
  }

  rememberGroup(order: DeliveryOrder, chatId: string): void {
    this.#groups.set(order.conversation, chatId);
    this.#chats.remember(chatId, pairOf(order.conversation));
  }

  /** Undefined: the author cannot write there, the gateway's account has to. */
  async #asAuthor(
    order: DeliveryOrder,
    author: TeamsAccount,
    recipient: Account,
    signal: AbortSignal,
  ): Promise<DeliveryOutcome | undefined> {
    const tenant = this.#tenants.of(order.author);
    if (author.kind === 'none' || tenant === undefined) return undefined;
    const opened = await tenant.accounts.person(order.author);
    if (opened.kind === 'absent') return undefined;
    if (opened.kind === 'failed') {
      if (opened.failure.kind === 'unavailable') {
        return outcomeOf({ kind: 'no-token', failure: opened.failure }, 'prepare', order.author.displayName);
      }
      this.#linkRefused(order.author, opened.failure.detail);
      return undefined;
    }
    const content = ownMessage(order.body);
    if (content.kind === 'refused') return refused(content.id, order.recipient);
    const open = async (): Promise<GraphResult<TeamsThread>> => {
      const ids = [author.objectId, recipient.objectId] as const;
      const chat = await openOneOnOne(tenant.graph, opened.source, ids, signal);
      return chat.ok ? { ok: true, value: { kind: 'direct', chatId: chat.value.id } } : chat;
    };
    const known = order.thread === undefined ? undefined : parseThreadKey(order.thread);
    const outcome = await write(
      tenant,
      opened.source,
      known?.kind === 'direct' ? known : undefined,
      open,
      htmlOf(content.body),
      order.recipient,
      signal,
    );
    if ('linkRefused' in outcome) {
      this.#linkRefused(order.author, outcome.linkRefused);
      return undefined;
    }
    return outcome.kind === 'delivered' ? { ...outcome, as: 'author' } : outcome;
  }

  async #asGateway(order: DeliveryOrder, recipient: Account, signal: AbortSignal): Promise<DeliveryOutcome> {
    const tenant = this.#tenants.of(order.recipient);
    if (tenant === undefined) return refused('not-linked', order.author);
    const opened = await tenant.accounts.gateway();
    if (opened.kind === 'absent') return refused('not-linked', order.author);
    if (opened.kind === 'failed') {
      return outcomeOf({ kind: 'no-token', failure: opened.failure }, 'prepare', 'the gateway');
    }
    const name = order.author.displayName;
    const content = namedMessage(name, order.body);
    if (content.kind === 'refused') return refused(content.id, order.recipient);
    const open = async (): Promise<GraphResult<TeamsThread>> => {
      const me = await this.gatewayUserId(tenant, opened.source, signal);
      if (!me.ok) return me;
      const ids = [me.value, recipient.objectId];
      const chat = await createGroup(tenant.graph, opened.source, ids, proxyTopic(name), signal);
      if (!chat.ok) return chat;
      this.rememberGroup(order, chat.value.id);
      return { ok: true, value: { kind: 'proxy', chatId: chat.value.id } };
    };
    const group = this.groupOf(order);
    const outcome = await write(
      tenant,
      opened.source,
      group === undefined ? undefined : { kind: 'proxy', chatId: group },
      open,
      htmlOf(content.body),
      order.recipient,
      signal,
    );
    if ('linkRefused' in outcome) {
      return {
        kind: 'refused',
        refusal: { id: 'link-refused', side: 'teams', person: 'the gateway', detail: outcome.linkRefused },
      };
    }
    return outcome.kind === 'delivered' ? { ...outcome, as: 'gateway' } : outcome;
  }

  /** Object id of the gateway's own account in this tenant. */
  async gatewayUserId(tenant: Tenant, as: TokenSource, signal: AbortSignal): Promise<GraphResult<string>> {
    const known = this.#gatewayIds.get(tenant);
    if (known !== undefined) return { ok: true, value: known };
    const me = await getMe(tenant.graph, as, signal);
    if (!me.ok) return me;
    this.#gatewayIds.set(tenant, me.value.id.toLowerCase());
    return { ok: true, value: me.value.id.toLowerCase() };
  }
}

type Written =
  | {
      readonly kind: 'delivered';
      readonly thread: ThreadKey;
      readonly remoteId: RemoteId;
    }
  | Exclude<DeliveryOutcome, { readonly kind: 'delivered' }>
  | { readonly linkRefused: string };

/** Writes into the chat known, or into the one that `open` gives where there is none or it is gone. */
async function write(
  tenant: Tenant,
  as: TokenSource,
  known: TeamsThread | undefined,
  open: () => Promise<GraphResult<TeamsThread>>,
  html: string,
  recipient: Person,
  signal: AbortSignal,
): Promise<Written> {
  if (known !== undefined) {
    const sent = await sendMessage(tenant.graph, as, known.chatId, html, signal);
    if (sent.ok) return delivered(known, sent.value.id);
    if (!isNotFound(sent.failure)) return failed(sent.failure, 'write', recipient);
  }
  const opened = await open();
  if (!opened.ok) return failed(opened.failure, 'prepare', recipient);
  const sent = await sendMessage(tenant.graph, as, opened.value.chatId, html, signal);
  return sent.ok ? delivered(opened.value, sent.value.id) : failed(sent.failure, 'write', recipient);
}

function delivered(thread: TeamsThread, messageId: string): Written {
  return { kind: 'delivered', thread: threadKey(thread), remoteId: remoteId(messageId) };
}

function failed(
  failure: Parameters<typeof outcomeOf>[0],
  stage: 'prepare' | 'write',
  recipient: Person,
): Written {
  const outcome = outcomeOf(failure, stage, recipient.displayName);
  return isLinkRefused(failure) ? { linkRefused: outcome.refusal.detail ?? '' } : outcome;
}

/** Not even tried: Graph has asked to be left alone. */
function throttled({ displayName }: Person, afterMs: number): DeliveryOutcome {
  const detail = 'Graph asked for time a moment ago';
  return {
    kind: 'transient',
    refusal: { id: 'throttled', side: 'teams', person: displayName, detail },
    afterMs,
  };
}

export function refused(
  id: RefusalId,
  person: Person,
): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal: { id, side: 'teams', person: person.displayName } };
}
