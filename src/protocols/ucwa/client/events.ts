import { type DataContent, decodeDataUri } from '../data-uri.ts';
import { parseDate } from '../dates.ts';
import type { Reason } from '../errors.ts';
import { embeddedOf, hrefOf, isObject, type ResourceInput } from '../hal.ts';
import type { EventType } from '../types.ts';
import { reasonOf } from './answers.ts';

interface Base {
  readonly type: EventType;
  /** The resource that the event is about. */
  readonly href: string;
  /** How an operation ended; absent until it has. */
  readonly status?: 'Success' | 'Failure';
  readonly reason?: Reason;
}

export interface Party {
  /** Absent for somebody whose address is withheld. */
  readonly uri?: string;
  /** May be empty: the name can come later. */
  readonly name: string;
}

export interface InvitationEvent extends Base {
  readonly kind: 'messagingInvitation';
  readonly direction: 'Incoming' | 'Outgoing' | undefined;
  readonly state: string | undefined;
  readonly operationId: string | undefined;
  readonly threadId: string | undefined;
  readonly subject: string;
  readonly from: Party | undefined;
  /** The first message, if the invitation carries one. */
  readonly content: DataContent | undefined;
  readonly accept: string | undefined;
  readonly decline: string | undefined;
  readonly cancel: string | undefined;
  readonly conversation: string | undefined;
  readonly messaging: string | undefined;
}

export interface ConversationEvent extends Base {
  readonly kind: 'conversation';
  readonly state: string | undefined;
  readonly threadId: string | undefined;
}

export interface MessagingStateEvent extends Base {
  readonly kind: 'messaging';
  readonly conversation: string;
  readonly state: string | undefined;
  readonly formats: readonly string[];
  readonly sendMessage: string | undefined;
  readonly stopMessaging: string | undefined;
}

export interface MessageEvent extends Base {
  readonly kind: 'message';
  readonly conversation: string;
  readonly direction: 'Incoming' | 'Outgoing' | undefined;
  readonly operationId: string | undefined;
  readonly content: DataContent | undefined;
  /** Unix ms. */
  readonly at: number | undefined;
  readonly failedRecipients: readonly Party[];
}

/** Somebody joined, changed in or left a conversation. */
export interface ParticipantEvent extends Base {
  readonly kind: 'participant';
  readonly conversation: string;
  readonly party: Party | undefined;
}

export interface ContactPresenceEvent extends Base {
  readonly kind: 'contactPresence';
  /** The contact whose presence it is. */
  readonly contact: string | undefined;
}

export interface ContactNoteEvent extends Base {
  readonly kind: 'contactNote';
  /** The contact whose note it is. */
  readonly contact: string | undefined;
}

export interface ContactEvent extends Base {
  readonly kind: 'contact';
  readonly uri: string | undefined;
}

export interface PresenceSubscriptionEvent extends Base {
  readonly kind: 'presenceSubscription';
}

/** What this client has no use for: other modalities, typing, its own presence, and whatever is yet unknown. */
export interface OtherEvent extends Base {
  readonly kind: 'other';
  readonly rel: string;
}

export type ClientEvent =
  | InvitationEvent
  | ConversationEvent
  | MessagingStateEvent
  | MessageEvent
  | ParticipantEvent
  | ContactPresenceEvent
  | ContactNoteEvent
  | ContactEvent
  | PresenceSubscriptionEvent
  | OtherEvent;

/** What one P-GET brought, in the order in which it happened. */
export interface ParsedPackage {
  readonly events: readonly ClientEvent[];
  /**
   * `resume`: the server has dropped what it held for this client, conversations and subscriptions with it.
   * `resync`: this client has lost the thread, and what it holds is no longer sure.
   */
  readonly onward: { readonly kind: 'next' | 'resume' | 'resync'; readonly href: string };
}

/** Undefined if the body does not lead on. An event that cannot be read is left out; the others stand. */
export function parsePackage(body: unknown): ParsedPackage | undefined {
  if (!isObject(body)) return undefined;
  const onward = onwardOf(body);
  if (!onward) return undefined;
  return { onward, events: objects(body['sender']).flatMap(eventsOfSender) };
}

function onwardOf(body: ResourceInput): ParsedPackage['onward'] | undefined {
  for (const kind of ['resync', 'resume', 'next'] as const) {
    const href = hrefOf(body, kind);
    if (href !== undefined) return { kind, href };
  }
  return undefined;
}

function eventsOfSender(sender: ResourceInput): readonly ClientEvent[] {
  const from = text(sender['href']) ?? '';
  return objects(sender['events']).flatMap((event) => parseEvent(event, from) ?? []);
}

const eventTypes: readonly string[] = [
  'added',
  'updated',
  'deleted',
  'started',
  'completed',
] satisfies EventType[];

/** @param sender address of the sender: the conversation, for the events of a conversation */
export function parseEvent(event: unknown, sender: string): ClientEvent | undefined {
  if (!isObject(event) || !isObject(event['link'])) return undefined;
  const [rel, href, type] = [text(event['link']['rel']), text(event['link']['href']), event['type']];
  if (rel === undefined || href === undefined || !isEventType(type)) return undefined;
  const reason = reasonOf(event['reason']);
  const status = event['status'];
  const base: Base = {
    type,
    href,
    ...(status === 'Success' || status === 'Failure' ? { status } : {}),
    ...(reason ? { reason } : {}),
  };
  const collection = isObject(event['in']) ? event['in'] : undefined;
  const body = embeddedOf(event, rel)[0] ?? {};
  switch (rel) {
    case 'messagingInvitation':
      return { ...base, ...invitation(body) };
    case 'conversation':
      return { ...base, kind: 'conversation', state: text(body['state']), threadId: text(body['threadId']) };
    case 'messaging':
      return { ...base, ...messaging(body, sender) };
    case 'message':
      return { ...base, ...message(body, sender) };
    case 'participant':
      // `in` names a roster (attendees, typing, …): only without one has somebody come or gone.
      if (collection) return { ...base, kind: 'other', rel };
      return { ...base, kind: 'participant', conversation: sender, party: partyOf(body) };
    case 'contactPresence':
      return { ...base, kind: 'contactPresence', contact: text(collection?.['href']) };
    case 'contactNote':
      return { ...base, kind: 'contactNote', contact: text(collection?.['href']) };
    case 'contact':
      return { ...base, kind: 'contact', uri: text(body['uri']) };
    case 'presenceSubscription':
      return { ...base, kind: 'presenceSubscription' };
    default:
      return { ...base, kind: 'other', rel };
  }
}

function invitation(body: ResourceInput): Omit<InvitationEvent, keyof Base> {
  const [from] = embeddedOf(body, 'from');
  const data = hrefOf(body, 'message');
  return {
    kind: 'messagingInvitation',
    direction: directionOf(body),
    state: text(body['state']),
    operationId: text(body['operationId']),
    threadId: text(body['threadId']),
    subject: text(body['subject']) ?? '',
    from: from && partyOf(from),
    content: data === undefined ? undefined : decodeDataUri(data),
    accept: hrefOf(body, 'accept'),
    decline: hrefOf(body, 'decline'),
    cancel: hrefOf(body, 'cancel'),
    conversation: hrefOf(body, 'conversation'),
    messaging: hrefOf(body, 'messaging'),
  };
}

function messaging(body: ResourceInput, sender: string): Omit<MessagingStateEvent, keyof Base> {
  const formats = body['negotiatedMessageFormats'];
  return {
    kind: 'messaging',
    conversation: hrefOf(body, 'conversation') ?? sender,
    state: text(body['state']),
    formats: Array.isArray(formats) ? formats.filter((format) => typeof format === 'string') : [],
    sendMessage: hrefOf(body, 'sendMessage'),
    stopMessaging: hrefOf(body, 'stopMessaging'),
  };
}

function message(body: ResourceInput, sender: string): Omit<MessageEvent, keyof Base> {
  const data = hrefOf(body, 'htmlMessage') ?? hrefOf(body, 'plainMessage');
  const at = text(body['timeStamp']);
  return {
    kind: 'message',
    conversation: sender,
    direction: directionOf(body),
    operationId: text(body['operationId']),
    content: data === undefined ? undefined : decodeDataUri(data),
    at: at === undefined ? undefined : parseDate(at),
    failedRecipients: embeddedOf(body, 'failedDeliveryParticipant').flatMap((party) => partyOf(party) ?? []),
  };
}

function partyOf(participant: ResourceInput): Party | undefined {
  const [uri, name] = [text(participant['uri']), text(participant['name'])];
  if (uri === undefined && name === undefined) return undefined;
  return { name: name ?? '', ...(uri === undefined ? {} : { uri }) };
}

function directionOf(body: ResourceInput): 'Incoming' | 'Outgoing' | undefined {
  const direction = body['direction'];
  return direction === 'Incoming' || direction === 'Outgoing' ? direction : undefined;
}

function objects(value: unknown): readonly ResourceInput[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isEventType(value: unknown): value is EventType {
  return typeof value === 'string' && eventTypes.includes(value);
}
