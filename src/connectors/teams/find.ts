import type { Body } from '../../core/message.ts';
import type { DeliveryOrder, Finding } from '../../gateway/connector.ts';
import { openOneOnOne } from '../../protocols/graph/client/chats.ts';
import { messagesSince } from '../../protocols/graph/client/messages.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import type { Delivery } from './deliver.ts';
import { isNotFound, outcomeOf } from './errors.ts';
import { bodyOf, readMessage, sameText } from './from-graph.ts';
import { parseThreadKey, remoteId, type TeamsThread, threadKey } from './ids.ts';
import type { Tenant, Tenants } from './tenants.ts';
import { namedMessage, ownMessage } from './to-graph.ts';

/** By how much Graph's clock may be behind ours. */
const clockSkewMs = 2_000;

/**
 * Looks for a message whose write had no answer: in the chat that it was meant for, by the account that would have
 * written it, with its text, since the first attempt. Reads in the application's name, so that a link that was
 * refused meanwhile does not matter.
 */
export async function findMessage(
  order: DeliveryOrder,
  tenants: Tenants,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Finding> {
  const asAuthor = await findAsAuthor(order, tenants, delivery, signal);
  if (asAuthor.kind !== 'absent') return asAuthor;
  return findAsGateway(order, tenants, delivery, signal);
}

async function findAsAuthor(
  order: DeliveryOrder,
  tenants: Tenants,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Finding> {
  const tenant = tenants.of(order.author);
  const { author, recipient } = order;
  if (tenant === undefined || author.teams.kind === 'none' || recipient.teams.kind === 'none') return absent;
  const content = ownMessage(order.body);
  if (content.kind === 'refused') return absent;
  const known = order.thread === undefined ? undefined : parseThreadKey(order.thread);
  const by = author.teams.objectId.toLowerCase();
  if (known?.kind === 'direct')
    return look(tenant, known, by, content.body, order, delivery, 'author', signal);
  if ((await tenant.accounts.person(author)).kind === 'absent') return absent;
  const ids = [author.teams.objectId, recipient.teams.objectId] as const;
  const chat = await openOneOnOne(tenant.graph, tenant.accounts.application, ids, signal);
  if (!chat.ok) return isNotFound(chat.failure) ? absent : unknown(chat.failure, order);
  const thread = { kind: 'direct', chatId: chat.value.id } as const;
  return look(tenant, thread, by, content.body, order, delivery, 'author', signal);
}

async function findAsGateway(
  order: DeliveryOrder,
  tenants: Tenants,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Finding> {
  const tenant = tenants.of(order.recipient);
  const chatId = delivery.groupOf(order);
  if (tenant === undefined || chatId === undefined) return absent;
  const content = namedMessage(order.author.displayName, order.body);
  const opened = await tenant.accounts.gateway();
  if (content.kind === 'refused' || opened.kind === 'absent') return absent;
  if (opened.kind === 'failed') return unknown({ kind: 'no-token', failure: opened.failure }, order);
  const me = await delivery.gatewayUserId(tenant, opened.source, signal);
  if (!me.ok) return unknown(me.failure, order);
  return look(tenant, { kind: 'proxy', chatId }, me.value, content.body, order, delivery, 'gateway', signal);
}

async function look(
  tenant: Tenant,
  thread: TeamsThread,
  authorId: string,
  body: Body,
  order: DeliveryOrder,
  delivery: Delivery,
  as: 'author' | 'gateway',
  signal: AbortSignal,
): Promise<Finding> {
  const since = order.firstAttemptAt - clockSkewMs;
  for await (const page of messagesSince(
    tenant.graph,
    tenant.accounts.application,
    thread.chatId,
    since,
    signal,
  )) {
    if (!page.ok) return isNotFound(page.failure) ? absent : unknown(page.failure, order);
    for (const message of page.value.items) {
      const written = readMessage(message);
      if (typeof written === 'string' || written.authorId !== authorId || written.writtenAt < since) continue;
      if (!sameText(bodyOf(message), body)) continue;
      if (delivery.hasWritten(threadKey(thread), remoteId(message.id))) continue;
      return { kind: 'found', thread: threadKey(thread), remoteId: remoteId(message.id), as };
    }
  }
  return absent;
}

const absent: Finding = { kind: 'absent' };

function unknown(failure: GraphFailure, order: DeliveryOrder): Finding {
  return { kind: 'unknown', refusal: outcomeOf(failure, 'prepare', order.recipient.displayName).refusal };
}
