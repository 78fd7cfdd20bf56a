import { messageDate } from '../../protocols/graph/dates.ts';
import { notFound } from '../../protocols/graph/errors.ts';
import type {
  Chat,
  ChatViewpoint,
  ConversationMember,
  IdentitySet,
} from '../../protocols/graph/resources.ts';
import type {
  ChatBackend,
  NewChat,
  NewMember,
  ViewpointChange,
} from '../../protocols/graph/server/backend.ts';
import type { Change } from '../../protocols/graph/server/notifier/change.ts';
import type { Clock } from '../clock.ts';
import { type ChatState, untouched } from './chat-state.ts';
import { identityOf } from './identities.ts';
import { membershipId, newGroupId, oneOnOneId } from './ids.ts';
import { MessageLog } from './message-log.ts';
import type { Messages } from './messages.ts';

export interface ChatLimits {
  /** Beyond it the oldest chat is forgotten. */
  readonly maxChats: number;
  /** Beyond it a chat's oldest message is forgotten. */
  readonly maxMessagesPerChat: number;
}

/** Every chat of every tenant; one of several tenants' people is one chat, seen from each. */
export class Chats implements ChatBackend {
  readonly #clock: Clock;
  readonly #limits: ChatLimits;
  readonly #emit: (change: Change) => void;
  readonly #states: Map<string, ChatState>;
  readonly #messages: Messages;
  readonly #byUser = new Map<string, Set<ChatState>>();

  constructor(
    clock: Clock,
    limits: ChatLimits,
    emit: (change: Change) => void,
    states: Map<string, ChatState>,
    messages: Messages,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#emit = emit;
    this.#states = states;
    this.#messages = messages;
  }

  find(chatId: string): ChatState | undefined {
    return this.#states.get(chatId);
  }

  list(userId: string): readonly ChatState[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  create(order: NewChat): ChatState {
    const [a, b] = order.members.map(({ participant }) => participant.user.id);
    const id = order.chatType === 'oneOnOne' ? oneOnOneId(a ?? '', b ?? '') : newGroupId();
    const existing = this.#states.get(id);
    if (existing) return existing;
    const state: ChatState = {
      chat: this.#newChat(id, order),
      members: order.members.map((member) => toMember(id, member)),
      log: new MessageLog(this.#limits.maxMessagesPerChat),
      viewpoints: new Map(),
    };
    this.#states.set(id, state);
    for (const { userId } of state.members) this.#chatsOf(userId).add(state);
    if (this.#states.size > this.#limits.maxChats) this.#forgetOldest();
    this.#emit({ kind: 'chat', changeType: 'created', chat: state.chat, members: state.members });
    return state;
  }

  rename(chatId: string, topic: string | null, by: IdentitySet): ChatState {
    const state = this.#require(chatId);
    this.#update(state, { topic });
    this.#messages.announce(state, {
      '@odata.type': '#microsoft.graph.chatRenamedEventMessageDetail',
      chatId,
      chatDisplayName: topic,
      initiator: by,
    });
    return state;
  }

  addMember(chatId: string, order: NewMember, by: IdentitySet): ConversationMember {
    const state = this.#require(chatId);
    const member = toMember(chatId, order);
    state.members = [...state.members, member];
    this.#chatsOf(member.userId).add(state);
    this.#update(state, {});
    this.#emit({ kind: 'member', changeType: 'created', chatId, member, members: state.members });
    this.#messages.announce(state, {
      '@odata.type': '#microsoft.graph.membersAddedEventMessageDetail',
      members: [identityOf(member)],
      initiator: by,
      visibleHistoryStartDateTime: member.visibleHistoryStartDateTime,
    });
    return member;
  }

  removeMember(chatId: string, id: string, by: IdentitySet): void {
    const state = this.#require(chatId);
    const member = state.members.find((candidate) => candidate.id === id);
    if (member === undefined) throw notFound(`NotFound: membership '${id}' does not exist in the chat.`);
    state.members = state.members.filter((other) => other !== member);
    state.viewpoints.delete(member.userId);
    this.#chatsOf(member.userId).delete(state);
    this.#update(state, {});
    this.#emit({ kind: 'member', changeType: 'deleted', chatId, member, members: state.members });
    this.#messages.announce(state, {
      '@odata.type': '#microsoft.graph.membersDeletedEventMessageDetail',
      members: [identityOf(member)],
      initiator: by,
    });
  }

  viewpoint(chatId: string, userId: string): ChatViewpoint {
    return this.#require(chatId).viewpoints.get(userId) ?? untouched;
  }

  setViewpoint(chatId: string, userId: string, change: ViewpointChange): void {
    const { viewpoints, log } = this.#require(chatId);
    const before = viewpoints.get(userId) ?? untouched;
    switch (change.kind) {
      case 'read':
        viewpoints.set(userId, { ...before, lastMessageReadDateTime: log.last()?.createdDateTime ?? null });
        break;
      case 'unread': {
        const since =
          change.since === undefined ? log.beforeLast()?.createdDateTime : messageDate(change.since);
        viewpoints.set(userId, { ...before, lastMessageReadDateTime: since ?? null });
        break;
      }
      case 'hidden':
        viewpoints.set(userId, { ...before, isHidden: change.hidden });
        break;
    }
  }

  #newChat(id: string, { chatType, topic, tenantId }: NewChat): Chat {
    const now = messageDate(this.#clock.now());
    return {
      id,
      topic,
      createdDateTime: now,
      lastUpdatedDateTime: now,
      chatType,
      webUrl: `https://teams.microsoft.com/l/chat/${encodeURIComponent(id)}/0?tenantId=${tenantId}`,
      tenantId,
      onlineMeetingInfo: null,
      isHiddenForAllMembers: false,
    };
  }

  #update(state: ChatState, change: Partial<Chat>): void {
    state.chat = { ...state.chat, ...change, lastUpdatedDateTime: messageDate(this.#clock.now()) };
    this.#emit({ kind: 'chat', changeType: 'updated', chat: state.chat, members: state.members });
  }

  #chatsOf(userId: string): Set<ChatState> {
    const chats = this.#byUser.get(userId) ?? new Set();
    this.#byUser.set(userId, chats);
    return chats;
  }

  #forgetOldest(): void {
    const [oldest] = this.#states.values();
    if (oldest === undefined) return;
    this.#states.delete(oldest.chat.id);
    for (const { userId } of oldest.members) this.#chatsOf(userId).delete(oldest);
  }

  #require(chatId: string): ChatState {
    const state = this.#states.get(chatId);
    if (state === undefined) throw notFound(`NotFound: chat '${chatId}' does not exist.`);
    return state;
  }
}

function toMember(chatId: string, order: NewMember): ConversationMember {
  const { participant, roles, visibleHistoryStartDateTime } = order;
  const { user, tenantId } = participant;
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    id: membershipId(tenantId, chatId, user.id),
    roles,
    displayName: user.displayName,
    visibleHistoryStartDateTime,
    userId: user.id,
    email: user.mail,
    tenantId,
  };
}
