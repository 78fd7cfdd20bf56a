import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ToastPlan } from './plan.ts';
import { awaitsReading, decideToast, type ToastCommand, type ToastEvent, type ToastState } from './toast.ts';

const take: ToastPlan = { kind: 'take', because: 'lands-in-teams' };
const both: ToastPlan = { kind: 'both' };
const teamsFirst: ToastPlan = { kind: 'first', side: 'teams', only: false };
const skypeFirst: ToastPlan = { kind: 'first', side: 'skype', only: false };
const teamsOnly: ToastPlan = { kind: 'first', side: 'teams', only: true };
const skypeOnly: ToastPlan = { kind: 'first', side: 'skype', only: true };

const answered = (side: 'teams' | 'skype'): ToastEvent => ({ kind: 'answered', side });
const read: ToastEvent = { kind: 'read' };
const timer: ToastEvent = { kind: 'timer' };
const declined: ToastEvent = { kind: 'declined' };
const rangOut: ToastEvent = { kind: 'rangOut' };
const callerGaveUp: ToastEvent = { kind: 'callerGaveUp' };

function run(plan: ToastPlan, ...events: readonly ToastEvent[]) {
  let state: ToastState = { kind: 'rang' };
  let wait: string | undefined;
  const commands: ToastCommand['kind'][] = [];
  for (const event of [{ kind: 'planned', plan } as const, ...events]) {
    const decision = decideToast(state, event);
    state = decision.state;
    if (decision.wait !== 'keep') wait = decision.wait;
    commands.push(...decision.commands.map(({ kind }) => kind));
  }
  return { state, wait, commands, end: state.kind === 'over' ? state.end : state.kind };
}

function ends(plan: ToastPlan, ...events: readonly ToastEvent[]): string {
  const { commands, end } = run(plan, ...events);
  return [...commands, end].join(' ');
}

describe('a conversation that rings', () => {
  it('is taken up at once where there is nothing to choose', () => {
    assert.equal(ends(take), 'bring accept taken');
    assert.equal(ends(teamsOnly), 'bring accept taken');
  });

  it('pops up in both clients: Teams has it, and it rings on in SfB until its end is near', () => {
    const { state, wait, commands } = run(both);
    assert.deepEqual([state.kind, wait, commands], ['inBoth', 'ringEnd', ['bring']]);
    assert.equal(ends(both, answered('skype')), 'bring markRead answered-in-skype');
    assert.equal(ends(both, answered('teams')), 'bring accept answered-in-teams');
    assert.equal(ends(both, read), 'bring accept read-in-teams');
    assert.equal(ends(both, timer, read), 'bring accept read-in-teams');
    assert.equal(ends(both, timer, timer), 'bring accept leaveMissed missed');
    assert.equal(ends(both, declined), 'bring declined');
    assert.equal(ends(both, callerGaveUp), 'bring missed');
  });

  it('pops up in Teams first: taken up at once, and rung in SfB when its time is over', () => {
    const { state, wait, commands } = run(teamsFirst);
    assert.deepEqual([state.kind, wait, commands], ['inTeams', 'fallOver', ['bring', 'accept']]);
    assert.equal(ends(teamsFirst, read), 'bring accept read-in-teams');
    assert.equal(ends(teamsFirst, answered('teams')), 'bring accept answered-in-teams');
    const fallen = [timer, answered('skype')];
    assert.equal(ends(teamsFirst, ...fallen), 'bring accept ring relay markRead answered-in-skype');
    assert.equal(ends(teamsFirst, timer, read), 'bring accept ring stopRinging read-in-teams');
    assert.equal(
      ends(teamsFirst, timer, answered('teams')),
      'bring accept ring stopRinging answered-in-teams',
    );
    assert.equal(
      ends(teamsFirst, timer, { kind: 'ringFailed', how: 'unanswered' }),
      'bring accept ring missed',
    );
    assert.equal(
      ends(teamsFirst, timer, { kind: 'ringFailed', how: 'declined' }),
      'bring accept ring declined',
    );
  });

  it('goes on to the other client although its author has left meanwhile', () => {
    assert.equal(run(teamsFirst, { kind: 'sessionEnded' }).state.kind, 'inTeams');
  });

  it('pops up in SfB first: nothing is taken until its time is over or the person is in Teams', () => {
    const { state, wait, commands } = run(skypeFirst);
    assert.deepEqual([state.kind, wait, commands], ['inSkype', 'fallOver', []]);
    assert.equal(ends(skypeFirst, answered('skype')), 'answered-in-skype');
    assert.equal(run(skypeFirst, timer).wait, 'fallOver');
    assert.equal(ends(skypeFirst, timer, answered('teams')), 'bring accept answered-in-teams');
    assert.equal(ends(skypeFirst, timer, timer), 'bring accept leaveMissed missed');
    assert.equal(ends(skypeFirst, answered('teams')), 'bring accept answered-in-teams');
    assert.equal(ends(skypeFirst, declined), 'declined');
  });

  it('lies in Teams when its author hangs up, or the pool ends it, before anybody was there', () => {
    assert.equal(ends(skypeFirst, callerGaveUp), 'bring missed');
    assert.equal(ends(skypeFirst, rangOut), 'bring missed');
  });

  it('is the pool’s alone where routing lets it land in SfB and nowhere else', () => {
    assert.equal(run(skypeOnly).wait, undefined);
    assert.equal(ends(skypeOnly, rangOut), 'missed');
    assert.equal(ends(skypeOnly, { kind: 'sessionEnded' }), 'left-to-skype');
  });

  it('was seen in SfB after all when the person’s own client was faster than the gateway', () => {
    assert.equal(ends(both, timer, answered('skype')), 'bring accept markRead answered-in-skype');
  });

  it('is shown nowhere else when it could not be brought to Teams, of which its author is told', () => {
    const undelivered: ToastEvent = { kind: 'undelivered' };
    assert.equal(ends(both, undelivered, timer), 'bring accept undelivered');
    assert.equal(ends(teamsFirst, undelivered, timer), 'bring accept undelivered');
    assert.equal(ends(teamsFirst, timer, undelivered), 'bring accept ring stopRinging undelivered');
  });

  it('gives way when its author opens it again', () => {
    assert.equal(ends(skypeFirst, { kind: 'superseded' }), 'bring accept missed');
    assert.equal(ends(teamsFirst, timer, { kind: 'superseded' }), 'bring accept ring stopRinging missed');
  });
});

const plans = fc.constantFrom(take, both, teamsFirst, skypeFirst, teamsOnly, skypeOnly);
const events: fc.Arbitrary<ToastEvent> = fc.constantFrom<ToastEvent>(
  answered('teams'),
  answered('skype'),
  read,
  declined,
  timer,
  rangOut,
  callerGaveUp,
  { kind: 'sessionEnded' },
  { kind: 'superseded' },
  { kind: 'undelivered' },
  { kind: 'ringFailed', how: 'declined' },
  { kind: 'ringFailed', how: 'unanswered' },
);

describe('what comes late', () => {
  const happenings: readonly ToastEvent[] = [
    { kind: 'planned', plan: take },
    answered('teams'),
    answered('skype'),
    read,
    declined,
    timer,
    rangOut,
    callerGaveUp,
    { kind: 'sessionEnded' },
    { kind: 'undelivered' },
    { kind: 'superseded' },
    { kind: 'ringFailed', how: 'unanswered' },
  ];

  it('changes nothing in a state that does not wait for it, and its timer goes on', () => {
    const unheard: readonly (readonly [ToastState, readonly ToastEvent['kind'][]])[] = [
      [{ kind: 'rang' }, happenings.map(({ kind }) => kind).filter((kind) => kind !== 'planned')],
      [{ kind: 'inSkype', only: false }, ['planned', 'read', 'undelivered', 'ringFailed']],
      [{ kind: 'inBoth' }, ['planned', 'ringFailed']],
      [
        { kind: 'inTeams', rang: true },
        ['planned', 'declined', 'rangOut', 'callerGaveUp', 'sessionEnded', 'ringFailed'],
      ],
      [{ kind: 'ringingBack' }, ['planned', 'declined', 'timer', 'rangOut', 'callerGaveUp', 'sessionEnded']],
    ];
    for (const [state, kinds] of unheard)
      for (const event of happenings) {
        const decision = decideToast(state, event);
        if (kinds.includes(event.kind))
          assert.deepEqual(decision, { state, commands: [], wait: 'keep' }, `${event.kind} ${state.kind}`);
        else assert.notDeepEqual(decision.state, state, `${event.kind} ${state.kind}`);
      }
  });

  it('is seen in SfB all the same when its person was there before they missed or read it', () => {
    const toldOf: ToastState = { kind: 'over', end: 'answered-in-skype' };
    for (const end of ['missed', 'read-in-teams'] as const)
      assert.deepEqual(decideToast({ kind: 'over', end }, answered('skype')), {
        state: toldOf,
        commands: [{ kind: 'markRead' }],
        wait: undefined,
      });
  });

  it('changes no other end, nor does anything else', () => {
    const ended = [
      'taken',
      'answered-in-teams',
      'read-in-teams',
      'answered-in-skype',
      'declined',
      'missed',
      'undelivered',
      'left-to-skype',
    ] as const;
    for (const end of ended)
      for (const event of happenings) {
        const isSeen = event.kind === 'answered' && event.side === 'skype';
        if (isSeen && (end === 'missed' || end === 'read-in-teams')) continue;
        const state: ToastState = { kind: 'over', end };
        assert.deepEqual(decideToast(state, event), { state, commands: [], wait: undefined });
      }
  });
});

describe('reading in Teams', () => {
  it('is awaited where it rings in SfB meanwhile', () => {
    const awaited: ToastState[] = [{ kind: 'inBoth' }, { kind: 'ringingBack' }];
    for (const state of awaited) assert.ok(awaitsReading(state), state.kind);
    const others: ToastState[] = [
      { kind: 'rang' },
      { kind: 'inSkype', only: false },
      { kind: 'inTeams', rang: true },
      { kind: 'over', end: 'missed' },
    ];
    for (const state of others) assert.ok(!awaitsReading(state), state.kind);
  });
});

describe('whatever happens to a conversation that rings', () => {
  it('it is taken into the ledger once at most, and never taken up before', () => {
    fc.assert(
      fc.property(plans, fc.array(events, { maxLength: 12 }), (plan, happened) => {
        const { commands } = run(plan, ...happened);
        for (const once of ['bring', 'accept', 'ring', 'relay', 'leaveMissed'] as const)
          assert.ok(commands.filter((kind) => kind === once).length <= 1, once);
        if (commands.includes('accept')) assert.ok(commands.indexOf('bring') < commands.indexOf('accept'));
        if (commands.includes('relay')) assert.ok(commands.indexOf('ring') < commands.indexOf('relay'));
      }),
    );
  });

  it('what nobody took up lies in Teams, unless routing keeps it in SfB', () => {
    fc.assert(
      fc.property(plans, fc.array(events, { maxLength: 12 }), (plan, happened) => {
        const { commands, end } = run(plan, ...happened);
        if (end === 'missed' && plan !== skypeOnly) assert.ok(commands.includes('bring'));
      }),
    );
  });

  it('it has an end when its time is over: by one timer, or by the end of a ring', () => {
    fc.assert(
      fc.property(plans, fc.array(events, { maxLength: 12 }), (plan, happened) => {
        const { state, wait } = run(plan, ...happened);
        if (state.kind === 'inBoth' || state.kind === 'inTeams') assert.notEqual(wait, undefined);
        if (state.kind === 'inSkype') assert.equal(wait === undefined, state.only);
        if (state.kind === 'over') assert.equal(wait, undefined);
        assert.equal(awaitsReading(state), ['inBoth', 'ringingBack'].includes(state.kind));
      }),
    );
  });

  it('an end stays, but for an answer in SfB that was on its way', () => {
    fc.assert(
      fc.property(plans, fc.array(events, { maxLength: 12 }), events, (plan, happened, late) => {
        const before = run(plan, ...happened);
        if (before.state.kind !== 'over') return;
        const { state, commands } = decideToast(before.state, late);
        assert.equal(state.kind, 'over');
        if (late.kind !== 'answered') assert.deepEqual([state, commands], [before.state, []]);
      }),
    );
  });
});
