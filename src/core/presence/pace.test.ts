import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decidePace, type Pace, type Paced, unpaced } from './pace.ts';

const paceMs = 5_000;

interface Change {
  readonly at: number;
  readonly value: number;
  readonly urgent: boolean;
}

interface Told {
  readonly at: number;
  readonly value: number;
  readonly urgent: boolean;
}

/** Lets changes happen, and the machine be called whenever it asks for it. */
function play(changes: readonly Change[]): readonly Told[] {
  const told: Told[] = [];
  let pace: Pace<number> = unpaced;
  let dueAt: number | undefined;
  const take = (paced: Paced<number>, at: number, urgent: boolean): void => {
    pace = paced.pace;
    dueAt = paced.dueAt;
    if (paced.tell.kind === 'change') told.push({ at, value: paced.tell.value, urgent });
  };
  const until = (end: number): void => {
    while (dueAt !== undefined && dueAt <= end) {
      const at = dueAt;
      take(decidePace(pace, { kind: 'due' }, at, paceMs), at, false);
    }
  };
  for (const { at, value, urgent } of changes) {
    until(at);
    take(decidePace(pace, { kind: 'change', value, urgent }, at, paceMs), at, urgent);
  }
  until(Number.POSITIVE_INFINITY);
  return told;
}

const trains = fc
  .array(fc.record({ gap: fc.nat(8_000), value: fc.nat(5), urgent: fc.boolean() }), { maxLength: 40 })
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, value, urgent }): Change => {
      at += gap;
      return { at, value, urgent };
    });
  });

describe('a pace', () => {
  it('lets the first change out at once, and the last one always', () => {
    fc.assert(
      fc.property(trains, (changes) => {
        const told = play(changes);
        const [first, last] = [changes[0], changes.at(-1)];
        assert.deepEqual(told[0], first && { at: first.at, value: first.value, urgent: first.urgent });
        assert.equal(told.at(-1)?.value, last?.value);
      }),
    );
  });

  it('lets out no two within its time, but what is urgent', () => {
    fc.assert(
      fc.property(trains, (changes) => {
        const paced = play(changes).filter(({ urgent }) => !urgent);
        for (const [index, { at }] of paced.entries()) {
          const before = paced[index - 1];
          if (before) assert.ok(at - before.at >= paceMs, `${before.at} and ${at}`);
        }
      }),
    );
  });

  it('holds nothing back longer than its time, and nothing urgent at all', () => {
    fc.assert(
      fc.property(trains, (changes) => {
        const told = play(changes);
        for (const change of changes) {
          const next = told.find(({ at }) => at >= change.at);
          assert.ok(next && next.at - change.at <= (change.urgent ? 0 : paceMs));
        }
      }),
    );
  });

  it('lets nothing out after what is urgent that came before it', () => {
    const told = play([
      { at: 0, value: 1, urgent: false },
      { at: 10, value: 2, urgent: false },
      { at: 20, value: 3, urgent: true },
    ]);
    assert.deepEqual(
      told.map(({ at, value }) => [at, value]),
      [
        [0, 1],
        [20, 3],
      ],
    );
  });

  it('does not wait for a time that a clock set back has put far ahead', () => {
    const before: Pace<number> = { toldAt: 1_000_000, waiting: { kind: 'nothing' } };
    const { dueAt } = decidePace(before, { kind: 'change', value: 1, urgent: false }, 1_000, paceMs);
    assert.equal(dueAt, 6_000);
  });

  it('of no time at all holds nothing back', () => {
    const before: Pace<number> = { toldAt: 7, waiting: { kind: 'nothing' } };
    assert.deepEqual(decidePace(before, { kind: 'change', value: 1, urgent: false }, 7, 0).tell, {
      kind: 'change',
      value: 1,
    });
  });
});
