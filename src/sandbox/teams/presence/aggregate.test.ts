import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { preferredPairs, sessionPairs } from '../../../protocols/graph/presence.ts';
import {
  aggregate,
  type Calendar,
  fadeMs,
  nextChange,
  type PresenceInputs,
  type PresenceSession,
  withoutExpired,
} from './aggregate.ts';

const minute = 60_000;
const now = Date.UTC(2026, 0, 5, 9);
const order = ['DoNotDisturb', 'Busy', 'Available', 'Away', 'Offline'];

const session: fc.Arbitrary<PresenceSession> = fc.record({
  pair: fc.constantFrom(...sessionPairs),
  setAt: fc.integer({ min: now - 30 * minute, max: now }),
  expiresAt: fc.integer({ min: now - 10 * minute, max: now + 240 * minute }),
});
const inputs: fc.Arbitrary<PresenceInputs> = fc.record({
  sessions: fc
    .array(session, { maxLength: 5 })
    .map((list) => new Map(list.map((one, i) => [`app${i}`, one]))),
  preferred: fc.option(
    fc.record({
      pair: fc.constantFrom(...preferredPairs),
      expiresAt: fc.integer({ min: now - minute, max: now + 600 * minute }),
    }),
    { nil: undefined },
  ),
  calendar: fc.constant({ kind: 'free' as const }),
});

function sessions(...list: readonly PresenceSession[]): PresenceInputs {
  return {
    sessions: new Map(list.map((one, i) => [String(i), one])),
    preferred: undefined,
    calendar: { kind: 'free' },
  };
}
const available = { pair: sessionPairs[0], setAt: now, expiresAt: now + 240 * minute };

describe('what others see of a person', () => {
  it('is Offline without a living session, whatever is preferred', () => {
    fc.assert(
      fc.property(inputs, ({ preferred, calendar }) => {
        const shown = aggregate(
          { sessions: new Map([['a', { ...available, expiresAt: now }]]), preferred, calendar },
          now,
        );
        assert.deepEqual(shown, { availability: 'Offline', activity: 'Offline' });
      }),
    );
  });

  it('is the preference while any session lives', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...preferredPairs), (given, pair) => {
        const withOne = new Map([...given.sessions, ['one', available]]);
        const preferred = { pair, expiresAt: now + 1 };
        assert.deepEqual(aggregate({ ...given, sessions: withOne, preferred }, now), pair);
      }),
    );
  });

  it('is never weaker than any session', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const all = aggregate({ ...given, preferred: undefined }, now);
        for (const [id, one] of given.sessions) {
          const alone = aggregate({ ...given, sessions: new Map([[id, one]]), preferred: undefined }, now);
          assert.ok(order.indexOf(all.availability) <= order.indexOf(alone.availability));
        }
      }),
    );
  });

  it('does not depend on the order in which sessions came, but for equals', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const reversed = new Map([...given.sessions].toReversed());
        assert.equal(
          aggregate(given, now).availability,
          aggregate({ ...given, sessions: reversed }, now).availability,
        );
      }),
    );
  });

  it('stays as it is until the time that is named for the next change', () => {
    fc.assert(
      fc.property(inputs, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (given, part) => {
        const next = nextChange(given, now) ?? now + 10_000 * minute;
        const later = now + Math.floor((next - now) * part);
        assert.deepEqual(aggregate(given, later), aggregate(given, now));
      }),
    );
  });

  it('does not change when what has run out is cleared away', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        assert.deepEqual(aggregate(withoutExpired(given, now), now), aggregate(given, now));
      }),
    );
  });

  it('fades from Available over inactive to Away when nobody repeats it', () => {
    const at = (ms: number) => aggregate(sessions(available), now + ms);
    assert.deepEqual(at(fadeMs - 1), { availability: 'Available', activity: 'Available' });
    assert.deepEqual(at(fadeMs), { availability: 'Available', activity: 'AvailableInactive' });
    assert.deepEqual(at(2 * fadeMs), { availability: 'Away', activity: 'Away' });
  });

  it('is why somebody is there who would be Available, as the calendar says', () => {
    const [, call] = sessionPairs;
    const [, , doNotDisturb] = preferredPairs;
    const during = (calendar: Calendar, pair: PresenceSession['pair'] = available.pair) =>
      aggregate({ ...sessions({ ...available, pair }), calendar }, now);
    const out: Calendar = { kind: 'outOfOffice', message: 'Until Monday' };
    assert.deepEqual(during({ kind: 'meeting' }), { availability: 'Busy', activity: 'InAMeeting' });
    assert.deepEqual(during(out), { availability: 'Available', activity: 'OutOfOffice' });
    assert.deepEqual(during({ kind: 'meeting' }, call), call);
    const preferred = { pair: doNotDisturb, expiresAt: now + 1 };
    assert.deepEqual(aggregate({ ...sessions(available), calendar: out, preferred }, now), doNotDisturb);
    assert.equal(aggregate({ ...sessions(), calendar: out }, now).availability, 'Offline');
  });

  it('does not fade from Busy', () => {
    const busy = { ...available, pair: sessionPairs[1] };
    assert.deepEqual(aggregate(sessions(busy), now + 60 * minute), {
      availability: 'Busy',
      activity: 'InACall',
    });
  });

  it('is the later of two equally strong sessions', () => {
    const call = { ...available, pair: sessionPairs[1] };
    const conference = { ...available, pair: sessionPairs[2], setAt: now + 1 };
    assert.equal(aggregate(sessions(conference, call), now + 2).activity, 'InAConferenceCall');
  });
});
