import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pace, startPolling, waitAfter } from './poller.ts';

describe('the pace of polling', () => {
  it('is a second while the page is seen, slower while it is not', () => {
    assert.equal(waitAfter(0, 0, false, pace), 1000);
    assert.equal(waitAfter(0, 0, true, pace), 5000);
  });

  it('slows with every failure up to half a minute', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 9].map((failures) => waitAfter(failures, 0, false, pace)),
      [2000, 4000, 8000, 16_000, 30_000, 30_000],
    );
  });

  it('is never faster than the server asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(600_000),
        fc.boolean(),
        (failures, retryAfter, hidden) => {
          assert.ok(waitAfter(failures, retryAfter, hidden, pace) >= retryAfter);
        },
      ),
    );
  });
});

describe('a poller', () => {
  it('never runs two rounds at a time, and none after it was ended', async () => {
    const ending = new AbortController();
    let running = 0;
    let rounds = 0;
    await new Promise<void>((resolve) => {
      const poller = startPolling(
        async () => {
          assert.equal(running, 0);
          running += 1;
          queueMicrotask(() => poller.wake());
          await new Promise((next) => setImmediate(next));
          running -= 1;
          rounds += 1;
          setImmediate(() => poller.wake());
          if (rounds === 3) {
            ending.abort();
            resolve();
          }
        },
        () => 0,
        () => false,
        ending.signal,
      );
    });
    await new Promise((next) => setImmediate(next));
    assert.equal(rounds, 3);
  });
});
