import type { FastifyInstance, FastifyReply } from 'fastify';
import { UcwaError } from '../errors.ts';
import type { Resource } from '../hal.ts';
import type { Application } from './application.ts';
import { communicationResource } from './communication-resource.ts';
import { type ApplicationRoute, noContent, type ServerContext, signedInAs } from './context.ts';
import { Input } from './input.ts';
import { meResource } from './me.ts';
import { applicationsPath } from './paths.ts';
import { peopleResource } from './people.ts';

const textLimit = 100;

/** Signing in and out, and the application itself. */
export function applicationRoutesOf(
  app: FastifyInstance,
  route: ApplicationRoute,
  context: ServerContext,
): void {
  app.post(applicationsPath, (request, reply) => {
    const input = new Input(request);
    const culture = input.requiredText('culture', textLimit);
    const userAgent = input.requiredText('userAgent', textLimit);
    const endpointId = input.requiredText('endpointId', textLimit);
    const instanceId = input.text('instanceId', textLimit);
    const type = input.oneOf('type', ['Browser']);
    input.check();
    const address = request.getDecorator<string>(signedInAs);
    if (context.backend.homeOf(address, request.protocol).kind !== 'here') {
      throw new UcwaError('Forbidden', undefined, 'The user is homed on another pool.');
    }
    const { application, created } = context.applications.open({
      address,
      culture,
      userAgent,
      endpointId,
      instanceId,
      type,
    });
    photoCookie(application, reply);
    return reply.code(created ? 201 : 200).send(applicationResource(application));
  });

  route('GET', '', (application, _request, reply) => {
    photoCookie(application, reply);
    return applicationResource(application);
  });

  route('DELETE', '', (application, _request, reply) => {
    application.end('deleted');
    noContent(reply);
  });

  route('GET', '/policies', (application) => ({
    emoticons: 'Enabled',
    htmlMessaging: 'Enabled',
    messageArchiving: 'Disabled',
    messagingUrls: 'Enabled',
    photos: 'Disabled',
    saveMessagingHistory: 'Disabled',
    telephonyMode: 'None',
    _links: { self: { href: `${application.paths.self}/policies` } },
    rel: 'policies',
  }));
}

function applicationResource(application: Application): Resource {
  const { input, paths, channel } = application;
  return {
    culture: input.culture,
    userAgent: input.userAgent,
    ...(input.type === undefined ? {} : { type: input.type }),
    ...(input.instanceId === undefined ? {} : { instanceId: input.instanceId }),
    _links: {
      self: { href: paths.self },
      policies: { href: `${paths.self}/policies` },
      batch: { href: `${paths.self}/batch` },
      events: { href: channel.href },
    },
    _embedded: {
      me: meResource(application),
      people: peopleResource(application),
      communication: communicationResource(application),
    },
    rel: 'application',
  };
}

/** Photos are fetched by image tags, which send no header. */
function photoCookie(application: Application, reply: FastifyReply): void {
  const scope = `path=${application.paths.self}/photos; secure; HttpOnly`;
  reply.header('Set-Cookie', `cwt_ucwa=${application.putGuardName}; ${scope}`);
}
