import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { type Static, Type } from 'typebox';
import { badRequest } from '../../errors.ts';
import { bodyReader, type Call, type Route } from '../route.ts';

/** Most requests in one batch. */
const maxRequests = 20;

const version = '/v1.0';
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const item = Type.Object({
  id: Type.String({ minLength: 1 }),
  method: Type.String(),
  url: Type.String({ minLength: 1 }),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  body: Type.Optional(Type.Unknown()),
  dependsOn: Type.Optional(Type.Array(Type.String())),
});
type Item = Static<typeof item>;

const readBatch = bodyReader(Type.Object({ requests: Type.Array(item, { minItems: 1 }) }));

interface Response {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The address that the client knows this service by, for requests that come out of a batch. */
export const outerBase = new AsyncLocalStorage<string>();

/** Many requests in one, each answered as if it had come alone, with the outer request's token. */
export function batchRoutes(app: FastifyInstance): readonly Route[] {
  return [
    {
      operation: 'POST /$batch',
      async handle(call) {
        if (outerBase.getStore() !== undefined) throw badRequest('A batch cannot contain a batch.');
        const { requests } = readBatch(call.body);
        check(requests);
        const running = new Map<string, Promise<Response>>();
        for (const request of requests) running.set(request.id, run(app, call, request, running));
        return { status: 200, body: { responses: await Promise.all(running.values()) } };
      },
    },
  ];
}

function check(requests: readonly Item[]): void {
  if (requests.length > maxRequests) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${maxRequests}.`);
  }
  const seen = new Set<string>();
  for (const [index, request] of requests.entries()) {
    const field = `requests.${index}`;
    if (seen.has(request.id)) throw badRequest(`'${field}.id' '${request.id}' is not unique`);
    if (!methods.some((method) => method === request.method.toUpperCase())) {
      throw badRequest(`'${field}.method' must be one of ${methods.join(', ')}`);
    }
    if (!staysInside(request.url))
      throw badRequest(`'${field}.url' must be a relative URL that starts with '/'`);
    for (const id of request.dependsOn ?? []) {
      if (!seen.has(id)) throw badRequest(`'${field}.dependsOn' names '${id}', which is no earlier request`);
    }
    seen.add(request.id);
  }
}

function staysInside(url: string): boolean {
  return (
    url.startsWith('/') &&
    URL.parse(`http://graph${version}${url}`)?.pathname.startsWith(`${version}/`) === true
  );
}

async function run(
  app: FastifyInstance,
  call: Call,
  request: Item,
  running: ReadonlyMap<string, Promise<Response>>,
): Promise<Response> {
  const before = (request.dependsOn ?? []).flatMap((id) => running.get(id) ?? []);
  if ((await Promise.all(before)).some(({ status }) => status >= 400)) {
    const error = { code: 'FailedDependency', message: 'A request that this one depends on failed.' };
    return { id: request.id, status: 424, headers: {}, body: { error } };
  }
  const inner: InjectOptions = {
    method: request.method.toUpperCase() as NonNullable<InjectOptions['method']>,
    url: `${version}${request.url}`,
    headers: { ...ownHeaders(request.headers), authorization: call.authorization },
    ...(request.body !== undefined && { payload: JSON.stringify(request.body) }),
  };
  const answered = await outerBase.run(call.base, async () => await app.inject(inner));
  return {
    id: request.id,
    status: answered.statusCode,
    headers: shownHeaders(answered.headers),
    ...(answered.payload !== '' && { body: answered.json<unknown>() }),
  };
}

/** Without those that speak of the connection, of which the inner requests have none. */
function ownHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !connectionHeaders.has(name)),
  );
}

const connectionHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
]);

const kept = new Set(['content-type', 'location', 'retry-after', 'request-id', 'client-request-id', 'allow']);

function shownHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => kept.has(name))
      .map(([name, value]) => [
        name.replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase()),
        String(value),
      ]),
  );
}
