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
   * that they are there for. To be called every minute: what fails again and again is tried less often, so that no account
   * is locked by it.
   */
  renew(): Promise<void>;
}

/** What the gateway's own accounts are shown as. */
const available: Presence = { availability: 'Available', activity: 'None' };

/** Calls of `renew` from one attempt at a pool to the next, at most. */
const longestPause = 16;

interface Own {
  /** Shown, and told whom to watch. */
  readonly endpoint: Endpoint;
  /** Attempts in a row that came to nothing. */
  failures: number;
  /** Calls to be let pass before the next attempt. */
  pause: number;
}

export function createWatching(
  pools: readonly string[],
  endpoints: Pick<Endpoints, 'ofGateway' | 'showEndpoint'>,
  failed: (pool: string, failure: Failure) => void,
): Watching {
  let watched: ReadonlyMap<string, ReadonlySet<SipUri>> = new Map();
  const own = new Map<string, Own>();

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
    const before = own.get(pool);
    if (before && !before.endpoint.door.stopped) return;
    if (before && before.pause > 0) {
      before.pause -= 1;
      return;
    }
    const found = endpoints.ofGateway(pool);
    if (found.kind === 'none') return;
    const failures = (before?.failures ?? 0) + 1;
    const after: Own = {
      endpoint: found.endpoint,
      failures,
      pause: Math.min(longestPause, 2 ** failures) - 1,
    };
    own.set(pool, after);
    const [failure] = await Promise.all([endpoints.showEndpoint(found.endpoint, available), watchAt(pool)]);
    if (failure) return;
    after.failures = 0;
    after.pause = 0;
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
