import type { Person, SipUri } from '../../core/people.ts';
import type { Presence } from '../../core/presence/presence.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { Failure } from './errors.ts';

/** Watches people through the gateway's own account of each pool: who lives at a pool is watched there. */
export interface Watching {
  /** Replaces the set before. Resolves when every pool has taken it or has failed to. */
  watch(people: readonly Person[]): Promise<void>;
  /**
   * Makes the gateway's own endpoints, each anew that has given up (its account was refused, or its pool ended it), with all
   * that they are there for. To be called from time to time, and not so often that an account locks.
   */
  renew(): Promise<void>;
}

/** What the gateway's own accounts are shown as. */
const available: Presence = { availability: 'Available', activity: 'None' };

export function createWatching(
  pools: readonly string[],
  endpoints: Pick<Endpoints, 'ofGateway' | 'showEndpoint'>,
  failed: (pool: string, failure: Failure) => void,
): Watching {
  let watched: ReadonlyMap<string, ReadonlySet<SipUri>> = new Map();
  /** Those that are shown and know whom to watch. */
  const atWork = new WeakSet<Endpoint>();

  async function watchAt(pool: string): Promise<void> {
    const people = watched.get(pool);
    if (!people) return;
    const found = endpoints.ofGateway(pool);
    if (found.kind === 'none') {
      if (people.size > 0) failed(pool, found.failure);
      return;
    }
    const failure = await found.endpoint.door.watch(people);
    if (failure) failed(pool, failure);
  }

  async function renewAt(pool: string): Promise<void> {
    const found = endpoints.ofGateway(pool);
    if (found.kind === 'none' || atWork.has(found.endpoint)) return;
    atWork.add(found.endpoint);
    await Promise.all([endpoints.showEndpoint(found.endpoint, available), watchAt(pool)]);
  }

  return {
    async watch(people) {
      const byPool = new Map<string, Set<SipUri>>(pools.map((pool) => [pool, new Set()]));
      for (const { skype } of people) if (skype.home !== 'none') byPool.get(skype.pool)?.add(skype.sip);
      watched = byPool;
      await Promise.all(pools.map(watchAt));
    },
    async renew() {
      await Promise.all(pools.map(renewAt));
    },
  };
}
