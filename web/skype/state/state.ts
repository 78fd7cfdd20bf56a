import type { ShownPresence } from '../../shared/presence/badge.ts';
import type { Remarks } from '../../shared/presence/remarks.ts';
import type { RichNode } from '../../shared/richText/tree.ts';
import type { Trouble } from '../../shared/trouble.ts';

export interface Contact {
  /** `sip:` address, lower case: the name of a contact here. */
  readonly uri: string;
  readonly name: string;
  readonly presence: ShownPresence | undefined;
  readonly remarks: Remarks;
}

export type LineState =
  | { readonly kind: 'received' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly why: string };

/** One entry of a conversation window. `notice` is the window's own words, not a person's. */
export interface Line {
  readonly key: string;
  readonly author: 'me' | 'peer' | 'notice';
  readonly authorName: string;
  /** Unix ms. */
  readonly at: number;
  readonly content: readonly RichNode[];
  readonly state: LineState;
}

/** The session that carries a window now. A window outlives its sessions. */
export type SessionState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'inviting';
      readonly conversation: string | undefined;
      readonly stop: string | undefined;
    }
  | {
      readonly kind: 'connected';
      readonly conversation: string;
      readonly sendMessage: string | undefined;
      readonly setIsTyping: string | undefined;
      readonly stop: string | undefined;
    };

/** A conversation window; see {@link windowId}. */
export interface Window {
  readonly id: string;
  /** `sip:` address of the other. */
  readonly peer: string;
  /** What both sides call the thread; it lets a later session go on with it. */
  readonly threadId: string;
  readonly name: string;
  readonly lines: readonly Line[];
  readonly session: SessionState;
  readonly peerTyping: boolean;
  readonly unread: boolean;
}

/** Somebody wants to talk: shown as a toast until it is answered or taken back. */
export interface Invitation {
  readonly href: string;
  readonly conversation: string;
  /** The window that it opens when it is accepted. */
  readonly window: string;
  readonly threadId: string;
  /** Who it is shown as. */
  readonly name: string;
  readonly content: readonly RichNode[];
  readonly accept: string;
  readonly decline: string;
}

export type Connection =
  | { readonly kind: 'connected' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'stopped'; readonly trouble: Trouble };

export interface SkypeState {
  readonly me: { readonly uri: string; readonly name: string };
  readonly presence: ShownPresence | undefined;
  readonly note: string;
  /** Undefined until the list came. */
  readonly contacts: readonly Contact[] | undefined;
  /** By id. */
  readonly windows: Readonly<Record<string, Window>>;
  readonly open: string | undefined;
  readonly invitations: readonly Invitation[];
  readonly connection: Connection;
  readonly trouble: Trouble | undefined;
}

export function initialState(me: { readonly uri: string; readonly name: string }): SkypeState {
  return {
    me,
    presence: undefined,
    note: '',
    contacts: undefined,
    windows: {},
    open: undefined,
    invitations: [],
    connection: { kind: 'connected' },
    trouble: undefined,
  };
}

export function emptyWindow(id: string, name: string): Window {
  return {
    id,
    peer: peerOf(id),
    threadId: '',
    name,
    lines: [],
    session: { kind: 'none' },
    peerTyping: false,
    unread: false,
  };
}

/**
 * The name of a window: its peer's address; with a subject where several people share one address, as they
 * do behind the gateway's own account, which writes for those who have no account here.
 */
export function windowId(peer: string, subject = ''): string {
  return subject === '' ? peer : `${peer} ${subject}`;
}

/** No address holds a space. */
export function peerOf(window: string): string {
  return window.split(' ')[0] ?? window;
}

/** `SIP:Bob@Contoso.example;gruu` → `sip:bob@contoso.example`. */
export function sipOf(address: string): string {
  const bare = address.replace(/^sips?:/i, '').replace(/[;?].*$/, '');
  return `sip:${bare.toLowerCase()}`;
}

/** The window that a conversation's events belong to. */
export function windowOf(state: SkypeState, conversation: string): Window | undefined {
  return Object.values(state.windows).find(
    ({ session }) => session.kind !== 'none' && session.conversation === conversation,
  );
}
