import { type GraphClient, nothing, shaped } from './graph-client.ts';
import { itemReader } from './paging.ts';
import type { GraphResult, TokenSource } from './result.ts';
import { Presence, page } from './shapes.ts';

/** Most ids in one {@link presencesOf} and in one presence subscription. */
export const maxPresenceIds = 650;

export interface PresencePair {
  readonly availability: string;
  readonly activity: string;
}

const readPresences = itemReader(Presence);

/** The presences of at most {@link maxPresenceIds} users; a user that Graph does not know is left out. */
export async function presencesOf(
  graph: GraphClient,
  as: TokenSource,
  userIds: readonly string[],
  signal: AbortSignal,
): Promise<GraphResult<readonly Presence[]>> {
  const result = await graph.call(as, {
    method: 'POST',
    path: '/communications/getPresencesByUserId',
    body: { ids: userIds },
    answer: shaped(page),
    signal,
  });
  return result.ok ? { ok: true, value: readPresences(result.value.value).items } : result;
}

/** Shows a session of the application for this user. `minutes`: 5 to 240. */
export function setPresence(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  session: PresencePair & { readonly sessionId: string; readonly minutes: number },
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  const { sessionId, availability, activity, minutes } = session;
  return act(graph, as, userId, 'setPresence', signal, {
    sessionId,
    availability,
    activity,
    expirationDuration: `PT${minutes}M`,
  });
}

/** Takes the application's session away; 404 when there is none. */
export function clearPresence(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  return act(graph, as, userId, 'clearPresence', signal, { sessionId });
}

/** Outweighs every session of the user while there is one. */
export function setPreferredPresence(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  pair: PresencePair & { readonly minutes: number },
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  const { availability, activity, minutes } = pair;
  return act(graph, as, userId, 'setUserPreferredPresence', signal, {
    availability,
    activity,
    expirationDuration: `PT${minutes}M`,
  });
}

export function clearPreferredPresence(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  return act(graph, as, userId, 'clearUserPreferredPresence', signal, {});
}

/** `expiresAt` is Unix ms. */
export function setStatusMessage(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  status: { readonly text: string; readonly expiresAt: number },
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  const dateTime = new Date(status.expiresAt).toISOString().replace('Z', '');
  return act(graph, as, userId, 'setStatusMessage', signal, {
    statusMessage: {
      message: { content: status.text, contentType: 'text' },
      expiryDateTime: { dateTime, timeZone: 'UTC' },
    },
  });
}

/** Takes any status message away, whoever set it. */
export function clearStatusMessage(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  const statusMessage = { message: { content: '', contentType: 'text' } };
  return act(graph, as, userId, 'setStatusMessage', signal, { statusMessage });
}

function act(
  graph: GraphClient,
  as: TokenSource,
  userId: string,
  action: string,
  signal: AbortSignal,
  body: unknown,
): Promise<GraphResult<true>> {
  const path = `/users/${encodeURIComponent(userId)}/presence/${action}`;
  return graph.call(as, { method: 'POST', path, body, answer: nothing, signal });
}
