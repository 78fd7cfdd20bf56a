import { runChild } from './child.ts';
import { type CrowdOrder, crowd } from './crowd.ts';
import type { Change } from './presence-states.ts';
import { Watcher } from './presence-watcher.ts';

/** The process of watchers at SfB clients, each of whom watches everybody in Teams. */
export interface WatchersOrder {
  readonly pool: string;
  readonly crowd: CrowdOrder;
}

export type WatchersQuestion =
  /** Waits until every watcher sees all of them so. Answers with the time, Unix ms. */
  | {
      readonly kind: 'all-show';
      readonly state: number;
      readonly from: number;
      readonly to: number;
      readonly withinMs: number;
    }
  /** Waits until every watcher has seen every change, or one that came after it. */
  | { readonly kind: 'delays'; readonly changes: readonly Change[]; readonly withinMs: number };

export interface Delays {
  /** From each change to each watcher, ms. */
  readonly ms: readonly number[];
  /** Events of presence that came to the watchers while the changes were made. */
  readonly missing: number;
  /** When the last was seen, Unix ms. */
  readonly lastAt: number;
}

runChild<WatchersOrder, object>(async ({ pool, crowd: order }) => {
  const { inTeams, inSkype } = crowd(order);
  const watchers = inSkype.map(({ address }) => new Watcher(pool, address, inTeams.length));
  const addresses = inTeams.map(({ address }) => address);
  await Promise.all(watchers.map((watcher) => watcher.start(addresses)));

  /** Looks now and whenever something was seen, a few times a second at most. */
  async function until<T>(what: string, withinMs: number, look: () => T | undefined): Promise<T> {
    const end = Date.now() + withinMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`${what}: not after ${withinMs} ms`);
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, 100);
      await promise;
    }
  }

  function lastSeen(): number {
    return Math.max(...watchers.map((watcher) => watcher.lastSeenAt));
  }

  return {
    ready: {},
    async answer(question: WatchersQuestion): Promise<unknown> {
      switch (question.kind) {
        case 'all-show': {
          const { state, from, to } = question;
          return until('everybody is shown', question.withinMs, () =>
            watchers.every((watcher) => watcher.showing(state, from, to) === to - from)
              ? lastSeen()
              : undefined,
          );
        }
        case 'delays':
          return delays(question.changes, question.withinMs);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };

  async function delays(changes: readonly Change[], withinMs: number): Promise<Delays> {
    const overtaken = nextOfSamePerson(changes);
    const end = Date.now() + withinMs;
    const all = (): Delays => {
      const ms: number[] = [];
      let missing = 0;
      let lastAt = 0;
      for (const [index, { person, state, at }] of changes.entries())
        for (const watcher of watchers) {
          const seenAt = watcher.sawAt(person, state, at, overtaken[index] ?? Number.POSITIVE_INFINITY);
          if (seenAt === undefined) missing++;
          else {
            ms.push(Math.max(0, seenAt - at));
            lastAt = Math.max(lastAt, seenAt);
          }
        }
      return { ms, missing, lastAt };
    };
    return until('changes', withinMs + 1_000, () => {
      const found = all();
      return found.missing === 0 || Date.now() > end ? found : undefined;
    });
  }
});

/** For each change, when the same person's next one was made. */
function nextOfSamePerson(changes: readonly Change[]): readonly number[] {
  const next = new Map<number, number>();
  return changes
    .map(({ person, at }) => {
      const later = next.get(person) ?? Number.POSITIVE_INFINITY;
      next.set(person, at);
      return later;
    })
    .reverse();
}
