import type { FastifyInstance } from 'fastify';
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
}

/** Chat messages of 28 KB in batches; base64 and encryption add a third. */
const bodyLimit = 8 * 1024 * 1024;
const retryAfterSeconds = 5;

/** A Fastify plugin that receives change notifications and answers Graph's validation of the address. */
export function registerWebhook(app: FastifyInstance, options: WebhookOptions): void {
  app.register(async (scope) => {
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
      if (!batch.Check(body)) return reply.code(400).send({ error: 'not a batch of change notifications' });
      try {
        await options.handler.onNotifications(
          await readBatch(body.value, body.validationTokens ?? [], options.trust),
        );
        return await reply.code(202).send();
      } catch (error) {
        request.log.warn(
          { name: error instanceof Error ? error.name : 'unknown' },
          'notifications not taken',
        );
        return reply.code(503).header('retry-after', String(retryAfterSeconds)).send();
      }
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
