import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { memoryKept } from '../../../test/kit/kept.ts';
import { afterRound, firstCursor, keepCursor, loadCursor, notAhead, oldest, readFrom } from './cursor.ts';

const times = fc.nat(4_000_000_000);
const people = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), times, { noNullPrototype: true });
const cursors = fc
  .tuple(times, times, people)
  .map(([since, more, behind]) => ({ since, readUpTo: since + more, behind }));

describe('how far a tenant was read', () => {
  it('comes back as it was kept, and not at all when it was something else', async () => {
    const kept = memoryKept();
    assert.equal(await loadCursor(kept, 'tenant'), undefined);
    await fc.assert(
      fc.asyncProperty(cursors, async (cursor) => {
        await keepCursor(kept, 'tenant', cursor);
        assert.deepEqual(await loadCursor(kept, 'tenant'), cursor);
      }),
    );
    for (const strange of [
      null,
      {},
      { since: -1, readUpTo: 1, behind: {} },
      { since: 1, readUpTo: '2', behind: {} },
    ]) {
      await kept.put('cursor', 'teams read-back tenant', strange);
      assert.equal(await loadCursor(kept, 'tenant'), undefined);
    }
  });

  it('begins with the gateway: what was written before is not its own to bring', () => {
    assert.deepEqual(firstCursor(1_000), { since: 1_000, readUpTo: 1_000, behind: {} });
  });

  it('never passes over anybody who was not read', () => {
    fc.assert(
      fc.property(cursors, times, people, (cursor, before, left) => {
        const behind = new Map(Object.entries(left));
        const next = afterRound(cursor, before, behind);
        for (const [person, upTo] of behind) assert.equal(readFrom(next, person), upTo);
        assert.equal(readFrom(next, 'somebody else'), Math.max(before, cursor.readUpTo));
        assert.equal(next.since, cursor.since);
        assert.ok(oldest(next) <= Math.min(next.readUpTo, ...behind.values()));
      }),
    );
  });

  it('stays where it was when too many were not read', () => {
    const cursor = firstCursor(1_000);
    const left = (length: number) =>
      new Map(Array.from({ length }, (_, n) => [`person ${n}`, 1_000] as const));
    assert.equal(afterRound(cursor, 2_000, left(501)), cursor);
    assert.equal(afterRound(cursor, 2_000, left(500)).readUpTo, 2_000);
  });

  it('is not in the future: after the clock was put back, the hour before is read anew', () => {
    fc.assert(
      fc.property(cursors, times, (cursor, now) => {
        const right = notAhead(cursor, now);
        assert.ok(right.readUpTo <= now);
        if (cursor.readUpTo <= now) assert.equal(right, cursor);
        else
          assert.deepEqual(right, {
            since: Math.min(cursor.since, now),
            readUpTo: Math.max(0, now - 3_600_000),
            behind: {},
          });
      }),
    );
  });
});
