import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { createGate } from './gate.ts';

function world(width: number) {
  const gate = createGate(width);
  const inside: { readonly n: number; readonly place: Disposable }[] = [];
  const refused: number[] = [];
  const enter = (n: number, signal?: AbortSignal) =>
    gate.enter(signal).then(
      (place) => void inside.push({ n, place }),
      () => void refused.push(n),
    );
  return { gate, inside, refused, enter };
}

describe('a gate', () => {
  it('lets everybody in, in order, no more than its width at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(30), async (width, many) => {
        const { inside, enter } = world(width);
        for (let n = 0; n < many; n++) void enter(n);
        for (let left = 0; left < many; left++) {
          await turn();
          assert.equal(inside.length, Math.min(many, left + width));
          inside[left]?.place[Symbol.dispose]();
        }
        assert.deepEqual(
          inside.map(({ n }) => n),
          Array.from({ length: many }, (_, n) => n),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('gives one place back, however often it is left', async () => {
    const { inside, enter } = world(1);
    for (let n = 0; n < 3; n++) void enter(n);
    await turn();
    inside[0]?.place[Symbol.dispose]();
    inside[0]?.place[Symbol.dispose]();
    await turn();
    assert.equal(inside.length, 2);
  });

  it('forgets who waits no longer, and lets nobody in who does not want to', async () => {
    const { inside, refused, enter } = world(1);
    const stop = new AbortController();
    void enter(0);
    void enter(1, stop.signal);
    void enter(2);
    await turn();
    stop.abort();
    await enter(3, stop.signal);
    assert.deepEqual(refused, [1, 3]);
    inside[0]?.place[Symbol.dispose]();
    await turn();
    assert.deepEqual(
      inside.map(({ n }) => n),
      [0, 2],
    );
  });
});
