import { Compile } from 'typebox/compile';
import { type GraphClient, shaped } from './graph-client.ts';
import type { GraphResult, TokenSource } from './result.ts';
import { User } from './shapes.ts';

const user = Compile(User);

/** The account that the token is for. */
export function getMe(graph: GraphClient, as: TokenSource, signal: AbortSignal): Promise<GraphResult<User>> {
  return graph.call(as, { method: 'GET', path: '/me', answer: shaped(user), signal });
}

/** By object id or UPN. */
export function getUser(
  graph: GraphClient,
  as: TokenSource,
  idOrUpn: string,
  signal: AbortSignal,
): Promise<GraphResult<User>> {
  const path = `/users/${encodeURIComponent(idOrUpn)}`;
  return graph.call(as, { method: 'GET', path, answer: shaped(user), signal });
}
