import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CoexistenceMode, Side } from '../people.ts';
import type { MirrorPerson } from './authority.ts';
import { decideMirror, type MirrorEvent, settleMs, startMirror } from './mirror.ts';
import { type Availability, offline, type Presence } from './presence.ts';
import { fromTeams } from './scales.ts';

const of = (availability: Availability): Presence => ({ availability, activity: 'None' });
const available = of('Available');
const busy = of('Busy');
const away = of('Away');

function person(mode: CoexistenceMode): MirrorPerson {
  return { mode, hasTeams: true, hasSkype: true };
}

/** Plays events, one a second, and says what was published where. */
function play(who: MirrorPerson, events: readonly MirrorEvent[]): string[] {
  let state = startMirror(who);
  return events.flatMap((event, index) => {
    const decision = decideMirror(state, event, 1_000 * (index + 1));
    state = decision.state;
    return decision.publish.map(({ side, presence }) => `${side} ${presence.availability}`);
  });
}

let clock = 0;
const seen = (side: Side, presence: Presence): MirrorEvent => ({ kind: 'seen', side, presence, at: ++clock });

describe('the mirror and bad reports', () => {
  const at = (side: Side, presence: Presence, time: number): MirrorEvent => ({
    kind: 'seen',
    side,
    presence,
    at: time,
  });

  it('does not let one that claims to be of the future stop newer ones', () => {
    const published = play(person('TeamsOnly'), [
      at('teams', available, 900_000),
      at('teams', busy, 2_000),
      at('teams', away, 3_000),
    ]);
    assert.deepEqual(published, ['skype Available', 'skype Busy', 'skype Away']);
  });

  it('goes on when its own clock is set back by minutes', () => {
    const first = decideMirror(startMirror(person('TeamsOnly')), at('teams', available, 600_000), 600_000);
    const next = decideMirror(first.state, at('teams', offline, 1_000), 1_000);
    assert.deepEqual(next.publish, [{ side: 'skype', presence: offline }]);
  });

  it('takes one that comes again for one', () => {
    const again = at('teams', busy, 1_000);
    assert.deepEqual(play(person('TeamsOnly'), [again, again, again]), ['skype Busy']);
  });

  it('keeps to the last that could be understood', () => {
    const published = play(person('TeamsOnly'), [
      at('teams', busy, 1),
      at('teams', fromTeams('Levitating', 'Hovering'), 2),
      at('teams', fromTeams('', ''), 3),
    ]);
    assert.deepEqual(published, ['skype Busy']);
  });
});

describe('the mirror and a side that is watched no longer', () => {
  const unwatched = (side: Side): MirrorEvent => ({ kind: 'unwatched', side });
  const changed = (mode: CoexistenceMode): MirrorEvent => ({ kind: 'changed', person: person(mode) });

  it('shows nothing of what it reported once', () => {
    const published = play(person('SfBOnly'), [
      seen('skype', busy),
      changed('Islands'),
      unwatched('skype'),
      changed('SfBOnly'),
      seen('skype', away),
    ]);
    assert.deepEqual(published, ['teams Busy', 'teams Offline', 'teams Away']);
  });

  it('leaves what is on show until somebody tells', () => {
    assert.deepEqual(play(person('SfBOnly'), [seen('skype', busy), unwatched('skype')]), ['teams Busy']);
  });
});

describe('the mirror and what an earlier run left on show', () => {
  const left = (side: Side, presence: Presence): MirrorEvent => ({ kind: 'inherited', side, presence });

  it('leaves it where it is until the side with the authority tells', () => {
    assert.deepEqual(play(person('Legacy'), [left('skype', busy)]), []);
    assert.deepEqual(play(person('Legacy'), [left('skype', busy), seen('teams', busy)]), []);
  });

  it('does not take it for the person’s own client', () => {
    const published = play(person('Legacy'), [
      left('skype', busy),
      seen('skype', busy),
      seen('teams', offline),
    ]);
    assert.deepEqual(published, ['skype Offline']);
  });

  it('takes it away where it is not true any more, where it must not be, and where nothing confirms it', () => {
    assert.deepEqual(play(person('TeamsOnly'), [left('skype', busy), seen('teams', offline)]), [
      'skype Offline',
    ]);
    assert.deepEqual(play(person('Islands'), [left('skype', busy)]), ['skype Offline']);
    assert.deepEqual(play(person('TeamsOnly'), [left('teams', busy)]), ['teams Offline']);
    const unconfirmed: MirrorEvent = { kind: 'unconfirmed', side: 'skype' };
    assert.deepEqual(play(person('Legacy'), [left('skype', busy), unconfirmed]), ['skype Offline']);
  });
});

describe('the mirror where publications take their time', () => {
  it('knows what is held back at a pace for its own for so much longer', () => {
    const times = { paceMs: 5_000, lingerMs: 0 };
    let state = startMirror(person('Legacy'), times);
    const happens = (event: MirrorEvent, now: number) => {
      const decision = decideMirror(state, event, now);
      state = decision.state;
      return decision.publish.map(({ side, presence }) => `${side} ${presence.availability}`);
    };
    assert.deepEqual(happens({ kind: 'seen', side: 'teams', presence: offline, at: 0 }, 0), []);
    assert.deepEqual(happens({ kind: 'seen', side: 'skype', presence: available, at: 1 }, 1), [
      'teams Available',
    ]);
    assert.deepEqual(happens({ kind: 'seen', side: 'skype', presence: busy, at: 2 }, 2), ['teams Busy']);
    const late = settleMs + times.paceMs - 1_000;
    assert.deepEqual(happens({ kind: 'seen', side: 'teams', presence: available, at: late }, late), []);
  });

  it('knows what stood there before for its own for as long as the network has not taken what is in its place', () => {
    let state = startMirror(person('Legacy'));
    const happens = (event: MirrorEvent, now: number) => {
      const decision = decideMirror(state, event, now);
      state = decision.state;
      assert.ok(decision.wakeAt === undefined || decision.wakeAt > now);
      return decision.publish.map(({ side, presence }) => `${side} ${presence.availability}`);
    };
    const reports = (side: Side, presence: Presence, at: number) =>
      happens({ kind: 'seen', side, presence, at }, at);
    const takenAt = 100 * settleMs;
    assert.deepEqual(reports('teams', available, 0), ['skype Available']);
    assert.deepEqual(reports('skype', available, 1), []);
    assert.deepEqual(reports('teams', offline, 2), ['skype Offline']);
    assert.deepEqual(happens({ kind: 'telling', side: 'skype' }, 2), []);
    assert.deepEqual(happens({ kind: 'woken' }, takenAt - 1), []);
    assert.deepEqual(reports('skype', available, takenAt - 1), []);
    assert.deepEqual(happens({ kind: 'told', side: 'skype' }, takenAt), []);
    assert.deepEqual(reports('skype', available, takenAt + settleMs - 1), []);
    assert.deepEqual(happens({ kind: 'woken' }, takenAt + settleMs), ['teams Available']);
  });

  it('knows all that it has shown lately, however often that changed', () => {
    let state = startMirror(person('Legacy'), { paceMs: 5_000, lingerMs: 0 });
    const reports = (side: Side, presence: Presence, at: number) => {
      const decision = decideMirror(state, { kind: 'seen', side, presence, at }, at);
      state = decision.state;
      return decision.publish.map((each) => `${each.side} ${each.presence.availability}`);
    };
    reports('teams', away, 0);
    reports('skype', away, 1);
    for (let n = 2; n < 100; n++) reports('teams', n % 2 === 0 ? available : busy, n);
    assert.deepEqual(reports('teams', offline, 100), ['skype Offline']);
    assert.ok(state.sides.skype.fading.length <= 3);
  });

  it('cannot tell a person’s own client from what lingers after them, until the side shows nobody', () => {
    let state = startMirror(person('Legacy'), { paceMs: 0, lingerMs: 900_000 });
    let now = 0;
    const reports = (side: Side, presence: Presence) => {
      now += 60_000;
      const decision = decideMirror(state, { kind: 'seen', side, presence, at: now }, now);
      state = decision.state;
      return decision.publish.map((each) => `${each.side} ${each.presence.availability}`);
    };
    assert.deepEqual(reports('teams', available), ['skype Available']);
    assert.deepEqual(reports('teams', offline), ['skype Offline']);
    for (const presence of [available, of('AvailableIdle'), away])
      assert.deepEqual(reports('skype', presence), []);
    assert.deepEqual(reports('skype', offline), []);
    assert.deepEqual(reports('skype', available), ['teams Available']);
  });
});
