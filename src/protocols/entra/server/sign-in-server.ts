import { randomUUID } from 'node:crypto';
import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { registerAuthorizeEndpoint } from './authorize-endpoint.ts';
import type { SignInBackend } from './backend.ts';
import { CodeStore } from './code-store.ts';
import { EntraError, type EntraErrorBody, errorBody } from './entra-error.ts';
import { GuessLimit } from './guess-limit.ts';
import { registerMetadata } from './metadata.ts';
import type { SignInOptions, SignInService } from './service.ts';
import { registerTokenEndpoint } from './token-endpoint.ts';

/** Sign-in as Microsoft Entra does it (v2.0 endpoints), as an app of its own. */
export function createSignInServer(options: SignInOptions, backend: SignInBackend): FastifyInstance {
  const app = fastify({ bodyLimit: 256 * 1024 });
  registerSignIn(app, options, backend);
  return app;
}

/**
 * Adds the sign-in endpoints to an app that serves others too. Parsers, error shape and CORS hold for these
 * endpoints alone.
 */
export function registerSignIn(app: FastifyInstance, options: SignInOptions, backend: SignInBackend): void {
  const service: SignInService = {
    options,
    backend,
    guesses: new GuessLimit(options.clock),
    codes: new CodeStore(options.clock),
  };
  app.register(async (scope) => {
    await scope.register(formbody, { bodyLimit: 256 * 1024 });
    scope.setErrorHandler((error, request, reply) => {
      const known = asEntraError(error);
      const body: EntraErrorBody = errorBody(
        known,
        randomUUID(),
        correlationId(request),
        options.clock.now(),
      );
      return reply.code(known.status).header('cache-control', 'no-store').send(body);
    });
    allowOtherOrigins(scope);
    registerMetadata(scope, service);
    registerTokenEndpoint(scope, service);
    registerAuthorizeEndpoint(scope, service);
  });
}

function asEntraError(error: unknown): EntraError {
  if (error instanceof EntraError) return error;
  const status = (error as { readonly statusCode?: unknown }).statusCode;
  const clientsFault = typeof status === 'number' && status >= 400 && status < 500;
  return clientsFault ? new EntraError(90014, 'body') : new EntraError(90033);
}

function correlationId(request: FastifyRequest): string {
  const given = request.headers['client-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Pages of other origins may ask for tokens and metadata; none of these answers depends on a cookie. */
function allowOtherOrigins(scope: FastifyInstance): void {
  scope.addHook('onRequest', async (_request, reply) => {
    void reply.header('access-control-allow-origin', '*');
  });
  for (const path of [
    '/:tenant/oauth2/v2.0/token',
    '/:tenant/v2.0/.well-known/openid-configuration',
    '/:tenant/discovery/v2.0/keys',
    '/common/discovery/instance',
  ]) {
    scope.options(path, (request, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'GET, POST, OPTIONS')
        .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
        .header('access-control-max-age', '600')
        .send(),
    );
  }
}
