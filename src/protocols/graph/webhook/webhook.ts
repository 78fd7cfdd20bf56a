import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { batch } from './notification-shapes.ts';
import { type ReceivedBatch, readBatch, type Trust } from './read-batch.ts';

export interface WebhookOptions {
  /** Where Graph posts: `/graph/notifications`. Serves notifications and lifecycle notifications alike. */
  readonly path: string;
  readonly trust: Trust;
  readonly handler: WebhookHandler;
}

export interface WebhookHandler {
  /**
   * Resolves when everything of the batch that must be kept is kept: only then Graph is told so. When it
   * rejects, Graph is asked to deliver the batch again. Graph counts an answer after 3 s as slow.
   */
  onNotifications(batch: ReceivedBatch): Promise<void>;
  /** A whole POST came to nothing; what is wrong with single items stands in the batch. */
  onRefused(reason: PostRefusal): void;
}

/** `unchecked`: whether it is from Graph could not be found out now. */
export type PostRefusal = 'malformed' | 'oversized' | 'unchecked';

/** Chat messages of 28 KB in batches; base64 and encryption add a third. */
const bodyLimit = 8 * 1024 * 1024;
const retryAfterSeconds = 5;

const answers = {
  malformed: { status: 400, error: 'not a batch of change notifications' },
  oversized: { status: 413, error: 'larger than any batch of change notifications' },
  unchecked: { status: 503, error: 'cannot be checked now' },
  'not-kept': { status: 503, error: 'cannot be kept now' },
} as const;

/** A Fastify plugin that receives change notifications and answers Graph's validation of the address. */
export function registerWebhook(app: FastifyInstance, options: WebhookOptions): void {
  const { handler } = options;
  const answer = (reply: FastifyReply, reason: keyof typeof answers): FastifyReply => {
    const { status, error } = answers[reason];
    if (status === 503) reply.header('retry-after', String(retryAfterSeconds));
    return reply.code(status).send({ error });
  };
  const refuse = (reply: FastifyReply, reason: PostRefusal): FastifyReply => {
    handler.onRefused(reason);
    return answer(reply, reason);
  };
  app.register(async (scope) => {
    scope.setErrorHandler<FastifyError>((error, _request, reply) => {
      if ((error.statusCode ?? 500) >= 500) throw error;
      return refuse(reply, error.statusCode === 413 ? 'oversized' : 'malformed');
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => {
      done(null, body);
    });
    scope.post<{ Querystring: { validationToken?: unknown } }>(options.path, async (request, reply) => {
      const { validationToken } = request.query;
      if (typeof validationToken === 'string' && validationToken !== '') {
        return reply
          .code(200)
          .header('x-content-type-options', 'nosniff')
          .type('text/plain; charset=utf-8')
          .send(withoutMarkup(validationToken));
      }
      const body = parseJson(request.body);
      if (!batch.Check(body)) return refuse(reply, 'malformed');
      const read = await readBatch(body.value, body.validationTokens ?? [], options.trust).catch(
        () => undefined,
      );
      if (read === undefined) return refuse(reply, 'unchecked');
      try {
        await handler.onNotifications(read);
      } catch {
        return answer(reply, 'not-kept');
      }
      return reply.code(202).send();
    });
  });
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}

/** Whatever is sent comes back as text in which no browser finds markup. */
function withoutMarkup(token: string): string {
  return token
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
