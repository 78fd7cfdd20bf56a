import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { planOf, tokenIn, tokenOf } from './plan.ts';

const options = { seed: 7, seconds: 20, couples: 50, perSecond: 20 };

describe('the plan of a soak', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(planOf(options), planOf(options));
    assert.notDeepEqual(planOf(options), planOf({ ...options, seed: 8 }));
  });

  it('has so many messages as asked for, numbered in the order of their time in each direction', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, seconds) => {
        const { messages } = planOf({ ...options, seed, seconds });
        assert.equal(messages.length, seconds * options.perSecond);
        const last = new Map<string, number>();
        for (const { couple, to, number, text, at } of messages) {
          assert.equal(number, (last.get(`${couple} ${to}`) ?? 0) + 1);
          last.set(`${couple} ${to}`, number);
          assert.equal(tokenIn(text), tokenOf(couple, to, number));
          assert.ok(at >= 0 && couple < options.couples);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('makes every kind of fault, however short it is', () => {
    const kinds = new Set(
      planOf({ ...options, seconds: 2 }).faults.map(({ fault }) =>
        fault.kind === 'at the front' ? fault.fault.kind : fault.kind,
      ),
    );
    const all = [
      'kill',
      'stop',
      'cut',
      'half-open',
      'delay',
      'swallow',
      'refuse',
      'notifications',
      'clock',
      'disk full',
    ];
    assert.deepEqual([...kinds].sort(), all.sort());
  });

  it('makes every fault within the time of writing', () => {
    for (const { at } of planOf(options).faults) assert.ok(at >= 0 && at <= options.seconds * 1000);
  });

  it('makes only what is asked for', () => {
    const { faults } = planOf({ ...options, only: ['clock', 'kill gateway'] });
    assert.deepEqual([...new Set(faults.map(({ fault }) => fault.kind))].sort(), ['clock', 'kill']);
  });
});
