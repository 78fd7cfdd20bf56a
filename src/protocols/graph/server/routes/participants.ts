import { type Static, Type } from 'typebox';
import { parseInstant } from '../../dates.ts';
import { badRequest } from '../../errors.ts';
import type { GraphBackend, NewMember } from '../backend.ts';

export const memberSchema = Type.Object({
  '@odata.type': Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.String())),
  'user@odata.bind': Type.String({ maxLength: 1024 }),
  tenantId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  visibleHistoryStartDateTime: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});

const binding = /\/users(?:\('([^']+)'\)|\/([^/?#()']+))$/i;

/**
 * The person that a `user@odata.bind` points to, by object id or UPN; the address before `/users` is not looked at.
 * `field` names the member in error messages.
 */
export async function readMember(
  backend: GraphBackend,
  tenantId: string,
  member: Static<typeof memberSchema>,
  field: string,
): Promise<NewMember> {
  const type = member['@odata.type'];
  if (type !== undefined && !/^#?microsoft\.graph\.aadUserConversationMember$/i.test(type)) {
    throw badRequest(`'${field}.@odata.type' must be '#microsoft.graph.aadUserConversationMember'`);
  }
  const { roles = [] } = member;
  if (!roles.every((role) => role === 'owner' || role === 'guest') || roles.length !== 1) {
    throw badRequest(`'${field}.roles' must be 'owner', or 'guest' for a guest of the tenant`);
  }
  const match = binding.exec(member['user@odata.bind']);
  const id = decode(match?.[1] ?? match?.[2]);
  if (id === undefined) throw badRequest(`'${field}.user@odata.bind' must end in /users('id') or /users/id`);
  const participant = await backend.directory.findParticipant(member.tenantId ?? tenantId, id);
  if (participant === undefined || (member.tenantId ?? participant.tenantId) !== participant.tenantId)
    throw badRequest(`'${field}.user@odata.bind': no user '${id}' was found`);
  return { participant, roles, visibleHistoryStartDateTime: historyStart(member, field) };
}

function historyStart(member: Static<typeof memberSchema>, field: string): string | null {
  const start = member.visibleHistoryStartDateTime ?? null;
  if (start !== null && parseInstant(start) === undefined) {
    throw badRequest(`'${field}.visibleHistoryStartDateTime' must be a date in ISO 8601`);
  }
  return start;
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
