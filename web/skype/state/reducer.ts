import type { ShownPresence } from '../../shared/presence/badge.ts';
import { textOf } from '../../shared/richText/tree.ts';
import type { Trouble } from '../../shared/trouble.ts';
import { isQuoted, readNotice } from '../notices.ts';
import {
  type Connection,
  type Contact,
  emptyWindow,
  type Invitation,
  type Line,
  type LineState,
  peerOf,
  type SessionState,
  type SkypeState,
  type Window,
  windowOf,
} from './state.ts';

export type SkypeAction =
  | { readonly type: 'contacts'; readonly contacts: readonly Contact[] }
  | {
      readonly type: 'contactPresence';
      readonly uri: string;
      readonly presence: ShownPresence;
      readonly lastActiveAt: number | undefined;
    }
  | {
      readonly type: 'contactNote';
      readonly uri: string;
      readonly note: string;
      /** Undefined unless the pool shows the automatic reply in the note's place. */
      readonly outOfOffice: string | undefined;
    }
  | { readonly type: 'ownPresence'; readonly presence: ShownPresence | undefined }
  | { readonly type: 'ownNote'; readonly note: string }
  | { readonly type: 'opened'; readonly window: string; readonly name: string }
  | { readonly type: 'closed' }
  | { readonly type: 'seen' }
  | { readonly type: 'invited'; readonly invitation: Invitation }
  | {
      readonly type: 'invitationAnswered';
      readonly href: string;
      readonly accepted: boolean;
      readonly at: number;
    }
  /** The invitation was taken back or answered elsewhere; `note` tells the window what happened, if anything. */
  | {
      readonly type: 'invitationOver';
      readonly href: string;
      readonly at: number;
      readonly note: string | undefined;
    }
  | { readonly type: 'writing'; readonly window: string; readonly line: Line }
  | { readonly type: 'lineState'; readonly window: string; readonly key: string; readonly state: LineState }
  | { readonly type: 'session'; readonly window: string; readonly session: SessionState }
  | { readonly type: 'received'; readonly conversation: string; readonly line: Line }
  | { readonly type: 'typing'; readonly conversation: string; readonly typing: boolean }
  | {
      readonly type: 'conversationOver';
      readonly conversation: string;
      readonly at: number;
      readonly note: string;
    }
  | { readonly type: 'forgotten' }
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'troubled'; readonly trouble: Trouble | undefined };

/** Held for one window; the oldest go first. */
const maxLines = 400;

export function reduce(state: SkypeState, action: SkypeAction): SkypeState {
  switch (action.type) {
    case 'contacts':
      return { ...state, contacts: action.contacts };
    case 'contactPresence':
      return withContact(state, action.uri, (contact) => ({
        ...contact,
        presence: action.presence,
        remarks: { ...contact.remarks, lastActiveAt: action.lastActiveAt },
      }));
    case 'contactNote':
      return withContact(state, action.uri, (contact) => ({
        ...contact,
        remarks: { ...contact.remarks, note: action.note, outOfOffice: action.outOfOffice },
      }));
    case 'ownPresence':
      return { ...state, presence: action.presence };
    case 'ownNote':
      return { ...state, note: action.note };
    case 'opened':
      return {
        ...withWindow(state, action.window, action.name, (window) => ({ ...window, unread: false })),
        open: action.window,
      };
    case 'closed':
      return { ...state, open: undefined };
    case 'seen':
      return state.open !== undefined && state.windows[state.open]?.unread
        ? withWindow(state, state.open, '', (window) => ({ ...window, unread: false }))
        : state;
    case 'invited':
      return {
        ...state,
        invitations: [
          ...state.invitations.filter((one) => one.href !== action.invitation.href),
          action.invitation,
        ],
      };
    case 'invitationAnswered':
      return answered(state, action.href, action.accepted, action.at);
    case 'invitationOver':
      return over(state, action.href, action.at, action.note);
    case 'writing':
      return withWindow(state, action.window, '', (window) => withLine(window, action.line));
    case 'lineState':
      return withWindow(state, action.window, '', (window) => ({
        ...window,
        lines: window.lines.map((line) =>
          line.key === action.key ? { ...line, state: action.state } : line,
        ),
      }));
    case 'session':
      return withWindow(state, action.window, '', (window) => ({ ...window, session: action.session }));
    case 'received':
      return received(state, action.conversation, action.line);
    case 'typing': {
      const window = windowOf(state, action.conversation);
      return window && window.peerTyping !== action.typing
        ? withWindow(state, window.id, '', (one) => ({ ...one, peerTyping: action.typing }))
        : state;
    }
    case 'conversationOver':
      return conversationOver(state, action.conversation, action.at, action.note);
    case 'forgotten':
      return {
        ...state,
        invitations: [],
        windows: Object.fromEntries(
          Object.entries(state.windows).map(([id, window]) => [
            id,
            { ...window, session: { kind: 'none' } as const, peerTyping: false },
          ]),
        ),
      };
    case 'connection':
      return withConnection(state, action.connection);
    case 'troubled':
      return { ...state, trouble: action.trouble };
  }
}

/** Nobody's presence is known to a client that is signed out. */
function withConnection(state: SkypeState, connection: Connection): SkypeState {
  if (state.connection.kind === connection.kind) return state;
  if (connection.kind !== 'stopped') return { ...state, connection };
  return {
    ...state,
    connection,
    presence: undefined,
    contacts: state.contacts?.map((contact) => ({ ...contact, presence: undefined })),
  };
}

function answered(state: SkypeState, href: string, accepted: boolean, at: number): SkypeState {
  const invitation = state.invitations.find((one) => one.href === href);
  if (!invitation) return state;
  const rest = { ...state, invitations: state.invitations.filter((one) => one.href !== href) };
  if (!accepted) return rest;
  const opened = withWindow(rest, invitation.window, invitation.name, (window) =>
    withLine(
      {
        ...window,
        unread: false,
        threadId: invitation.threadId,
        session: {
          kind: 'connected',
          conversation: invitation.conversation,
          sendMessage: undefined,
          setIsTyping: undefined,
          stop: undefined,
        },
      },
      invitationLine(invitation, at),
    ),
  );
  return { ...opened, open: invitation.window };
}

/** An invitation's text, until the same message comes as an event of its own; see `received`. */
function invitationLine(invitation: Invitation, at: number): Line {
  return {
    key: `invitation ${invitation.href}`,
    author: 'peer',
    authorName: invitation.name,
    at,
    content: invitation.content,
    state: { kind: 'received' },
  };
}

function over(state: SkypeState, href: string, at: number, note: string | undefined): SkypeState {
  const invitation = state.invitations.find((one) => one.href === href);
  if (!invitation) return state;
  const rest = { ...state, invitations: state.invitations.filter((one) => one.href !== href) };
  if (note === undefined) return rest;
  return withWindow(rest, invitation.window, invitation.name, (window) => ({
    ...withLine(withLine(window, invitationLine(invitation, at)), noticeLine(`over ${href}`, at, note)),
    unread: state.open !== invitation.window,
  }));
}

function received(state: SkypeState, conversation: string, line: Line): SkypeState {
  const window = windowOf(state, conversation);
  if (!window) return state;
  return withWindow(withNotice(state, window, line), window.id, '', (one) => ({
    ...withLine({ ...one, lines: withoutInvitationOf(one.lines, line) }, line),
    peerTyping: false,
    unread: state.open !== one.id || one.unread,
  }));
}

/** A notice of the gateway marks the line it quotes: in the window it came in, or in that of the person it names. */
function withNotice(state: SkypeState, window: Window, line: Line): SkypeState {
  const notice = readNotice(textOf(line.content));
  if (!notice || notice.quote === '') return state;
  const windows = [window, ...Object.values(state.windows).filter((one) => one.name === notice.recipient)];
  for (const { id, lines } of windows) {
    const failed = lines.findLast(
      (one) => one.author === 'me' && isQuoted(textOf(one.content), notice.quote),
    );
    if (!failed) continue;
    const lineState: LineState = { kind: 'failed', why: notice.reason };
    return withWindow(state, id, '', (one) => ({
      ...one,
      lines: one.lines.map((each) => (each.key === failed.key ? { ...each, state: lineState } : each)),
    }));
  }
  return state;
}

/**
 * The first message of a session comes twice: with the invitation and as a message. The message wins; it is
 * known by its text, since nothing else links the two.
 */
function withoutInvitationOf(lines: readonly Line[], line: Line): readonly Line[] {
  const at = lines.findLastIndex((one) => one.author === 'peer');
  const last = lines[at];
  const isFirst =
    last?.key.startsWith('invitation ') && textOf(last.content).trim() === textOf(line.content).trim();
  return isFirst ? lines.toSpliced(at, 1) : lines;
}

function conversationOver(state: SkypeState, conversation: string, at: number, note: string): SkypeState {
  const window = windowOf(state, conversation);
  if (!window) return state;
  return withWindow(state, window.id, '', (one) => {
    const ended: Window = { ...one, session: { kind: 'none' }, peerTyping: false };
    return window.session.kind === 'connected'
      ? withLine(ended, noticeLine(`over ${conversation}`, at, note))
      : ended;
  });
}

function noticeLine(key: string, at: number, words: string): Line {
  return {
    key,
    author: 'notice',
    authorName: '',
    at,
    content: [{ kind: 'text', text: words }],
    state: { kind: 'received' },
  };
}

/** Adds a line, or replaces the one of the same key in its place. */
function withLine(window: Window, line: Line): Window {
  const known = window.lines.some((one) => one.key === line.key);
  const lines = known
    ? window.lines.map((one) => (one.key === line.key ? line : one))
    : [...window.lines, line].slice(-maxLines);
  return { ...window, lines };
}

function withWindow(
  state: SkypeState,
  id: string,
  name: string,
  change: (window: Window) => Window,
): SkypeState {
  const window = state.windows[id] ?? emptyWindow(id, name || nameOf(state, id));
  return { ...state, windows: { ...state.windows, [id]: change(window) } };
}

function withContact(state: SkypeState, uri: string, change: (contact: Contact) => Contact): SkypeState {
  const contacts = state.contacts ?? [];
  const known = contacts.some((contact) => contact.uri === uri);
  return known
    ? { ...state, contacts: contacts.map((contact) => (contact.uri === uri ? change(contact) : contact)) }
    : state;
}

/** What a window is called, open or not. */
export function nameOf(state: SkypeState, window: string): string {
  const peer = peerOf(window);
  const contact = state.contacts?.find((one) => one.uri === peer);
  return state.windows[window]?.name ?? contact?.name ?? peer.replace(/^sip:/, '');
}
