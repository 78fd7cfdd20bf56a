import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  aggregateSkype,
  aggregateTeams,
  type Calendar,
  type Endpoint,
  faded,
  idleAfterMs,
} from './aggregate.ts';
import { isSignedIn, offline, type Presence } from './presence.ts';
import { type PresenceState, presenceOf, presenceStates, stateOf } from './states.ts';

const now = 1_000_000_000;
const active = (state: PresenceState): Endpoint => ({ presence: presenceOf(state), activeAt: now });
const silent = (state: PresenceState, ms: number): Endpoint => ({
  presence: presenceOf(state),
  activeAt: now - ms,
});
const signedIn = presenceStates.filter((state) => isSignedIn(presenceOf(state)));

const anyState = fc.constantFrom(...signedIn);
const endpoints = fc.array(
  fc.record({
    presence: anyState.map(presenceOf),
    activeAt: fc.integer({ min: now - 3 * idleAfterMs, max: now }),
  }),
  { maxLength: 5 },
);
const chosen = fc.option(anyState.map(presenceOf), { nil: undefined });
const calendar = fc.constantFrom<Calendar>('free', 'meeting', 'outOfOffice');

/** Both aggregations, called alike. */
const networks = {
  teams: (sources: readonly Endpoint[], byHand?: Presence, calendarSays: Calendar = 'free') =>
    aggregateTeams({ sessions: sources, ...(byHand && { preferred: byHand }), calendar: calendarSays }, now),
  skype: (sources: readonly Endpoint[], byHand?: Presence, calendarSays: Calendar = 'free') =>
    aggregateSkype({ endpoints: sources, ...(byHand && { chosen: byHand }), calendar: calendarSays }, now),
};

describe('an endpoint that is not used', () => {
  it('is idle after 5 minutes and away after 10', () => {
    assert.equal(idleAfterMs, 300_000);
    assert.equal(stateOf(faded(silent('Available/None', idleAfterMs - 1), now)), 'Available/None');
    assert.equal(stateOf(faded(silent('Available/None', idleAfterMs), now)), 'AvailableIdle/Inactive');
    assert.equal(stateOf(faded(silent('Available/None', 2 * idleAfterMs), now)), 'Away/None');
    assert.equal(stateOf(faded(silent('Busy/InAMeeting', idleAfterMs), now)), 'BusyIdle/InAMeeting');
  });
  it('stays in its call, its presentation and whatever its person chose beyond Busy', () => {
    for (const state of [
      'Busy/InACall',
      'DoNotDisturb/None',
      'DoNotDisturb/Presenting',
      'BeRightBack/None',
    ] as const)
      assert.equal(stateOf(faded(silent(state, 10 * idleAfterMs), now)), state);
  });
});

describe('Teams shows', () => {
  it('the strongest session: Do not disturb, Busy, Available, Away', () => {
    const order = ['DoNotDisturb/None', 'Busy/None', 'Available/None', 'Away/None'] as const;
    order.forEach((state, index) => {
      assert.equal(stateOf(networks.teams(order.slice(index).map(active))), state);
    });
  });
  it('the preferred presence over every session, while there is one', () => {
    assert.equal(
      stateOf(networks.teams([active('Busy/InACall')], presenceOf('BeRightBack/None'))),
      'BeRightBack/None',
    );
    assert.deepEqual(networks.teams([], presenceOf('BeRightBack/None')), offline);
  });
  it('a meeting and an absence of the calendar', () => {
    assert.equal(
      stateOf(networks.teams([active('Available/None')], undefined, 'meeting')),
      'Busy/InAMeeting',
    );
    assert.equal(
      stateOf(networks.teams([active('Away/None')], undefined, 'outOfOffice')),
      'Away/OutOfOffice',
    );
  });
});

describe('Skype for Business shows', () => {
  it('the most available device', () => {
    assert.equal(stateOf(networks.skype([active('Away/None'), active('Available/None')])), 'Available/None');
    assert.equal(
      stateOf(
        networks.skype([silent('Available/None', idleAfterMs), silent('Available/None', 3 * idleAfterMs)]),
      ),
      'AvailableIdle/Inactive',
    );
  });
  it('the state chosen by hand over that of the devices, idle where they all are', () => {
    assert.equal(stateOf(networks.skype([active('Available/None')], presenceOf('Busy/None'))), 'Busy/None');
    assert.equal(
      stateOf(networks.skype([silent('Available/None', idleAfterMs)], presenceOf('Busy/None'))),
      'BusyIdle/Inactive',
    );
  });
  it('a call on any device, whatever was chosen', () => {
    assert.equal(
      stateOf(networks.skype([active('Busy/InACall'), active('Available/None')], presenceOf('Away/None'))),
      'Busy/InACall',
    );
  });
});

describe('on either side', () => {
  const added: Readonly<Record<Calendar, { readonly [S in PresenceState]?: PresenceState }>> = {
    free: {},
    meeting: {
      'Available/None': 'Busy/InAMeeting',
      'Busy/None': 'Busy/InAMeeting',
      'AvailableIdle/Inactive': 'BusyIdle/InAMeeting',
      'BusyIdle/Inactive': 'BusyIdle/InAMeeting',
    },
    outOfOffice: { 'Available/None': 'Available/OutOfOffice', 'Away/None': 'Away/OutOfOffice' },
  };
  for (const [side, aggregate] of Object.entries(networks)) {
    it(`${side}: the calendar adds to a state that says nothing more itself, and to no other`, () => {
      for (const says of ['free', 'meeting', 'outOfOffice'] as const)
        for (const state of signedIn)
          assert.equal(stateOf(aggregate([active(state)], undefined, says)), added[says][state] ?? state);
    });
    it(`${side}: nobody without an endpoint is shown, and everybody with one is`, () => {
      fc.assert(
        fc.property(endpoints, chosen, calendar, (list, byHand, says) => {
          assert.equal(isSignedIn(aggregate(list, byHand, says)), list.length > 0);
        }),
      );
    });
    it(`${side}: the order of the endpoints does not matter, nor an endpoint said twice`, () => {
      fc.assert(
        fc.property(endpoints, chosen, calendar, (list, byHand, says) => {
          const shown = aggregate(list, byHand, says);
          assert.deepEqual(aggregate([...list].reverse(), byHand, says), shown);
          assert.deepEqual(aggregate([...list, ...list], byHand, says), shown);
        }),
      );
    });
    it(`${side}: one endpoint in use shows as it is`, () => {
      for (const state of signedIn) assert.equal(stateOf(aggregate([active(state)])), state);
    });
    it(`${side}: without calendar and choice the state is one of the endpoints' own`, () => {
      fc.assert(
        fc.property(
          endpoints.filter((list) => list.length > 0),
          (list) => {
            const shown = stateOf(aggregate(list));
            assert.ok(list.some((endpoint) => stateOf(faded(endpoint, now)) === shown));
          },
        ),
      );
    });
  }
});
