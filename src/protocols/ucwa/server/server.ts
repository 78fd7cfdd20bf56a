import cors from '@fastify/cors';
import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import { UcwaError } from '../errors.ts';
import { applicationRoutesOf } from './application-routes.ts';
import { Applications } from './applications.ts';
import { requireToken } from './authentication.ts';
import { autodiscoverRoutes } from './autodiscover.ts';
import type { UcwaBackend } from './backend.ts';
import { batchRoutes } from './batch.ts';
import { communicationRoutes } from './communication.ts';
import { applicationRoutes, type ServerContext } from './context.ts';
import { eventRoutes } from './events.ts';
import { answerErrors, answerUnrouted } from './failures.ts';
import { contactListRoutes, groupRoutes } from './groups.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { meRoutes } from './me.ts';
import { messagingRoutes } from './messaging.ts';
import { Outstanding } from './outstanding.ts';
import { peopleRoutes } from './people.ts';
import { presenceRoutes } from './presence.ts';
import { Tokens } from './tokens.ts';
import { webTicketRoutes } from './web-ticket.ts';

export interface UcwaServerOptions {
  readonly clock: Clock;
  /** Name of the server in headers and diagnostics. */
  readonly fqdn: string;
  /** Origins of pages that may call; `any` for all. */
  readonly origins: 'any' | readonly string[];
  readonly limits?: Partial<Limits>;
  /** Key of the web tickets, 32 bytes; tickets of another key are void. Random if left out. */
  readonly tokenKey?: Buffer;
}

/** As text: of a list, every answer that waits would hold a text of its own. */
const exposedHeaders = [
  'WWW-Authenticate',
  'Location',
  'ETag',
  'Retry-After',
  'X-Ms-diagnostics',
  'X-MS-Server-Fqdn',
  'X-MS-UcwaVersion',
].join(', ');

const crossOrigin = 'Service does not allow a cross domain request from this origin.';

/** A UCWA 2.0 server that listens nowhere yet. Closing it ends its applications. */
export function createUcwaServer(options: UcwaServerOptions, backend: UcwaBackend): FastifyInstance {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const { clock, fqdn, origins } = options;
  const context: ServerContext = {
    clock,
    backend,
    limits,
    outstanding: new Outstanding(limits.outstandingRequests),
    fqdn,
    tokens: new Tokens(clock, options.tokenKey),
    applications: new Applications({ clock, limits, backend }),
  };
  const app = fastify({
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 300 },
    bodyLimit: 1024 * 1024,
    forceCloseConnections: true,
    frameworkErrors: answerUnrouted,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // COMPAT: clients send an empty Content-Type, or one of something else, with no body at all.
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) {
      delete headers['content-type'];
    }
  });
  answerErrors(app);
  app.register(cors, {
    origin: origins === 'any' ? true : [...origins],
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    exposedHeaders,
    maxAge: 86_400,
  });
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers({ 'Cache-Control': 'no-cache', 'X-MS-Server-Fqdn': fqdn, 'X-MS-UcwaVersion': '2.0' });
      const claimed = request.headers['x-ms-origin'];
      if (origins !== 'any' && typeof claimed === 'string' && !origins.includes(claimed)) {
        reply.header('X-Ms-diagnostics', `28070;source="${fqdn}";reason="${crossOrigin}"`);
        throw new UcwaError('Forbidden', undefined, crossOrigin);
      }
    });
    autodiscoverRoutes(scope, context);
    webTicketRoutes(scope, context);
    scope.register(async (signedIn) => {
      requireToken(signedIn, context);
      const route = applicationRoutes(signedIn, context);
      applicationRoutesOf(signedIn, route, context);
      eventRoutes(route);
      meRoutes(route);
      peopleRoutes(route);
      groupRoutes(route);
      contactListRoutes(route);
      presenceRoutes(route);
      communicationRoutes(route);
      messagingRoutes(route);
      batchRoutes(app, route, context);
    });
  });
  app.addHook('preClose', async () => context.applications[Symbol.dispose]());
  return app;
}
