import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { FastifyInstance } from 'fastify';
import {
  type BatchRequest,
  type BatchResponse,
  BatchSyntaxError,
  boundaryOf,
  decodeBatchRequest,
  encodeBatchResponse,
} from '../batch.ts';
import { UcwaError } from '../errors.ts';
import { tooManyRequests } from './authentication.ts';
import type { ApplicationRoute, ServerContext } from './context.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const forbidden = /\/applications\/[^/]+\/(?:batch|events|photos)(?:[/?]|$)/i;

/** Several requests in one, executed in their order with the outer request's ticket. */
export function batchRoutes(app: FastifyInstance, route: ApplicationRoute, context: ServerContext): void {
  route('POST', '/batch', async (application, request, reply) => {
    const boundary = boundaryOf(request.headers['content-type'] ?? '');
    if (boundary === undefined) {
      throw new UcwaError('UnsupportedMediaType', 'UnsupportedMediaType', 'Send multipart/batching.');
    }
    const parts = partsOf(typeof request.body === 'string' ? request.body : '', boundary);
    const { address } = application.input;
    if (!context.outstanding.fits(address, parts.length - 1)) throw tooManyRequests();
    // The batch itself and the part in progress have places of their own.
    using _waiting = context.outstanding.reserve(address, Math.max(0, parts.length - 2));
    const answers: BatchResponse[] = [];
    for (const part of parts) {
      answers.push(
        part.url.startsWith(`${application.paths.self}/`) || part.url === application.paths.self
          ? await perform(app, part, request.headers.authorization ?? '')
          : refused('The request is not of this application.'),
      );
    }
    const answerBoundary = randomUUID();
    reply.header('Content-Type', `multipart/batching; boundary="${answerBoundary}"`);
    return reply.send(encodeBatchResponse(answers, answerBoundary));
  });
}

function partsOf(body: string, boundary: string): readonly BatchRequest[] {
  try {
    return decodeBatchRequest(body, boundary);
  } catch (error) {
    if (!(error instanceof BatchSyntaxError)) throw error;
    throw new UcwaError('BadRequest', 'DeserializationFailure', error.message);
  }
}

async function perform(
  app: FastifyInstance,
  part: BatchRequest,
  authorization: string,
): Promise<BatchResponse> {
  const method = methods.find((known) => known === part.method);
  if (!method || forbidden.test(decoded(part.url))) return refused('The request may not be in a batch.');
  const { authorization: _own, host: _host, 'content-length': _length, ...headers } = part.headers;
  const answer = await app.inject({
    method,
    url: part.url,
    headers: { ...headers, authorization },
    ...(part.body === '' ? {} : { payload: part.body }),
  });
  return {
    status: answer.statusCode,
    reason: STATUS_CODES[answer.statusCode] ?? '',
    headers: shownHeaders(answer.headers),
    body: answer.body,
  };
}

/** Escapes hide no forbidden path. */
function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function shownHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  // COMPAT: the official sample client takes every line after Content-Type for the body, so that comes last.
  const shown: Record<string, string> = {};
  for (const name of ['Cache-Control', 'Location', 'ETag', 'Content-Type']) {
    const value = headers[name.toLowerCase()];
    if (typeof value === 'string') shown[name] = value;
  }
  return shown;
}

function refused(why: string): BatchResponse {
  return {
    status: 400,
    reason: 'Bad Request',
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify(new UcwaError('BadRequest', undefined, why).toReason()),
  };
}
