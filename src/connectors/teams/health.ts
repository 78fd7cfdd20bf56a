import type { Clock } from '../../core/clock.ts';
import type { LinkStatus } from '../../gateway/connector.ts';
import type { GraphClient } from '../../protocols/graph/client/graph-client.ts';
import { describeFailure, type GraphResult } from '../../protocols/graph/client/result.ts';

/** The same client, and how Graph answered it last. `recovered`: it answers again, after requests that did not reach it. */
export function watchHealth(
  graph: GraphClient,
  clock: Clock,
  recovered: () => void,
): { readonly graph: GraphClient; readonly status: () => LinkStatus } {
  let status: LinkStatus = { name: 'graph', state: 'connecting', since: clock.now() };
  return {
    status: () => status,
    graph: {
      baseUrl: graph.baseUrl,
      async call(as, request) {
        const result = await graph.call(as, request);
        const before = status.state;
        status = after(status, result, clock.now());
        if (before === 'disconnected' && status.state === 'connected') recovered();
        return result;
      },
    },
  };
}

/** An error that Graph answers is an answer: it was reached. What never left says nothing about it. */
function after(status: LinkStatus, result: GraphResult<unknown>, now: number): LinkStatus {
  const { name } = status;
  const since = (state: LinkStatus['state']): number => (state === status.state ? status.since : now);
  if (result.ok) return { name, state: 'connected', since: since('connected') };
  switch (result.failure.kind) {
    case 'answered':
    case 'malformed':
      return { name, state: 'connected', since: since('connected') };
    case 'unreachable':
    case 'interrupted': {
      const refusal = { id: 'unreachable', side: 'teams', detail: describeFailure(result.failure) } as const;
      return { name, state: 'disconnected', since: since('disconnected'), refusal };
    }
    case 'no-token':
    case 'aborted':
      return status;
  }
}
