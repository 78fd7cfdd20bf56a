import type { Presence } from '../../presence.ts';
import type { Chat, ChatMessage, ConversationMember } from '../../resources.ts';
import type { ChangeType, ResourceData } from '../../subscriptions.ts';
import { visibleMessage } from '../routes/rendering.ts';

/** Something that happened in a tenant. `members` are the chat's, at that moment. */
export type Change =
  | {
      readonly kind: 'message';
      readonly changeType: ChangeType;
      readonly message: ChatMessage;
      readonly members: readonly ConversationMember[];
    }
  | {
      readonly kind: 'chat';
      readonly changeType: 'created' | 'updated';
      readonly chat: Chat;
      readonly members: readonly ConversationMember[];
    }
  | {
      readonly kind: 'member';
      readonly changeType: ChangeType;
      readonly chatId: string;
      readonly member: ConversationMember;
      readonly members: readonly ConversationMember[];
    }
  | {
      readonly kind: 'presence';
      readonly changeType: 'updated';
      readonly tenantId: string;
      readonly presence: Presence;
    };

/** Names what a subscription listens to; a change is told to the subscriptions of all its topics. */
export const topics = {
  chatMessages: (tenantId: string, chatId: string) => `messages/${tenantId}/chat/${chatId}`,
  userMessages: (tenantId: string, userId: string) => `messages/${tenantId}/user/${userId}`,
  tenantMessages: (tenantId: string) => `messages/${tenantId}`,
  chats: (tenantId: string) => `chats/${tenantId}`,
  chat: (tenantId: string, chatId: string) => `chats/${tenantId}/chat/${chatId}`,
  chatMembers: (tenantId: string, chatId: string) => `members/${tenantId}/chat/${chatId}`,
  tenantMembers: (tenantId: string) => `members/${tenantId}`,
  presence: (tenantId: string, userId: string) => `presence/${tenantId}/${userId}`,
} as const;

export function topicsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'message': {
      const { chatId } = change.message;
      return [
        ...change.members.map(({ tenantId, userId }) => topics.userMessages(tenantId, userId)),
        ...tenantsOf(change.members).flatMap((tenantId) => [
          topics.chatMessages(tenantId, chatId),
          topics.tenantMessages(tenantId),
        ]),
      ];
    }
    case 'chat':
      return tenantsOf(change.members).flatMap((tenantId) => [
        topics.chats(tenantId),
        topics.chat(tenantId, change.chat.id),
      ]);
    case 'member':
      return tenantsOf([...change.members, change.member]).flatMap((tenantId) => [
        topics.tenantMembers(tenantId),
        topics.chatMembers(tenantId, change.chatId),
      ]);
    case 'presence':
      return [topics.presence(change.tenantId, change.presence.id)];
  }
}

function tenantsOf(members: readonly ConversationMember[]): readonly string[] {
  return [...new Set(members.map(({ tenantId }) => tenantId))];
}

/** How the change is named in a notification. */
export function describeChange(change: Change): {
  readonly resource: string;
  readonly resourceData: ResourceData;
} {
  switch (change.kind) {
    case 'message': {
      const { id, etag, chatId } = change.message;
      const resource = `chats('${chatId}')/messages('${id}')`;
      return {
        resource,
        resourceData: {
          '@odata.type': '#Microsoft.Graph.chatMessage',
          '@odata.id': resource,
          '@odata.etag': etag,
          id,
        },
      };
    }
    case 'chat': {
      const resource = `chats('${change.chat.id}')`;
      return {
        resource,
        resourceData: { '@odata.type': '#Microsoft.Graph.chat', '@odata.id': resource, id: change.chat.id },
      };
    }
    case 'member': {
      const resource = `chats('${change.chatId}')/members('${change.member.id}')`;
      return {
        resource,
        resourceData: {
          '@odata.type': '#Microsoft.Graph.aadUserConversationMember',
          '@odata.id': resource,
          id: change.member.id,
        },
      };
    }
    case 'presence': {
      const { id, availability, activity } = change.presence;
      return {
        resource: `communications/presences('${id}')`,
        resourceData: {
          '@odata.type': '#Microsoft.Graph.presence',
          '@odata.id': `users/${id}/presence`,
          id,
          availability,
          activity,
        },
      };
    }
  }
}

/** The plain text of encrypted resource data. */
export function contentOf(change: Change): string {
  switch (change.kind) {
    case 'message':
      return JSON.stringify({
        '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#chats('${encodeURIComponent(change.message.chatId)}')/messages/$entity`,
        ...visibleMessage(change.message, false),
      });
    case 'chat':
      return JSON.stringify(change.chat);
    case 'member':
      return JSON.stringify(change.member);
    case 'presence': {
      const { id, availability, activity } = change.presence;
      return JSON.stringify({ id, availability, activity });
    }
  }
}
