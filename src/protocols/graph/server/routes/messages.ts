import { Type } from 'typebox';
import { badRequest, forbidden, notFound } from '../../errors.ts';
import type { ChatMessage } from '../../resources.ts';
import { actor, visibleChat } from '../access.ts';
import type { ChatRecord, GraphBackend, MessageRange } from '../backend.ts';
import { contexts } from '../context.ts';
import { nextLink, refuseOptions, topOption } from '../query.ts';
import { type Answer, bodyReader, type Call, param, type Route } from '../route.ts';
import { readDraft, readMessageChange } from './message-body.ts';
import { messageRange } from './message-range.ts';
import { visibleMessage } from './rendering.ts';

const readReaction = bodyReader(Type.Object({ reactionType: Type.String({ minLength: 1, maxLength: 64 }) }));
const reactions =
  /^(?:like|heart|laugh|surprised|sad|angry|[\p{Extended_Pictographic}\p{Emoji_Component}]+)$/u;

export function messageRoutes(backend: GraphBackend): readonly Route[] {
  const message = '{owner}/chats/{chat}/messages/{message}' as const;
  const setDeleted =
    (deleted: boolean) =>
    async (call: Call): Promise<Answer> => {
      const { record, found } = await addressedMessage(backend, call);
      requireAuthor(found, call);
      await backend.messages.setDeleted(record.chat.id, found.id, deleted);
      return { status: 204 };
    };
  return [
    { operation: 'GET {owner}/chats/{chat}/messages', handle: (call) => list(backend, call) },
    { operation: 'POST {owner}/chats/{chat}/messages', handle: (call) => send(backend, call) },
    {
      operation: `GET ${message}`,
      async handle(call) {
        const { record, found } = await addressedMessage(backend, call);
        return { status: 200, body: entity(call, record, found) };
      },
    },
    { operation: `PATCH ${message}`, handle: (call) => edit(backend, call) },
    { operation: `POST ${message}/softDelete`, handle: setDeleted(true) },
    { operation: `POST ${message}/undoSoftDelete`, handle: setDeleted(false) },
    {
      operation: `POST ${message}/setReaction`,
      async handle(call) {
        const { record, found } = await addressedMessage(backend, call);
        await backend.messages.setReaction(record.chat.id, found.id, actor(call, record), reactionType(call));
        return { status: 204 };
      },
    },
    {
      operation: `POST ${message}/unsetReaction`,
      async handle(call) {
        const { record, found } = await addressedMessage(backend, call);
        const userId = actor(call, record).user?.id ?? '';
        const type = reactionType(call);
        if (!(await backend.messages.unsetReaction(record.chat.id, found.id, userId, type))) {
          throw notFound(`NotFound: the user has no reaction '${type}' on the message.`);
        }
        return { status: 204 };
      },
    },
  ];
}

async function list(backend: GraphBackend, call: Call): Promise<Answer> {
  const { query, base, path } = call;
  refuseOptions(query, ['$search', '$select', '$count', '$skip', '$expand']);
  const top = topOption(query, { max: 50, default: 20 });
  const range = messageRange(query, top + 1);
  const { chat } = await visibleChat(backend, call);
  const found = await backend.messages.range(chat.id, range);
  const page = found.slice(0, top);
  const last = page.at(-1);
  return {
    status: 200,
    body: {
      '@odata.context': contexts.messages(base, chat.id),
      '@odata.count': page.length,
      ...(found.length > top &&
        last && { '@odata.nextLink': nextLink(base, path, query, position(last, range)) }),
      value: page.map((message) => visibleMessage(message, call.unknownEnumMembers)),
    },
  };
}

function position(message: ChatMessage, { by }: MessageRange): string {
  return by === 'created' ? message.id : message.etag;
}

async function send(backend: GraphBackend, call: Call): Promise<Answer> {
  const record = await visibleChat(backend, call);
  const draft = readDraft(call.body);
  const sent = await backend.messages.send(record.chat.id, actor(call, record), draft);
  return { status: 201, body: entity(call, record, sent) };
}

async function edit(backend: GraphBackend, call: Call): Promise<Answer> {
  const { record, found } = await addressedMessage(backend, call);
  const change = readMessageChange(call.body);
  if (call.claims.kind === 'application') {
    if (Object.keys(change).some((name) => name !== 'policyViolation')) {
      throw forbidden("Only 'policyViolation' can be updated in application-only context.");
    }
  } else {
    if (change.policyViolation !== undefined) {
      throw forbidden("'policyViolation' can be updated in application-only context alone.");
    }
    requireAuthor(found, call);
  }
  if (record.members.some(({ tenantId }) => tenantId !== call.claims.tenantId)) {
    throw forbidden('A message cannot be updated in a chat with people of other tenants.');
  }
  if (found.deletedDateTime !== null) throw badRequest('A deleted message cannot be updated.');
  await backend.messages.edit(record.chat.id, found.id, change);
  return { status: 204 };
}

async function addressedMessage(
  backend: GraphBackend,
  call: Call,
): Promise<{ record: ChatRecord; found: ChatMessage }> {
  const record = await visibleChat(backend, call);
  const id = param(call, 'message');
  const found = await backend.messages.find(record.chat.id, id);
  if (found === undefined) throw notFound(`NotFound: message '${id}' does not exist in the chat.`);
  return { record, found };
}

function requireAuthor(message: ChatMessage, call: Call): void {
  if (call.claims.kind !== 'delegated' || message.from?.user?.id !== call.claims.userId) {
    throw forbidden('Forbidden: only the author of a message can change it.');
  }
}

function reactionType(call: Call): string {
  const { reactionType: type } = readReaction(call.body);
  if (!reactions.test(type))
    throw badRequest("'reactionType' must be an emoji, or one of like, heart, laugh, surprised, sad, angry");
  return type;
}

function entity(call: Call, { chat }: ChatRecord, message: ChatMessage): object {
  return {
    '@odata.context': contexts.message(call.base, chat.id),
    ...visibleMessage(message, call.unknownEnumMembers),
  };
}
