import type { DeliveryOutcome, Notice } from '../../gateway/connector.ts';
import { openOneOnOne } from '../../protocols/graph/client/chats.ts';
import { listMessagesSince, sendMessage, setReaction } from '../../protocols/graph/client/messages.ts';
import type { GraphResult, TokenSource } from '../../protocols/graph/client/result.ts';
import { type Delivery, refused } from './deliver.ts';
import { outcomeOf } from './errors.ts';
import { bodyOf, sameText } from './from-graph.ts';
import { parseThreadKey, remoteId, threadKey } from './ids.ts';
import type { Tenant, Tenants } from './tenants.ts';
import { noticeHtml } from './to-graph.ts';

/** What a sender sees on their own message that was not delivered. */
const failureMark = '⚠️';

/**
 * Tells a sender that a message failed: the gateway's account writes in its one-to-one chat with them, and their
 * own message gets a mark where their account is linked.
 */
export async function tellSender(
  notice: Notice,
  tenants: Tenants,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { to } = notice;
  const tenant = tenants.of(to);
  if (to.teams.kind === 'none' || tenant === undefined) return refused('not-enabled', to);
  const opened = await tenant.accounts.gateway();
  if (opened.kind === 'absent') return refused('not-linked', to);
  if (opened.kind === 'failed') {
    return outcomeOf({ kind: 'no-token', failure: opened.failure }, 'prepare', to.displayName);
  }
  const me = await delivery.gatewayUserId(tenant, opened.source, signal);
  if (!me.ok) return outcomeOf(me.failure, 'prepare', to.displayName);
  const ids = [me.value, to.teams.objectId] as const;
  const chat = await openOneOnOne(tenant.graph, opened.source, ids, signal);
  if (!chat.ok) return outcomeOf(chat.failure, 'prepare', to.displayName);

  const html = noticeHtml({
    recipient: notice.about.displayName,
    refusal: notice.refusal,
    body: notice.body,
    messageId: notice.remoteId,
  });
  const told = (messageId: string): DeliveryOutcome => ({
    kind: 'delivered',
    thread: threadKey({ kind: 'direct', chatId: chat.value.id }),
    remoteId: remoteId(messageId),
    as: 'gateway',
  });
  const there = await findNotice(tenant, opened.source, chat.value.id, html, signal);
  if (!there.ok) return outcomeOf(there.failure, 'prepare', to.displayName);
  if (there.value !== undefined) return told(there.value);
  const sent = await sendMessage(tenant.graph, opened.source, chat.value.id, html, signal);
  if (!sent.ok) return outcomeOf(sent.failure, 'write', to.displayName);
  await markFailed(notice, tenants, signal);
  return told(sent.value.id);
}

/** Notices looked through: an earlier attempt's is among the newest. */
const newest = 50;

/** The same notice, from an attempt whose answer was lost; it names its message, so it is no other. */
async function findNotice(
  tenant: Tenant,
  as: TokenSource,
  chatId: string,
  html: string,
  signal: AbortSignal,
): Promise<GraphResult<string | undefined>> {
  const listed = await listMessagesSince(tenant.graph, as, chatId, 0, newest, signal);
  if (!listed.ok) return listed;
  const same = listed.value.find((message) => sameText(bodyOf(message), { format: 'html', html }));
  return { ok: true, value: same?.id };
}

/** As the sender, so only where they are linked; nothing depends on it. */
async function markFailed(notice: Notice, tenants: Tenants, signal: AbortSignal): Promise<void> {
  const tenant = tenants.of(notice.to);
  const opened = await tenant?.accounts.person(notice.to);
  if (tenant === undefined || opened?.kind !== 'open') return;
  const { chatId } = parseThreadKey(notice.thread);
  await setReaction(tenant.graph, opened.source, chatId, notice.remoteId, failureMark, signal);
}
