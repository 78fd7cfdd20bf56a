import { Compile } from 'typebox/compile';
import { type GraphClient, shaped } from './graph-client.ts';
import { collect, itemReader, type Page, pages } from './paging.ts';
import type { GraphResult, TokenSource } from './result.ts';
import { type Chat, ChatWithMembers, chat, Member } from './shapes.ts';

/** The one-to-one chat of two people, made if they have none: Graph keeps at most one for each pair. */
export function openOneOnOne(
  graph: GraphClient,
  as: TokenSource,
  userIds: readonly [string, string],
  signal: AbortSignal,
): Promise<GraphResult<Chat>> {
  return createChat(graph, as, { chatType: 'oneOnOne', members: membersOf(graph, userIds) }, signal);
}

/** A new group chat; every call makes another. `topic` at most 250 characters. */
export function createGroup(
  graph: GraphClient,
  as: TokenSource,
  userIds: readonly string[],
  topic: string,
  signal: AbortSignal,
): Promise<GraphResult<Chat>> {
  return createChat(graph, as, { chatType: 'group', topic, members: membersOf(graph, userIds) }, signal);
}

export function getChat(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  signal: AbortSignal,
): Promise<GraphResult<Chat>> {
  return graph.call(as, { method: 'GET', path: chatPath(chatId), answer: shaped(chat), signal });
}

const chatWithMembers = Compile(ChatWithMembers);

/** A chat and who is in it, in one request. */
export function getChatWithMembers(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  signal: AbortSignal,
): Promise<GraphResult<ChatWithMembers>> {
  const path = `${chatPath(chatId)}?$expand=members`;
  return graph.call(as, { method: 'GET', path, answer: shaped(chatWithMembers), signal });
}

const readChats = itemReader(ChatWithMembers);
const chatPageSize = 50;

/** The chats of the account that the token is for, with who is in them, a page at a time; in no useful order. */
export function myChats(
  graph: GraphClient,
  as: TokenSource,
  signal: AbortSignal,
): AsyncGenerator<GraphResult<Page<ChatWithMembers>>, void> {
  return pages(graph, as, `/me/chats?$expand=members&$top=${chatPageSize}`, readChats, signal);
}

const readMembers = itemReader(Member);
/** The most members a Teams chat has. */
const mostMembers = 250;

export function listMembers(
  graph: GraphClient,
  as: TokenSource,
  chatId: string,
  signal: AbortSignal,
): Promise<GraphResult<readonly Member[]>> {
  return collect(pages(graph, as, `${chatPath(chatId)}/members`, readMembers, signal), mostMembers);
}

export function chatPath(chatId: string): string {
  return `/chats/${encodeURIComponent(chatId)}`;
}

function createChat(
  graph: GraphClient,
  as: TokenSource,
  body: unknown,
  signal: AbortSignal,
): Promise<GraphResult<Chat>> {
  return graph.call(as, { method: 'POST', path: '/chats', body, answer: shaped(chat), signal });
}

function membersOf(graph: GraphClient, userIds: readonly string[]) {
  return userIds.map((userId) => ({
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    roles: ['owner'],
    'user@odata.bind': `${graph.baseUrl}/users('${encodeURIComponent(userId)}')`,
  }));
}
