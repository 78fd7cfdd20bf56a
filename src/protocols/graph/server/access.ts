import { forbidden, GraphError, notFound } from '../errors.ts';
import type { ConversationMember, DirectoryUser, IdentitySet } from '../resources.ts';
import type { ChatRecord, GraphBackend } from './backend.ts';
import type { Call } from './route.ts';
import { param } from './route.ts';

export function userNotFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** The user that `/users/{user}` or `/me` speaks of. */
export async function addressedUser(backend: GraphBackend, call: Call): Promise<DirectoryUser> {
  const { claims } = call;
  const id = call.params['user'] ?? (claims.kind === 'delegated' ? claims.userId : '');
  const user = await backend.directory.find(claims.tenantId, id);
  if (user === undefined) throw userNotFound(id);
  return user;
}

/** The same, where a delegated caller may speak of nobody else. */
export async function addressedSelf(backend: GraphBackend, call: Call): Promise<DirectoryUser> {
  const user = await addressedUser(backend, call);
  if (call.claims.kind === 'delegated' && call.claims.userId !== user.id) {
    throw forbidden('The user in the path is not the user of the access token.');
  }
  return user;
}

/**
 * The chat of the path, if the caller may see it: a delegated caller as its member, an application when one
 * of its tenant's people is a member.
 */
export async function visibleChat(backend: GraphBackend, call: Call): Promise<ChatRecord> {
  const { claims } = call;
  const chatId = param(call, 'chat');
  const record = await backend.chats.find(chatId);
  const missing = () => notFound(`NotFound: chat '${chatId}' does not exist.`);
  if (record === undefined) throw missing();
  if (call.params['user'] !== undefined) {
    const user = await addressedSelf(backend, call);
    if (!isMember(record, user.id)) throw missing();
  }
  if (claims.kind === 'delegated') {
    if (!isMember(record, claims.userId)) {
      throw forbidden('Forbidden: the calling user is not a member of the chat.');
    }
  } else if (!record.members.some((member) => member.tenantId === claims.tenantId)) {
    throw missing();
  }
  return record;
}

export function isMember(record: ChatRecord, userId: string): boolean {
  return record.members.some((member) => member.userId === userId);
}

/** Who acts, as messages and events name them. */
export function actor(call: Call, record: ChatRecord): IdentitySet {
  const { claims } = call;
  if (claims.kind === 'application') {
    return {
      application: { id: claims.appId, displayName: null, applicationIdentityType: 'aadApplication' },
      device: null,
      user: null,
    };
  }
  const member = record.members.find(({ userId }) => userId === claims.userId);
  if (member === undefined) throw forbidden('Forbidden: the calling user is not a member of the chat.');
  return identityOf(member);
}

export function identityOf(member: ConversationMember): IdentitySet {
  return {
    application: null,
    device: null,
    user: {
      '@odata.type': '#microsoft.graph.teamworkUserIdentity',
      id: member.userId,
      displayName: member.displayName,
      userIdentityType: 'aadUser',
      tenantId: member.tenantId,
    },
  };
}
