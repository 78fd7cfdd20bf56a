import { paragraphsOf } from '../../shared/richText/tree.ts';
import type { Trouble } from '../../shared/trouble.ts';
import { gatewayName, noticeAbout, readNotice } from '../graph/notices.ts';
import type { Chat, ChatMessage, GraphPresence, User } from '../graph/types.ts';
import { type ChatToast, type Open, type Outgoing, outgoingKey, type TeamsState } from './state.ts';

export type TeamsAction =
  | { readonly type: 'peopleLoaded'; readonly people: readonly User[] }
  | { readonly type: 'presencesLoaded'; readonly presences: Readonly<Record<string, GraphPresence>> }
  /** `watching`: the person is looking at the page, so that the open chat needs no toast. */
  | { readonly type: 'chatsLoaded'; readonly chats: readonly Chat[]; readonly watching: boolean }
  | { readonly type: 'messagesLoaded'; readonly chatId: string; readonly messages: readonly ChatMessage[] }
  | { readonly type: 'opened'; readonly open: Open }
  | { readonly type: 'read'; readonly chatId: string; readonly upTo: number }
  | { readonly type: 'sending'; readonly at: string; readonly message: Outgoing }
  | {
      readonly type: 'sent';
      readonly at: string;
      readonly key: string;
      readonly message: ChatMessage | undefined;
    }
  | { readonly type: 'notSent'; readonly at: string; readonly key: string; readonly trouble: Trouble }
  | { readonly type: 'discarded'; readonly at: string; readonly key: string }
  | { readonly type: 'chatCreated'; readonly draft: Open; readonly chat: Chat }
  | { readonly type: 'toastClosed'; readonly key: string }
  | { readonly type: 'troubled'; readonly trouble: Trouble | undefined };

const maxToasts = 3;
/** Held for one chat; the oldest go first. */
const maxMessages = 400;

export function reduce(state: TeamsState, action: TeamsAction): TeamsState {
  switch (action.type) {
    case 'peopleLoaded':
      return same(state.people, action.people) ? state : { ...state, people: action.people };
    case 'presencesLoaded':
      return same(state.presences, action.presences) ? state : { ...state, presences: action.presences };
    case 'chatsLoaded':
      return withChats(state, action.chats, action.watching);
    case 'messagesLoaded':
      return withMessages(state, action.chatId, action.messages);
    case 'opened':
      return withoutToastsOf({ ...state, open: action.open });
    case 'read':
      return {
        ...state,
        chats: state.chats?.map((chat) =>
          chat.id === action.chatId && chat.readUpTo < action.upTo
            ? { ...chat, readUpTo: action.upTo }
            : chat,
        ),
      };
    case 'sending':
      return withOutgoing(state, action.at, (list) => [
        ...list.filter((one) => one.key !== action.message.key),
        action.message,
      ]);
    case 'sent': {
      const settled = withOutgoing(state, action.at, (list) => list.filter((one) => one.key !== action.key));
      return action.message ? withMessages(settled, action.at, [action.message]) : settled;
    }
    case 'notSent':
      return withOutgoing(state, action.at, (list) =>
        list.map((one) => (one.key === action.key ? { ...one, trouble: action.trouble } : one)),
      );
    case 'discarded':
      return withOutgoing(state, action.at, (list) => list.filter((one) => one.key !== action.key));
    case 'chatCreated':
      return withCreated(state, action.draft, action.chat);
    case 'toastClosed':
      return { ...state, toasts: state.toasts.filter((toast) => toast.key !== action.key) };
    case 'troubled':
      return same(state.trouble, action.trouble) ? state : { ...state, trouble: action.trouble };
  }
}

function withChats(state: TeamsState, loaded: readonly Chat[], watching: boolean): TeamsState {
  const before = new Map(state.chats?.map((chat) => [chat.id, chat]));
  const chats = loaded
    .map((chat) => ({ ...chat, readUpTo: Math.max(chat.readUpTo, before.get(chat.id)?.readUpTo ?? 0) }))
    .sort((a, b) => lastAt(b) - lastAt(a));
  if (same(state.chats, chats)) return state;
  if (state.chats === undefined) return { ...state, chats };
  const isWatched = (chat: Chat): boolean =>
    watching && state.open.kind === 'chat' && state.open.chatId === chat.id;
  const fresh = chats.flatMap((chat): ChatToast[] => {
    const { preview } = chat;
    if (!preview || preview.fromId === state.me.id || preview.at <= chat.readUpTo || isWatched(chat))
      return [];
    const old = before.get(chat.id)?.preview;
    if (old && (old.id === preview.id || old.at > preview.at)) return [];
    const from = chat.others.find((other) => other.id === preview.fromId)?.name ?? titleOf(chat);
    if (watching && from === gatewayName && noticeAbout(preview.text) === openTitle(state)) return [];
    return [{ key: `${chat.id} ${preview.id}`, chatId: chat.id, from, text: preview.text }];
  });
  const replaced = new Set(fresh.map((toast) => toast.chatId));
  const toasts = [...state.toasts.filter((toast) => !replaced.has(toast.chatId)), ...fresh].slice(-maxToasts);
  return { ...state, chats, toasts };
}

function withMessages(state: TeamsState, chatId: string, loaded: readonly ChatMessage[]): TeamsState {
  const known = state.messages[chatId];
  const byId = new Map(known?.map((message) => [message.id, message]));
  const changed = loaded.filter((message) => byId.get(message.id)?.version !== message.version);
  if (known && changed.length === 0) return state;
  for (const message of changed) byId.set(message.id, message);
  const messages = [...byId.values()]
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .slice(-maxMessages);
  return {
    ...state,
    messages: { ...state.messages, [chatId]: messages },
    reasons: { ...state.reasons, ...reasonsIn(changed) },
  };
}

function reasonsIn(messages: readonly ChatMessage[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    messages
      .filter((message) => message.fromName === gatewayName)
      .flatMap((message) => {
        const notice = readNotice(paragraphsOf(message.content));
        return notice ? [[notice.messageId, notice.reason] as const] : [];
      }),
  );
}

function withCreated(state: TeamsState, draft: Open, chat: Chat): TeamsState {
  const from = outgoingKey(draft);
  const { [from]: waiting = [], ...rest } = state.outgoing;
  const chats = state.chats ?? [];
  return {
    ...state,
    chats: chats.some((one) => one.id === chat.id) ? chats : [chat, ...chats],
    outgoing: { ...rest, [chat.id]: [...(rest[chat.id] ?? []), ...waiting] },
    open: outgoingKey(state.open) === from ? { kind: 'chat', chatId: chat.id } : state.open,
  };
}

function withOutgoing(
  state: TeamsState,
  at: string,
  change: (list: readonly Outgoing[]) => readonly Outgoing[],
): TeamsState {
  return { ...state, outgoing: { ...state.outgoing, [at]: change(state.outgoing[at] ?? []) } };
}

function withoutToastsOf(state: TeamsState): TeamsState {
  const { open } = state;
  return open.kind === 'chat'
    ? { ...state, toasts: state.toasts.filter((toast) => toast.chatId !== open.chatId) }
    : state;
}

/** A failed message in the open chat says itself why: its notice needs no toast. */
function openTitle(state: TeamsState): string {
  const { open } = state;
  const chat = open.kind === 'chat' ? state.chats?.find((one) => one.id === open.chatId) : undefined;
  return chat ? titleOf(chat) : '';
}

export function lastAt(chat: Chat): number {
  return chat.preview?.at ?? chat.createdAt;
}

export function titleOf(chat: Chat): string {
  return chat.topic || chat.others.map((other) => other.name).join(', ') || 'Just me';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
