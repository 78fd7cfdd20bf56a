import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { backoff, type DeliveryCounts, Lane } from './lane.ts';

class Subscriber {
  readonly clock = new ManualClock();
  readonly counts: DeliveryCounts = { delivered: 0, failedAttempts: 0, dropped: 0 };
  readonly posts: number[][] = [];
  answer: (signal: AbortSignal) => Promise<void> = async () => {};
  readonly lane = new Lane<number>({
    clock: this.clock,
    counts: this.counts,
    post: async (items, signal) => {
      this.posts.push([...items]);
      await this.answer(signal);
    },
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
  it('sends the first item at once and gathers the others while it is under way', async () => {
    const subscriber = new Subscriber();
    for (const item of [1, 2, 3]) subscriber.lane.push(item);
    await subscriber.lane.idle();
    assert.deepEqual(subscriber.posts, [[1], [2, 3]]);
    assert.deepEqual(subscriber.counts, { delivered: 3, failedAttempts: 0, dropped: 0 });
  });

  it('keeps the order and loses nothing, whatever fails on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 20 }),
        fc.integer({ min: 1, max: 250 }),
        async (failures, count) => {
          const subscriber = new Subscriber();
          const taken: number[] = [];
          const left = [...failures];
          subscriber.answer = async () => {
            if (left.shift()) throw new Error('503');
            taken.push(...(subscriber.posts.at(-1) ?? []));
          };
          for (let item = 0; item < count; item += 1) subscriber.lane.push(item);
          while (taken.length < count) {
            await settled();
            subscriber.clock.advance(600_000);
          }
          assert.deepEqual(
            taken,
            Array.from({ length: count }, (_, item) => item),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('repeats a POST that failed before anything newer goes', async () => {
    const subscriber = new Subscriber();
    let down = true;
    subscriber.answer = async () => {
      if (down) throw new Error('503');
    };
    subscriber.lane.push(1);
    await settled();
    subscriber.lane.push(2);
    down = false;
    subscriber.clock.advance(backoff(1) - 1);
    await settled();
    assert.deepEqual(subscriber.posts, [[1]]);
    subscriber.clock.advance(1);
    await subscriber.lane.idle();
    assert.deepEqual(subscriber.posts, [[1], [1], [2]]);
    assert.equal(subscriber.counts.failedAttempts, 1);
  });

  it('gives an answer three seconds', async () => {
    const subscriber = new Subscriber();
    subscriber.answer = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))));
    subscriber.lane.push(1);
    await settled();
    subscriber.clock.advance(3000);
    await settled();
    assert.equal(subscriber.counts.failedAttempts, 1);
    await subscriber.lane.abort();
  });

  it('gives up after four hours', async () => {
    const subscriber = new Subscriber();
    subscriber.answer = async () => {
      throw new Error('503');
    };
    const began = subscriber.clock.now();
    subscriber.lane.push(1);
    while (subscriber.counts.dropped === 0) {
      await settled();
      subscriber.clock.advance(60_000);
    }
    await subscriber.lane.idle();
    assert.ok(subscriber.clock.now() - began <= 4 * 3_600_000 + 60_000);
    assert.equal(subscriber.counts.delivered, 0);
  });

  it('drops the oldest beyond ten thousand that wait', async () => {
    const subscriber = new Subscriber();
    for (let item = 0; item < 10_005; item += 1) subscriber.lane.push(item);
    await subscriber.lane.idle();
    assert.equal(subscriber.counts.dropped, 4);
    assert.equal(subscriber.counts.delivered, 10_001);
  });

  it('forgets what waits when it is closed, and leaves no timer', async () => {
    const subscriber = new Subscriber();
    subscriber.answer = async () => {
      throw new Error('503');
    };
    subscriber.lane.push(1);
    await settled();
    subscriber.lane.close();
    await subscriber.lane.idle();
    assert.equal(subscriber.clock.pending, 0);
    subscriber.lane.push(2);
    assert.deepEqual(subscriber.posts, [[1]]);
  });
});

describe('the wait before a retry', () => {
  it('grows, up to ten minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (attempt) => {
        assert.ok(backoff(attempt) >= 250 && backoff(attempt) <= 600_000);
        assert.ok(backoff(attempt + 1) >= backoff(attempt));
      }),
    );
  });
});
