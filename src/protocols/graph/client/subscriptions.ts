import { Compile } from 'typebox/compile';
import type { NewSubscription } from '../subscriptions.ts';
import { type GraphClient, nothing, shaped } from './graph-client.ts';
import { collect, itemReader, pages } from './paging.ts';
import type { GraphResult, TokenSource } from './result.ts';
import { Subscription } from './shapes.ts';

const subscription = Compile(Subscription);
const readSubscriptions = itemReader(Subscription);
const mostSubscriptions = 10_000;

/** Graph calls the notification address back, to validate it, before it answers. */
export function createSubscription(
  graph: GraphClient,
  as: TokenSource,
  order: NewSubscription,
  signal: AbortSignal,
): Promise<GraphResult<Subscription>> {
  return graph.call(as, {
    method: 'POST',
    path: '/subscriptions',
    body: order,
    answer: shaped(subscription),
    signal,
  });
}

export interface Renewal {
  readonly expirationDateTime: string;
  /** To change certificates without a gap. */
  readonly encryptionCertificate?: string;
  readonly encryptionCertificateId?: string;
}

export function renewSubscription(
  graph: GraphClient,
  as: TokenSource,
  id: string,
  renewal: Renewal,
  signal: AbortSignal,
): Promise<GraphResult<Subscription>> {
  return graph.call(as, {
    method: 'PATCH',
    path: pathOf(id),
    body: renewal,
    answer: shaped(subscription),
    signal,
  });
}

export function deleteSubscription(
  graph: GraphClient,
  as: TokenSource,
  id: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  return graph.call(as, { method: 'DELETE', path: pathOf(id), answer: nothing, signal });
}

/** Answers a `reauthorizationRequired` notification without changing when the subscription ends. */
export function reauthorizeSubscription(
  graph: GraphClient,
  as: TokenSource,
  id: string,
  signal: AbortSignal,
): Promise<GraphResult<true>> {
  return graph.call(as, { method: 'POST', path: `${pathOf(id)}/reauthorize`, answer: nothing, signal });
}

/** Those of the calling application; of the user as well with a delegated token. */
export function listSubscriptions(
  graph: GraphClient,
  as: TokenSource,
  signal: AbortSignal,
): Promise<GraphResult<readonly Subscription[]>> {
  return collect(pages(graph, as, '/subscriptions', readSubscriptions, signal), mostSubscriptions);
}

function pathOf(id: string): string {
  return `/subscriptions/${encodeURIComponent(id)}`;
}
