import type { RemoteId, ThreadKey } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import type { DeliveryOrder, Finding } from '../../gateway/connector.ts';
import { myChats, openOneOnOne } from '../../protocols/graph/client/chats.ts';
import { messagesSince } from '../../protocols/graph/client/messages.ts';
import type { GraphFailure, GraphResult, TokenSource } from '../../protocols/graph/client/result.ts';
import type { Delivery } from './deliver.ts';
import { isNotFound, outcomeOf } from './errors.ts';
import { bodyOf, readMessage, sameText } from './from-graph.ts';
import { parseThreadKey, remoteId, type TeamsThread, threadKey } from './ids.ts';
import type { Tenant, Tenants } from './tenants.ts';
import { namedMessage, ownMessage, proxyTopic } from './to-graph.ts';

/** Whether it is on record how a message came to be there: then it is not the one looked for, though it says the same. */
export type IsAccountedFor = (thread: ThreadKey, id: RemoteId) => Promise<boolean>;

/** By how much Graph's clock may be behind ours: the usual tolerance, since either may be put right at any time. */
const clockSkewMs = 300_000;

/** What is looked for, and by what it is told from others. */
export interface Search {
  readonly order: DeliveryOrder;
  readonly tenants: Tenants;
  readonly delivery: Delivery;
  readonly isAccountedFor: IsAccountedFor;
  readonly signal: AbortSignal;
}

/** Where it would be, and as whose. */
interface Place {
  readonly tenant: Tenant;
  readonly thread: TeamsThread;
  readonly authorId: string;
  readonly as: 'author' | 'gateway';
}

/**
 * Looks for a message whose write had no answer: in the chat that it was meant for, by the account that would have
 * written it, with its text, since the first attempt. Reads in the application's name, so that a link that was
 * refused meanwhile does not matter.
 */
export async function findMessage(search: Search): Promise<Finding> {
  const asAuthor = await findAsAuthor(search);
  return asAuthor.kind === 'absent' ? await findAsGateway(search) : asAuthor;
}

async function findAsAuthor(search: Search): Promise<Finding> {
  const { order, tenants, signal } = search;
  const tenant = tenants.of(order.author);
  const { author, recipient } = order;
  if (tenant === undefined || author.teams.kind === 'none' || recipient.teams.kind === 'none') return absent;
  const content = ownMessage(order.body);
  if (content.kind === 'refused') return absent;
  const known = order.thread === undefined ? undefined : parseThreadKey(order.thread);
  const mine = { tenant, authorId: author.teams.objectId.toLowerCase(), as: 'author' } as const;
  if (known?.kind === 'direct') return look(search, { ...mine, thread: known }, content.body);
  if ((await tenant.accounts.person(author)).kind === 'absent') return absent;
  const ids = [author.teams.objectId, recipient.teams.objectId] as const;
  const chat = await openOneOnOne(tenant.graph, tenant.accounts.application, ids, signal);
  if (!chat.ok) return isNotFound(chat.failure) ? absent : unknown(chat.failure, order);
  const thread = { kind: 'direct', chatId: chat.value.id } as const;
  return look(search, { ...mine, thread }, content.body);
}

async function findAsGateway(search: Search): Promise<Finding> {
  const { order, tenants, delivery, signal } = search;
  const tenant = tenants.of(order.recipient);
  const content = namedMessage(order.author.displayName, order.body);
  if (tenant === undefined || content.kind === 'refused') return absent;
  const opened = await tenant.accounts.gateway();
  if (opened.kind === 'absent') return absent;
  if (opened.kind === 'failed') return unknown({ kind: 'no-token', failure: opened.failure }, order);
  const me = await delivery.gatewayUserId(tenant, opened.source, signal);
  if (!me.ok) return unknown(me.failure, order);
  const known = delivery.groupOf(order);
  const groups = known === undefined ? await groupsFor(order, tenant, opened.source, signal) : ok([known]);
  if (!groups.ok) return unknown(groups.failure, order);
  for (const chatId of groups.value) {
    const thread = { kind: 'proxy', chatId } as const;
    const place: Place = { tenant, thread, authorId: me.value, as: 'gateway' };
    const finding = await look(search, place, content.body);
    if (finding.kind === 'found') delivery.rememberGroup(order, chatId);
    if (finding.kind !== 'absent') return finding;
  }
  return absent;
}

/** Groups that an earlier run may have made for this conversation: a crash can come before the group is on record. */
async function groupsFor(
  order: DeliveryOrder,
  tenant: Tenant,
  gateway: TokenSource,
  signal: AbortSignal,
): Promise<GraphResult<readonly string[]>> {
  const topic = proxyTopic(order.author.displayName);
  const recipient = order.recipient.teams.kind === 'account' && order.recipient.teams.objectId.toLowerCase();
  const found: string[] = [];
  for await (const page of myChats(tenant.graph, gateway, signal)) {
    if (!page.ok) return page;
    for (const chat of page.value.items) {
      const isFor = chat.members.some(({ userId }) => userId?.toLowerCase() === recipient);
      if (chat.chatType === 'group' && chat.topic === topic && isFor) found.push(chat.id);
    }
  }
  return ok(found);
}

function ok<T>(value: T): GraphResult<T> {
  return { ok: true, value };
}

async function look(
  { order, delivery, isAccountedFor, signal }: Search,
  { tenant, thread, authorId, as }: Place,
  body: Body,
): Promise<Finding> {
  const { graph, accounts } = tenant;
  const since = order.firstAttemptAt - clockSkewMs;
  for await (const page of messagesSince(graph, accounts.application, thread.chatId, since, signal)) {
    if (!page.ok) return isNotFound(page.failure) ? absent : unknown(page.failure, order);
    for (const message of page.value.items) {
      const written = readMessage(message);
      if (typeof written === 'string' || written.authorId !== authorId || written.writtenAt < since) continue;
      if (!sameText(bodyOf(message), body)) continue;
      const name = [threadKey(thread), remoteId(message.id)] as const;
      if (delivery.hasWritten(...name) || (await isAccountedFor(...name))) continue;
      return { kind: 'found', thread: name[0], remoteId: name[1], as };
    }
  }
  return absent;
}

const absent: Finding = { kind: 'absent' };

function unknown(failure: GraphFailure, order: DeliveryOrder): Finding {
  return { kind: 'unknown', refusal: outcomeOf(failure, 'prepare', order.recipient.displayName).refusal };
}
