import type { RemoteId } from '../../../core/ids.ts';
import type { SipUri } from '../../../core/people.ts';
import {
  type Application,
  type ChannelNotice,
  type ClientEvent,
  type Clock,
  type ConversationNews,
  createMessaging,
  createPresenceSubscriptions,
  type IncomingInvitation,
  type Messaging,
  type PresenceSubscriptions,
} from '../../../protocols/ucwa/client/client.ts';
import type { DialogEnd, DialogId, DoorListener } from '../door.ts';
import { failureOfError } from '../errors.ts';
import {
  endFrom,
  invitationFrom,
  lastActiveFrom,
  messageFrom,
  presenceFrom,
  type Reading,
  remarksFrom,
} from '../from-ucwa.ts';
import { remoteId, sipUri } from '../ids.ts';

/** One application of an endpoint, from sign-in to loss, with the dialogs that live in it. */
export interface Incarnation extends Disposable {
  readonly application: Application;
  readonly messaging: Messaging;
  /** Watches exactly these people. Most incarnations never do. */
  watch(people: ReadonlySet<SipUri>, signal: AbortSignal): Promise<void>;
  handle(notice: ChannelNotice): Promise<void> | undefined;
  /** An invitation of ours is about to go out under this name. */
  expect(dialog: DialogId): void;
  forget(dialog: DialogId): void;
  conversationOf(dialog: DialogId): string | undefined;
  invitationOf(dialog: DialogId): IncomingInvitation | undefined;
  nameOf(address: string): RemoteId;
}

export interface IncarnationOptions {
  readonly application: Application;
  readonly listener: DoorListener;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often it is checked that the pool still tells of who is watched, ms. */
  readonly checkEveryMs?: number;
}

export function createIncarnation(options: IncarnationOptions): Incarnation {
  const { application, listener, clock, random, checkEveryMs } = options;
  const messaging = createMessaging(application, clock);
  const incarnation = `${application.identity.endpointId} ${application.links.self}`;
  const conversations = new Map<DialogId, string>();
  const dialogs = new Map<string, DialogId>();
  const invitations = new Map<DialogId, IncomingInvitation>();
  const expected = new Set<DialogId>();

  let subscriptions: PresenceSubscriptions | undefined;

  const subscribe = (): PresenceSubscriptions =>
    createPresenceSubscriptions({
      application,
      clock,
      random,
      observed(uri, presence, askedAt) {
        const person: SipUri | undefined = sipUri(uri);
        if (person === undefined) return;
        listener.presence(person, presenceFrom(presence), askedAt);
        const activeAt = lastActiveFrom(presence);
        if (activeAt !== undefined) listener.lastActive(person, activeAt);
      },
      noted(uri, note, askedAt) {
        const person: SipUri | undefined = sipUri(uri);
        if (person !== undefined) listener.remarks(person, remarksFrom(note), askedAt);
      },
      ...(checkEveryMs === undefined ? {} : { checkEveryMs }),
      failed: (error) => listener.failed(failureOfError(error, false)),
    });

  const join = (dialog: DialogId, conversation: string): void => {
    conversations.set(dialog, conversation);
    dialogs.set(conversation, dialog);
  };

  const part = (conversation: string, how: DialogEnd): void => {
    const dialog = dialogs.get(conversation);
    if (dialog === undefined) return;
    dialogs.delete(conversation);
    conversations.delete(dialog);
    invitations.delete(dialog);
    listener.ended(dialog, how);
  };

  const noteOurs = (event: ClientEvent): void => {
    if (event.kind !== 'messagingInvitation' || event.conversation === undefined) return;
    const { operationId, conversation } = event;
    if (operationId !== undefined && expected.has(operationId)) join(operationId, conversation);
  };

  const tell = (news: ConversationNews): Promise<void> | undefined => {
    const reading: Reading = { incarnation, nameOf: remoteId, now: clock.now() };
    switch (news.kind) {
      case 'invited': {
        const dialog = news.invitation.conversation;
        const invitation = invitationFrom(news.invitation, dialog, reading);
        if (!invitation) {
          listener.failed({ kind: 'refused', id: 'malformed', detail: 'invitation from nobody' });
          return undefined;
        }
        join(dialog, news.invitation.conversation);
        invitations.set(dialog, news.invitation);
        return listener.invited(invitation);
      }
      case 'received': {
        const dialog = dialogs.get(news.message.conversation);
        if (dialog !== undefined) return listener.received(messageFrom(news.message, dialog, reading));
        listener.failed({ kind: 'refused', id: 'malformed', detail: 'message in an unknown conversation' });
        return undefined;
      }
      case 'ended':
        // Only when the package is kept: what came before the end may have to be handed over once more.
        return undefined;
    }
  };

  const partFrom = (news: readonly ConversationNews[]): void => {
    for (const one of news) if (one.kind === 'ended') part(one.conversation, endFrom(one.reason));
  };

  const loseAll = (): void => {
    for (const conversation of messaging.lose()) part(conversation, 'lost');
  };

  return {
    application,
    messaging,
    watch(people, signal) {
      subscriptions ??= subscribe();
      return subscriptions.watch(people, signal);
    },
    handle(notice) {
      if (notice.kind === 'stateLost') {
        if (notice.how === 'resume') loseAll();
        subscriptions?.restore();
        return undefined;
      }
      for (const event of notice.events) noteOurs(event);
      subscriptions?.handle(notice.events);
      const news = messaging.handle(notice.events);
      const holding = news.flatMap((one) => tell(one) ?? []);
      if (holding.length === 0) {
        partFrom(news);
        return undefined;
      }
      return allKept(holding).then(
        () => partFrom(news),
        (error: unknown) => {
          messaging.unkept();
          throw error;
        },
      );
    },
    expect: (dialog) => void expected.add(dialog),
    forget: (dialog) => void expected.delete(dialog),
    conversationOf: (dialog) => conversations.get(dialog),
    invitationOf: (dialog) => invitations.get(dialog),
    nameOf: (address) => remoteId(incarnation, address),
    [Symbol.dispose]() {
      loseAll();
      subscriptions?.[Symbol.dispose]();
    },
  };
}

/** Waits for all before it fails for one: what is asked for again must not meet what is still under way. */
async function allKept(holding: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(holding)) if (end.status === 'rejected') throw end.reason;
}
