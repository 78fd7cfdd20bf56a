import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { GatewayEvent } from '../gateway/events.ts';
import type { GatewayStatus } from '../gateway/status.ts';

/** Counts what happens, for Prometheus. Labels are closed sets: never a person, an id or an address. */
export interface Metrics {
  count(event: GatewayEvent): void;
  /** The page a Prometheus server scrapes, in the text format of `contentType`. */
  page(status: GatewayStatus): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `isthmus_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `isthmus_${name}`, help, labelNames: [...labelNames], registers: [registry] });

  const taken = counter('messages_taken_total', 'Messages a network handed over.', ['side', 'result']);
  const ended = counter('messages_ended_total', 'Messages with a final state.', ['from', 'state', 'reason']);
  const attempts = counter('attempts_total', 'Attempts to bring a message to a side.', ['side']);
  const told = counter('senders_told_total', 'Failure notices to senders.', ['side', 'result']);
  const published = counter('presence_published_total', 'Presence shown on a side.', ['side', 'result']);
  const refused = counter('edge_refused_total', 'Input refused at the edge.', ['side', 'reason']);
  const found = counter(
    'read_back_found_total',
    'Messages found by reading that no notification had told of.',
    ['side', 'after'],
  );
  const faults = counter('faults_total', 'Defects of the gateway that it survived.', []);
  const seconds = new Histogram({
    name: 'isthmus_delivery_seconds',
    help: 'From intake to delivery.',
    labelNames: ['from'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const underWay = gauge('messages_under_way', 'Messages without a final state.');
  const pressure = gauge(
    'pressure',
    'How much of what it may hold the gateway holds; it slows from 0.5 on, and refuses from 1 on.',
  );
  const syncs = gauge('ledger_syncs', 'Commits forced to disk since the start.');
  const links = gauge('links', 'Connections to the networks, by state.', ['side', 'state']);

  function count(event: GatewayEvent): void {
    switch (event.kind) {
      case 'message-taken':
        taken.inc({ side: event.side, result: event.result });
        break;
      case 'intake-refused':
        taken.inc({ side: event.side, result: 'refused' });
        break;
      case 'attempt':
        attempts.inc({ side: event.side });
        break;
      case 'message-ended': {
        const { end, from } = event;
        ended.inc({ from, state: end.kind, reason: end.kind === 'failed' ? end.refusal.id : '' });
        if (end.kind === 'delivered') seconds.observe({ from }, event.tookMs / 1000);
        break;
      }
      case 'sender-told':
        told.inc({ side: event.side, result: 'told' });
        break;
      case 'sender-not-told':
        told.inc({ side: event.side, result: event.refusal.id });
        break;
      case 'presence-published':
        published.inc({ side: event.side, result: 'published' });
        break;
      case 'presence-not-published':
        published.inc({ side: event.side, result: event.refusal.id });
        break;
      case 'edge-refused':
        refused.inc({ side: event.side, reason: event.refusal.id });
        break;
      case 'read-back-found':
        found.inc({ side: event.side, after: event.after }, event.messages);
        break;
      case 'fault':
        faults.inc();
        break;
      case 'recovered':
      case 'forgotten':
      case 'people-changed':
      case 'people-refused':
      case 'people-not-read':
        break;
    }
  }

  return {
    count,
    async page(status) {
      underWay.set(status.underWay);
      pressure.set(status.pressure);
      syncs.set(status.ledger.syncs);
      links.reset();
      for (const side of ['teams', 'skype'] as const)
        for (const { state } of status.links[side]) links.inc({ side, state });
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
