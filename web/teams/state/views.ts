import type { RichNode } from '../../shared/richText/tree.ts';
import { fromPlainText } from '../../shared/richText/tree.ts';
import type { Trouble } from '../../shared/trouble.ts';
import { isFailureReaction } from '../graph/notices.ts';
import type { Chat, ChatMessage, User } from '../graph/types.ts';
import { outgoingKey, type TeamsState } from './state.ts';

export { titleOf } from './reducer.ts';

/** Where a message of one's own stands. `Not delivered` comes from the gateway, `Not sent` from Teams itself. */
export type SendState =
  | { readonly kind: 'sending' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'notDelivered'; readonly reason: string }
  | { readonly kind: 'notSent'; readonly trouble: Trouble };

export interface MessageView {
  readonly key: string;
  readonly mine: boolean;
  readonly fromName: string;
  /** Unix ms. */
  readonly at: number;
  readonly content: readonly RichNode[];
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly reactions: readonly string[];
  /** Only of one's own. */
  readonly send: SendState | undefined;
}

/** The open conversation's messages, those still under way last; undefined while they are being loaded. */
export function openMessages(state: TeamsState): readonly MessageView[] | undefined {
  const { open } = state;
  if (open.kind === 'chat' && !state.messages[open.chatId]) return undefined;
  const shown = open.kind === 'chat' ? (state.messages[open.chatId] ?? []) : [];
  const outgoing = state.outgoing[outgoingKey(open)] ?? [];
  return [
    ...shown.map((message) => toView(state, message)),
    ...outgoing.map(
      (one): MessageView => ({
        key: one.key,
        mine: true,
        fromName: state.me.name,
        at: one.at,
        content: fromPlainText(one.text),
        edited: false,
        deleted: false,
        reactions: [],
        send: one.trouble ? { kind: 'notSent', trouble: one.trouble } : { kind: 'sending' },
      }),
    ),
  ];
}

function toView(state: TeamsState, message: ChatMessage): MessageView {
  const mine = message.fromId === state.me.id;
  return {
    key: message.id,
    mine,
    fromName: message.fromName,
    at: message.at,
    content: message.content,
    edited: message.edited,
    deleted: message.deleted,
    reactions: message.reactions.filter((reaction) => !(mine && isFailureReaction(reaction))),
    send: mine ? sendState(message, state.reasons[message.id]) : undefined,
  };
}

function sendState(message: ChatMessage, reason: string | undefined): SendState {
  if (reason !== undefined) return { kind: 'notDelivered', reason };
  if (message.reactions.some(isFailureReaction))
    return { kind: 'notDelivered', reason: 'The reason follows in the chat with Isthmus.' };
  return { kind: 'sent' };
}

export function isUnread(state: TeamsState, chat: Chat): boolean {
  const { preview } = chat;
  return preview !== undefined && preview.fromId !== state.me.id && preview.at > chat.readUpTo;
}

/** The one-to-one chat with a person, if there is one. */
export function chatWith(state: TeamsState, person: User): Chat | undefined {
  return state.chats?.find(
    (chat) =>
      chat.topic === '' &&
      chat.others.length === 1 &&
      chat.others.some(
        (other) => other.id === person.id || (other.address !== '' && other.address === person.address),
      ),
  );
}

/** Whom the open conversation is with, and what it is called. */
export function openHeader(state: TeamsState): { title: string; person: User | undefined } | undefined {
  const { open } = state;
  if (open.kind === 'draft') return { title: open.person.name, person: open.person };
  if (open.kind === 'nothing') return undefined;
  const chat = state.chats?.find((one) => one.id === open.chatId);
  if (!chat) return undefined;
  return {
    title: chat.topic || chat.others.map((other) => other.name).join(', ') || 'Just me',
    person: chat.others.length === 1 ? chat.others[0] : undefined,
  };
}

/** People whose name or address holds every word of `query`. */
export function findPeople(people: readonly User[], query: string): readonly User[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return people.filter((person) => {
    const text = `${person.name} ${person.address}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
