import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from './child.ts';
import { type CrowdOrder, crowd } from './crowd.ts';
import { type Delays, delaysOf } from './presence-delays.ts';
import type { Change } from './presence-states.ts';
import { Watcher } from './presence-watcher.ts';

/** The process of watchers at SfB clients, each of whom watches everybody in Teams. */
export interface WatchersOrder {
  readonly pool: string;
  readonly crowd: CrowdOrder;
}

export type WatchersQuestion =
  /** Waits until every watcher sees all of `from` up to but without `to` so. Answered with the time, Unix ms. */
  | {
      readonly kind: 'all-show';
      readonly state: number;
      readonly from: number;
      readonly to: number;
      readonly withinMs: number;
    }
  /** Waits until every watcher has seen every change. Answered with {@link Delays}, and what is missing when time is up. */
  | { readonly kind: 'delays'; readonly changes: readonly Change[]; readonly withinMs: number }
  /** Notifications that have come to all watchers together. */
  | { readonly kind: 'notifications' };

const lookMs = 200;

runChild<WatchersOrder, object>(async ({ pool, crowd: order }) => {
  const { inTeams, inSkype } = crowd(order);
  const watchers = inSkype.map(({ address }) => new Watcher(pool, address, inTeams.length));
  const addresses = inTeams.map(({ address }) => address);
  await Promise.all(watchers.map((watcher) => watcher.start(addresses)));

  async function answer(question: WatchersQuestion): Promise<unknown> {
    switch (question.kind) {
      case 'notifications':
        return watchers.reduce((sum, { events }) => sum + events, 0);
      case 'all-show': {
        const { state, from, to, withinMs } = question;
        const missing = (): number =>
          watchers.reduce((sum, watcher) => sum + to - from - watcher.showing(state, from, to), 0);
        const end = Date.now() + withinMs;
        for (let left = missing(); left > 0; left = missing()) {
          if (Date.now() > end) throw new Error(`${left} presences are not shown after ${withinMs} ms`);
          await sleep(lookMs);
        }
        return Math.max(...watchers.map(({ lastAt }) => lastAt));
      }
      case 'delays': {
        const end = Date.now() + question.withinMs;
        const look = (): Delays =>
          delaysOf(question.changes, (person) => watchers.map((watcher) => watcher.seen(person)));
        let delays = look();
        while (delays.missing > 0 && Date.now() < end) {
          await sleep(lookMs);
          delays = look();
        }
        return delays;
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
