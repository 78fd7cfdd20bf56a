import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CoexistenceMode, Side } from '../people.ts';
import type { MirrorPerson } from './authority.ts';
import {
  decideMirror,
  type MirrorEvent,
  type MirrorState,
  ownPresence,
  settleMs,
  startMirror,
} from './mirror.ts';
import { type Availability, isSignedIn, offline, type Presence, samePresence } from './presence.ts';
import { shownInTeams, shownThroughUcwa } from './scales.ts';

const of = (availability: Availability): Presence => ({ availability, activity: 'None' });
const available = of('Available');
const busy = of('Busy');
const doNotDisturb = of('DoNotDisturb');
const away = of('Away');

function person(mode: CoexistenceMode, changes: Partial<MirrorPerson> = {}): MirrorPerson {
  return { mode, hasTeams: true, hasSkype: true, ...changes };
}

/** Plays events, one a second unless told otherwise, and says what was published where. */
function play(who: MirrorPerson, events: readonly (MirrorEvent & { readonly after?: number })[]): string[] {
  let state = startMirror(who);
  let now = 0;
  return events.flatMap((event) => {
    now += event.after ?? 1_000;
    const decision = decideMirror(state, event, now);
    state = decision.state;
    return decision.publish.map(({ side, presence }) => `${side} ${presence.availability}`);
  });
}

let clock = 0;
const seen = (side: Side, presence: Presence): MirrorEvent => ({ kind: 'seen', side, presence, at: ++clock });
const settled = { kind: 'woken', after: settleMs } as const;

describe('the mirror', () => {
  it('adds an SfB endpoint when a person in Legacy signs in to Teams, follows, and takes it away at sign-out', () => {
    const published = play(person('Legacy'), [
      seen('teams', offline),
      seen('teams', available),
      seen('skype', available),
      seen('teams', busy),
      seen('skype', busy),
      seen('teams', offline),
      seen('skype', offline),
      settled,
    ]);
    assert.deepEqual(published, ['skype Available', 'skype Busy', 'skype Offline']);
  });

  it('shows in Teams a person in Legacy who is in SfB alone, and does not take that for a Teams sign-in', () => {
    const published = play(person('Legacy'), [
      seen('teams', offline),
      seen('skype', available),
      seen('teams', available),
      settled,
      seen('skype', offline),
      seen('teams', offline),
      settled,
    ]);
    assert.deepEqual(published, ['teams Available', 'teams Offline']);
  });

  it('gives Teams the authority when that person signs in to Teams too', () => {
    const published = play(person('Legacy'), [
      seen('skype', available),
      seen('teams', available),
      seen('teams', busy),
    ]);
    assert.deepEqual(published, ['teams Available', 'teams Offline', 'skype Busy']);
  });

  it('finds the person’s own SfB client again after they left Teams', () => {
    const published = play(person('Legacy'), [
      seen('skype', busy),
      seen('teams', busy),
      seen('teams', available),
      seen('skype', available),
      seen('teams', offline),
      seen('skype', busy),
    ]);
    assert.deepEqual(published.slice(-2), ['skype Offline', 'teams Busy']);
  });

  it('finds it also when both clients show the same', () => {
    const published = play(person('Legacy'), [
      seen('teams', available),
      seen('skype', available),
      seen('teams', offline),
      settled,
    ]);
    assert.deepEqual(published, ['skype Available', 'skype Offline', 'teams Available']);
  });

  it('does not fall for a late report of what it has just replaced', () => {
    const published = play(person('Legacy'), [
      seen('skype', available),
      { ...seen('skype', busy), after: 500 },
      { ...seen('teams', available), after: 100 },
      { ...seen('teams', busy), after: 100 },
      settled,
    ]);
    assert.deepEqual(published, ['teams Available', 'teams Busy']);
  });

  it('does not flap when a preferred state of the person shows through its own session', () => {
    const published = play(person('Legacy'), [
      seen('skype', available),
      seen('teams', doNotDisturb),
      seen('teams', offline),
      settled,
      seen('teams', doNotDisturb),
      settled,
      seen('teams', doNotDisturb),
    ]);
    assert.deepEqual(published, [
      'teams Available',
      'teams Offline',
      'skype DoNotDisturb',
      'teams Available',
      'skype Offline',
    ]);
  });

  it('mirrors TeamsOnly to SfB, SfB modes to Teams, and Islands nowhere', () => {
    const events = [seen('teams', busy), seen('skype', away)];
    assert.deepEqual(play(person('TeamsOnly'), events), ['skype Busy']);
    assert.deepEqual(play(person('SfBOnly'), [seen('teams', offline), seen('skype', away)]), ['teams Away']);
    assert.deepEqual(play(person('Islands'), [seen('teams', busy), seen('skype', away)]), []);
  });

  it('shows nothing where the person has no account', () => {
    assert.deepEqual(play(person('Legacy', { hasSkype: false }), [seen('teams', available)]), []);
    assert.deepEqual(play(person('Legacy', { hasTeams: false }), [seen('skype', available)]), []);
  });

  it('follows a change of mode at once', () => {
    const published = play(person('Legacy'), [
      seen('teams', available),
      { kind: 'changed', person: person('Islands') },
    ]);
    assert.deepEqual(published, ['skype Available', 'skype Offline']);
  });

  it('shows a person anew where their account is another one, and forgets what the old one showed', () => {
    const moved: MirrorEvent = { kind: 'changed', person: person('Legacy'), moved: ['skype'] };
    assert.deepEqual(play(person('Legacy'), [seen('teams', available), seen('skype', available), moved]), [
      'skype Available',
      'skype Available',
    ]);
    assert.deepEqual(
      play(person('SfBOnly'), [
        seen('teams', offline),
        seen('skype', busy),
        { ...moved, person: person('SfBOnly') },
        seen('skype', offline),
      ]),
      ['teams Busy', 'teams Offline'],
    );
  });

  it('ignores reports that are older than the newest', () => {
    const newer = seen('teams', offline);
    const older: MirrorEvent = { kind: 'seen', side: 'teams', presence: available, at: 0 };
    assert.deepEqual(play(person('TeamsOnly'), [newer, older]), []);
  });
});

/** Both networks with one person: own clients, the gateway's endpoint, and reports that come late and out of order. */
class World {
  now = 0;
  readonly own: Record<Side, Presence> = { teams: offline, skype: offline };
  readonly endpoint: Record<Side, Presence> = { teams: offline, skype: offline };
  readonly #pending: { due: number; run: () => void }[] = [];
  readonly #lags: () => number;
  readonly #report: (side: Side, presence: Presence, at: number) => void;
  #at = 0;

  constructor(lags: () => number, report: (side: Side, presence: Presence, at: number) => void) {
    this.#lags = lags;
    this.#report = report;
  }

  shown(side: Side): Presence {
    const order: readonly Availability[] =
      side === 'teams'
        ? ['DoNotDisturb', 'Busy', 'BusyIdle', 'Available', 'AvailableIdle', 'BeRightBack', 'Away']
        : ['Available', 'AvailableIdle', 'Busy', 'BusyIdle', 'DoNotDisturb', 'BeRightBack', 'Away'];
    const candidates = [this.own[side], this.endpoint[side]].filter(isSignedIn);
    const rank = ({ availability }: Presence): number => order.indexOf(availability);
    return candidates.sort((a, b) => rank(a) - rank(b))[0] ?? offline;
  }

  change(side: Side, which: 'own' | 'endpoint', presence: Presence): void {
    const before = this.shown(side);
    this[which][side] = presence;
    const after = this.shown(side);
    if (samePresence(before, after)) return;
    const at = ++this.#at;
    this.later(this.#lags(), () => this.#report(side, after, at));
  }

  later(ms: number, run: () => void): void {
    this.#pending.push({ due: this.now + ms, run });
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#pending.reduce<number>(
        (best, { due }, index) => (due <= end && due < (this.#pending[best]?.due ?? Infinity) ? index : best),
        -1,
      );
      const [event] = next < 0 ? [] : this.#pending.splice(next, 1);
      if (!event) break;
      this.now = Math.max(this.now, event.due);
      event.run();
    }
    this.now = end;
  }
}

describe('the mirror in a world of late and reordered reports', () => {
  const states = fc.constantFrom(offline, available, busy, doNotDisturb, away);
  const changes = fc.array(
    fc.record({ side: fc.constantFrom<Side>('teams', 'skype'), presence: states, after: fc.nat(4_000) }),
    { maxLength: 40 },
  );
  const lags = fc.array(fc.nat(800), { minLength: 16, maxLength: 16 });

  function live(
    mode: CoexistenceMode,
    script: readonly { side: Side; presence: Presence; after: number }[],
    lagList: readonly number[],
  ) {
    let state: MirrorState = startMirror(person(mode));
    let published = 0;
    let lagIndex = 0;
    const effective: Record<Side, number> = { teams: 0, skype: 0 };
    const world = new World(
      () => lagList[lagIndex++ % lagList.length] ?? 0,
      (side, presence, at) => tell({ kind: 'seen', side, presence, at }),
    );
    function tell(event: MirrorEvent): void {
      const decision = decideMirror(state, event, world.now);
      state = decision.state;
      for (const { side, presence } of decision.publish) {
        published++;
        const due = Math.max(world.now + 50, effective[side]);
        effective[side] = due;
        world.later(due - world.now, () => world.change(side, 'endpoint', presence));
      }
      if (decision.wakeAt !== undefined)
        world.later(decision.wakeAt - world.now, () => tell({ kind: 'woken' }));
    }
    for (const { side, presence, after } of script) {
      world.change(side, 'own', presence);
      world.advance(after);
    }
    world.advance(60_000);
    return {
      world,
      get published() {
        return published;
      },
      get state() {
        return state;
      },
    };
  }

  it('ends quiet, whatever happened', () => {
    for (const mode of ['Legacy', 'TeamsOnly', 'SfBOnly', 'Islands'] as const)
      fc.assert(
        fc.property(changes, lags, (script, lagList) => {
          const life = live(mode, script, lagList);
          const before = life.published;
          life.world.advance(600_000);
          assert.equal(life.published, before);
          assert.ok(before <= script.length * 8 + 8, `${before} publications for ${script.length} changes`);
        }),
        { numRuns: 300 },
      );
  });

  it('shows nobody who has signed out everywhere', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CoexistenceMode>('Legacy', 'TeamsOnly', 'SfBOnly', 'Islands'),
        changes,
        lags,
        (mode, script, lagList) => {
          const { world } = live(
            mode,
            [
              ...script,
              { side: 'teams', presence: offline, after: 0 },
              { side: 'skype', presence: offline, after: 0 },
            ],
            lagList,
          );
          assert.deepEqual([world.shown('teams'), world.shown('skype')], [offline, offline]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('shows on both sides the one truth of a person who is on one side', () => {
    fc.assert(
      fc.property(
        changes,
        lags,
        fc.constantFrom<Side>('teams', 'skype'),
        states,
        (script, lagList, side, last) => {
          const other: Side = side === 'teams' ? 'skype' : 'teams';
          const { world } = live(
            'Legacy',
            [
              ...script,
              { side: other, presence: offline, after: 10_000 },
              { side, presence: offline, after: 10_000 },
              { side, presence: last, after: 0 },
            ],
            lagList,
          );
          const copy = other === 'teams' ? shownInTeams(last) : shownThroughUcwa(last);
          assert.deepEqual(world.shown(side), last);
          assert.ok(
            samePresence(world.shown(other), last) || samePresence(world.shown(other), copy),
            `${side} ${last.availability}, ${other} ${world.shown(other).availability}`,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives a TeamsOnly person’s watchers in SfB what Teams shows', () => {
    fc.assert(
      fc.property(changes, lags, (script, lagList) => {
        const inTeams = script.filter(({ side }) => side === 'teams');
        const life = live('TeamsOnly', inTeams, lagList);
        assert.deepEqual(life.world.shown('skype'), life.world.shown('teams'));
        assert.equal(ownPresence(life.state, 'skype', life.world.now)?.availability ?? 'Offline', 'Offline');
      }),
    );
  });
});
