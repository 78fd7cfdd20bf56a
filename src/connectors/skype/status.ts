import type { LinkStatus } from '../../gateway/connector.ts';
import type { Door, DoorHealth } from './door.ts';
import type { Endpoints } from './endpoints.ts';

/** Each pool with the number of endpoints that the gateway holds there. */
export function poolStatus(
  pools: readonly { readonly name: string }[],
  doors: ReadonlyMap<string, Door>,
  endpoints: Endpoints,
): readonly LinkStatus[] {
  const counts = new Map<string, { lurking: number; available: number }>();
  for (const { pool, shows } of endpoints.all()) {
    const count = counts.get(pool) ?? { lurking: 0, available: 0 };
    count[shows] += 1;
    counts.set(pool, count);
  }
  return pools.map(({ name }) => {
    const { lurking, available } = counts.get(name) ?? { lurking: 0, available: 0 };
    const label = `${name} (${available} available, ${lurking} lurking)`;
    return linkStatus(label, doors.get(name)?.health ?? { kind: 'untried' });
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
