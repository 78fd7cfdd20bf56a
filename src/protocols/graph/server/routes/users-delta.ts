import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { badRequest, GraphError } from '../../errors.ts';
import type { DirectoryChange, GraphBackend } from '../backend.ts';
import { contexts } from '../context.ts';
import { option, refuseOptions, topOption } from '../query.ts';
import type { Call, Route } from '../route.ts';
import { selected, selectOption } from './users.ts';

/**
 * Who has changed: everybody at first, page by page, then a delta link, which gives those who have become others since.
 * What was asked for first is part of the links, as with Microsoft's Graph, and is not repeated beside them.
 */
export function userDeltaRoutes(backend: GraphBackend): readonly Route[] {
  return [
    {
      operation: 'GET /users/delta',
      async handle(call) {
        const { claims, base, query } = call;
        refuseOptions(query, ['$skip', '$search', '$orderby', '$filter', '$count']);
        if (option(query, '$deltatoken')?.toLowerCase() === 'latest') return await fromNowOn(call, backend);
        const asked = readAsked(call);
        const page = await backend.directory.changes(claims.tenantId, asked.cursor, asked.top);
        if (page === undefined) throw gone(call, asked);
        const next: Asked = { ...asked, cursor: page.cursor };
        return {
          status: 200,
          body: {
            '@odata.context': contexts.usersDelta(base),
            ...(page.more
              ? { '@odata.nextLink': link(call, '$skiptoken', next) }
              : { '@odata.deltaLink': link(call, '$deltatoken', next) }),
            value: page.changes.map((change) => shown(change, asked.select)),
          },
        };
      },
    },
  ];
}

/** What a token stands for. */
interface Asked {
  readonly select: readonly string[] | undefined;
  readonly top: number;
  readonly cursor: string | undefined;
}

const tokenShape = Compile(
  Type.Object({
    s: Type.Optional(Type.Array(Type.String())),
    t: Type.Integer({ minimum: 1 }),
    c: Type.String(),
  }),
);

const limits = { max: 999, default: 100 } as const;

function readAsked({ query }: Call): Asked {
  const token = option(query, '$skiptoken') ?? option(query, '$deltatoken') ?? '';
  if (token === '') return { select: selectOption(query), top: topOption(query, limits), cursor: undefined };
  const read = parseToken(token);
  if (read === undefined) throw badRequest('Badly formed token.');
  return { select: read.s, top: read.t, cursor: read.c };
}

function parseToken(token: string) {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return tokenShape.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function link({ base, path }: Call, name: '$skiptoken' | '$deltatoken', asked: Asked): string {
  const { select, top, cursor } = asked;
  const token = Buffer.from(JSON.stringify({ s: select, t: top, c: cursor })).toString('base64url');
  return `${base}${path}?${name}=${token}`;
}

function shown(change: DirectoryChange, select: readonly string[] | undefined): object {
  return change.kind === 'is'
    ? { id: change.user.id, ...selected(change.user, select) }
    : { id: change.id, '@removed': { reason: change.reason } };
}

/** The link alone, for a client that knows everybody already. */
async function fromNowOn(call: Call, backend: GraphBackend) {
  const { claims, base, query } = call;
  let cursor: string | undefined;
  for (let more = true; more; ) {
    const page = await backend.directory.changes(claims.tenantId, cursor, limits.max);
    cursor = page?.cursor;
    more = page?.more ?? false;
  }
  const asked: Asked = { select: selectOption(query), top: topOption(query, limits), cursor };
  return {
    status: 200,
    body: {
      '@odata.context': contexts.usersDelta(base),
      '@odata.deltaLink': link(call, '$deltatoken', asked),
      value: [],
    },
  };
}

/** The client has to read everybody anew, from the address given. */
function gone({ base, path }: Call, { select }: Asked): GraphError {
  const again = `${base}${path}?$deltatoken=${select === undefined ? '' : `&$select=${select.join(',')}`}`;
  return new GraphError(
    410,
    'syncStateNotFound',
    'The state that the token stands for is not known any more: read everybody again.',
    { headers: { location: again } },
  );
}
