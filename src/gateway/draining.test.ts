import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { createDraining } from './draining.ts';

function world(places: number) {
  const clock = new ManualClock();
  const draining = createDraining({ clock, random: () => 0.5, places, turnMs: 1_000 });
  const begun: { readonly n: number; readonly turn: Disposable }[] = [];
  const stop = new AbortController();
  const ask = (n: number) =>
    draining.turn(stop.signal).then(
      (given) => void begun.push({ n, turn: given }),
      () => undefined,
    );
  return { clock, begun, ask, stop };
}

describe('draining', () => {
  it('gives everybody a turn, in order, no more than its places at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(40), async (places, many) => {
        const { begun, ask } = world(places);
        for (let n = 0; n < many; n++) void ask(n);
        for (let done = 0; done < many; done++) {
          await turn();
          assert.ok(begun.length <= done + places);
          begun[done]?.turn[Symbol.dispose]();
        }
        assert.deepEqual(
          begun.map(({ n }) => n),
          Array.from({ length: many }, (_, n) => n),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('goes on without who is slow', async () => {
    const { clock, begun, ask } = world(1);
    void ask(0);
    void ask(1);
    await turn();
    assert.equal(begun.length, 1);
    clock.advance(1_000);
    await turn();
    assert.equal(begun.length, 2);
    begun[0]?.turn[Symbol.dispose]();
    begun[1]?.turn[Symbol.dispose]();
    assert.equal(clock.pending, 0);
  });

  it('ends with who waits', async () => {
    const { begun, ask, stop, clock } = world(1);
    void ask(0);
    await turn();
    const waiting = ask(1);
    stop.abort();
    await waiting;
    begun[0]?.turn[Symbol.dispose]();
    await turn();
    assert.equal(begun.length, 1);
    assert.equal(clock.pending, 0);
  });
});
