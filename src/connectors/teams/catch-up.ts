import { messagesSince } from '../../protocols/graph/client/messages.ts';
import { describeFailure } from '../../protocols/graph/client/result.ts';
import { isNotFound, outcomeOf } from './errors.ts';
import { NotTaken, type ToldMessage } from './incoming.ts';
import type { Pace } from './pace.ts';
import { type Gap, paceMs } from './read-back.ts';
import type { Tenant } from './tenants.ts';

export interface CatchUpOptions {
  readonly tenant: Tenant;
  /** A time of which notifications are missing, while there is one. */
  readonly gap: () => Gap | undefined;
  readonly take: (messages: readonly ToldMessage[]) => Promise<number>;
  /** So many messages came up that no notification had told of. */
  readonly onFound: (messages: number) => void;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** Of one chat; what is older comes with the read-back of its people. */
const mostOfChat = 2_000;

/**
 * Takes what notifications tell of. While some are missing, a chat that is heard of is read first from where the gap
 * begins: what was written before must not come after.
 * @throws {NotTaken} when something could not be read or kept and may be later
 */
export async function takeInOrder(told: readonly ToldMessage[], options: CatchUpOptions): Promise<void> {
  const gap = options.gap();
  if (gap === undefined) {
    await options.take(told);
    return;
  }
  const chats = Map.groupBy(told, ({ chatId }) => chatId);
  const ends = await Promise.allSettled([...chats].map(([chatId, of]) => takeChat(chatId, of, gap, options)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function takeChat(
  chatId: string,
  told: readonly ToldMessage[],
  gap: Gap,
  options: CatchUpOptions,
): Promise<void> {
  if (gap.caughtUp.has(chatId)) {
    await options.take(told);
    return;
  }
  const ids = new Set(told.map(({ messageId }) => messageId));
  const missed = (await readChat(chatId, gap, options)).filter(({ messageId }) => !ids.has(messageId));
  const fresh = await options.take([...missed, ...told]);
  gap.caughtUp.set(chatId, true);
  const found = Math.min(missed.length, Math.max(0, fresh - told.length));
  if (found > 0) options.onFound(found);
}

async function readChat(chatId: string, gap: Gap, options: CatchUpOptions): Promise<ToldMessage[]> {
  const { tenant, pace, signal } = options;
  const { graph, accounts } = tenant;
  await pace.turn(paceMs.hurried);
  const read: ToldMessage[] = [];
  for await (const page of messagesSince(graph, accounts.application, chatId, gap.since, signal)) {
    if (!page.ok) {
      if (isNotFound(page.failure) || outcomeOf(page.failure, 'prepare', 'a chat').kind === 'refused')
        return read;
      throw new NotTaken(describeFailure(page.failure));
    }
    for (const message of page.value.items)
      if (Date.parse(message.createdDateTime) > gap.since)
        read.push({ tenant, chatId, messageId: message.id, content: message });
    if (read.length >= mostOfChat) break;
  }
  return read;
}
