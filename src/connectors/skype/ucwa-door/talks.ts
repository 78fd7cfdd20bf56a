import type { RemoteId } from '../../../core/ids.ts';
import type { SipUri } from '../../../core/people.ts';
import {
  type Application,
  type ClientEvent,
  type Clock,
  type ConversationNews,
  createMessaging,
  type IncomingInvitation,
} from '../../../protocols/ucwa/client/client.ts';
import type { DialogEnd, DialogId, DoorListener, InviteEnd, InviteOptions, SendEnd } from '../door.ts';
import { type Failure, failureOfReason } from '../errors.ts';
import { endFrom, invitationFrom, messageFrom, type Reading } from '../from-ucwa.ts';
import { remoteId } from '../ids.ts';

/** The dialogs that live in one application. Its requests throw what the pool answers, or the signal's reason. */
export interface Talks {
  /** To be given the events of every package, in order. A promise holds back the acknowledgement of the package. */
  handle(events: readonly ClientEvent[]): Promise<void> | undefined;
  /** As {@link DoorEndpoint.invite}, and so on. */
  invite(inviting: Inviting, signal: AbortSignal): Promise<InviteEnd>;
  cancel(dialog: DialogId, signal: AbortSignal): Promise<void>;
  send(dialog: DialogId, id: string, text: string, signal: AbortSignal): Promise<SendEnd>;
  accept(dialog: DialogId, signal: AbortSignal): Promise<Failure | undefined>;
  decline(dialog: DialogId, signal: AbortSignal): Promise<void>;
  end(dialog: DialogId, signal: AbortSignal): Promise<void>;
  /** The application, or what it held, is gone. */
  lose(): void;
}

/** Whom to invite, and with what. */
export interface Inviting extends InviteOptions {
  readonly dialog: DialogId;
  readonly to: SipUri;
  readonly text: string;
}

export interface TalksOptions {
  readonly application: Application;
  readonly listener: DoorListener;
  readonly clock: Clock;
}

export const sessionEnded: Failure = { kind: 'ended', id: 'session-ended', detail: 'the session is over' };
const outcomeLost: Failure = {
  kind: 'uncertain',
  id: 'uncertain',
  detail: 'the endpoint was lost meanwhile',
};

/** Whether events of this kind can begin a dialog, or belong to one. */
export function isOfTalk({ kind }: ClientEvent): boolean {
  switch (kind) {
    case 'messagingInvitation':
    case 'conversation':
    case 'messaging':
    case 'message':
    case 'participant':
      return true;
    case 'contactPresence':
    case 'contactNote':
    case 'contact':
    case 'presenceSubscription':
    case 'other':
      return false;
  }
}

export function createTalks({ application, listener, clock }: TalksOptions): Talks {
  const messaging = createMessaging(application, clock);
  const incarnation = `${application.identity.endpointId} ${application.links.self}`;
  const conversations = new Map<DialogId, string>();
  const dialogs = new Map<string, DialogId>();
  const invitations = new Map<DialogId, IncomingInvitation>();
  const expected = new Set<DialogId>();

  const nameOf = (address: string): RemoteId => remoteId(incarnation, address);

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

  return {
    handle(events) {
      for (const event of events) noteOurs(event);
      const news = messaging.handle(events);
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
    async invite({ dialog, to, text, subject, thread }, signal) {
      expected.add(dialog);
      try {
        const outcome = await messaging.start(
          {
            operationId: dialog,
            to,
            threadId: thread,
            content: { contentType: 'text/plain', text },
            ...(subject === undefined ? {} : { subject }),
          },
          signal,
        );
        switch (outcome.kind) {
          case 'accepted':
            return { kind: 'accepted', thread: outcome.threadId ?? thread, remote: nameOf(dialog) };
          case 'failed':
            return { kind: 'failed', failure: failureOfReason(outcome.reason) };
          case 'lost':
            return { kind: 'failed', failure: outcomeLost };
        }
      } finally {
        expected.delete(dialog);
      }
    },
    async cancel(dialog, signal) {
      await messaging.cancel(dialog, signal);
    },
    async send(dialog, id, text, signal) {
      const conversation = conversations.get(dialog);
      if (conversation === undefined) return { kind: 'failed', failure: sessionEnded };
      const outcome = await messaging.send(conversation, { contentType: 'text/plain', text }, id, signal);
      switch (outcome.kind) {
        case 'sent':
          return { kind: 'sent', remote: nameOf(outcome.href) };
        case 'failed':
          return { kind: 'failed', failure: failureOfReason(outcome.reason) };
        case 'ended':
          return { kind: 'failed', failure: sessionEnded };
        case 'lost':
          return { kind: 'failed', failure: outcomeLost };
      }
    },
    async accept(dialog, signal) {
      const invitation = invitations.get(dialog);
      if (!invitation) return sessionEnded;
      return (await messaging.accept(invitation, signal)) ? undefined : sessionEnded;
    },
    async decline(dialog, signal) {
      const invitation = invitations.get(dialog);
      if (invitation) await messaging.decline(invitation, 'Local', signal);
    },
    async end(dialog, signal) {
      const conversation = conversations.get(dialog);
      if (conversation !== undefined) await messaging.stop(conversation, signal);
    },
    lose() {
      for (const conversation of messaging.lose()) part(conversation, 'lost');
    },
  };
}

/** Waits for all before it fails for one: what is asked for again must not meet what is still under way. */
async function allKept(holding: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(holding)) if (end.status === 'rejected') throw end.reason;
}
