import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UcwaError } from '../errors.ts';
import { formatChallenge, grantTypes } from '../www-authenticate.ts';
import { originOf, type ServerContext, signedInAs } from './context.ts';
import { applicationsPath } from './paths.ts';

const place = 'place';

/** Of any resource here. */
const highestRevision = 2;

/**
 * Asks every request for its ticket, and bounds how many of one person's are in progress. P-GETs are not
 * counted: they are meant to wait.
 */
export function requireToken(app: FastifyInstance, context: ServerContext): void {
  app.decorateRequest(signedInAs, '');
  app.decorateRequest(place, undefined);
  app.addHook('onRequest', async (request, reply) => {
    const address = bearerOf(request, context);
    if (address === undefined) return challenge(request, reply);
    request.setDecorator(signedInAs, address);
    const wanted = Number(request.headers['x-ms-requiresminresourceversion'] ?? 1);
    if (!(wanted <= highestRevision)) {
      throw new UcwaError('NotFound', 'APIVersionNotSupported', 'No resource has that revision.');
    }
    if (isPGet(request)) return;
    const reserved = context.outstanding.reserve(address);
    if (!reserved) throw tooManyRequests();
    request.setDecorator(place, reserved);
  });
  app.addHook('onResponse', async (request) => {
    request.getDecorator<Disposable | undefined>(place)?.[Symbol.dispose]();
  });
}

export function tooManyRequests(): UcwaError {
  return new UcwaError('TooManyRequests', undefined, 'Too many requests are in progress.');
}

/** The address whose valid ticket the request carries. */
export function bearerOf(request: FastifyRequest, { tokens }: ServerContext): string | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : tokens.verify(token);
}

/** Where a ticket is to be had: two headers, and a page instead of a resource, as the web server answers. */
export function challenge(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(401)
    .header('WWW-Authenticate', [
      formatChallenge({
        scheme: 'Bearer',
        trustedIssuers: [],
        clientId: '00000004-0000-0ff1-ce00-000000000000',
        authorizationUri: undefined,
      }),
      formatChallenge({
        scheme: 'MsRtcOAuth',
        href: `${originOf(request)}/WebTicket/oauthtoken`,
        grantTypes: [grantTypes.password],
      }),
    ])
    .type('text/html')
    .send('<!DOCTYPE html><title>401</title><h1>401 - Unauthorized</h1>');
}

function isPGet(request: FastifyRequest): boolean {
  const { url } = request.routeOptions;
  return url === `${applicationsPath}/:applicationId/events`;
}
