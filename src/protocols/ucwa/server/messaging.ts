import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { DataContent } from '../data-uri.ts';
import { badParameters, UcwaError } from '../errors.ts';
import { importances } from '../types.ts';
import type { Application } from './application.ts';
import { type ApplicationRoute, noContent, parameter } from './context.ts';
import type { Conversation } from './conversation.ts';
import { messageResource, messagingResource, participantLink } from './conversation-resources.ts';
import { Input } from './input.ts';
import { addressOf } from './paths.ts';

const operationIdLimit = 50;
const subjectLimit = 250;

/** Starting, writing in and stopping instant messaging. */
export function messagingRoutes(route: ApplicationRoute): void {
  for (const path of ['/communication/messagingInvitations', '/communication/startMessaging']) {
    route('POST', path, (application, request, reply) => {
      const input = new Input(request);
      const uri = input.requiredText('to', 250);
      const to = addressOf(uri);
      if (uri !== '' && to === undefined) input.reject('to', 'must be a SIP address');
      const conversation = startConversation(application, input, to ?? '');
      return reply.code(201).header('Location', locationOf(conversation)).send();
    });
  }

  const base = '/communication/conversations/:id/messaging';

  route('GET', base, (application, request) =>
    messagingResource(application.conversations.get(parameter(request, 'id'))),
  );

  route('POST', `${base}/addMessaging`, (application, request, reply) => {
    const id = parameter(request, 'id');
    const past = application.conversations.past(id);
    if (!past) {
      application.conversations.get(id);
      throw new UcwaError('Conflict', 'AlreadyExists', 'The conversation has messaging.');
    }
    const conversation = startConversation(application, new Input(request), past.peer.address, past);
    return reply.code(201).header('Location', locationOf(conversation)).send();
  });

  route('POST', `${base}/messages`, (application, request, reply) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    const message = send(conversation, request);
    return reply.code(201).header('Location', application.paths.message(conversation.id, message)).send();
  });

  route('GET', `${base}/messages/:number`, (application, request) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    return messageResource(conversation, conversation.storedMessage(Number(parameter(request, 'number'))));
  });

  // COMPAT: clients answer a message by posting to its own address.
  route('POST', `${base}/messages/:number`, (application, request, reply) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    const message = send(conversation, request);
    return reply.code(201).header('Location', application.paths.message(conversation.id, message)).send();
  });

  route('POST', `${base}/typing`, (application, request, reply) => {
    application.conversations.get(parameter(request, 'id')).typing();
    noContent(reply);
  });

  route('GET', `${base}/typingParticipants`, (application, request) => {
    const conversation = application.conversations.get(parameter(request, 'id'));
    return {
      _links: {
        self: { href: `${application.paths.messaging(conversation.id)}/typingParticipants` },
        participant: conversation.peerIsTyping ? [participantLink(conversation)] : [],
      },
      rel: 'typingParticipants',
    };
  });

  route('POST', `${base}/terminate`, (application, request, reply) => {
    application.conversations.get(parameter(request, 'id')).hangUp();
    noContent(reply);
  });
}

function startConversation(
  application: Application,
  input: Input,
  to: string,
  again?: Conversation,
): Conversation {
  const operationId = input.text('operationId', operationIdLimit);
  const subject = input.text('subject', subjectLimit) ?? again?.facts.subject ?? '';
  const importance = input.oneOf('importance', importances) ?? 'Normal';
  const threadId = input.text('threadId', 250) || again?.threadId || newThreadId();
  const message = input.dataLink('message');
  input.check();
  if (message) requireSize(application, message);
  return application.startConversation(
    { to, subject, importance, threadId, message },
    operationId,
    again?.id,
  );
}

/** @returns the number of the message. */
function send(conversation: Conversation, request: FastifyRequest): number {
  const content = { contentType: contentTypeOf(request), text: textOf(request) };
  if (content.text === '') throw badParameters({ body: 'must not be empty' });
  requireSize(conversation.app, content);
  const parameters = new Input({ body: undefined, query: request.query, headers: {} });
  const operationId =
    parameters.text('operationId', operationIdLimit) ?? parameters.text('operationContext', operationIdLimit);
  parameters.check();
  return conversation.send(content, operationId).number;
}

function textOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}

function contentTypeOf(request: FastifyRequest): DataContent['contentType'] {
  const type = (request.headers['content-type'] ?? 'text/plain').split(';')[0]?.trim().toLowerCase();
  if (type === 'text/plain' || type === 'text/html') return type;
  throw new UcwaError('UnsupportedMediaType', 'UnsupportedMediaType', 'Send text/plain or text/html.');
}

function requireSize(application: Pick<Application, 'limits'>, { text }: DataContent): void {
  if (Buffer.byteLength(text) > application.limits.messageBytes) {
    throw new UcwaError(
      'EntityTooLarge',
      'LimitExceeded',
      `A message may have ${application.limits.messageBytes} bytes.`,
    );
  }
}

function locationOf({ app, invitationId }: Conversation): string {
  return app.paths.invitation(invitationId);
}

/** In the form of a SIP thread index, which both ends of a conversation share. */
function newThreadId(): string {
  return randomBytes(22).toString('base64');
}
