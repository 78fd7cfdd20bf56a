import type { Reason } from '../errors.ts';
import type { EventType, UcwaEvent } from '../types.ts';
import {
  conversationResource,
  invitationResource,
  localParticipantLink,
  localParticipantResource,
  messageResource,
  messagingResource,
  participantLink,
  participantMessagingResource,
  participantResource,
} from './conversation-resources.ts';
import type { ConversationView, StoredMessage } from './conversation-view.ts';
import type { ChannelEvent } from './event-channel.ts';

/** What a conversation puts into the event channel, in the order that a real pool keeps. All is urgent. */
export class ConversationEvents {
  readonly #of: ConversationView;

  constructor(conversation: ConversationView) {
    this.#of = conversation;
  }

  outgoingStarted(): void {
    this.#invitation({ type: 'started' });
    this.#conversation('added');
    this.#localParticipantAdded();
    this.#messaging();
  }

  incomingStarted(): void {
    this.#invitation({ type: 'started' });
    this.#conversation('added');
    this.#localParticipantAdded();
    this.#participant('added');
  }

  outgoingConnected(): void {
    this.#conversation('updated');
    this.#participant('added');
    this.#participantMessaging('added');
    this.#messaging();
    this.#invitation({ type: 'completed', status: 'Success' });
  }

  incomingConnected(): void {
    this.#messaging();
    this.#conversation('updated');
    this.#participantMessaging('added');
    this.#participant('updated');
    this.#invitation({ type: 'completed', status: 'Success' });
  }

  invitationFailed(reason: Reason): void {
    this.#invitation({ type: 'completed', status: 'Failure', reason });
  }

  peerLeft(): void {
    this.#participantMessaging('deleted');
    this.#participant('deleted');
  }

  ended(reason: Reason): void {
    this.#messaging(reason);
    this.#conversation('updated', reason);
    this.#conversation('deleted', reason);
  }

  incomingMessage(message: StoredMessage, taken?: () => void): Disposable {
    return this.#message(message, { status: 'Success' }, taken);
  }

  outgoingMessage(message: StoredMessage, failure: Reason | undefined): void {
    this.#message(message, failure ? { status: 'Failure', reason: failure } : { status: 'Success' });
  }

  typing(on: boolean): void {
    const conversation = this.#of;
    this.#own({
      link: { rel: 'participant', ...participantLink(conversation) },
      in: {
        rel: 'typingParticipants',
        href: `${conversation.app.paths.messaging(conversation.id)}/typingParticipants`,
      },
      type: on ? 'added' : 'deleted',
    });
  }

  #invitation(how: Pick<UcwaEvent, 'type' | 'status' | 'reason'>): void {
    const { app, invitationId } = this.#of;
    app.emit('communication', 'high', {
      link: { rel: 'messagingInvitation', href: app.paths.invitation(invitationId) },
      ...how,
      _embedded: { messagingInvitation: invitationResource(this.#of) },
    });
  }

  #conversation(type: EventType, reason?: Reason): void {
    const { app, id } = this.#of;
    app.emit('communication', 'high', {
      link: { rel: 'conversation', href: app.paths.conversation(id) },
      type,
      ...(reason ? { reason } : {}),
      ...(type === 'deleted' ? {} : { _embedded: { conversation: conversationResource(this.#of) } }),
    });
  }

  #localParticipantAdded(): void {
    this.#own({
      link: { rel: 'localParticipant', ...localParticipantLink(this.#of) },
      type: 'added',
      _embedded: { localParticipant: localParticipantResource(this.#of) },
    });
  }

  #participant(type: EventType): void {
    this.#own({
      link: { rel: 'participant', ...participantLink(this.#of) },
      type,
      ...(type === 'deleted' ? {} : { _embedded: { participant: participantResource(this.#of) } }),
    });
  }

  #participantMessaging(type: 'added' | 'deleted'): void {
    const { app, peer } = this.#of;
    const members = [
      { rel: 'participant', address: peer.address, link: participantLink(this.#of) },
      { rel: 'localParticipant', address: app.endpoint.me.address, link: localParticipantLink(this.#of) },
    ];
    for (const { rel, address, link } of members) {
      this.#own({
        link: { rel: 'participantMessaging', href: `${link.href}/messaging` },
        in: { rel, ...link },
        type,
        ...(type === 'deleted'
          ? {}
          : { _embedded: { participantMessaging: participantMessagingResource(this.#of, address) } }),
      });
    }
  }

  #messaging(reason?: Reason): void {
    const { app, id } = this.#of;
    this.#own({
      link: { rel: 'messaging', href: app.paths.messaging(id) },
      type: 'updated',
      ...(reason ? { reason } : {}),
      _embedded: { messaging: messagingResource(this.#of) },
    });
  }

  #message(
    message: StoredMessage,
    how: Pick<UcwaEvent, 'status' | 'reason'>,
    taken?: () => void,
  ): Disposable {
    const { app, id } = this.#of;
    const told = this.#own(
      {
        link: { rel: 'message', href: app.paths.message(id, message.number) },
        ...how,
        _embedded: { message: messageResource(this.#of, message, how.reason) },
        type: 'completed',
      },
      taken,
    );
    return { [Symbol.dispose]: () => app.channel.withdraw(told) };
  }

  #own(event: UcwaEvent, taken?: () => void): ChannelEvent {
    const { app, id } = this.#of;
    const told: ChannelEvent = {
      sender: { rel: 'conversation', href: app.paths.conversation(id) },
      urgency: 'high',
      event,
      ...(taken ? { taken } : {}),
    };
    app.channel.push(told);
    return told;
  }
}
