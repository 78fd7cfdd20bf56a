import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type GraphClient, shaped } from './graph-client.ts';
import type { GraphFailure, GraphResult, TokenSource } from './result.ts';

/** What is asked for of each user; a delta link goes on giving the same. */
export const userFields =
  'id,userPrincipalName,displayName,accountEnabled,userType,proxyAddresses,onPremisesExtensionAttributes';

const nullable = <T extends TSchema>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));

/** A user of whom everything, or only what has changed, is told. Null: what was there has gone. */
const ChangedUser = Type.Object({
  id: Type.String({ minLength: 1 }),
  '@removed': Type.Optional(Type.Object({ reason: Type.Optional(Type.String()) })),
  userPrincipalName: nullable(Type.String()),
  displayName: nullable(Type.String()),
  accountEnabled: nullable(Type.Boolean()),
  userType: nullable(Type.String()),
  proxyAddresses: nullable(Type.Array(Type.String())),
  onPremisesExtensionAttributes: nullable(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
  ),
});
export type ChangedUser = Static<typeof ChangedUser>;

const changedUser = Compile(ChangedUser);
const deltaPage = Compile(
  Type.Object({
    value: Type.Array(Type.Unknown()),
    '@odata.nextLink': Type.Optional(Type.String()),
    '@odata.deltaLink': Type.Optional(Type.String()),
  }),
);

/** Everybody who has changed since a delta link, in the order told: what is told last of a user holds. */
export interface UserChanges {
  readonly users: readonly ChangedUser[];
  /** To be asked next; an absolute address that means nothing to anybody but Graph. */
  readonly deltaLink: string;
}

/** Pages followed for one reading; a server that never ends its pages is not followed for ever. */
const mostPages = 20_000;

/**
 * Reads who has changed since `deltaLink`, or everybody where there is none, to the end: a reading that does not come to
 * its end gives nothing. Links are followed as they are, but never away from this Graph: they are sent with a token.
 */
export async function readUserChanges(
  graph: GraphClient,
  as: TokenSource,
  deltaLink: string | undefined,
  signal: AbortSignal,
): Promise<GraphResult<UserChanges>> {
  const users: ChangedUser[] = [];
  let path = deltaLink === undefined ? `/users/delta?$select=${userFields}` : pathOf(graph, deltaLink);
  for (let page = 0; path !== undefined && page < mostPages; page++) {
    const result = await graph.call(as, { method: 'GET', path, answer: shaped(deltaPage), signal });
    if (!result.ok) return result;
    const { value, '@odata.nextLink': next, '@odata.deltaLink': delta } = result.value;
    for (const user of value) {
      if (!changedUser.Check(user)) return malformed('a user without the documented shape');
      users.push(user);
    }
    if (delta !== undefined) return { ok: true, value: { users, deltaLink: delta } };
    path = next === undefined ? undefined : pathOf(graph, next);
  }
  return malformed('pages that lead to no delta link');
}

/** The delta link is too old, or its state is lost: everybody has to be read again. */
export function isDeltaLinkLost(failure: GraphFailure): boolean {
  if (failure.kind !== 'answered') return false;
  return failure.status === 410 || /^(syncStateNotFound|resyncRequired)$/i.test(failure.code);
}

function pathOf(graph: GraphClient, link: string): string | undefined {
  return link.startsWith(`${graph.baseUrl}/`) ? link.slice(graph.baseUrl.length) : undefined;
}

function malformed(detail: string): { readonly ok: false; readonly failure: GraphFailure } {
  return { ok: false, failure: { kind: 'malformed', status: 200, detail } };
}
