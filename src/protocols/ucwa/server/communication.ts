import { badParameters, UcwaError } from '../errors.ts';
import { propertyOf, putGuard } from '../hal.ts';
import { declineReasons } from '../types.ts';
import { communicationResource } from './communication-resource.ts';
import { type ApplicationRoute, noContent, parameter } from './context.ts';
import {
  conversationResource,
  invitationResource,
  localParticipantLink,
  localParticipantResource,
  participantLink,
  participantMessagingResource,
  participantResource,
} from './conversation-resources.ts';
import { requireEtag } from './etag.ts';
import { Input } from './input.ts';
import { formatsOf } from './me.ts';

/** Conversations, their members, and the invitations that open them. */
export function communicationRoutes(route: ApplicationRoute): void {
  route('GET', '/communication', (application) => communicationResource(application));

  route('PUT', '/communication', (application, request) => {
    application.requireAvailable();
    const input = new Input(request);
    requireEtag(request.headers['if-match'], communicationResource(application).etag);
    if (propertyOf(input.body, application.putGuardName) !== putGuard) {
      throw badParameters({ [application.putGuardName]: 'must be passed in a PUT request' });
    }
    const wanted = formatsOf(input, input.list('supportedMessageFormats', 10, 20));
    input.check();
    application.setFormats(wanted);
    return communicationResource(application);
  });

  route('GET', '/communication/conversations', (application) => ({
    _links: {
      self: { href: `${application.paths.communication}/conversations?filter=active` },
      conversation: Array.from(application.conversations.open, ({ id }) => ({
        href: application.paths.conversation(id),
      })),
    },
    rel: 'conversations',
  }));

  route('GET', '/communication/conversations/:id', (application, request) =>
    conversationResource(application.conversations.get(parameter(request, 'id'))),
  );

  route('DELETE', '/communication/conversations/:id', (application, request, reply) => {
    application.conversations.get(parameter(request, 'id')).hangUp();
    noContent(reply);
  });

  route('GET', '/communication/conversations/:id/participants', (application, request) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    const connected = conversation.state === 'Connected' ? [participantLink(conversation)] : [];
    return {
      _links: {
        self: { href: `${application.paths.conversation(conversation.id)}/participants` },
        participant: [localParticipantLink(conversation), ...connected],
      },
      rel: 'participants',
    };
  });

  route('GET', '/communication/conversations/:id/participants/:address', (application, request) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    const address = parameter(request, 'address').toLowerCase();
    if (address === application.endpoint.me.address) return localParticipantResource(conversation);
    if (address === conversation.peer.address) return participantResource(conversation);
    throw new UcwaError('NotFound', undefined, 'There is no such participant.');
  });

  route('GET', '/communication/conversations/:id/participants/:address/messaging', (application, request) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    const address = parameter(request, 'address').toLowerCase();
    if (
      conversation.state !== 'Connected' ||
      (address !== application.endpoint.me.address && address !== conversation.peer.address)
    ) {
      throw new UcwaError('NotFound', undefined, 'There is no such participant.');
    }
    return participantMessagingResource(conversation, address);
  });

  // COMPAT: clients expect the link `addParticipant` in every connected conversation.
  route('POST', '/communication/participantInvitations', () => {
    throw new UcwaError('Forbidden', 'NotAllowed', 'Conversations of more than two are not served.');
  });

  route('GET', '/communication/messagingInvitations/:id', (application, request) =>
    invitationResource(application.conversations.invitation(parameter(request, 'id'))),
  );

  route('POST', '/communication/messagingInvitations/:id/accept', (application, request, reply) => {
    application.conversations.invitation(parameter(request, 'id')).accept();
    noContent(reply);
  });

  route('POST', '/communication/messagingInvitations/:id/decline', (application, request, reply) => {
    const input = new Input(request);
    const reason = input.oneOf('reason', declineReasons) ?? 'Global';
    input.check();
    application.conversations.invitation(parameter(request, 'id')).decline(reason);
    noContent(reply);
  });
}
