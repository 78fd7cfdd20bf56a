import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CoexistenceMode, modes, otherSide, type Side, sides } from '../people.ts';
import { settleMs } from './mirror.ts';
import { noRemarks, noteOf, type Remarks, sameRemarks } from './remarks.ts';
import {
  decideRemarks,
  ownRemarks,
  type RemarksContext,
  type RemarksEvent,
  type RemarksState,
  renderedOn,
  startRemarks,
} from './remarks-mirror.ts';

const note = (text: string): Remarks => ({ ...noRemarks, note: noteOf(text) });

function context(mode: CoexistenceMode, shown: Side | undefined): RemarksContext {
  return {
    person: { mode, hasTeams: true, hasSkype: true },
    shows: (side) => side === shown,
    paceMs: 0,
  };
}

/** One note a side, as both networks keep them, and the mirror between them. */
function world(mode: CoexistenceMode) {
  const there: Record<Side, Remarks> = { teams: noRemarks, skype: noRemarks };
  let state: RemarksState = startRemarks;
  let shown: Side | undefined;
  const left: Side[] = [];
  let now = 0;
  let said = 0;
  const due: { readonly at: number; readonly run: () => void }[] = [];

  const tell = (event: RemarksEvent): void => {
    const decision = decideRemarks(state, event, context(mode, shown), now);
    state = decision.state;
    left.push(...decision.leave);
    for (const { side, remarks } of decision.say) {
      said += 1;
      set(side, renderedOn(side, remarks));
    }
    if (decision.wakeAt !== undefined) due.push({ at: decision.wakeAt, run: () => tell({ kind: 'looked' }) });
  };
  const set = (side: Side, remarks: Remarks, lag = 100): void => {
    if (sameRemarks(there[side], remarks)) return;
    there[side] = remarks;
    const at = now;
    due.push({ at: now + lag, run: () => tell({ kind: 'seen', side, remarks, at }) });
  };
  return {
    there,
    set,
    left,
    get said() {
      return said;
    },
    /** Where the gateway shows the person; what it no longer shows takes its remarks with it. */
    show(side: Side | undefined): void {
      const before = shown;
      const ours = before && state[before].ours;
      if (before && before !== side && ours && !sameRemarks(ours, noRemarks)) set(before, noRemarks);
      shown = side;
      tell({ kind: 'looked' });
    },
    pass(ms: number): void {
      const end = now + ms;
      for (;;) {
        due.sort((a, b) => a.at - b.at);
        const next = due[0];
        if (!next || next.at > end) break;
        due.shift();
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}

describe('remarks', () => {
  it('go to the side on which the gateway shows the person, and only while it does', () => {
    const w = world('TeamsOnly');
    w.set('teams', note('Lunch'));
    w.pass(1_000);
    assert.deepEqual(w.there.skype, noRemarks);
    w.show('skype');
    w.pass(1_000);
    assert.deepEqual(w.there.skype, note('Lunch'));
    w.show(undefined);
    w.pass(1_000);
    assert.deepEqual(w.there.skype, noRemarks);
    assert.deepEqual(w.there.teams, note('Lunch'));
  });

  it('overwrite what stands on the side without the authority', () => {
    const w = world('TeamsOnly');
    w.set('skype', note('Old'));
    w.set('teams', note('New'));
    w.show('skype');
    w.pass(1_000);
    assert.deepEqual(w.there.skype, note('New'));
  });

  it('leave in Legacy what the person wrote there themselves, before or meanwhile', () => {
    const before = world('Legacy');
    before.set('teams', note('Mine'));
    before.set('skype', note('Other'));
    before.pass(1_000);
    before.show('teams');
    before.pass(60_000);
    assert.deepEqual(before.there.teams, note('Mine'));

    const meanwhile = world('Legacy');
    meanwhile.set('skype', note('Other'));
    meanwhile.pass(1_000);
    meanwhile.show('teams');
    meanwhile.pass(1_000);
    meanwhile.set('teams', note('Mine'));
    meanwhile.pass(60_000);
    meanwhile.show(undefined);
    meanwhile.pass(60_000);
    assert.deepEqual(meanwhile.there.teams, note('Mine'));
  });

  it('are left to the person in Legacy who has put their own in the place of the gateway’s', () => {
    const overwritten = (ms: number) => {
      const w = world('Legacy');
      w.set('skype', note('Other'));
      w.show('teams');
      w.pass(60_000);
      assert.deepEqual(w.there.teams, note('Other'));
      w.set('teams', note('Mine'));
      w.pass(ms);
      return w;
    };
    assert.deepEqual(overwritten(60_000).left, ['teams']);
    const justBefore = overwritten(1_000);
    justBefore.show(undefined);
    assert.deepEqual(justBefore.left, ['teams']);
  });

  it('wait in Legacy until the side has told what stands there, but not for ever', () => {
    const w = world('Legacy');
    w.set('teams', note('Lunch'));
    w.pass(1_000);
    w.show('skype');
    w.pass(9_000);
    assert.deepEqual(w.there.skype, noRemarks);
    w.pass(2_000);
    assert.deepEqual(w.there.skype, note('Lunch'));
  });

  it('are not given up for a late report of what stood there before', () => {
    const w = world('Legacy');
    w.set('skype', note('Old'), 4_000);
    w.set('skype', noRemarks, 100);
    w.pass(200);
    w.set('teams', note('Lunch'));
    w.show('skype');
    w.pass(60_000);
    w.set('teams', note('Back'));
    w.pass(60_000);
    assert.deepEqual(w.there.skype, note('Back'));
  });

  it('are not the person’s own where the gateway wrote them, now or until lately', () => {
    const told = decideRemarks(
      startRemarks,
      { kind: 'seen', side: 'skype', remarks: noRemarks, at: 0 },
      context('Legacy', 'skype'),
      0,
    ).state;
    const said = decideRemarks(
      told,
      { kind: 'seen', side: 'teams', remarks: note('A'), at: 0 },
      context('Legacy', 'skype'),
      0,
    ).state;
    const both = decideRemarks(
      said,
      { kind: 'seen', side: 'skype', remarks: note('A'), at: 1 },
      context('Legacy', 'skype'),
      1,
    ).state;
    assert.deepEqual(ownRemarks(both, 'skype', 1), noRemarks);
    const gone = decideRemarks(both, { kind: 'looked' }, context('Legacy', undefined), 2).state;
    assert.deepEqual(ownRemarks(gone, 'skype', 3), noRemarks);
    assert.deepEqual(ownRemarks(gone, 'skype', 3 + settleMs), note('A'));
  });

  it('that are older than the newest say nothing, those of a clock that runs ahead do not stop newer ones', () => {
    const seen = (state: RemarksState, text: string, at: number, now: number): RemarksState =>
      decideRemarks(
        state,
        { kind: 'seen', side: 'teams', remarks: note(text), at },
        context('TeamsOnly', undefined),
        now,
      ).state;
    const late = seen(seen(startRemarks, 'new', 10, 20), 'old', 5, 21);
    assert.deepEqual(late.teams.seen?.remarks, note('new'));
    const ahead = seen(seen(startRemarks, 'ahead', 1_000_000, 20), 'newer', 30, 30);
    assert.deepEqual(ahead.teams.seen?.remarks, note('newer'));
  });

  it('end equal and quiet, whatever is written where', () => {
    const step = fc.record({
      side: fc.constantFrom(...sides),
      text: fc.constantFrom('', 'A', 'B', 'C'),
      shown: fc.constantFrom<Side | undefined>('teams', 'skype', undefined),
      after: fc.nat(4_000),
      lag: fc.nat(settleMs - 1_000),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...modes),
        fc.array(step, { maxLength: 30, size: 'max' }),
        (mode, steps) => {
          const w = world(mode);
          const target: Side | undefined =
            mode === 'TeamsOnly' ? 'skype' : mode === 'Legacy' || mode === 'Islands' ? undefined : 'teams';
          for (const { side, text, shown, after, lag } of steps) {
            w.show(mode === 'Islands' || shown === undefined ? undefined : (target ?? shown));
            w.set(side, note(text), lag);
            w.pass(after);
          }
          w.pass(600_000);
          const said = w.said;
          w.pass(3_600_000);
          assert.equal(w.said, said, 'says things for ever');
          if (target === undefined) return;
          w.set(otherSide(target), note('last'));
          w.show(target);
          w.pass(600_000);
          assert.deepEqual(w.there[target], note('last'));
          assert.ok(w.said - said <= 2);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('what the gateway remembers of its remarks', () => {
  /** A person whom the gateway shows in SfB, and the decisions on what happens to them. */
  function shownInSkype(paceMs = 0, mode: CoexistenceMode = 'TeamsOnly') {
    let state: RemarksState = startRemarks;
    let wakeAt: number | undefined;
    const happens = (event: RemarksEvent, now: number) => {
      const decision = decideRemarks(state, event, { ...context(mode, 'skype'), paceMs }, now);
      state = decision.state;
      wakeAt = decision.wakeAt;
      return decision.say;
    };
    return {
      happens,
      seen: (side: Side, remarks: Remarks, now: number) =>
        happens({ kind: 'seen', side, remarks, at: now }, now),
      own: (side: Side, now: number) => ownRemarks(state, side, now),
      get wakeAt() {
        return wakeAt;
      },
    };
  }

  it('explains reports of everything that it replaced for 6 s more, and by the pace', () => {
    for (const [paceMs, until] of [
      [0, 8_000],
      [5_000, 13_000],
    ] as const) {
      const m = shownInSkype(paceMs);
      m.seen('teams', note('A'), 0);
      assert.equal(m.wakeAt, undefined);
      m.seen('teams', note('B'), 2_000);
      m.seen('teams', note('C'), 3_000);
      assert.equal(m.wakeAt, until);
      m.seen('skype', note('A'), 4_000);
      assert.deepEqual(m.own('skype', until - 1), noRemarks);
      assert.deepEqual(m.own('skype', until), note('A'));
      m.happens({ kind: 'looked' }, until);
      assert.equal(m.wakeAt, until + 1_000);
    }
  });

  it('is of no use for another account, of which nothing is known', () => {
    const m = shownInSkype();
    m.seen('teams', note('A'), 0);
    m.seen('skype', note('A'), 1_000);
    assert.deepEqual(m.happens({ kind: 'moved', side: 'skype' }, 2_000), [
      { side: 'skype', remarks: note('A') },
    ]);
    assert.equal(m.own('skype', 2_000), undefined);
  });

  it('is taken over from an earlier run: not the person’s own, and not said again', () => {
    const m = shownInSkype();
    assert.deepEqual(m.happens({ kind: 'inherited', side: 'skype', remarks: note('A') }, 0), []);
    m.seen('skype', note('A'), 1_000);
    assert.deepEqual(m.own('skype', 1_000), noRemarks);
    assert.deepEqual(m.seen('teams', note('A'), 2_000), []);
    assert.deepEqual(m.seen('teams', note('B'), 3_000), [{ side: 'skype', remarks: note('B') }]);
  });

  it('gives up in Legacy for what stands there when late reports can come no more, and by the pace', () => {
    for (const [paceMs, sureAt] of [
      [0, 16_000],
      [5_000, 21_000],
    ] as const) {
      const m = shownInSkype(paceMs, 'Legacy');
      m.seen('skype', noRemarks, 0);
      m.seen('teams', note('A'), 10_000);
      m.seen('skype', note('Mine'), 11_000);
      assert.equal(m.wakeAt, sureAt);
      assert.deepEqual(m.seen('teams', note('B'), 12_000), [{ side: 'skype', remarks: note('B') }]);
      m.happens({ kind: 'looked' }, sureAt + 2_000);
      assert.deepEqual(m.seen('teams', note('C'), sureAt + 3_000), []);
    }
  });
});

describe('a note as each side shows it', () => {
  it('has what fits there: 280 characters in Teams, 500 in SfB', () => {
    const text = (length: number) => note('x'.repeat(length));
    assert.deepEqual(renderedOn('teams', text(280)), text(280));
    assert.deepEqual(renderedOn('skype', text(500)), text(500));
    for (const [side, length] of [
      ['teams', 281],
      ['skype', 501],
    ] as const) {
      const { note: shown } = renderedOn(side, text(length));
      assert.match(shown.kind === 'text' ? shown.text : '', /^x+…$/);
    }
  });

  it('is its plain text, however much it looks like HTML', () => {
    for (const side of sides) assert.deepEqual(renderedOn(side, note('a <b> c')), note('a <b> c'));
  });
});
