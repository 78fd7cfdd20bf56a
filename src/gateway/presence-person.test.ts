import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { modes, type Side, sides } from '../core/people.ts';
import { isSignedIn, offline, type Presence, samePresence } from '../core/presence/presence.ts';
import { noRemarks, noteOf, type Remarks, sameRemarks } from '../core/presence/remarks.ts';
import { presenceOf, presenceStates } from '../core/presence/states.ts';
import { PersonPresence, type Telling } from './presence-person.ts';

const paceMs = 5_000;

interface Step {
  readonly after: number;
  readonly side: Side;
  readonly what: Presence | Remarks;
}

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.nat(4_000),
  side: fc.constantFrom(...sides),
  what: fc.oneof(
    fc.constantFrom(...presenceStates.map(presenceOf)),
    fc.constantFrom('', 'A', 'B').map((text): Remarks => ({ ...noRemarks, note: noteOf(text) })),
  ),
});

/** What two networks report that show nothing of the gateway's part; and all that is told them, with its time. */
function play(mode: (typeof modes)[number], steps: readonly Step[]) {
  const person = new PersonPresence({ mode, hasTeams: true, hasSkype: true }, { paceMs, lingerMs: 0 });
  const told: (Telling & { readonly at: number })[] = [];
  let now = 1_000_000;
  const take = (tellings: readonly Telling[]): void => {
    for (const telling of tellings) told.push({ ...telling, at: now });
  };
  const until = (end: number): void => {
    for (let calls = 0; person.wakeAt !== undefined && person.wakeAt <= end; calls += 1) {
      assert.ok(calls < 1_000, 'asks to be woken for ever');
      now = Math.max(now, person.wakeAt);
      take(person.due(now));
    }
    now = end;
  };
  for (const { after, side, what } of steps) {
    until(now + after);
    if ('availability' in what) take(person.happened({ kind: 'seen', side, presence: what, at: now }, now));
    else take(person.remarked({ kind: 'seen', side, remarks: what, at: now }, now));
  }
  until(now + 3_600_000);
  return { person, told };
}

describe('the presence of one person', () => {
  it('is told to the last on both sides, at its pace, and then no more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...modes),
        fc.array(step, { maxLength: 40, size: 'max' }),
        (mode, steps) => {
          const { person, told } = play(mode, steps);
          assert.equal(person.wakeAt, undefined);
          for (const side of sides) {
            const presences = told.flatMap((each) =>
              each.kind === 'presence' && each.side === side ? [each] : [],
            );
            assert.ok(samePresence(presences.at(-1)?.presence ?? offline, person.ours(side)));
            const paced = presences.filter(({ presence }) => isSignedIn(presence));
            for (const [index, { at }] of paced.entries())
              assert.ok(at - (paced[index - 1]?.at ?? Number.NEGATIVE_INFINITY) >= paceMs);

            const shownSince = presences.findLast(({ presence }) => !isSignedIn(presence))?.at ?? 0;
            const remarks = told.flatMap((each) =>
              each.kind === 'remarks' && each.side === side && each.at >= shownSince ? [each] : [],
            );
            // In Legacy what the person writes there themselves takes the place of the gateway's.
            if (isSignedIn(person.ours(side)) && mode !== 'Legacy')
              assert.ok(sameRemarks(remarks.at(-1)?.remarks ?? noRemarks, person.ourRemarks(side)));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
