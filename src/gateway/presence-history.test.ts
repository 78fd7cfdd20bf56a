import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { type PersonId, personId } from '../core/ids.ts';
import { sides } from '../core/people.ts';
import { offline, type Presence } from '../core/presence/presence.ts';
import { presenceOf, presenceStates } from '../core/presence/states.ts';
import { createPresenceHistory, historyMs, mostSteps } from './presence-history.ts';

const alice = personId('alice@contoso.example');
const available: Presence = { availability: 'Available', activity: 'None' };
const inCall: Presence = { availability: 'Busy', activity: 'InACall' };

function start() {
  const clock = new ManualClock();
  const history = createPresenceHistory(clock);
  const see = (presence: Presence, side: 'teams' | 'skype' = 'teams', person: PersonId = alice): boolean =>
    history.saw({ side, person, presence, observedAt: clock.now() });
  return { clock, history, see };
}

describe('the history of a person’s presence', () => {
  it('is what was seen, what was shown for it and what was refused, the newest first', () => {
    const { clock, history, see } = start();
    const began = clock.now();
    see(inCall);
    clock.advance(250);
    history.happened({ kind: 'presence-published', person: alice, side: 'skype', presence: inCall });
    clock.advance(1_000);
    history.happened({
      kind: 'presence-not-published',
      person: alice,
      side: 'skype',
      refusal: { id: 'unreachable', side: 'skype', detail: '' },
    });
    assert.deepEqual(history.of(alice), [
      { at: began + 1_250, side: 'skype', kind: 'refused', presence: undefined },
      { at: began + 250, side: 'skype', kind: 'shown', presence: inCall },
      { at: began, side: 'teams', kind: 'seen', presence: inCall },
    ]);
  });

  it('remembers every presence there is, on both sides, to the millisecond', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...presenceStates),
        fc.constantFrom(...sides),
        fc.integer({ min: 0, max: 100 * 365 * 86_400_000 }),
        (state, side, ms) => {
          const clock = new ManualClock(ms);
          const history = createPresenceHistory(clock);
          const presence = presenceOf(state);
          history.saw({ side, person: alice, presence, observedAt: ms });
          assert.deepEqual(history.of(alice), [{ at: ms, side, kind: 'seen', presence }]);
        },
      ),
    );
  });

  it('takes a report that repeats the one before for nothing new, on each side for itself', () => {
    const { history, see } = start();
    see(available);
    see(available);
    see(available, 'skype');
    see(offline);
    see(available, 'skype');
    assert.equal(history.of(alice).length, 3);
  });

  it('goes back a day', () => {
    assert.equal(historyMs, 86_400_000);
    const { clock, history, see } = start();
    see(available);
    clock.advance(historyMs);
    assert.equal(history.of(alice).length, 1);
    clock.advance(1);
    assert.deepEqual(history.of(alice), []);
  });

  it('lets the oldest make room', () => {
    const { clock, history, see } = start();
    for (let n = 0; n < mostSteps + 10; n++) {
      clock.advance(1_000);
      see(n % 2 === 0 ? available : inCall);
    }
    const steps = history.of(alice);
    assert.equal(steps.length, mostSteps);
    assert.equal(steps[0]?.at, clock.now());
  });

  it('keeps people apart, and knows nothing of whom it has forgotten', () => {
    const { history, see } = start();
    const bob = personId('bob@contoso.example');
    see(available);
    see(inCall, 'teams', bob);
    history.forget(bob);
    assert.deepEqual(history.of(bob), []);
    assert.equal(history.of(alice).length, 1);
  });
});
