import { forbidden, notFound } from '../../errors.ts';
import { isMember, userNotFound } from '../access.ts';
import type { GraphBackend } from '../backend.ts';
import { topics } from '../notifier/change.ts';
import type { Registered } from '../notifier/registry.ts';
import { requireUserForMe } from '../permissions.ts';
import type { Call } from '../route.ts';
import type { Subscribable } from '../subscribable.ts';

type Scope = Pick<Registered, 'topics' | 'quota'>;

/**
 * What a subscription listens to, and which others it counts with.
 * @throws {GraphError} when the caller may not see it, or it does not exist
 */
export async function listen(backend: GraphBackend, call: Call, resource: Subscribable): Promise<Scope> {
  const { tenantId, appId } = call.claims;
  const unlimited = (topic: string): Scope => ({ topics: [topic], quota: undefined });
  switch (resource.kind) {
    case 'chatMessages':
      await requireVisible(backend, call, resource.chatId);
      return {
        topics: [topics.chatMessages(tenantId, resource.chatId)],
        quota: { key: `app ${appId}, tenant ${tenantId}, chat ${resource.chatId}`, limit: 1 },
      };
    case 'userMessages': {
      const userId = await userOf(backend, call, resource.user);
      return {
        topics: [topics.userMessages(tenantId, userId)],
        quota: { key: `app ${appId}, user ${userId}`, limit: 10 },
      };
    }
    case 'tenantMessages':
      return unlimited(topics.tenantMessages(tenantId));
    case 'chats':
      return unlimited(topics.chats(tenantId));
    case 'chat':
      await requireVisible(backend, call, resource.chatId);
      return unlimited(topics.chat(tenantId, resource.chatId));
    case 'chatMembers':
      await requireVisible(backend, call, resource.chatId);
      return unlimited(topics.chatMembers(tenantId, resource.chatId));
    case 'tenantMembers':
      return unlimited(topics.tenantMembers(tenantId));
    case 'presences': {
      const creator = call.claims.kind === 'delegated' ? call.claims.userId : appId;
      return {
        topics: resource.userIds.map((userId) => topics.presence(tenantId, userId)),
        quota: { key: `app ${appId}, presence watched by user ${creator}`, limit: 1 },
      };
    }
  }
}

async function requireVisible(backend: GraphBackend, { claims }: Call, chatId: string): Promise<void> {
  const record = await backend.chats.find(chatId);
  if (record === undefined || !record.members.some(({ tenantId }) => tenantId === claims.tenantId)) {
    throw notFound(`NotFound: chat '${chatId}' does not exist.`);
  }
  if (claims.kind === 'delegated' && !isMember(record, claims.userId)) {
    throw forbidden('Forbidden: the calling user is not a member of the chat.');
  }
}

async function userOf(backend: GraphBackend, { claims }: Call, named: string): Promise<string> {
  if (named === 'me') requireUserForMe(claims);
  const id = named === 'me' && claims.kind === 'delegated' ? claims.userId : named;
  const user = await backend.directory.find(claims.tenantId, id);
  if (user === undefined) throw userNotFound(id);
  if (claims.kind === 'delegated' && claims.userId !== user.id) {
    throw forbidden("A user's messages can be subscribed to by that user alone.");
  }
  return user.id;
}
