import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CoexistenceMode, Person, Side } from '../people.ts';
import { mirrorPerson } from './authority.ts';
import { decideMirror, type MirrorEvent, type MirrorTimes, ownPresence, startMirror } from './mirror.ts';
import { type Availability, isSignedIn, offline, type Presence } from './presence.ts';
import { shownInTeams, shownThroughSip, shownThroughUcwa } from './scales.ts';
import { presenceOf, presenceStates } from './states.ts';

const of = (availability: Availability): Presence => ({ availability, activity: 'None' });
const available = of('Available');
const busy = of('Busy');
const doNotDisturb = of('DoNotDisturb');
const signedIn = presenceStates.map(presenceOf).filter(isSignedIn);

/** One person's mirror, told of things at times of its own (ms). */
function mirror(mode: CoexistenceMode, times: Partial<MirrorTimes> = {}) {
  let state = startMirror({ mode, hasTeams: true, hasSkype: true }, { paceMs: 0, lingerMs: 0, ...times });
  let wakeAt: number | undefined;
  const happens = (event: MirrorEvent, now: number): string[] => {
    const decision = decideMirror(state, event, now);
    state = decision.state;
    wakeAt = decision.wakeAt;
    return decision.publish.map(({ side, presence }) => `${side} ${presence.availability}`);
  };
  return {
    seen: (side: Side, presence: Presence, now: number) =>
      happens({ kind: 'seen', side, presence, at: now }, now),
    woken: (now: number) => happens({ kind: 'woken' }, now),
    own: (side: Side, now: number) => ownPresence(state, side, now),
    get wakeAt() {
      return wakeAt;
    },
    get state() {
      return state;
    },
  };
}

describe('the mirror and late reports', () => {
  it('explains by what it replaced for 6 s more, and by the pace; what comes later is the person’s own', () => {
    for (const [paceMs, until] of [
      [0, 16_000],
      [5_000, 21_000],
    ] as const)
      for (const [now, published] of [
        [until - 1, []],
        [until, ['teams Offline', 'skype Available']],
      ] as const) {
        const m = mirror('Legacy', { paceMs });
        m.seen('teams', offline, 0);
        m.seen('skype', available, 1_000);
        m.seen('skype', busy, 10_000);
        assert.equal(m.wakeAt, until);
        assert.deepEqual(m.seen('teams', available, now), published, `${now}`);
      }
  });

  it('doubles that time with every withdrawal that soon follows another, to 192 s, and then begins anew', () => {
    const m = mirror('TeamsOnly');
    let withdrawnAt = 1_000_000;
    const withdraw = (): number => {
      m.seen('teams', available, withdrawnAt - 1);
      assert.deepEqual(m.seen('teams', offline, withdrawnAt), ['skype Offline']);
      return (m.wakeAt ?? 0) - withdrawnAt;
    };
    let settles = withdraw();
    assert.equal(settles, 6_000);
    for (const next of [12_000, 24_000, 48_000, 96_000, 192_000, 192_000]) {
      withdrawnAt += 10 * settles;
      settles = withdraw();
      assert.equal(settles, next);
    }
    withdrawnAt += 10 * settles + 1;
    assert.equal(withdraw(), 6_000);
  });

  it('does so for withdrawals alone: what is replaced after them is remembered no longer than ever', () => {
    const m = mirror('TeamsOnly');
    for (const at of [0, 20_000, 60_000]) {
      m.seen('teams', available, at + 1);
      m.seen('teams', offline, at + 2);
    }
    m.seen('teams', available, 200_000);
    m.seen('teams', busy, 201_000);
    assert.equal(m.wakeAt, 207_000);
  });

  it('asks to be woken when the first of what it remembers ends, and not at all where it remembers nothing', () => {
    const m = mirror('TeamsOnly');
    m.seen('teams', available, 0);
    assert.equal(m.wakeAt, undefined);
    m.seen('teams', busy, 1_000);
    m.seen('teams', doNotDisturb, 3_000);
    assert.equal(m.wakeAt, 7_000);
    assert.equal(m.own('skype', 3_000), undefined);
    m.seen('skype', available, 4_000);
    assert.equal(m.own('skype', 6_999), undefined);
    assert.deepEqual(m.own('skype', 7_000), available);
    m.seen('skype', busy, 8_000);
    assert.equal(m.own('skype', 8_999), undefined);
    m.woken(7_000);
    assert.equal(m.wakeAt, 9_000);
    m.woken(9_000);
    assert.equal(m.wakeAt, undefined);
  });

  it('remembers no more than there are states, however quickly a person changes', () => {
    const m = mirror('TeamsOnly');
    for (let now = 0; now < 1_000; now++) {
      m.seen('teams', signedIn[now % signedIn.length] ?? offline, now);
      assert.ok(m.state.sides.skype.fading.length <= presenceStates.length);
    }
  });

  it('takes what a side still shows, when the time of what lingers there is over, for the person’s own', () => {
    const m = mirror('Legacy', { lingerMs: 900_000 });
    m.seen('teams', available, 0);
    m.seen('teams', offline, 10_000);
    m.seen('skype', busy, 20_000);
    assert.equal(m.wakeAt, 910_000);
    assert.deepEqual(m.woken(909_999), []);
    assert.deepEqual(m.woken(910_000), ['teams Busy']);
  });
});

describe('the mirror and its own part in another guise', () => {
  it('knows every presence that it published, as either network words it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...signedIn), fc.constantFrom<Side>('teams', 'skype'), (shown, side) => {
        const renderings =
          side === 'teams' ? [shownInTeams(shown)] : [shownThroughUcwa(shown), shownThroughSip(shown)];
        for (const report of [shown, ...renderings]) {
          const m = mirror('Legacy');
          m.seen('teams', side === 'teams' ? offline : shown, 0);
          if (side === 'teams') m.seen('skype', shown, 0);
          assert.deepEqual(m.seen(side, report, 60_000), []);
          assert.equal(m.own(side, 60_000), undefined);
        }
      }),
    );
  });

  /** Somebody in SfB alone, whose Teams shows Do not disturb as soon as the gateway has a session there. */
  function disguised(between: readonly Presence[] = []) {
    const m = mirror('Legacy');
    m.seen('teams', offline, 0);
    m.seen('skype', available, 1_000);
    assert.deepEqual(m.seen('teams', doNotDisturb, 2_000), ['teams Offline', 'skype DoNotDisturb']);
    for (const late of between) m.seen('teams', late, 2_500);
    assert.ok(m.seen('teams', offline, 3_000).includes('teams Available'));
    assert.deepEqual(m.woken(100_000), []);
    return m;
  }
  const taken = ['teams Offline', 'skype DoNotDisturb'];

  it('learns it from a report that goes with its publication, also where that report came twice', () => {
    assert.deepEqual(disguised().seen('teams', doNotDisturb, 101_000), []);
    assert.deepEqual(disguised([doNotDisturb]).seen('teams', doNotDisturb, 101_000), []);
  });

  it('does not where the side showed something else before it showed nobody', () => {
    assert.deepEqual(disguised([busy]).seen('teams', doNotDisturb, 101_000), taken);
  });

  it('forgets it once the side shows something else beside its publication', () => {
    const m = disguised();
    m.seen('teams', available, 101_000);
    assert.deepEqual(m.seen('teams', doNotDisturb, 102_000), taken);
  });

  it('remembers it when a publication goes before the side has shown it', () => {
    const m = disguised();
    assert.deepEqual(m.seen('skype', offline, 101_000), ['teams Offline']);
    m.seen('teams', offline, 102_000);
    assert.deepEqual(m.seen('skype', available, 200_000), ['teams Available']);
    assert.deepEqual(m.seen('teams', doNotDisturb, 201_000), []);
  });
});

describe('who is mirrored', () => {
  const account = { kind: 'account', objectId: '00000000-0000-0000-0000-000000000001', upn: 'a@x' } as const;
  const person = (teams: Person['teams'], skype: Person['skype']): Person => ({
    id: 'a' as Person['id'],
    displayName: 'A',
    tenant: 'x',
    mode: 'Legacy',
    teams,
    skype,
  });

  it('has an account where the directory says so', () => {
    assert.deepEqual(mirrorPerson(person(account, { home: 'none' })), {
      mode: 'Legacy',
      hasTeams: true,
      hasSkype: false,
    });
    for (const home of ['online', 'onPrem'] as const)
      assert.deepEqual(mirrorPerson(person({ kind: 'none' }, { home, sip: 'sip:a@x', pool: 'p' })), {
        mode: 'Legacy',
        hasTeams: false,
        hasSkype: true,
      });
  });
});
