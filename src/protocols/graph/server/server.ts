import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { GraphError, throttled } from '../errors.ts';
import { authenticate, type TokenClaims, type VerifyToken } from './auth.ts';
import type { GraphBackend } from './backend.ts';
import { describeErrors, describeUnrouted, type OnFault } from './error-answers.ts';
import type { Notifier } from './notifier/notifier.ts';
import { permissions, requirePermission, requireUserForMe } from './permissions.ts';
import type { Query } from './query.ts';
import type { Answer, Call, Route } from './route.ts';
import { batchRoutes, outerBase } from './routes/batch.ts';
import { chatRoutes } from './routes/chats.ts';
import { exportRoutes } from './routes/export.ts';
import { memberRoutes } from './routes/members.ts';
import { messageRoutes } from './routes/messages.ts';
import { presenceRoutes } from './routes/presence.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { userRoutes } from './routes/users.ts';
import { userDeltaRoutes } from './routes/users-delta.ts';
import { viewpointRoutes } from './routes/viewpoint.ts';
import { canonicalUrl, expandTemplate } from './url.ts';

export interface GraphServerOptions {
  readonly backend: GraphBackend;
  /** Keeps the subscriptions. Whoever made it disposes of it. */
  readonly notifier: Notifier;
  readonly verifyToken: VerifyToken;
  readonly clock: Clock;
  /** Bytes of a request body; more is a 413. Default 4 MiB, Graph's own. */
  readonly bodyLimit?: number;
  /** Default: nobody is told. */
  readonly onFault?: OnFault;
}

const version = '/v1.0';
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof methods)[number];

/** Graph v1.0 over a backend. The instance does not listen yet. */
export function createGraphServer(options: GraphServerOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: options.bodyLimit ?? 4 * 1024 * 1024,
    exposeHeadRoutes: false,
    routerOptions: { caseSensitive: false, maxParamLength: 1024, ignoreTrailingSlash: true },
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/'),
    frameworkErrors: describeUnrouted(options.clock),
  });
  void app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: ['request-id', 'client-request-id', 'retry-after', 'location'],
    maxAge: 600,
  });
  void app.register((scope, _, done) => {
    describeErrors(scope, options.clock, options.onFault ?? (() => {}));
    acceptJson(scope);
    scope.decorateRequest('claims', null);
    scope.addHook('onRequest', async (request) => {
      request.claims = await authenticate(request.headers.authorization, options.verifyToken);
    });
    mount(scope, options);
    done();
  });
  return app;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null only before authentication. */
    claims: TokenClaims | null;
  }
}

function acceptJson(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'ignore');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body.toString(), done);
  });
}

function mount(scope: FastifyInstance, { backend, notifier, clock }: GraphServerOptions): void {
  const routes: readonly Route[] = [
    ...userRoutes(backend),
    ...userDeltaRoutes(backend),
    ...chatRoutes(backend),
    ...memberRoutes(backend),
    ...messageRoutes(backend),
    ...exportRoutes(backend),
    ...viewpointRoutes(backend),
    ...presenceRoutes(backend),
    ...subscriptionRoutes(backend, notifier, clock),
    ...batchRoutes(scope),
  ];
  const known = new Map<string, Set<Method>>();
  for (const route of routes) {
    const [method, template] = route.operation.split(' ') as [Method, string];
    for (const path of expandTemplate(template)) {
      const url = version + path;
      known.set(url, (known.get(url) ?? new Set()).add(method));
      scope.route({
        method,
        url,
        handler: (request, reply) =>
          answer(request, route, backend).then((given) => {
            void reply.code(given.status);
            if (given.headers) void reply.headers(given.headers);
            return given.body === undefined
              ? reply.send()
              : reply
                  .header('content-type', 'application/json; charset=utf-8')
                  .send(JSON.stringify(given.body));
          }),
      });
    }
  }
  for (const [url, allowed] of known) {
    const others = methods.filter((method) => !allowed.has(method));
    scope.route({
      method: others,
      url,
      handler: () => {
        throw new GraphError(405, 'MethodNotAllowed', 'The HTTP method is not supported on this resource.', {
          headers: { allow: [...allowed].join(', ') },
        });
      },
    });
  }
}

async function answer(request: FastifyRequest, route: Route, backend: GraphBackend): Promise<Answer> {
  const call = toCall(request);
  if (/^\/me(?:\/|$)/i.test(call.path)) requireUserForMe(call.claims);
  requirePermission(permissions[route.operation], call.claims);
  const wait = backend.throttle?.retryAfter(call.claims, route.operation);
  if (wait !== undefined) throw throttled(wait);
  return route.handle(call);
}

function toCall(request: FastifyRequest): Call {
  const { claims } = request;
  if (claims === null) throw new Error('a request came past authentication');
  return {
    claims,
    params: request.params as Call['params'],
    query: request.query as Query,
    body: request.body,
    base: outerBase.getStore() ?? `${request.protocol}://${request.host}${version}`,
    path: pathOf(request.originalUrl),
    authorization: request.headers.authorization ?? '',
    unknownEnumMembers: prefers(request.headers['prefer'], 'include-unknown-enum-members'),
  };
}

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return url.slice(version.length, mark === -1 ? undefined : mark);
}

function prefers(header: string | string[] | undefined, preference: string): boolean {
  return header !== undefined && String(header).toLowerCase().includes(preference);
}
