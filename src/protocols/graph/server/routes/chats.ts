import { Type } from 'typebox';
import { badRequest, forbidden } from '../../errors.ts';
import { matches, propertiesOf } from '../../odata.ts';
import type { Chat, ChatMessageInfo } from '../../resources.ts';
import { actor, addressedSelf, visibleChat } from '../access.ts';
import type { ChatRecord, GraphBackend, NewMember } from '../backend.ts';
import { contexts } from '../context.ts';
import {
  filterOption,
  listOption,
  nextLink,
  orderOption,
  type Query,
  refuseOptions,
  skipToken,
  topOption,
} from '../query.ts';
import { bodyReader, type Call, type Route } from '../route.ts';
import { memberSchema, readMember } from './participants.ts';
import { visibleMessage } from './rendering.ts';

/** Most people in one chat. */
export const maxMembers = 250;

const readNewChat = bodyReader(
  Type.Object({
    chatType: Type.Union([Type.Literal('oneOnOne'), Type.Literal('group')]),
    topic: Type.Optional(Type.Union([Type.String({ maxLength: 250 }), Type.Null()])),
    members: Type.Array(memberSchema, { maxItems: maxMembers }),
  }),
);

const readRename = bodyReader(
  Type.Object({ topic: Type.Union([Type.String({ maxLength: 250 }), Type.Null()]) }),
);

const expandable: ReadonlySet<string> = new Set(['members', 'lastMessagePreview']);
const filterable: ReadonlySet<string> = new Set([
  'id',
  'chatType',
  'topic',
  'createdDateTime',
  'lastUpdatedDateTime',
]);

export function chatRoutes(backend: GraphBackend): readonly Route[] {
  const list: Route['handle'] = (call) => listChats(backend, call);
  return [
    { operation: 'POST /chats', handle: (call) => createChat(backend, call) },
    { operation: 'GET /chats', handle: list },
    { operation: 'GET {self}/chats', handle: list },
    {
      operation: 'GET {owner}/chats/{chat}',
      async handle(call) {
        const record = await visibleChat(backend, call);
        const chat = await shown(backend, call, record, expandOption(call.query));
        return { status: 200, body: { '@odata.context': contexts.chat(call.base), ...chat } };
      },
    },
    {
      operation: 'PATCH {owner}/chats/{chat}',
      async handle(call) {
        const record = await visibleChat(backend, call);
        const { topic } = readRename(call.body);
        if (record.chat.chatType !== 'group') throw badRequest("'topic' can be set for group chats only");
        const renamed = await backend.chats.rename(record.chat.id, topic, actor(call, record));
        const chat = await shown(backend, call, renamed, []);
        return { status: 200, body: { '@odata.context': contexts.chat(call.base), ...chat } };
      },
    },
  ];
}

async function createChat(backend: GraphBackend, call: Call) {
  const { claims } = call;
  const { chatType, topic = null, members } = readNewChat(call.body);
  const people: NewMember[] = [];
  for (const [index, member] of members.entries()) {
    people.push(await readMember(backend, claims.tenantId, member, `members.${index}`));
  }
  const ids = new Set(people.map(({ participant }) => participant.user.id));
  if (ids.size !== people.length) throw badRequest("Duplicate chat members are specified in 'members'.");
  if (chatType === 'oneOnOne' && people.length !== 2) {
    throw badRequest("'members' of a oneOnOne chat must be exactly two people.");
  }
  if (chatType === 'oneOnOne' && topic !== null) throw badRequest("'topic' can be set for group chats only");
  if (chatType === 'group' && people.length < 2)
    throw badRequest("'members' of a group chat must be at least two people.");
  if (claims.kind === 'delegated' && !ids.has(claims.userId)) {
    throw badRequest("The calling user must be one of the 'members' of the chat.");
  }
  if (!people.some(({ participant }) => participant.tenantId === claims.tenantId)) {
    throw forbidden("None of the 'members' belongs to the tenant of the access token.");
  }
  const record = await backend.chats.create({ tenantId: claims.tenantId, chatType, topic, members: people });
  const chat = await shown(backend, call, record, []);
  return { status: 201, body: { '@odata.context': contexts.chat(call.base), ...chat } };
}

async function listChats(backend: GraphBackend, call: Call) {
  const { query, base, path } = call;
  refuseOptions(query, ['$search', '$skip', '$select', '$count']);
  const top = topOption(query, { max: 50, default: 20 });
  const expand = expandOption(query);
  const user = await addressedSelf(backend, call);
  const records = await ordered(backend, filtered(await backend.chats.list(user.id), query), query);
  const from = position(query);
  const page = records.slice(from, from + top);
  return {
    status: 200,
    body: {
      '@odata.context': contexts.chats(base),
      '@odata.count': page.length,
      ...(records.length > from + top && {
        '@odata.nextLink': nextLink(base, path, query, String(from + top)),
      }),
      value: await Promise.all(page.map((record) => shown(backend, call, record, expand))),
    },
  };
}

function filtered(records: readonly ChatRecord[], query: Query): readonly ChatRecord[] {
  const filter = filterOption(query);
  if (filter === undefined) return records;
  for (const name of propertiesOf(filter)) {
    if (!filterable.has(name))
      throw badRequest(`Filtering by '${name}' is not supported on type 'microsoft.graph.chat'.`);
  }
  return records.filter(({ chat }) => matches(filter, (name) => chat[name as keyof Chat]));
}

async function ordered(
  backend: GraphBackend,
  records: readonly ChatRecord[],
  query: Query,
): Promise<readonly ChatRecord[]> {
  const order = orderOption(query);
  if (order === undefined) return records;
  if (order.property !== 'lastMessagePreview/createdDateTime' || !order.descending) {
    throw badRequest(
      "Only '$orderby=lastMessagePreview/createdDateTime desc' is supported on type 'microsoft.graph.chat'.",
    );
  }
  const written = new Map<ChatRecord, number>();
  for (const record of records) {
    const last = await backend.messages.last(record.chat.id);
    written.set(record, last === undefined ? 0 : Number(last.id));
  }
  return records.toSorted((a, b) => (written.get(b) ?? 0) - (written.get(a) ?? 0));
}

function position(query: Query): number {
  const token = skipToken(query) ?? '0';
  if (!/^\d{1,9}$/.test(token)) throw badRequest('Invalid $skiptoken');
  return Number(token);
}

function expandOption(query: Query): readonly string[] {
  const expand = listOption(query, '$expand') ?? [];
  for (const name of expand) {
    if (!expandable.has(name))
      throw badRequest(
        `Could not find a navigation property named '${name}' on type 'microsoft.graph.chat'.`,
      );
  }
  return expand;
}

async function shown(
  backend: GraphBackend,
  call: Call,
  { chat, members }: ChatRecord,
  expand: readonly string[],
): Promise<Chat> {
  return {
    ...chat,
    ...(call.claims.kind === 'delegated' && {
      viewpoint: await backend.chats.viewpoint(chat.id, call.claims.userId),
    }),
    ...(expand.includes('members') && { members }),
    ...(expand.includes('lastMessagePreview') && {
      lastMessagePreview: await preview(backend, chat.id, call.unknownEnumMembers),
    }),
  };
}

async function preview(
  backend: GraphBackend,
  chatId: string,
  unknownEnumMembers: boolean,
): Promise<ChatMessageInfo | null> {
  const last = await backend.messages.last(chatId);
  if (last === undefined) return null;
  const { id, createdDateTime, deletedDateTime, messageType, from, body, eventDetail } = visibleMessage(
    last,
    unknownEnumMembers,
  );
  return { id, createdDateTime, isDeleted: deletedDateTime !== null, messageType, from, body, eventDetail };
}
