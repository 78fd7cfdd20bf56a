import { localCertificates, Subscriber } from './graph-subscriber.ts';
import { alice, GraphWorld } from './graph-world.ts';

const certificates = await localCertificates();
export const minute = 60_000;
export const state = 'a secret of the subscriber';

/** Graph, a subscriber whose certificate it trusts, and the usual tokens. */
export async function subscribedWorld() {
  const subscriber = await Subscriber.start(certificates);
  const graph = new GraphWorld({ ca: certificates.ca });
  const body = (resource: string, extra: object = {}) => ({
    changeType: resource.includes('presence') ? 'updated' : 'created,updated,deleted',
    notificationUrl: subscriber.url(),
    resource,
    clientState: state,
    expirationDateTime: new Date(graph.clock.now() + 50 * minute).toISOString(),
    ...extra,
  });
  return {
    graph,
    subscriber,
    token: graph.user(alice),
    app: graph.application(),
    body,
    subscribe: (token: string, resource: string, extra: object = {}) =>
      graph.ask(token, 'POST', '/subscriptions', body(resource, extra)),
    inMinutes: (minutes: number) => new Date(graph.clock.now() + minutes * minute).toISOString(),
    async [Symbol.asyncDispose]() {
      await graph[Symbol.asyncDispose]();
      await subscriber[Symbol.asyncDispose]();
    },
  };
}
