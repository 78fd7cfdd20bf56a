import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { chatPath } from './chats.ts';
import { type GraphClient, nothing, shaped } from './graph-client.ts';
import type { GraphResult, TokenSource } from './result.ts';

const chatOfMine = Compile(
  Type.Object({
    viewpoint: Type.Optional(
      Type.Union([
        Type.Object({ lastMessageReadDateTime: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
        Type.Null(),
      ]),
    ),
  }),
);

/**
 * Up to which message (Unix ms of its creation) the account that the token is for has read a chat; undefined if it has
 * read none. Delegated tokens alone: an application has no viewpoint.
 */
export async function readUpTo(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  signal: AbortSignal,
): Promise<GraphResult<number | undefined>> {
  const path = chatPath(chatId);
  const chat = await graph.call(as, { method: 'GET', path, answer: shaped(chatOfMine), signal });
  if (!chat.ok) return chat;
  const at = Date.parse(chat.value.viewpoint?.lastMessageReadDateTime ?? '');
  return { ok: true, value: Number.isNaN(at) ? undefined : at };
}

/** Marks all of a chat as read by `userId`, who must be the account that the token is for. */
export function markChatRead(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  userId: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  const path = `${chatPath(chatId)}/markChatReadForUser`;
  return graph.call(as, { method: 'POST', path, body: { user: { id: userId } }, answer: nothing, signal });
}
