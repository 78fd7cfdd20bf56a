import type { Person, SipUri } from '../../core/people.ts';
import type { Endpoints } from './endpoints.ts';
import type { Failure } from './errors.ts';

/** Watches people through the gateway's own account of each pool: who lives at a pool is watched there. */
export interface Watching {
  /** Replaces the set before. Resolves when every pool has taken it or has failed to. */
  watch(people: readonly Person[]): Promise<void>;
}

export function createWatching(
  pools: readonly string[],
  endpoints: Endpoints,
  failed: (pool: string, failure: Failure) => void,
): Watching {
  return {
    async watch(people) {
      const byPool = new Map<string, Set<SipUri>>(pools.map((pool) => [pool, new Set()]));
      for (const { skype } of people) if (skype.home !== 'none') byPool.get(skype.pool)?.add(skype.sip);
      await Promise.all(
        [...byPool].map(async ([pool, watched]) => {
          const found = endpoints.ofGateway(pool);
          if (found.kind === 'none') {
            if (watched.size > 0) failed(pool, found.failure);
            return;
          }
          const failure = await found.endpoint.door.watch(watched);
          if (failure) failed(pool, failure);
        }),
      );
    },
  };
}
