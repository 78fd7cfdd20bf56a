import type { Trouble } from '../../shared/trouble.ts';
import type { Chat, ChatMessage, GraphPresence, User } from '../graph/types.ts';

/** What the right half of the client shows. A draft is a conversation that has no chat in Teams yet. */
export type Open =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'chat'; readonly chatId: string }
  | { readonly kind: 'draft'; readonly person: User };

/** A message on its way to Teams, or one that Teams did not take. */
export interface Outgoing {
  readonly key: string;
  readonly text: string;
  /** Unix ms. */
  readonly at: number;
  readonly trouble: Trouble | undefined;
}

export interface ChatToast {
  readonly key: string;
  readonly chatId: string;
  readonly from: string;
  readonly text: string;
}

export interface TeamsState {
  readonly me: User;
  readonly people: readonly User[];
  /** By user id; the own one among them. */
  readonly presences: Readonly<Record<string, GraphPresence>>;
  /** Undefined until the first list came. */
  readonly chats: readonly Chat[] | undefined;
  /** By chat id, oldest first. */
  readonly messages: Readonly<Record<string, readonly ChatMessage[]>>;
  /** By {@link outgoingKey}. */
  readonly outgoing: Readonly<Record<string, readonly Outgoing[]>>;
  /** Why a message was not delivered, by message id, as the gateway's notices say. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly open: Open;
  readonly toasts: readonly ChatToast[];
  readonly trouble: Trouble | undefined;
}

export function initialState(me: User): TeamsState {
  return {
    me,
    people: [],
    presences: {},
    chats: undefined,
    messages: {},
    outgoing: {},
    reasons: {},
    open: { kind: 'nothing' },
    toasts: [],
    trouble: undefined,
  };
}

/** Where the outgoing messages of an open conversation are kept. */
export function outgoingKey(open: Open): string {
  switch (open.kind) {
    case 'nothing':
      return '';
    case 'chat':
      return open.chatId;
    case 'draft':
      return `draft ${open.person.address}`;
  }
}
