import type { DataContent } from '../data-uri.ts';
import type { Reason } from '../errors.ts';
import type { ClientEvent, InvitationEvent, MessageEvent, Party } from './events.ts';

/** What is known of one conversation of an application. */
export interface Conversation {
  /** Address of the conversation, unique within its application. */
  readonly href: string;
  readonly threadId: string | undefined;
  readonly messaging: string | undefined;
  readonly sendMessage: string | undefined;
  readonly stopMessaging: string | undefined;
  readonly formats: readonly string[];
  readonly connected: boolean;
  /** The invitation that it began with, if it was an incoming one: a package may bring it again. */
  readonly invitation: string | undefined;
  /** The first message as the invitation brought it: it will be shown once more, as a message. */
  readonly invitedWith: DataContent | undefined;
  /** Address of that second showing, once it was seen. */
  readonly repeatedAt: string | undefined;
}

export interface IncomingInvitation {
  readonly href: string;
  readonly conversation: string;
  readonly threadId: string | undefined;
  readonly subject: string;
  readonly from: Party;
  readonly content: DataContent | undefined;
  /** Where it is taken up; it stays good although later events may come without it. */
  readonly accept: string;
  readonly decline: string | undefined;
}

export interface ReceivedMessage {
  readonly href: string;
  readonly conversation: string;
  readonly threadId: string | undefined;
  readonly content: DataContent;
  /** Unix ms by the pool's clock, if it said. */
  readonly at: number | undefined;
}

/** What the events of a package come to, for somebody who chats. */
export type ConversationNews =
  | { readonly kind: 'invited'; readonly invitation: IncomingInvitation }
  | { readonly kind: 'received'; readonly message: ReceivedMessage }
  | {
      readonly kind: 'ended';
      readonly conversation: string;
      readonly reason: Reason | undefined;
      /** What was known of it. */
      readonly was: Conversation;
    };

export type Conversations = ReadonlyMap<string, Conversation>;

const blank = (href: string): Conversation => ({
  href,
  threadId: undefined,
  messaging: undefined,
  sendMessage: undefined,
  stopMessaging: undefined,
  formats: [],
  connected: false,
  invitation: undefined,
  invitedWith: undefined,
  repeatedAt: undefined,
});

/**
 * Applies one event to the conversations. The map is changed in place (it belongs to the caller); the rule itself
 * depends on nothing else.
 */
export function applyEvent(
  known: Map<string, Conversation>,
  event: ClientEvent,
): ConversationNews | undefined {
  const update = (href: string, change: Partial<Conversation>): void => {
    known.set(href, { ...(known.get(href) ?? blank(href)), ...change });
  };
  const end = (href: string, reason: Reason | undefined): ConversationNews | undefined => {
    const was = known.get(href);
    if (!was) return undefined;
    known.delete(href);
    return { kind: 'ended', conversation: href, reason, was };
  };

  switch (event.kind) {
    case 'messagingInvitation': {
      const href = event.conversation;
      if (href === undefined) return undefined;
      if (event.type === 'completed' && event.status === 'Failure') return end(href, event.reason);
      update(href, {
        threadId: event.threadId ?? known.get(href)?.threadId,
        messaging: event.messaging ?? known.get(href)?.messaging,
        stopMessaging: event.cancel ?? known.get(href)?.stopMessaging,
      });
      const invitation = incoming(event);
      if (!invitation) return undefined;
      if (known.get(href)?.invitation !== invitation.href)
        update(href, { invitation: invitation.href, invitedWith: invitation.content });
      return { kind: 'invited', invitation };
    }
    case 'conversation':
      if (event.type === 'deleted' || event.state === 'Disconnected') return end(event.href, event.reason);
      update(event.href, { threadId: event.threadId ?? known.get(event.href)?.threadId });
      return undefined;
    case 'messaging':
      if (event.state === 'Disconnected') return end(event.conversation, event.reason);
      if (event.state === undefined || event.type === 'deleted') return undefined;
      update(event.conversation, {
        messaging: event.href,
        sendMessage: event.sendMessage,
        stopMessaging: event.stopMessaging ?? known.get(event.conversation)?.stopMessaging,
        formats: event.formats,
        connected: event.state === 'Connected',
      });
      return undefined;
    case 'message':
      return received(known, event, update);
    case 'participant':
    case 'contactPresence':
    case 'contactNote':
    case 'contact':
    case 'presenceSubscription':
    case 'other':
      return undefined;
  }
}

function incoming(event: InvitationEvent): IncomingInvitation | undefined {
  if (event.type !== 'started' || event.direction !== 'Incoming') return undefined;
  if (event.accept === undefined || event.conversation === undefined) return undefined;
  return {
    href: event.href,
    conversation: event.conversation,
    threadId: event.threadId,
    subject: event.subject,
    from: event.from ?? { name: '' },
    content: event.content,
    accept: event.accept,
    decline: event.decline,
  };
}

/** COMPAT: the reference says that an incoming message has `started`, every real pool says `completed`. */
function received(
  known: Conversations,
  event: MessageEvent,
  update: (href: string, change: Partial<Conversation>) => void,
): ConversationNews | undefined {
  if (event.direction !== 'Incoming' || event.status === 'Failure' || !event.content) return undefined;
  const conversation = known.get(event.conversation);
  if (conversation?.repeatedAt === event.href) return undefined;
  if (conversation?.invitedWith) {
    const isRepeated = conversation.invitedWith.text.trimEnd() === event.content.text.trimEnd();
    update(event.conversation, {
      invitedWith: undefined,
      repeatedAt: isRepeated ? event.href : undefined,
    });
    if (isRepeated) return undefined;
  }
  return {
    kind: 'received',
    message: {
      href: event.href,
      conversation: event.conversation,
      threadId: conversation?.threadId,
      content: event.content,
      at: event.at,
    },
  };
}
