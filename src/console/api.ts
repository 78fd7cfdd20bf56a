import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Check } from 'typebox/value';
import { personId } from '../core/ids.ts';
import { type Person, type Side, sides } from '../core/people.ts';
import type { LinkSecret } from '../gateway/links.ts';
import { hasAccount, personAnswer, withReason } from './answers.ts';
import { ConsoleError } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type {
  MessagesAnswer,
  PeopleAnswer,
  PersonAnswer,
  SandboxAnswer,
  StatusAnswer,
  TraceAnswer,
} from './types.ts';

const messagesQuery = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) });
const traceParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 1000 }) });
const linkParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 320 }),
  side: Type.Enum([...sides]),
});
const personParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 320 }) });
const personBody = Type.Record(Type.String(), Type.String({ maxLength: 1000 }));
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

  function known(id: string): Person {
    const person = directory.person(personId(id));
    if (!person) throw new ConsoleError('no-such-person');
    return person;
  }

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

  app.get('/api/people', async (): Promise<PeopleAnswer> => {
    const people = [...directory.people()].map((person) => personAnswer(person, links, gateway));
    return { people: await Promise.all(people) };
  });

  app.put<{ Params: Static<typeof personParams> }>(
    '/api/people/:id',
    { schema: { params: personParams } },
    async ({ params, body }): Promise<PersonAnswer> => {
      const outcome = await options.editPerson(known(params.id).id, checkedEdit(body));
      switch (outcome.kind) {
        case 'changed':
          return personAnswer(outcome.person, links, gateway);
        case 'no-such-person':
          throw new ConsoleError('no-such-person');
        case 'refused':
          throw new ConsoleError('wrong-person', outcome.problems.map(describe).join('; '));
      }
    },
  );

  app.get<{ Querystring: Static<typeof messagesQuery> }>(
    '/api/messages',
    { schema: { querystring: messagesQuery } },
    async ({ query }): Promise<MessagesAnswer> => ({
      messages: (await gateway.recent(query.limit)).map(withReason),
    }),
  );

  app.get<{ Params: Static<typeof traceParams> }>(
    '/api/messages/:id',
    { schema: { params: traceParams } },
    async ({ params }): Promise<TraceAnswer> => {
      const trace = await gateway.trace(params.id);
      if (!trace) throw new ConsoleError('no-such-message');
      return withReason(trace);
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

/** Of which fields there are, and what belongs in them, the directory's own rules say more. */
function checkedEdit(body: unknown): Static<typeof personBody> {
  if (!Check(personBody, body) || Object.keys(body).length === 0)
    throw new ConsoleError('malformed', 'The body is no object of texts: { mode, home, sip, pool, … }.');
  if ('id' in body) throw new ConsoleError('malformed', 'id: names the person and cannot be changed');
  return body;
}

function describe({
  field,
  because,
}: {
  readonly field: string | undefined;
  readonly because: string;
}): string {
  return field === undefined ? because : `${field}: ${because}`;
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
