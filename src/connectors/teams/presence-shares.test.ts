import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shareOut } from './presence-shares.ts';

const most = 3;
const ids = fc.uniqueArray(
  fc.integer({ min: 0, max: 30 }).map((n) => `p${n}`),
  { maxLength: 20 },
);
const subscribers = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));

/** The shares after these sets were wanted one after the other. */
function through(history: readonly (readonly string[])[], who: readonly string[]) {
  let shares: ReadonlyMap<string, readonly string[]> = new Map();
  for (const wanted of history) shares = shareOut(shares, new Set(wanted), who, most);
  return shares;
}

describe('sharing people out among those who may subscribe', () => {
  it('gives nobody more than a subscription takes, and nobody to two of them', () => {
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1 }), subscribers, (history, who) => {
        const wanted = new Set(history.at(-1));
        const shares = [...through(history, who).values()];
        for (const share of shares) assert.ok(share.length > 0 && share.length <= most);
        const covered = shares.flat().filter((id) => wanted.has(id));
        assert.equal(new Set(covered).size, covered.length);
      }),
    );
  });

  it('leaves nobody out while there is room', () => {
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1 }), subscribers, (history, who) => {
        const wanted = new Set(history.at(-1));
        const covered = [...through(history, who).values()].flat().filter((id) => wanted.has(id));
        assert.equal(covered.length, Math.min(wanted.size, who.length * most));
      }),
    );
  });

  it('changes nothing when nobody comes or goes', () => {
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1 }), subscribers, (history, who) => {
        const shares = through(history, who);
        const again = shareOut(shares, new Set(history.at(-1)), who, most);
        for (const [subscriber, share] of shares) assert.equal(again.get(subscriber), share);
        assert.equal(again.size, shares.size);
      }),
    );
  });

  it('names nobody who is no longer wanted, and leaves the other subscriptions as they are', () => {
    const before = new Map([
      ['a', ['1', '2', '3']],
      ['b', ['4', '5', '6']],
    ]);
    const after = shareOut(before, new Set(['1', '3', '4', '5', '6']), ['a', 'b'], most);
    assert.deepEqual(after.get('a'), ['1', '3']);
    assert.equal(after.get('b'), before.get('b'));
  });

  it('makes anew only the subscription that has room for a newcomer', () => {
    const before = new Map([
      ['a', ['1', '2', '3']],
      ['b', ['4']],
    ]);
    const after = shareOut(before, new Set(['1', '2', '3', '4', '5']), ['a', 'b'], most);
    assert.equal(after.get('a'), before.get('a'));
    assert.deepEqual(after.get('b'), ['4', '5']);
  });
});
