import { encodeDataUri } from '../data-uri.ts';
import { formatDate } from '../dates.ts';
import type { Reason } from '../errors.ts';
import type { Link, Resource } from '../hal.ts';
import type { PersonCard } from './backend.ts';
import type { ConversationView, StoredMessage } from './conversation-view.ts';

/** The resources of a conversation; links come and go with its state. */
export function conversationResource(conversation: ConversationView): Resource {
  const { app, id, facts, state } = conversation;
  const self = app.paths.conversation(id);
  const live = state === 'Connected';
  return {
    state,
    threadId: facts.threadId,
    subject: facts.subject,
    activeModalities: live || (facts.direction === 'Incoming' && state === 'Incoming') ? ['Messaging'] : [],
    importance: facts.importance,
    recording: false,
    _links: {
      self: { href: self },
      messaging: { href: app.paths.messaging(id) },
      ...(live
        ? {
            localParticipant: localParticipantLink(conversation),
            participants: { href: `${self}/participants` },
            addParticipant: { href: `${app.paths.communication}/participantInvitations?conversation=${id}` },
          }
        : {}),
    },
    rel: 'conversation',
  };
}

export function messagingResource(conversation: ConversationView): Resource {
  const { app, id, state } = conversation;
  const self = app.paths.messaging(id);
  const common = { self: { href: self }, conversation: { href: app.paths.conversation(id) } };
  switch (state) {
    case 'Connected':
      return {
        state: 'Connected',
        negotiatedMessageFormats: conversation.formats,
        _links: {
          ...common,
          stopMessaging: { href: `${self}/terminate` },
          sendMessage: { href: `${self}/messages` },
          setIsTyping: { href: `${self}/typing` },
          typingParticipants: { href: `${self}/typingParticipants` },
        },
        rel: 'messaging',
      };
    case 'Disconnected':
      return {
        state: 'Disconnected',
        _links: { ...common, addMessaging: { href: `${self}/addMessaging` } },
        rel: 'messaging',
      };
    case 'Connecting':
    case 'Incoming':
      return {
        state: 'Connecting',
        _links: { ...common, stopMessaging: { href: `${self}/terminate` } },
        rel: 'messaging',
      };
  }
}

export function invitationResource(conversation: ConversationView): Resource {
  const { app, id, facts, invitationId, invitationState } = conversation;
  const self = app.paths.invitation(invitationId);
  const incoming = facts.direction === 'Incoming';
  const open = invitationState === 'Connecting';
  const connected = invitationState === 'Connected';
  return {
    direction: facts.direction,
    importance: facts.importance,
    threadId: facts.threadId,
    state: invitationState,
    ...(facts.operationId === undefined ? {} : { operationId: facts.operationId }),
    subject: facts.subject,
    _links: {
      self: { href: self },
      ...(incoming ? {} : { from: localParticipantLink(conversation) }),
      to: { href: app.paths.contact(incoming ? app.endpoint.me.address : conversation.peer.address) },
      conversation: { href: app.paths.conversation(id) },
      ...(incoming && open
        ? { accept: { href: `${self}/accept` }, decline: { href: `${self}/decline` } }
        : {}),
      ...(!incoming && open ? { cancel: { href: `${app.paths.messaging(id)}/terminate` } } : {}),
      messaging: { href: app.paths.messaging(id) },
      ...(facts.message ? { message: { href: encodeDataUri(facts.message) } } : {}),
    },
    ...(incoming ? { _embedded: { from: participantResource(conversation) } } : {}),
    ...(!incoming && connected
      ? { _embedded: { acceptedByParticipant: [participantResource(conversation)] } }
      : {}),
    rel: 'messagingInvitation',
  };
}

/** The other person, as a member of the conversation. */
export function participantResource(conversation: ConversationView): Resource {
  const { app, id, peer } = conversation;
  const contact = app.paths.contact(peer.address);
  return {
    ...participantProperties(peer),
    _links: {
      self: { href: app.paths.participant(id, peer.address) },
      conversation: { href: app.paths.conversation(id) },
      contact: { href: contact },
      contactPresence: { href: `${contact}/presence` },
      contactPhoto: { href: app.paths.photo(peer.address) },
      ...(conversation.state === 'Connected'
        ? { participantMessaging: { href: `${app.paths.participant(id, peer.address)}/messaging` } }
        : {}),
    },
    rel: 'participant',
  };
}

export function localParticipantResource(conversation: ConversationView): Resource {
  const { app, id } = conversation;
  return {
    ...participantProperties(app.endpoint.me),
    _links: {
      self: { href: localParticipantLink(conversation).href },
      conversation: { href: app.paths.conversation(id) },
      me: { href: app.paths.me },
    },
    rel: 'participant',
  };
}

export function participantMessagingResource(conversation: ConversationView, address: string): Resource {
  const { app, id, peer } = conversation;
  const participant =
    address === peer.address ? participantLink(conversation) : localParticipantLink(conversation);
  return {
    _links: { self: { href: `${app.paths.participant(id, address)}/messaging` }, participant },
    rel: 'participantMessaging',
  };
}

/** `failure`: how the sending of it ended, if it failed. */
export function messageResource(
  conversation: ConversationView,
  message: StoredMessage,
  failure?: Reason,
): Resource {
  const { app, id } = conversation;
  const incoming = message.direction === 'Incoming';
  const rel = message.content.contentType === 'text/html' ? 'htmlMessage' : 'plainMessage';
  return {
    direction: message.direction,
    timeStamp: formatDate(message.at),
    ...(message.operationId === undefined ? {} : { operationId: message.operationId }),
    _links: {
      self: { href: app.paths.message(id, message.number) },
      messaging: { href: app.paths.messaging(id) },
      ...(incoming
        ? {
            contact: { href: app.paths.contact(conversation.peer.address) },
            participant: participantLink(conversation),
            [rel]: { href: encodeDataUri(message.content) },
          }
        : {}),
      ...(failure ? { failedDeliveryParticipant: [participantLink(conversation)] } : {}),
    },
    rel: 'message',
  };
}

export function participantLink(conversation: ConversationView): Link {
  const { app, id, peer } = conversation;
  return { href: app.paths.participant(id, peer.address), title: peer.name };
}

export function localParticipantLink(conversation: ConversationView): Link {
  const { app, id } = conversation;
  const { me } = app.endpoint;
  return { href: app.paths.participant(id, me.address), title: me.name };
}

function participantProperties(card: PersonCard) {
  return { sourceNetwork: card.sourceNetwork, anonymous: false, name: card.name, uri: `sip:${card.address}` };
}
