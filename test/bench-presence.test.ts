import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delaysOf, type Seen, untilAllKnow, type Watching } from '../bench/presence-delays.ts';
import { offlineState } from '../bench/presence-states.ts';

/** A watcher of one person. */
function watcher(told: readonly number[], seen?: readonly Seen[]): Watching {
  return { told: () => told, reads: () => seen !== undefined, seen: () => seen ?? [] };
}
const change = (at: number, state: number) => ({ person: 0, at, state });

describe('waiting for watchers', () => {
  it('ends as soon as all know, and asks nobody again who does', async () => {
    const told: number[] = [];
    let looks = 0;
    const early = watcher([110]);
    let asked = 0;
    const counted: Watching = {
      ...early,
      told(person) {
        asked++;
        return early.told(person);
      },
    };
    await untilAllKnow([change(100, 1)], [counted, watcher(told)], async () => {
      if (++looks === 3) told.push(120);
      return 'look again';
    });
    assert.deepEqual([looks, asked], [3, 1]);
  });

  it('ends when there is no more time', async () => {
    let looks = 0;
    await untilAllKnow([change(100, 1)], [watcher([])], async () => (++looks < 5 ? 'look again' : 'give up'));
    assert.equal(looks, 5);
  });
});

describe('how late a change is shown, as the benchmark of presence counts', () => {
  it('is until who reads the person shows it, and until the others are notified', () => {
    const reader = watcher([110], [{ state: 1, at: 130 }]);
    const { p50Ms, p99Ms, missing, lastAt } = delaysOf([change(100, 1)], [reader, watcher([90, 120])]);
    assert.deepEqual([p50Ms, p99Ms, missing, lastAt], [30, 30, 0, 130]);
    assert.equal(delaysOf([change(100, 1)], [watcher([90, 120])]).p99Ms, 20);
  });

  it('is until the newer state is shown where the person changed again before', () => {
    const reader = watcher([], [{ state: 2, at: 160 }]);
    const { missing, p99Ms } = delaysOf([change(100, 1), change(150, 2)], [reader]);
    assert.deepEqual([missing, p99Ms], [0, 60]);
  });

  it('is not known of what nobody has been told, or what the reader shows as it was', () => {
    const changes = [change(100, offlineState)];
    assert.equal(delaysOf(changes, [watcher([90])]).missing, 1);
    const stale = watcher([110], [{ state: 0, at: 110 }]);
    assert.equal(delaysOf(changes, [stale]).missing, 1);
  });
});
