import { badRequest, forbidden, notFound } from '../../errors.ts';
import { actor, visibleChat } from '../access.ts';
import type { ChatRecord, GraphBackend } from '../backend.ts';
import { contexts } from '../context.ts';
import { refuseOptions } from '../query.ts';
import { bodyReader, type Call, param, type Route } from '../route.ts';
import { maxMembers } from './chats.ts';
import { memberSchema, readMember } from './participants.ts';

const readNewMember = bodyReader(memberSchema);

export function memberRoutes(backend: GraphBackend): readonly Route[] {
  return [
    {
      operation: 'GET {owner}/chats/{chat}/members',
      async handle(call) {
        refuseOptions(call.query, ['$filter', '$search', '$orderby', '$select', '$expand']);
        const { chat, members } = await visibleChat(backend, call);
        return {
          status: 200,
          body: {
            '@odata.context': contexts.members(call.base, chat.id),
            '@odata.count': members.length,
            value: members,
          },
        };
      },
    },
    {
      operation: 'GET {owner}/chats/{chat}/members/{member}',
      async handle(call) {
        const record = await visibleChat(backend, call);
        return {
          status: 200,
          body: { '@odata.context': contexts.member(call.base, record.chat.id), ...membership(record, call) },
        };
      },
    },
    {
      operation: 'POST {owner}/chats/{chat}/members',
      async handle(call) {
        const record = await groupChat(backend, call);
        const order = await readMember(backend, call.claims.tenantId, readNewMember(call.body), 'member');
        const { user } = order.participant;
        if (record.members.some(({ userId }) => userId === user.id)) {
          throw badRequest(`The user '${user.id}' is already a member of the chat.`);
        }
        if (record.members.length >= maxMembers) {
          throw forbidden(`The chat has reached the limit of ${maxMembers} members.`);
        }
        const member = await backend.chats.addMember(record.chat.id, order, actor(call, record));
        return {
          status: 201,
          headers: { location: `/chats/${record.chat.id}/members/${member.id}` },
          body: { '@odata.context': contexts.member(call.base, record.chat.id), ...member },
        };
      },
    },
    {
      operation: 'DELETE {owner}/chats/{chat}/members/{member}',
      async handle(call) {
        const record = await groupChat(backend, call);
        const { id } = membership(record, call);
        await backend.chats.removeMember(record.chat.id, id, actor(call, record));
        return { status: 204 };
      },
    },
  ];
}

async function groupChat(backend: GraphBackend, call: Call): Promise<ChatRecord> {
  const record = await visibleChat(backend, call);
  if (record.chat.chatType !== 'group') throw badRequest('Members of a oneOnOne chat cannot be changed.');
  return record;
}

function membership({ members }: ChatRecord, call: Call) {
  const id = param(call, 'member');
  const member = members.find((candidate) => candidate.id === id);
  if (member === undefined) throw notFound(`NotFound: membership '${id}' does not exist in the chat.`);
  return member;
}
