import type { LinkStatus } from '../../gateway/connector.ts';
import type { Door, DoorHealth } from './door.ts';
import type { Endpoints } from './endpoints.ts';

interface Counts {
  lurking: number;
  receiving: number;
  available: number;
  stopped: number;
}

const nothing: Readonly<Counts> = { lurking: 0, receiving: 0, available: 0, stopped: 0 };

/** Each pool, with the number of endpoints that the gateway holds there. */
export function poolStatus(
  pools: readonly { readonly name: string }[],
  doors: ReadonlyMap<string, Door>,
  endpoints: Endpoints,
): readonly LinkStatus[] {
  const counts = new Map<string, Counts>();
  for (const { pool, shows, door } of endpoints.all()) {
    const count = counts.get(pool) ?? { ...nothing };
    count[door.stopped ? 'stopped' : shows] += 1;
    counts.set(pool, count);
  }
  return pools.flatMap(({ name }) => {
    const { lurking, receiving, available, stopped } = counts.get(name) ?? nothing;
    const pool = linkStatus(name, doors.get(name)?.health ?? { kind: 'untried' });
    const unseen = receiving === 0 ? '' : `${receiving} receiving unseen, `;
    const label = `${name}: endpoints ${available} available, ${unseen}${lurking} lurking, ${stopped} stopped`;
    return [pool, { ...pool, name: label }];
  });
}

function linkStatus(name: string, health: DoorHealth): LinkStatus {
  switch (health.kind) {
    case 'untried':
      return { name, state: 'connecting', since: 0 };
    case 'reached':
      return { name, state: 'connected', since: health.since };
    case 'failing': {
      const { id, detail } = health.failure;
      return { name, state: 'disconnected', refusal: { id, side: 'skype', detail }, since: health.since };
    }
  }
}
