import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { Pace } from './pace.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the pace of reading', () => {
  it('keeps turns apart, whoever asks, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }),
        async (waits) => {
          const clock = new ManualClock();
          const stop = new AbortController();
          const pace = new Pace(clock, stop.signal);
          const given: { readonly at: number; readonly ms: number }[] = [];
          const all = Promise.all(
            waits.map(async (ms) => {
              await pace.turn(ms);
              given.push({ at: clock.now(), ms });
            }),
          );
          for (let n = 0; n <= waits.length * 30; n++) {
            clock.advance(10);
            if (n % 10 === 0) await settle();
          }
          await settle();
          await all;
          assert.equal(given.length, waits.length);
          assert.equal(clock.pending, 0);
          assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('gives the first turn at once, and the next ones as far apart as was asked', async () => {
    const clock = new ManualClock();
    const pace = new Pace(clock, new AbortController().signal);
    const began = clock.now();
    await pace.turn(50);
    assert.equal(clock.now(), began);
    const at: number[] = [];
    for (const ms of [50, 200, 50]) void pace.turn(ms).then(() => at.push(clock.now() - began));
    for (let n = 0; n < 40; n++) {
      clock.advance(10);
      await settle();
    }
    assert.deepEqual(at, [50, 100, 300]);
  });

  it('holds nobody when all is over, nor for long when the clock is put back', async () => {
    const clock = new ManualClock(1_000_000_000);
    const stop = new AbortController();
    const pace = new Pace(clock, stop.signal);
    await pace.turn(10_000_000);
    let given = false;
    const waiting = pace.turn(50).then(() => {
      given = true;
    });
    clock.advance(60_000);
    await settle();
    assert.ok(given, 'a minute at most');
    await waiting;
    const last = pace.turn(50);
    stop.abort();
    await last;
    await pace.turn(50);
  });
});
