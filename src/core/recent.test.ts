import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { recent } from './recent.ts';

describe('what was used last', () => {
  it('is there, and nothing else, whatever was put, asked for and removed', () => {
    const key = fc.integer({ min: 0, max: 9 }).map(String);
    const step = fc.oneof(
      fc.record({ put: key, value: fc.integer({ min: 1 }) }),
      fc.record({ get: key }),
      fc.record({ remove: key }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }), (most, steps) => {
        const kept = recent<string, number>(most);
        /** The one used longest ago first. */
        let expected: (readonly [string, number])[] = [];
        const without = (key: string) => expected.filter(([each]) => each !== key);
        for (const each of steps) {
          if ('put' in each) {
            kept.set(each.put, each.value);
            expected = [...without(each.put), [each.put, each.value] as const].slice(-most);
          } else if ('get' in each) {
            const there = expected.find(([key]) => key === each.get);
            assert.equal(kept.get(each.get), there?.[1]);
            if (there) expected = [...without(each.get), there];
          } else {
            kept.delete(each.remove);
            expected = without(each.remove);
          }
        }
        assert.deepEqual([...kept.entries()], expected.toReversed());
      }),
    );
  });

  it('takes no memory for what is not there', () => {
    const make = () => Array.from({ length: 20 }, () => recent<string, true>(1_000_000));
    make();
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const all = make();
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    assert.ok((after - before) / all.length < 100_000, `${(after - before) / all.length} bytes each`);
  });
});
