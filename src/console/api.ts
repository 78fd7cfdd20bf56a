import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Side, sides } from '../core/people.ts';
import type { LinkSecret } from '../gateway/links.ts';
import { hasAccount, messageAnswer } from './answers.ts';
import { ConsoleError } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { knownPerson, routePeople } from './people-api.ts';
import { routePresence } from './presence-api.ts';
import type { MessagesAnswer, SandboxAnswer, StatusAnswer, TraceAnswer } from './types.ts';

const messagesQuery = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) });
const traceParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 1000 }) });
const linkParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 320 }),
  side: Type.Enum([...sides]),
});
const linkBody = Compile(
  Type.Union([
    Type.Object(
      {
        kind: Type.Literal('password'),
        username: Type.String({ minLength: 1, maxLength: 320 }),
        password: Type.String({ minLength: 1, maxLength: 1000 }),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      { kind: Type.Literal('refreshToken'), token: Type.String({ minLength: 1, maxLength: 16_384 }) },
      { additionalProperties: false },
    ),
  ]),
);

/** The operators' API. No answer holds message text or a secret. */
export function routeApi(app: FastifyInstance, options: ConsoleOptions): void {
  const { gateway, directory, links, metrics } = options;

  const known = (id: string) => knownPerson(directory, id);

  app.get('/api/status', async (): Promise<StatusAnswer> => {
    const status = await gateway.status();
    return {
      version: options.version,
      now: options.clock.now(),
      startedAt: status.startedAt,
      publicUrl: options.publicUrl(),
      policy: options.policy,
      sandbox: options.sandbox !== undefined,
      networks: sides.map((side) => ({ side, links: status.links[side] })),
      messages: status.ledger,
    };
  });

  routePeople(app, options);
  routePresence(app, options);

  app.get<{ Querystring: Static<typeof messagesQuery> }>(
    '/api/messages',
    { schema: { querystring: messagesQuery } },
    async ({ query }): Promise<MessagesAnswer> => ({
      messages: (await gateway.recent(query.limit)).map((message) => messageAnswer(message, directory)),
    }),
  );

  app.get<{ Params: Static<typeof traceParams> }>(
    '/api/messages/:id',
    { schema: { params: traceParams } },
    async ({ params }): Promise<TraceAnswer> => {
      const trace = await gateway.trace(params.id);
      if (!trace) throw new ConsoleError('no-such-message');
      return messageAnswer(trace, directory);
    },
  );

  app.put<{ Params: Static<typeof linkParams> }>(
    '/api/people/:id/links/:side',
    { schema: { params: linkParams } },
    async ({ params, body }, reply) => {
      const person = known(params.id);
      if (!hasAccount(person, params.side)) throw new ConsoleError('no-account');
      await links.put(person.id, params.side, checkedSecret(body, params.side));
      options.linkChanged(person.id, params.side);
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: Static<typeof linkParams> }>(
    '/api/people/:id/links/:side',
    { schema: { params: linkParams } },
    async ({ params }, reply) => {
      const { id } = known(params.id);
      await links.remove(id, params.side);
      options.linkChanged(id, params.side);
      return reply.code(204).send();
    },
  );

  app.get('/api/sandbox', async (): Promise<SandboxAnswer> => {
    if (!options.sandbox) throw new ConsoleError('no-sandbox');
    return options.sandbox;
  });

  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.page(await gateway.status());
  });
}

/** Never quotes what was sent: it is a secret. */
function checkedSecret(body: unknown, side: Side): LinkSecret {
  if (!linkBody.Check(body))
    throw new ConsoleError(
      'malformed',
      'The body is neither { kind: "password", username, password } nor { kind: "refreshToken", token }.',
    );
  if (side === 'skype' && body.kind !== 'password')
    throw new ConsoleError('malformed', 'Skype for Business is linked by password.');
  return body;
}
