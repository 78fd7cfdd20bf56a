import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CoexistenceMode, modes, type Side, sides } from '../people.ts';
import { aggregateSkype, aggregateTeams, type Calendar } from './aggregate.ts';
import type { MirrorPerson } from './authority.ts';
import { decideMirror, type MirrorEvent, settleMs, startMirror } from './mirror.ts';
import { decidePace, type Pace, type PaceEvent, unpaced } from './pace.ts';
import { isSignedIn, offline, type Presence, samePresence } from './presence.ts';
import {
  fromTeams,
  preferredFirst,
  shownThroughSip,
  shownThroughUcwa,
  toTeamsPreferred,
  toTeamsSession,
} from './scales.ts';
import { presenceOf, presenceStates } from './states.ts';

/** A network that adds up a person's own clients and what the gateway published, and reports every change of the sum. */
interface World {
  now: number;
  readonly own: Record<Side, Presence[]>;
  readonly published: Record<Side, Presence>;
  /** Teams takes a publication in two steps, in the order that `preferredFirst` names. */
  preferred: Presence;
  calendar: Calendar;
  throughSip: boolean;
}

function inTeams({ own, published, preferred: over, calendar, now }: World, withGateway: boolean): Presence {
  const session = toTeamsSession(published.teams);
  const preferred = toTeamsPreferred(over);
  const read = (order: typeof session): Presence | undefined =>
    withGateway && order.kind === 'set' ? fromTeams(order.availability, order.activity) : undefined;
  const [gateways, chosen] = [read(session), read(preferred)];
  const all = gateways ? [...own.teams, gateways] : own.teams;
  const sessions = all.map((presence) => ({ presence, activeAt: now }));
  return aggregateTeams({ sessions, ...(chosen && { preferred: chosen }), calendar }, now);
}

function inSkype({ own, published, throughSip, calendar, now }: World, withGateway: boolean): Presence {
  const shown = throughSip ? shownThroughSip(published.skype) : shownThroughUcwa(published.skype);
  const all = withGateway && isSignedIn(shown) ? [...own.skype, shown] : own.skype;
  return aggregateSkype({ endpoints: all.map((presence) => ({ presence, activeAt: now })), calendar }, now);
}

const shownOn = { teams: inTeams, skype: inSkype } as const;

interface Step {
  readonly kind: 'own' | 'mode' | 'calendar';
  readonly side: Side;
  readonly own: readonly Presence[];
  readonly mode: CoexistenceMode;
  readonly calendar: Calendar;
  readonly after: number;
}

interface Life {
  readonly world: World;
  readonly person: MirrorPerson;
  readonly publications: number;
  /** What the mirror took for the gateway's own part in disguise, in Teams. */
  readonly disguise: Presence | undefined;
  play(step: Step): void;
  /** Runs what is due for that long, and says how many publications that made. */
  rest(ms: number): number;
}

function live(
  mode: CoexistenceMode,
  steps: readonly Step[],
  lags: readonly number[],
  throughSip: boolean,
  hasTeams = true,
  hasSkype = true,
  paceMs = 0,
): Life {
  const world: World = {
    now: 0,
    own: { teams: [], skype: [] },
    published: { teams: offline, skype: offline },
    preferred: offline,
    calendar: 'free',
    throughSip,
  };
  let person: MirrorPerson = { mode, hasTeams, hasSkype };
  let state = startMirror(person, { paceMs, lingerMs: 0 });
  const paces: Record<Side, Pace<Presence>> = { teams: unpaced, skype: unpaced };
  const told: Record<Side, number> = { teams: Number.NEGATIVE_INFINITY, skype: Number.NEGATIVE_INFINITY };
  let publications = 0;
  let drawn = 0;
  let at = 0;
  const lag = (): number => lags[drawn++ % lags.length] ?? 0;
  const due: { time: number; order: number; run: () => void }[] = [];
  const lastTaken: Record<Side, number> = { teams: 0, skype: 0 };
  let order = 0;
  const later = (time: number, run: () => void): void => void due.push({ time, order: order++, run });

  const seen: Record<Side, Presence> = { teams: offline, skype: offline };
  function changed(): void {
    for (const side of sides) {
      const presence = shownOn[side](world, true);
      if (samePresence(presence, seen[side])) continue;
      seen[side] = presence;
      const report: MirrorEvent = { kind: 'seen', side, presence, at: ++at };
      const first = lag();
      later(world.now + first, () => tell(report));
      if (first % 3 === 0) later(world.now + lag(), () => tell(report));
    }
  }
  function tell(event: MirrorEvent): void {
    const decision = decideMirror(state, event, world.now);
    state = decision.state;
    for (const { side, presence } of decision.publish)
      pace(side, { kind: 'change', value: presence, urgent: !isSignedIn(presence) });
    if (decision.wakeAt !== undefined) later(decision.wakeAt, () => tell({ kind: 'woken' }));
  }
  function pace(side: Side, event: PaceEvent<Presence>): void {
    const decision = decidePace(paces[side], event, world.now, paceMs);
    paces[side] = decision.pace;
    const { tell: due, dueAt } = decision;
    if (due.kind === 'change') {
      if (isSignedIn(due.value)) {
        assert.ok(world.now - told[side] >= paceMs, 'publishes faster than its pace');
        told[side] = world.now;
      }
      publish(side, due.value);
    }
    if (dueAt !== undefined) later(dueAt, () => pace(side, { kind: 'due' }));
  }
  function publish(side: Side, presence: Presence): void {
    publications++;
    lastTaken[side] = Math.max(lastTaken[side], world.now + (lag() % 200));
    for (const part of partsOf(side, presence)) {
      later(lastTaken[side], () => {
        if (part === 'preferred') world.preferred = presence;
        else world.published[side] = presence;
        changed();
      });
      lastTaken[side] += lag() % 100;
    }
  }
  function rest(ms: number): number {
    const [end, before] = [world.now + ms, publications];
    for (;;) {
      due.sort((a, b) => a.time - b.time || a.order - b.order);
      const next = due[0];
      if (!next || next.time > end) break;
      due.shift();
      world.now = Math.max(world.now, next.time);
      next.run();
    }
    world.now = end;
    return publications - before;
  }

  function play(step: Step): void {
    if (step.kind === 'own' && (step.side === 'teams' ? hasTeams : hasSkype))
      world.own[step.side] = [...step.own];
    if (step.kind === 'calendar') world.calendar = step.calendar;
    if (step.kind === 'mode') {
      person = { ...person, mode: step.mode };
      tell({ kind: 'changed', person });
    }
    changed();
    rest(step.after);
  }

  for (const step of steps) play(step);
  return {
    world,
    get person() {
      return person;
    },
    get publications() {
      return publications;
    },
    get disguise() {
      return state.sides.teams.disguise;
    },
    play,
    rest,
  };
}

const signedIn = presenceStates.map(presenceOf).filter(isSignedIn);
const step = fc.record<Step>({
  kind: fc.constantFrom('own', 'own', 'own', 'own', 'calendar', 'mode'),
  side: fc.constantFrom(...sides),
  own: fc.array(fc.constantFrom(...signedIn), { maxLength: 2 }),
  mode: fc.constantFrom(...modes),
  calendar: fc.constantFrom('free', 'meeting'),
  after: fc.oneof(fc.nat(600), fc.nat(6_000)),
});
const calm = fc.array(fc.nat(settleMs - 500), { minLength: 32, maxLength: 32 });
const wild = fc.array(fc.nat(4 * settleMs), { minLength: 32, maxLength: 32 });
const mode = fc.constantFrom(...modes);
const signOut: readonly Step[] = sides.map((side) => ({
  kind: 'own',
  side,
  own: [],
  mode: 'Legacy',
  calendar: 'free',
  after: 100,
}));

function partsOf(side: Side, presence: Presence): readonly ('session' | 'preferred')[] {
  if (side === 'skype') return ['session'];
  return preferredFirst(presence) ? ['preferred', 'session'] : ['session', 'preferred'];
}

/** Asserts that the gateway's part in both networks is what the authority rule demands. */
function assertTruth(life: Life): void {
  const { world, person } = life;
  const own = { teams: inTeams(world, false), skype: inSkype(world, false) };
  const { published } = world;
  const told = JSON.stringify({ person, own, published });
  const copiedToSkype = { teams: offline, skype: own.teams };
  const copiedToTeams = { teams: own.skype, skype: offline };
  if (person.mode === 'TeamsOnly') assert.deepEqual(published, copiedToSkype, told);
  else if (person.mode === 'Islands') assert.deepEqual(published, { teams: offline, skype: offline }, told);
  else if (person.mode !== 'Legacy') assert.deepEqual(published, copiedToTeams, told);
  else if (!isSignedIn(own.teams)) assert.deepEqual(published, copiedToTeams, told);
  else if (!isSignedIn(published.teams)) assert.deepEqual(published, copiedToSkype, told);
  else assertHidden(life, copiedToTeams, told);
}

/**
 * A Teams client that adds nothing to what the gateway published there cannot be told from it; nor, until it shows
 * something else, one that shows just what once came and went with the gateway's publication.
 */
function assertHidden(life: Life, copied: World['published'], told: string): void {
  const { world, disguise } = life;
  assert.deepEqual(world.published, copied, told);
  const shown = inTeams(world, true);
  const alone = inTeams({ ...world, own: { ...world.own, teams: [] } }, true);
  if (samePresence(shown, alone) || samePresence(shown, world.published.teams)) return;
  assert.deepEqual(shown, disguise, told);
  const other = presenceOf(disguise?.activity === 'InACall' ? 'DoNotDisturb/Presenting' : 'Busy/InACall');
  life.play({ kind: 'own', side: 'teams', own: [other], mode: 'Legacy', calendar: 'free', after: 600_000 });
  assert.notDeepEqual(inTeams(world, true), disguise, told);
  assertTruth(life);
}

describe('the mirror between two networks that add up', () => {
  it('ends quiet and equal to the truth, whatever happened', () => {
    fc.assert(
      fc.property(
        mode,
        fc.array(step, { maxLength: 30, size: 'max' }),
        calm,
        fc.boolean(),
        (first, steps, lags, sip) => {
          const life = live(first, steps, lags, sip);
          life.rest(600_000);
          assert.equal(life.rest(3_600_000), 0, 'publishes for ever');
          assertTruth(life);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('does so too at a pace, and never publishes faster', () => {
    fc.assert(
      fc.property(
        mode,
        fc.array(step, { maxLength: 30, size: 'max' }),
        calm,
        fc.boolean(),
        (first, steps, lags, sip) => {
          const life = live(first, steps, lags, sip, true, true, 5_000);
          life.rest(600_000);
          assert.equal(life.rest(3_600_000), 0, 'publishes for ever');
          assertTruth(life);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('shows nobody anywhere after all own clients have gone', () => {
    fc.assert(
      fc.property(
        mode,
        fc.array(step, { maxLength: 30, size: 'max' }),
        calm,
        fc.boolean(),
        (first, steps, lags, sip) => {
          const life = live(first, [...steps, ...signOut], lags, sip);
          life.rest(600_000);
          for (const side of sides) assert.deepEqual(shownOn[side](life.world, true), offline);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does so too when reports come later than it reckons with', () => {
    fc.assert(
      fc.property(
        mode,
        fc.array(step, { maxLength: 20, size: 'max' }),
        wild,
        fc.boolean(),
        (first, steps, lags, sip) => {
          const life = live(first, [...steps, ...signOut], lags, sip);
          life.rest(600_000);
          assert.equal(life.rest(3_600_000), 0, 'publishes for ever');
          for (const side of sides) assert.deepEqual(shownOn[side](life.world, true), offline);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never publishes where the person has no account', () => {
    fc.assert(
      fc.property(
        mode,
        fc.array(step, { maxLength: 20, size: 'max' }),
        calm,
        fc.constantFrom(...sides),
        (first, steps, lags, missing) => {
          const life = live(first, steps, lags, false, missing !== 'teams', missing !== 'skype');
          life.rest(600_000);
          assert.deepEqual(life.world.published[missing], offline);
        },
      ),
    );
  });
});
