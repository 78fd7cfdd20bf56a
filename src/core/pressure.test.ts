import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { delayMs, isRefused, longestDelayMs, pressureOf } from './pressure.ts';

const pressures = fc.double({ min: 0, max: 4, noNaN: true });
const amounts = fc.array(fc.record({ of: fc.nat(1_000_000), most: fc.integer({ min: -1, max: 1_000_000 }) }));

describe('pressure', () => {
  it('slows before it refuses, and never speeds up as it grows', () => {
    fc.assert(
      fc.property(pressures, pressures, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        assert.ok(delayMs(less) <= delayMs(more));
        assert.ok(!isRefused(less) || isRefused(more));
        if (isRefused(less)) assert.equal(delayMs(less), longestDelayMs);
      }),
    );
    assert.equal(delayMs(0.5), 0);
    assert.ok(delayMs(0.75) > 0 && !isRefused(0.75));
    assert.equal(delayMs(1), longestDelayMs);
  });

  it('is that of the scarcest thing', () => {
    fc.assert(
      fc.property(amounts, (held) => {
        const pressure = pressureOf(held);
        assert.ok(pressure >= 0);
        for (const one of held) assert.ok(pressure >= pressureOf([one]));
        assert.equal(
          isRefused(pressure),
          held.some(({ of, most }) => of >= most),
        );
      }),
    );
  });

  it('is full where nothing may be held, even if nothing is', () => {
    for (const held of [0, 1]) for (const most of [0, -1]) assert.equal(pressureOf([{ of: held, most }]), 1);
    assert.equal(pressureOf([]), 0);
  });

  it('delays by the square of what is over half, to 2 s', () => {
    const delays = [0.5, 0.6, 0.75, 0.9, 1, 4].map(delayMs);
    assert.deepEqual(delays, [0, 80, 500, 1_280, 2_000, 2_000]);
  });
});
