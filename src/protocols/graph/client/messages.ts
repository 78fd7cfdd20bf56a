import { chatPath } from './chats.ts';
import { type GraphClient, nothing, shaped } from './graph-client.ts';
import { collect, itemReader, type Page, pages } from './paging.ts';
import type { GraphResult, TokenSource } from './result.ts';
import { Message, message } from './shapes.ts';

/** The most that a whole message may take (text, markup, mentions), in bytes of UTF-8. */
export const maxMessageBytes = 28_000;

/** Writes as the account that the token is for; an application cannot. `html` must be escaped already. */
export function sendMessage(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  html: string,
  signal: AbortSignal,
): Promise<GraphResult<Message>> {
  return graph.call(as, {
    method: 'POST',
    path: `${chatPath(chatId)}/messages`,
    body: { body: { contentType: 'html', content: html } },
    answer: shaped(message),
    signal,
  });
}

export function getMessage(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<GraphResult<Message>> {
  const path = `${chatPath(chatId)}/messages/${encodeURIComponent(messageId)}`;
  return graph.call(as, { method: 'GET', path, answer: shaped(message), signal });
}

const readMessages = itemReader(Message);
/** Graph gives no more at once; a page of fewer is the last one, or close to it. */
export const messagesPageSize = 50;

/**
 * Messages written or changed after `since` (Unix ms), newest change first, a page at a time. Graph ignores
 * the filter unless the order names the same property.
 */
export function messagesSince(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  since: number,
  signal: AbortSignal,
): AsyncGenerator<GraphResult<Page<Message>>, void> {
  const query = new URLSearchParams({
    $top: String(messagesPageSize),
    $orderby: 'lastModifiedDateTime desc',
    $filter: `lastModifiedDateTime gt ${new Date(since).toISOString()}`,
  });
  return pages(graph, as, `${chatPath(chatId)}/messages?${query.toString()}`, readMessages, signal);
}

/**
 * Everything in the chats of one user that was written or changed in a time (Unix ms, both ends left out), newest
 * change first. In an application's name alone.
 */
export function messagesOfUser(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  time: { readonly after: number; readonly before: number },
  signal: AbortSignal,
): AsyncGenerator<GraphResult<Page<Message>>, void> {
  const [after, before] = [time.after, time.before].map((at) => new Date(at).toISOString());
  const query = new URLSearchParams({
    $top: String(messagesPageSize),
    $filter: `lastModifiedDateTime gt ${after} and lastModifiedDateTime lt ${before}`,
  });
  const path = `/users/${encodeURIComponent(userId)}/chats/getAllMessages?${query.toString()}`;
  return pages(graph, as, path, readMessages, signal);
}

/** At most `limit` messages since then, see {@link messagesSince}. */
export function listMessagesSince(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  since: number,
  limit: number,
  signal: AbortSignal,
): Promise<GraphResult<readonly Message[]>> {
  return collect(messagesSince(graph, as, chatId, since, signal), limit);
}

/** Reacts as the account that the token is for; `reaction` is an emoji. */
export function setReaction(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  messageId: string,
  reaction: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  return graph.call(as, {
    method: 'POST',
    path: `${chatPath(chatId)}/messages/${encodeURIComponent(messageId)}/setReaction`,
    body: { reactionType: reaction },
    answer: nothing,
    signal,
  });
}
