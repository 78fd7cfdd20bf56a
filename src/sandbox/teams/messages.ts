import { messageDate } from '../../protocols/graph/dates.ts';
import { notFound } from '../../protocols/graph/errors.ts';
import type {
  ChatMessage,
  ChatMessageReaction,
  EventMessageDetail,
  IdentitySet,
} from '../../protocols/graph/resources.ts';
import type {
  MessageBackend,
  MessageChange,
  MessageDraft,
  MessageRange,
} from '../../protocols/graph/server/backend.ts';
import type { Change } from '../../protocols/graph/server/notifier/change.ts';
import type { ChangeType } from '../../protocols/graph/subscriptions.ts';
import type { Clock } from '../clock.ts';
import { type ChatState, untouched } from './chat-state.ts';
import { sanitise } from './sanitise.ts';

/** Deleted messages of one chat that can be brought back with their text. */
const maxDeletedBodies = 1000;
/** Longest history of reactions kept with one message. */
const maxHistory = 100;

type DeletedBodies = Map<string, Pick<ChatMessage, 'body' | 'attachments' | 'mentions'>>;

/** Everything written in the chats. Each change is told once, after it happened. */
export class Messages implements MessageBackend {
  readonly #clock: Clock;
  readonly #emit: (change: Change) => void;
  readonly #chats: ReadonlyMap<string, ChatState>;
  /** What deleted messages said, for undoing it. */
  readonly #deletedBodies = new WeakMap<ChatState, DeletedBodies>();

  constructor(clock: Clock, emit: (change: Change) => void, chats: ReadonlyMap<string, ChatState>) {
    this.#clock = clock;
    this.#emit = emit;
    this.#chats = chats;
  }

  send(chatId: string, from: IdentitySet, draft: MessageDraft): ChatMessage {
    const state = this.#require(chatId);
    const sent = this.#append(state, { ...draft, body: sanitise(draft.body), from });
    const author = from.user?.id;
    for (const [userId, viewpoint] of state.viewpoints) {
      if (viewpoint.isHidden) state.viewpoints.set(userId, { ...viewpoint, isHidden: false });
    }
    if (author !== undefined) {
      state.viewpoints.set(author, { ...untouched, lastMessageReadDateTime: sent.createdDateTime });
    }
    return sent;
  }

  /** A message of the service itself, about the chat. */
  announce(state: ChatState, eventDetail: EventMessageDetail): void {
    this.#append(state, {
      messageType: 'systemEventMessage',
      body: { contentType: 'html', content: '<systemEventMessage/>' },
      eventDetail,
    });
  }

  find(chatId: string, messageId: string): ChatMessage | undefined {
    return this.#require(chatId).log.get(messageId);
  }

  last(chatId: string): ChatMessage | undefined {
    return this.#require(chatId).log.last();
  }

  range(chatId: string, range: MessageRange): readonly ChatMessage[] {
    return this.#require(chatId).log.range(range);
  }

  edit(chatId: string, messageId: string, change: MessageChange): ChatMessage {
    const edited = change.policyViolation === undefined;
    return this.#change(chatId, messageId, 'updated', (_, now) => ({
      ...change,
      ...(change.body && { body: sanitise(change.body) }),
      ...(edited && { lastEditedDateTime: now }),
    }));
  }

  setDeleted(chatId: string, messageId: string, deleted: boolean): void {
    const state = this.#require(chatId);
    const message = this.#requireMessage(state, messageId);
    if ((message.deletedDateTime !== null) === deleted) return;
    const bodies: DeletedBodies = this.#deletedBodies.get(state) ?? new Map();
    this.#deletedBodies.set(state, bodies);
    if (deleted) {
      const { body, attachments, mentions } = message;
      const oldest = bodies.size >= maxDeletedBodies ? bodies.keys().next().value : undefined;
      if (oldest !== undefined) bodies.delete(oldest);
      bodies.set(messageId, { body, attachments, mentions });
      this.#change(chatId, messageId, 'deleted', (_, now) => ({
        deletedDateTime: now,
        body: { contentType: body.contentType, content: '' },
        attachments: [],
        mentions: [],
      }));
    } else {
      const said = bodies.get(messageId);
      bodies.delete(messageId);
      this.#change(chatId, messageId, 'updated', () => ({ deletedDateTime: null, ...said }));
    }
  }

  setReaction(chatId: string, messageId: string, by: IdentitySet, reactionType: string): void {
    const message = this.#requireMessage(this.#require(chatId), messageId);
    if (message.reactions.some((reaction) => isBy(reaction, by.user?.id, reactionType))) return;
    this.#change(chatId, messageId, 'updated', ({ reactions, messageHistory }, now) => {
      const reaction: ChatMessageReaction = {
        reactionType,
        displayName: null,
        reactionContentUrl: null,
        createdDateTime: now,
        user: by,
      };
      return {
        reactions: [...reactions, reaction],
        messageHistory: [
          ...(messageHistory ?? []).slice(1 - maxHistory),
          { modifiedDateTime: now, actions: 'reactionAdded', reaction },
        ],
      };
    });
  }

  unsetReaction(chatId: string, messageId: string, userId: string, reactionType: string): boolean {
    const message = this.#requireMessage(this.#require(chatId), messageId);
    const reaction = message.reactions.find((candidate) => isBy(candidate, userId, reactionType));
    if (reaction === undefined) return false;
    this.#change(chatId, messageId, 'updated', ({ reactions, messageHistory }, now) => ({
      reactions: reactions.filter((other) => other !== reaction),
      messageHistory: [
        ...(messageHistory ?? []).slice(1 - maxHistory),
        { modifiedDateTime: now, actions: 'reactionRemoved', reaction },
      ],
    }));
    return true;
  }

  #append(state: ChatState, given: Partial<ChatMessage>): ChatMessage {
    const at = state.log.tick(this.#clock.now());
    const date = messageDate(at);
    const message: ChatMessage = {
      id: String(at),
      replyToId: null,
      etag: String(at),
      messageType: 'message',
      createdDateTime: date,
      lastModifiedDateTime: date,
      lastEditedDateTime: null,
      deletedDateTime: null,
      subject: null,
      summary: null,
      chatId: state.chat.id,
      importance: 'normal',
      locale: 'en-us',
      webUrl: null,
      channelIdentity: null,
      policyViolation: null,
      eventDetail: null,
      from: null,
      body: { contentType: 'text', content: '' },
      attachments: [],
      mentions: [],
      reactions: [],
      ...given,
    };
    state.log.append(message);
    this.#emit({ kind: 'message', changeType: 'created', message, members: state.members });
    return message;
  }

  #change(
    chatId: string,
    messageId: string,
    changeType: ChangeType,
    change: (message: ChatMessage, now: string) => Partial<ChatMessage>,
  ): ChatMessage {
    const state = this.#require(chatId);
    const before = this.#requireMessage(state, messageId);
    const at = state.log.tick(this.#clock.now());
    const date = messageDate(at);
    const message: ChatMessage = {
      ...before,
      ...change(before, date),
      etag: String(at),
      lastModifiedDateTime: date,
    };
    state.log.replace(message);
    this.#emit({ kind: 'message', changeType, message, members: state.members });
    return message;
  }

  #require(chatId: string): ChatState {
    const state = this.#chats.get(chatId);
    if (state === undefined) throw notFound(`NotFound: chat '${chatId}' does not exist.`);
    return state;
  }

  #requireMessage({ log }: ChatState, messageId: string): ChatMessage {
    const message = log.get(messageId);
    if (message === undefined) throw notFound(`NotFound: message '${messageId}' does not exist in the chat.`);
    return message;
  }
}

function isBy(reaction: ChatMessageReaction, userId: string | undefined, reactionType: string): boolean {
  return reaction.user.user?.id === userId && reaction.reactionType === reactionType;
}
