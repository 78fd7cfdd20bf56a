import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Clock } from '../clock.ts';
import { badRequest, GraphError, type GraphErrorBody, tooLarge } from '../errors.ts';

/** Told of what answered 500: a fault of the server or of its backend. */
export type OnFault = (error: unknown) => void;

/** Gives every answer its `request-id`, and every refusal Graph's one shape. */
export function describeErrors(scope: FastifyInstance, clock: Clock, onFault: OnFault): void {
  scope.addHook('onRequest', async (request, reply) => nameRequest(request, reply));
  scope.setErrorHandler((error, request, reply) => send(toGraphError(error, onFault), request, reply, clock));
  scope.setNotFoundHandler((request, reply) => {
    const segment = request.originalUrl.split('?')[0]?.split('/').at(-1) ?? '';
    const unknown = new GraphError(
      404,
      'ResourceNotFound',
      `Resource not found for the segment '${segment}'.`,
    );
    return send(unknown, request, reply, clock);
  });
}

/** What is refused before any route is chosen, and so before every hook. */
export function describeUnrouted(clock: Clock): NonNullable<FastifyServerOptions['frameworkErrors']> {
  return (error, request, reply) => {
    nameRequest(request, reply);
    void send(
      toGraphError(error, () => {}),
      request,
      reply,
      clock,
    );
  };
}

function nameRequest(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('request-id', randomUUID());
  const clientRequestId = clientRequestIdOf(request);
  if (clientRequestId !== undefined) void reply.header('client-request-id', clientRequestId);
}

function send(error: GraphError, request: FastifyRequest, reply: FastifyReply, clock: Clock): FastifyReply {
  const requestId = String(reply.getHeader('request-id'));
  const body: GraphErrorBody = {
    error: {
      code: error.code,
      message: error.message,
      innerError: {
        date: new Date(clock.now()).toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestIdOf(request) ?? requestId,
      },
    },
  };
  void reply.code(error.status).headers(error.headers);
  if (error.retryAfter !== undefined) void reply.header('retry-after', String(error.retryAfter));
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

function clientRequestIdOf(request: FastifyRequest): string | undefined {
  const header = request.headers['client-request-id'];
  return typeof header === 'string' && /^[\x20-\x7e]{1,128}$/.test(header) ? header : undefined;
}

function toGraphError(error: unknown, onFault: OnFault): GraphError {
  if (error instanceof GraphError) return error;
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (statusCode === 413) return tooLarge();
  if (statusCode === 415) {
    return new GraphError(415, 'UnsupportedMediaType', "A 'Content-Type' of application/json is expected.");
  }
  if (statusCode === 400) {
    return badRequest(
      code === 'FST_ERR_BAD_URL' ? 'The URL cannot be decoded.' : 'The request body is not valid JSON.',
    );
  }
  onFault(error);
  return new GraphError(500, 'InternalServerError', 'The server failed to answer the request.');
}
