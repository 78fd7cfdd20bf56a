import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { createLanes } from './lanes.ts';

const noError = (error: unknown): void => assert.ifError(error);

describe('lanes', () => {
  it('keep the order inside a lane, whatever the work takes, and run side by side', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ lane: fc.nat(3), turns: fc.nat(3) }), { maxLength: 40 }),
        async (items) => {
          const done = [0, 1, 2, 3].map((): number[] => []);
          const atOnce = new Map<number, number>();
          await using lanes = createLanes<{ lane: number; turns: number; index: number }>(async (item) => {
            atOnce.set(item.lane, (atOnce.get(item.lane) ?? 0) + 1);
            assert.equal(atOnce.get(item.lane), 1, 'two at a time in one lane');
            for (let n = 0; n < item.turns; n++) await turn();
            atOnce.set(item.lane, 0);
            done[item.lane]?.push(item.index);
          }, noError);
          for (const [index, item] of items.entries()) lanes.push(String(item.lane), { ...item, index });
          await lanes.settled();
          assert.equal(lanes.size, 0);
          for (const lane of [0, 1, 2, 3]) {
            const pushed = items.flatMap((item, index) => (item.lane === lane ? [index] : []));
            assert.deepEqual(done[lane], pushed);
          }
        },
      ),
    );
  });

  it('go on after work that throws, and report it', async () => {
    const errors: unknown[] = [];
    const done: number[] = [];
    await using lanes = createLanes<number>(
      (n) => {
        if (n === 1) throw new Error('one');
        done.push(n);
        return Promise.resolve();
      },
      (error) => errors.push(error),
    );
    for (const n of [1, 2]) lanes.push('a', n);
    await lanes.settled();
    assert.deepEqual(done, [2]);
    assert.equal(errors.length, 1);
  });

  it('stop the work at hand and begin nothing more when they are disposed', async () => {
    const begun: number[] = [];
    const lanes = createLanes<number>(async (n, signal) => {
      begun.push(n);
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    }, noError);
    for (const n of [1, 2]) lanes.push('a', n);
    await lanes[Symbol.asyncDispose]();
    lanes.push('a', 3);
    assert.deepEqual(begun, [1]);
  });
});
