import { stringAt } from '../shared/http.ts';
import { type ParseHtml, parseBody } from '../shared/richText/parse.ts';
import type { RichNode } from '../shared/richText/tree.ts';
import type { Store } from '../shared/store.ts';
import type { Outbox } from './outbox.ts';
import { nameOf, type SkypeAction } from './state/reducer.ts';
import { type SkypeState, sipOf, windowId, windowOf } from './state/state.ts';
import type { Ucwa } from './ucwa/client.ts';
import { readDataUri } from './ucwa/dataUri.ts';
import type { Reason, UcwaEvent } from './ucwa/events.ts';
import { embeddedOf, linkOf, linkTitle, type Resource } from './ucwa/hal.ts';
import { endWords } from './words.ts';

export interface Conversations {
  readonly handle: (event: UcwaEvent) => Promise<void>;
}

/** Turns the events of invitations, conversations and messages into changes of the windows. */
export function createConversations(
  ucwa: Ucwa,
  store: Store<SkypeState, SkypeAction>,
  outbox: Outbox,
  parseHtml: ParseHtml,
  now: () => number,
): Conversations {
  /** Links of one's own participants: their typing is no news. */
  const own = new Set<string>();

  const resourceOf = async (event: UcwaEvent): Promise<Resource> =>
    event.resource ?? ((await ucwa.get(event.href)) as Resource);

  const contentOf = (href: string | undefined): readonly RichNode[] => {
    const data = href === undefined ? undefined : readDataUri(href);
    return data ? parseBody(data.format, data.content, parseHtml) : [];
  };

  const onInvitation = async (event: UcwaEvent): Promise<void> => {
    const invitation = await resourceOf(event);
    if (stringAt(invitation, 'direction') === 'Outgoing') return onOutgoing(event, invitation);
    if (event.type === 'completed') {
      const name = nameOfInviter(invitation);
      const note = missedWords(event.status, event.reason, name);
      return store.dispatch({ type: 'invitationOver', href: event.href, at: now(), note });
    }
    const accept = linkOf(invitation, 'accept');
    const decline = linkOf(invitation, 'decline');
    if (event.type !== 'started' || accept === undefined || decline === undefined) return;
    store.dispatch({
      type: 'invited',
      invitation: {
        href: event.href,
        conversation: linkOf(invitation, 'conversation') ?? '',
        window: windowId(sipOf(stringAt(embeddedOf(invitation, 'from'), 'uri')), onBehalf(invitation)),
        threadId: stringAt(invitation, 'threadId'),
        name: nameOfInviter(invitation),
        content: contentOf(linkOf(invitation, 'message')),
        accept,
        decline,
      },
    });
  };

  const nameOfInviter = (invitation: Resource): string => {
    const from = embeddedOf(invitation, 'from');
    return (
      onBehalf(invitation) || stringAt(from, 'name') || nameOf(store.get(), sipOf(stringAt(from, 'uri')))
    );
  };

  const onOutgoing = (event: UcwaEvent, invitation: Resource): void => {
    const operationId = stringAt(invitation, 'operationId');
    const window = outbox.windowFor(operationId);
    if (window === undefined) return;
    if (event.type === 'completed') {
      const success = event.status !== 'Failure' && event.reason === undefined;
      outbox.invitationEnded(operationId, event.reason, success);
      return;
    }
    const session = store.get().windows[window]?.session;
    if (session?.kind !== 'inviting') return;
    const conversation = linkOf(invitation, 'conversation');
    const stop = linkOf(invitation, 'cancel');
    store.dispatch({ type: 'session', window, session: { kind: 'inviting', conversation, stop } });
  };

  const onMessaging = async (event: UcwaEvent): Promise<void> => {
    const messaging = await resourceOf(event);
    const conversation = linkOf(messaging, 'conversation') ?? event.senderHref;
    const window = windowOf(store.get(), conversation);
    if (!window) return;
    switch (stringAt(messaging, 'state')) {
      case 'Connected':
        store.dispatch({
          type: 'session',
          window: window.id,
          session: {
            kind: 'connected',
            conversation,
            sendMessage: linkOf(messaging, 'sendMessage'),
            setIsTyping: linkOf(messaging, 'setIsTyping'),
            stop: linkOf(messaging, 'stopMessaging'),
          },
        });
        return outbox.pump(window.id);
      case 'Disconnected':
        return ended(conversation, event.reason);
      default:
        return;
    }
  };

  const ended = (conversation: string, reason: Reason | undefined): void => {
    const window = windowOf(store.get(), conversation);
    if (!window) return;
    outbox.sessionOver(window.id, reason);
    store.dispatch({
      type: 'conversationOver',
      conversation,
      at: now(),
      note: endWords(reason, window.name),
    });
    outbox.pump(window.id);
  };

  const onMessage = async (event: UcwaEvent): Promise<void> => {
    const message = await resourceOf(event);
    if (stringAt(message, 'direction') === 'Outgoing') {
      if (event.type !== 'completed') return;
      const success = event.status !== 'Failure' && event.reason === undefined;
      return outbox.messageEnded(stringAt(message, 'operationId'), event.href, event.reason, success);
    }
    const window = windowOf(store.get(), event.senderHref);
    store.dispatch({
      type: 'received',
      conversation: event.senderHref,
      line: {
        key: event.href,
        author: 'peer',
        authorName: linkTitle(message, 'participant') || window?.name || '',
        at: ajaxTime(stringAt(message, 'timeStamp')) ?? now(),
        content: contentOf(linkOf(message, 'htmlMessage') ?? linkOf(message, 'plainMessage')),
        state: { kind: 'received' },
      },
    });
  };

  return {
    handle: async (event) => {
      switch (event.rel) {
        case 'messagingInvitation':
          return onInvitation(event);
        case 'conversation':
          if (event.type === 'deleted' || stringAt(event.resource, 'state') === 'Disconnected')
            ended(event.href, event.reason);
          return;
        case 'messaging':
          return event.type === 'deleted' ? ended(event.senderHref, event.reason) : onMessaging(event);
        case 'message':
          return onMessage(event);
        case 'localParticipant':
          own.add(event.href);
          return;
        case 'participant':
          if (event.inRel !== 'typingParticipants' || own.has(event.href)) return;
          return store.dispatch({
            type: 'typing',
            conversation: event.senderHref,
            typing: event.type === 'added',
          });
        default:
          return;
      }
    },
  };
}

/** The account in whose name the gateway writes for people who have no account here. */
const gatewayName = 'Isthmus';

/** Whom the gateway's own account writes for: it names them in the subject. '' for everybody else's invitations. */
function onBehalf(invitation: Resource): string {
  return stringAt(embeddedOf(invitation, 'from'), 'name') === gatewayName
    ? stringAt(invitation, 'subject')
    : '';
}

/** What the window tells of an invitation that went by unanswered here; undefined when there is nothing to tell. */
function missedWords(status: string, reason: Reason | undefined, name: string): string | undefined {
  if (status === 'Success' || reason?.subcode === 'ConnectedElsewhere' || reason?.subcode === 'Declined')
    return undefined;
  return `You missed this message of ${name}.`;
}

/** Unix ms of `/Date(1383784870271)/`. */
export function ajaxTime(text: string): number | undefined {
  const ms = /^\/Date\((-?\d+)/.exec(text)?.[1];
  return ms === undefined ? undefined : Number(ms);
}
