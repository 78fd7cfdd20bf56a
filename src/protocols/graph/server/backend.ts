import type { DateTimeTimeZone, PreferredPair, Presence, SessionPair } from '../presence.ts';
import type {
  Chat,
  ChatMessage,
  ChatMessageAttachment,
  ChatMessageMention,
  ChatViewpoint,
  ConversationMember,
  DirectoryUser,
  IdentitySet,
  ItemBody,
} from '../resources.ts';

/**
 * What stands behind the server. The server has checked token, permission, shape and visibility before it
 * asks; a backend answers, or throws a `GraphError` for what only it can know.
 */
export interface GraphBackend {
  readonly directory: DirectoryBackend;
  readonly chats: ChatBackend;
  readonly messages: MessageBackend;
  readonly presence: PresenceBackend;
  /** Left out: nobody is throttled. */
  readonly throttle?: ThrottleBackend;
}

export type Awaitable<T> = T | Promise<T>;

export interface DirectoryBackend {
  /** By object id or UPN, in one tenant. */
  find(tenantId: string, idOrUpn: string): Awaitable<DirectoryUser | undefined>;
  list(tenantId: string): Awaitable<readonly DirectoryUser[]>;
  /**
   * Who has become another since `cursor`, or everybody where there is none; at most `limit`, those who changed least
   * recently first. Undefined: so long ago nobody knows any more.
   */
  changes(
    tenantId: string,
    cursor: string | undefined,
    limit: number,
  ): Awaitable<DirectoryChanges | undefined>;
  /** Somebody who may become a member of a chat of `tenantId`, be it from there or from a federated tenant. */
  findParticipant(tenantId: string, idOrUpn: string): Awaitable<Participant | undefined>;
}

export interface DirectoryChanges {
  readonly changes: readonly DirectoryChange[];
  /** Where the next of these begin. */
  readonly cursor: string;
  readonly more: boolean;
}

/** `deleted`: for good. `changed`: may be brought back. */
export type DirectoryChange =
  | { readonly kind: 'is'; readonly user: DirectoryUser }
  | { readonly kind: 'removed'; readonly id: string; readonly reason: 'changed' | 'deleted' };

export interface Participant {
  readonly tenantId: string;
  readonly user: DirectoryUser;
}

/** A chat without anything that depends on who asks. */
export interface ChatRecord {
  readonly chat: Chat;
  readonly members: readonly ConversationMember[];
}

export interface NewMember {
  readonly participant: Participant;
  readonly roles: readonly string[];
  /** Null: all of the history. */
  readonly visibleHistoryStartDateTime: string | null;
}

export interface NewChat {
  readonly tenantId: string;
  readonly chatType: 'oneOnOne' | 'group';
  readonly topic: string | null;
  readonly members: readonly NewMember[];
}

export interface ChatBackend {
  find(chatId: string): Awaitable<ChatRecord | undefined>;
  /** Every chat that the user is a member of, oldest first. */
  list(userId: string): Awaitable<readonly ChatRecord[]>;
  /** For `oneOnOne` the chat that the two already have, if there is one. */
  create(order: NewChat): Awaitable<ChatRecord>;
  rename(chatId: string, topic: string | null, by: IdentitySet): Awaitable<ChatRecord>;
  addMember(chatId: string, member: NewMember, by: IdentitySet): Awaitable<ConversationMember>;
  removeMember(chatId: string, membershipId: string, by: IdentitySet): Awaitable<void>;
  viewpoint(chatId: string, userId: string): Awaitable<ChatViewpoint>;
  setViewpoint(chatId: string, userId: string, change: ViewpointChange): Awaitable<void>;
}

export type ViewpointChange =
  | { readonly kind: 'read' }
  /** Unix ms of the last message that stays read; undefined makes the last message alone unread. */
  | { readonly kind: 'unread'; readonly since: number | undefined }
  | { readonly kind: 'hidden'; readonly hidden: boolean };

export interface MessageDraft {
  /** As the sender wrote it; the backend sanitises. */
  readonly body: ItemBody;
  readonly subject: string | null;
  readonly importance: ChatMessage['importance'];
  readonly mentions: readonly ChatMessageMention[];
  readonly attachments: readonly ChatMessageAttachment[];
}

/** Left out: stays as it is. */
export type MessageChange = Partial<MessageDraft> & {
  readonly policyViolation?: Readonly<Record<string, unknown>> | null;
};

/** Newest first. Bounds are Unix ms and exclusive. */
export interface MessageRange {
  readonly by: 'created' | 'modified';
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

export interface MessageBackend {
  send(chatId: string, from: IdentitySet, draft: MessageDraft): Awaitable<ChatMessage>;
  find(chatId: string, messageId: string): Awaitable<ChatMessage | undefined>;
  last(chatId: string): Awaitable<ChatMessage | undefined>;
  range(chatId: string, range: MessageRange): Awaitable<readonly ChatMessage[]>;
  edit(chatId: string, messageId: string, change: MessageChange): Awaitable<ChatMessage>;
  setDeleted(chatId: string, messageId: string, deleted: boolean): Awaitable<void>;
  setReaction(chatId: string, messageId: string, by: IdentitySet, reactionType: string): Awaitable<void>;
  /** False: this person had not reacted so. */
  unsetReaction(chatId: string, messageId: string, userId: string, reactionType: string): Awaitable<boolean>;
}

export interface NewStatusMessage {
  readonly message: ItemBody;
  /** As the user gave it, and the same as Unix ms. */
  readonly expiry: { readonly given: DateTimeTimeZone; readonly at: number } | undefined;
}

/** User ids are those of people that `directory.find` knows. */
export interface PresenceBackend {
  get(userId: string): Awaitable<Presence>;
  setSession(userId: string, sessionId: string, pair: SessionPair, durationMs: number): Awaitable<void>;
  /** False: there was no such session. */
  clearSession(userId: string, sessionId: string): Awaitable<boolean>;
  setPreferred(userId: string, pair: PreferredPair, durationMs: number): Awaitable<void>;
  clearPreferred(userId: string): Awaitable<void>;
  /** Undefined takes the message away. */
  setStatusMessage(userId: string, status: NewStatusMessage | undefined): Awaitable<void>;
}

export interface ThrottleBackend {
  /** Seconds to wait, or undefined to go on. `operation` is a key of the permission table. */
  retryAfter(
    caller: { readonly appId: string; readonly tenantId: string },
    operation: string,
  ): number | undefined;
}
