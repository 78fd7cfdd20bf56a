import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from './child.ts';
import { type CrowdOrder, crowd } from './crowd.ts';
import { delaysOf, untilAllKnow } from './presence-delays.ts';
import type { Change } from './presence-states.ts';
import { Watcher } from './presence-watcher.ts';

/**
 * The process of watchers at SfB clients. Each watches everybody in Teams; the reading of what they show is shared out, so
 * that somebody shows every person.
 */
export interface WatchersOrder {
  readonly pool: string;
  readonly crowd: CrowdOrder;
}

export type WatchersQuestion =
  /** Waits until every watcher knows of every change. Answered with the delays, and what is missing when time is up. */
  | { readonly kind: 'delays'; readonly changes: readonly Change[]; readonly withinMs: number }
  /** Notifications that have come to all watchers together. */
  | { readonly kind: 'notifications' };

/** Nothing is looked at before the last changes have had their time: a long look would be a delay of its own. */
const lookMs = 1_000;

runChild<WatchersOrder, object>(async ({ pool, crowd: order }) => {
  const { inTeams, inSkype } = crowd(order);
  const watchers = inSkype.map(
    ({ address }, index) =>
      new Watcher(pool, address, inTeams.length, (person) => person % inSkype.length === index),
  );
  const addresses = inTeams.map(({ address }) => address);
  await Promise.all(watchers.map((watcher) => watcher.start(addresses)));

  async function answer(question: WatchersQuestion): Promise<unknown> {
    switch (question.kind) {
      case 'notifications':
        return watchers.reduce(
          (sum, watcher) => sum + inTeams.reduce((all, _, person) => all + watcher.told(person).length, 0),
          0,
        );
      case 'delays': {
        const end = Date.now() + question.withinMs;
        await sleep(lookMs);
        await untilAllKnow(question.changes, watchers, async () => {
          await sleep(lookMs);
          return Date.now() < end ? 'look again' : 'give up';
        });
        return delaysOf(question.changes, watchers);
      }
    }
  }

  return {
    ready: {},
    answer,
    async [Symbol.asyncDispose]() {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
});
