import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from './errors.ts';
import {
  accepted,
  declined,
  idleMs,
  invited,
  inviteFailed,
  joined,
  over,
  remote,
  run,
  send,
  sent,
} from './session.test-kit.ts';
import { decide } from './session-machine.ts';
import type { SessionEvent, SessionState } from './session-state.ts';

const uncertain: Failure = { kind: 'uncertain', id: 'uncertain', detail: 'no answer' };
const silent: Failure = { kind: 'refused', id: 'no-answer', detail: 'Timeout' };
const rang: SessionEvent = { kind: 'rang', dialog: 'theirs' };
const deadline: SessionEvent = { kind: 'deadline', text: 'a' };
const overdue = (text: string): SessionEvent => ({ kind: 'overdue', text });
const ended = (dialog: string): SessionEvent => ({ kind: 'ended', dialog });
const sendFailed = (text: string, failure: Failure): SessionEvent => ({ kind: 'sendFailed', text, failure });
const leave: SessionEvent = { kind: 'leave' };
const open = [send('a'), accepted('for-a')];

/** A way into every state that there is, and into those in which a text is under way or waits. */
const quiet: Readonly<Record<string, readonly SessionEvent[]>> = {
  none: [],
  ringing: [rang],
  joining: [invited],
  open,
  'inviting for nobody': [send('a'), overdue('a')],
  leaving: [leave],
};
const underWay: Readonly<Record<string, readonly SessionEvent[]>> = {
  ringing: [rang, send('a')],
  joining: [invited, send('a')],
  inviting: [send('a')],
  yielding: [send('a'), invited],
  'yielding to what is open': [send('a'), invited, joined],
  'yielding to what has gone': [send('a'), invited, ended('theirs')],
  open: [...open, send('b')],
  'open and gone': [...open, send('b'), ended('for-a')],
  'open with a successor': [...open, send('b'), invited],
  leaving: [send('a'), leave],
};
const everywhere = [...Object.entries(quiet), ...Object.entries(underWay)];

describe('what the sessions with one peer are told of something else', () => {
  const strange: readonly SessionEvent[] = [
    inviteFailed('other'),
    { kind: 'heard', dialog: 'other', at: 9_000_000 },
    ended('other'),
    sent('other'),
    sendFailed('other', over),
    { kind: 'deadline', text: 'other' },
    overdue('other'),
  ];
  for (const [name, way] of everywhere)
    it(`changes nothing while ${name}${underWay[name] === way ? ', a text under way' : ''}`, () => {
      const { state } = run(...way);
      for (const event of strange)
        assert.deepEqual(decide(state, event, idleMs), { state, commands: [] }, event.kind);
      for (const event of [accepted('other'), { kind: 'joined', dialog: 'other', at: 0 } as const])
        assert.deepEqual(
          decide(state, event, idleMs),
          { state, commands: state.kind === 'leaving' ? [] : [{ kind: 'stop', dialog: 'other' }] },
          `${event.kind}, and the strange session is left`,
        );
    });
});

describe('the time that passes', () => {
  it('ends a session that is open and silent, and nothing else', () => {
    for (const [name, way] of everywhere) {
      const { state } = run(...way);
      const { state: next } = decide(state, { kind: 'tick', at: 9_000_000 }, idleMs);
      if (name === 'open' && way === open) assert.deepEqual(next, { kind: 'none' });
      else assert.deepEqual(next, state, name);
      assert.deepEqual(
        decide(state, { kind: 'tick', at: idleMs - 1 }, idleMs),
        { state, commands: [] },
        name,
      );
    }
  });

  it('counts from the last message that went, not from one that failed', () => {
    const { said } = run(...open, send('b', 5_000), sendFailed('b', declined), { kind: 'tick', at: idleMs });
    assert.equal(said.at(-1), 'stop for-a');
  });
});

describe('a second text', () => {
  it('is to be tried later while one is under way or waits, and disturbs nothing', () => {
    for (const [name, way] of Object.entries(underWay)) {
      const { state } = run(...way);
      if (state.kind === 'leaving') continue;
      const { state: next, commands } = decide(state, send('z'), idleMs);
      assert.deepEqual(next, state, name);
      const [settled] = commands;
      assert.ok(commands.length === 1 && settled?.kind === 'settle' && settled.text === 'z');
      assert.equal(settled.end.kind === 'failed' && settled.end.failure.kind, 'transient');
    }
  });

  it('goes where the first one went', () => {
    assert.equal(run(...open, send('b'), sent('b'), send('c')).said.at(-1), 'post c in for-a');
    assert.equal(
      run(...open, send('b'), sendFailed('b', declined), send('c')).said.at(-1),
      'post c in for-a',
    );
  });
});

describe('what is told twice', () => {
  it('is done once', () => {
    const theirs2: SessionEvent = { kind: 'invited', dialog: 'theirs2' };
    for (const way of [[], open.slice(0, 1), [...open, send('b')]])
      assert.deepEqual(run(...way, invited, invited).said, run(...way, invited).said);
    const calls: readonly SessionEvent[] = [invited, joined, rang];
    for (const way of [[], [rang]])
      for (const call of calls) assert.deepEqual(run(...way, invited, joined, call).said, ['join theirs']);
    const followed = run(...open, send('b'), invited, joined);
    assert.deepEqual(followed.said.slice(3), ['join theirs']);
    assert.deepEqual(run(invited, theirs2).said, ['join theirs', 'join theirs2']);
    assert.equal(
      run(invited, theirs2, { kind: 'joined', dialog: 'theirs2', at: 0 }).state.kind,
      'open',
      'another is another',
    );
  });
});

describe('when both have called at once', () => {
  const glare = [send('a'), invited];
  const states = { joining: [], open: [joined], none: [ended('theirs')] } as const;

  it('a text of which nobody knows whether it was shown is not sent again', () => {
    for (const [after, way] of Object.entries(states)) {
      const { said, state } = run(...glare, ...way, inviteFailed('for-a', uncertain));
      assert.deepEqual(said.slice(3), ['a uncertain']);
      assert.equal(state.kind, after);
      assert.ok(!('waiting' in state && state.waiting));
    }
  });

  it('a text that was certainly not shown goes into theirs as soon as it is open', () => {
    assert.equal(run(...glare, joined, inviteFailed('for-a')).said.at(-1), 'post a in theirs');
    assert.equal(run(...glare, inviteFailed('for-a'), joined).said.at(-1), 'post a in theirs');
  });

  it('nothing is opened anew for a text that nobody waits for any more', () => {
    for (const [after, way] of Object.entries(states)) {
      const { said, state } = run(...glare, overdue('a'), ...way, inviteFailed('for-a'));
      assert.deepEqual(said.slice(3), ['a uncertain']);
      assert.equal(state.kind, after);
    }
  });

  it('ours is kept where the peer took it up, and theirs is left unless it has gone', () => {
    for (const way of [[], [joined]])
      assert.deepEqual(run(...glare, ...way, accepted('for-a')).said.slice(3), [
        'a delivered in for-a',
        'stop theirs',
      ]);
    assert.deepEqual(run(...glare, ended('theirs'), accepted('for-a')).said.slice(3), [
      'a delivered in for-a',
    ]);
  });

  it('theirs may be another one by the time it is open', () => {
    const theirs2 = [
      { kind: 'invited', dialog: 'theirs2' },
      { kind: 'joined', dialog: 'theirs2', at: 0 },
    ] as const;
    assert.equal(run(...glare, ...theirs2, inviteFailed('for-a')).said.at(-1), 'post a in theirs2');
  });
});

describe('a session that ends while a text is under way in it', () => {
  const posted = [...open, send('b')];

  it('is none once the text has ended: the next one invites', () => {
    const { said, state } = run(...posted, ended('for-a'), sent('b'));
    assert.deepEqual([said.at(-1), state], ['b delivered in for-a', { kind: 'none' }]);
    assert.equal(run(...posted, ended('for-a'), sendFailed('b', declined)).state.kind, 'none');
  });

  it('is not stopped again', () => {
    assert.equal(run(...posted, ended('for-a'), overdue('b')).said.at(-1), 'b uncertain');
    assert.equal(run(...posted, invited, ended('for-a'), sent('b')).said.at(-1), 'b delivered in for-a');
  });

  it('hands the text to the one that the peer has opened meanwhile', () => {
    const { said } = run(...posted, invited, sendFailed('b', over), sent('b'), send('c'));
    assert.deepEqual(said.slice(3), [
      'join theirs',
      'post b in theirs',
      'b delivered in theirs',
      'post c in theirs',
    ]);
  });

  it('stays where it was when the one that the peer has opened ends first', () => {
    const { said } = run(...posted, invited, ended('theirs'), sent('b'), send('c'));
    assert.deepEqual(said.slice(3), ['join theirs', 'b delivered in for-a', 'post c in for-a']);
  });

  it('is left for that one when the peer’s client takes no message', () => {
    for (const event of [sendFailed('b', silent), overdue('b')]) {
      const { said, state } = run(...posted, invited, event);
      assert.equal(said.at(-1), 'stop for-a');
      assert.equal(state.kind === 'open' && state.dialog, 'theirs');
    }
  });
});

describe('what is said of a text that was given up', () => {
  const failureOf = (...events: readonly SessionEvent[]): Failure | undefined => {
    let state: SessionState = { kind: 'none' };
    let failure: Failure | undefined;
    for (const event of events) {
      const decision = decide(state, event, idleMs);
      state = decision.state;
      for (const command of decision.commands)
        if (command.kind === 'settle' && command.end.kind === 'failed') failure = command.end.failure;
    }
    return failure;
  };
  const kindOf = (...events: readonly SessionEvent[]) => failureOf(...events)?.kind;

  it('is certain where it was taken back, unless the pool does not know itself', () => {
    assert.equal(kindOf(send('a'), deadline, inviteFailed('for-a')), 'refused');
    assert.equal(failureOf(send('a'), deadline, inviteFailed('for-a', uncertain)), uncertain);
    assert.equal(kindOf(invited, send('a'), deadline), 'refused');
  });

  it('is uncertain where the network has not said', () => {
    for (const way of [[send('a')], [send('a'), invited], [send('a'), deadline], [send('a'), leave]])
      assert.equal(kindOf(...way, overdue('a')), 'uncertain');
  });

  it('is that another session may bring it, where the endpoint left before it was shown', () => {
    assert.equal(kindOf(send('a'), leave, inviteFailed('for-a', silent)), 'ended');
    assert.equal(kindOf(leave, send('a')), 'ended');
  });

  it('is said once: an invitation for which nobody waits goes without a word', () => {
    assert.deepEqual(run(send('a'), overdue('a'), leave).said, ['invite a in for-a', 'a uncertain']);
    assert.deepEqual(run(send('a'), overdue('a'), inviteFailed('for-a')).said.slice(2), []);
    const late = run(send('a'), overdue('a'), {
      kind: 'accepted',
      dialog: 'for-a',
      remote,
      at: 0,
    });
    assert.deepEqual([late.said.slice(2), late.state.kind], [[], 'open']);
  });
});
