import type { FastifyError, FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { UcwaError } from '../errors.ts';

/** Every failure becomes the documented body; what is ours and not the client's tells nothing of itself. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, _request, reply) => {
    const failure = toUcwaError(error);
    answer(reply, failure);
  });
  app.setNotFoundHandler((_request, reply) => {
    answer(reply, new UcwaError('NotFound', undefined, 'There is no such resource.'));
  });
}

/** What is refused before any route is chosen. */
export const answerUnrouted: NonNullable<FastifyServerOptions['frameworkErrors']> = (
  error,
  _request,
  reply,
) => answer(reply, toUcwaError(error));

function answer(reply: FastifyReply, failure: UcwaError): void {
  if (failure.code === 'TooManyRequests' && !reply.hasHeader('Retry-After')) reply.header('Retry-After', '1');
  reply
    .code(failure.status)
    .header('Content-Type', 'application/json; charset=utf-8')
    .send(failure.toReason());
}

function toUcwaError(error: unknown): UcwaError {
  if (error instanceof UcwaError) return error;
  const status = statusOfFastify(error);
  if (status === 413) return new UcwaError('EntityTooLarge', undefined, 'The request is too large.');
  if (status === 415) {
    return new UcwaError(
      'UnsupportedMediaType',
      'UnsupportedMediaType',
      'The content type is not supported.',
    );
  }
  if (status === 400) return new UcwaError('BadRequest', undefined, 'The request cannot be read.');
  return new UcwaError('ServiceFailure', undefined, 'The server failed.');
}

function statusOfFastify(error: unknown): number | undefined {
  const known = error as Partial<FastifyError> | null;
  return typeof known?.code === 'string' && known.code.startsWith('FST_') ? known.statusCode : undefined;
}
