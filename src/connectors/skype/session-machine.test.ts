import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
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

describe('the sessions with one peer', () => {
  it('open with the first text and carry the next', () => {
    const { said, state } = run(send('a'), accepted('for-a'), send('b'), sent('b', 5));
    assert.deepEqual(said, [
      'invite a in for-a',
      'a delivered in for-a',
      'post b in for-a',
      'b delivered in for-a',
    ]);
    assert.equal(state.kind === 'open' && state.lastAt, 5);
  });

  it('are none after a refused invitation', () => {
    const { said, state } = run(send('a'), inviteFailed('for-a'));
    assert.deepEqual(said, ['invite a in for-a', 'a declined']);
    assert.equal(state.kind, 'none');
  });

  it('begin anew, with the same text, when the old one turns out to be over', () => {
    const { said } = run(
      invited,
      joined,
      send('a'),
      { kind: 'sendFailed', text: 'a', failure: over },
      accepted('for-a'),
    );
    assert.deepEqual(said, ['join theirs', 'post a in theirs', 'invite a in for-a', 'a delivered in for-a']);
  });

  it('are left after the idle limit, and not before', () => {
    const open = [send('a'), accepted('for-a', 1_000)];
    assert.deepEqual(run(...open, send('b', 1_000 + idleMs - 1)).said.at(-1), 'post b in for-a');
    assert.deepEqual(run(...open, send('b', 1_000 + idleMs)).said.slice(-2), [
      'stop for-a',
      'invite b in for-b',
    ]);
    assert.deepEqual(run(...open, { kind: 'tick', at: 1_000 + idleMs }).said.at(-1), 'stop for-a');
    const heard = { kind: 'heard', dialog: 'for-a', at: 2_000 } as const;
    assert.equal(run(...open, heard, send('b', 1_000 + idleMs)).said.at(-1), 'post b in for-a');
  });

  it('are left when the peer’s client takes no message, so that the next one invites anew', () => {
    const silent = { kind: 'refused', id: 'no-answer', detail: 'Timeout' } as const;
    const open = [send('a'), accepted('for-a'), send('b')];
    assert.deepEqual(
      run(...open, { kind: 'sendFailed', text: 'b', failure: silent }, send('c')).said.slice(-3),
      ['b no-answer', 'stop for-a', 'invite c in for-c'],
    );
    assert.deepEqual(
      run(...open, { kind: 'deadline', text: 'b' }, { kind: 'overdue', text: 'b' }, send('c')).said.slice(-3),
      ['b uncertain', 'stop for-a', 'invite c in for-c'],
    );
  });

  const rang: SessionEvent = { kind: 'rang', dialog: 'theirs' };

  it('may leave the peer’s invitation ringing, and take it up later', () => {
    assert.deepEqual(run(rang).said, []);
    assert.deepEqual(run(rang, invited, joined, send('a')).said, ['join theirs', 'post a in theirs']);
    assert.deepEqual(run(rang, invited, invited).said, ['join theirs'], 'once');
    assert.deepEqual(run(rang, invited, joined, invited).said, ['join theirs'], 'once');
  });

  it('send a text in what rings once that is taken up, not before: what rang may not be kept yet', () => {
    assert.deepEqual(run(rang, send('a')).said, []);
    assert.deepEqual(run(rang, send('a'), invited, joined).said, ['join theirs', 'post a in theirs']);
    const other: SessionEvent = { kind: 'invited', dialog: 'other' };
    assert.deepEqual(run(rang, send('a'), other).said, ['join other', 'stop theirs']);
    assert.deepEqual(run(rang, send('a'), { kind: 'deadline', text: 'a' }).said, ['a no-answer']);
  });

  it('call anew for a text when nothing rings any more', () => {
    const over: SessionEvent = { kind: 'ended', dialog: 'theirs' };
    assert.equal(run(rang, over).state.kind, 'none');
    assert.deepEqual(run(rang, send('a'), over).said, ['invite a in for-a']);
  });

  it('leave one that is open for the peer’s next one, which may ring', () => {
    const next: SessionEvent = { kind: 'rang', dialog: 'theirs2' };
    const { said, state } = run(invited, joined, next);
    assert.equal(said.at(-1), 'stop theirs');
    assert.equal(state.kind === 'ringing' && state.dialog, 'theirs2');
    assert.equal(run(invited, joined, send('a'), next).said.at(-1), 'join theirs2');
  });

  it('leave nothing ringing while a text of ours is under way: both want to talk now', () => {
    assert.deepEqual(run(send('a'), rang).said, ['invite a in for-a', 'join theirs', 'cancel for-a']);
  });

  it('leave what rings for another invitation of the peer', () => {
    const other: SessionEvent = { kind: 'invited', dialog: 'other' };
    assert.deepEqual(run(rang, other).said, ['join other', 'stop theirs']);
  });

  it('yield to the peer’s when both call at once, and send the text there', () => {
    const { said } = run(send('a'), invited, inviteFailed('for-a'), joined, sent('a'));
    assert.deepEqual(said, [
      'invite a in for-a',
      'join theirs',
      'cancel for-a',
      'post a in theirs',
      'a delivered in theirs',
    ]);
  });

  it('do not show a text twice when the peer took ours up in that moment', () => {
    const { said, state } = run(send('a'), invited, accepted('for-a'), joined);
    assert.equal(said.filter((line) => line.startsWith('a delivered')).length, 1);
    assert.ok(!said.some((line) => line.startsWith('post')));
    assert.ok(said.includes('stop theirs'));
    assert.equal(state.kind === 'open' && state.dialog, 'for-a');
  });

  it('send the text in a session of our own when the peer gives theirs up again', () => {
    const { said } = run(send('a'), invited, { kind: 'ended', dialog: 'theirs' }, inviteFailed('for-a'));
    assert.equal(said.at(-1), 'invite a in for-a+');
  });

  it('take an invitation back at the deadline, and say what came of it', () => {
    const deadline = { kind: 'deadline', text: 'a' } as const;
    assert.deepEqual(run(send('a'), deadline, inviteFailed('for-a')).said.slice(1), [
      'cancel for-a',
      'a no-answer',
    ]);
    assert.equal(run(send('a'), deadline, accepted('for-a')).said.at(-1), 'a delivered in for-a');
    assert.equal(run(send('a'), deadline, { kind: 'overdue', text: 'a' }).said.at(-1), 'a uncertain');
  });

  it('follow the peer into a new session once the text under way has ended', () => {
    const { said, state } = run(send('a'), accepted('for-a'), send('b'), invited, joined, sent('b'));
    assert.deepEqual(said.slice(3), ['join theirs', 'b delivered in for-a', 'stop for-a']);
    assert.equal(state.kind === 'open' && state.dialog, 'theirs');
  });

  const dialogs = fc.constantFrom('theirs', 'theirs2', 'for-a', 'for-b', 'for-a+');
  const texts = fc.constantFrom('a', 'b');
  const failures = fc.constantFrom<Failure>(over, declined, {
    kind: 'uncertain',
    id: 'uncertain',
    detail: '',
  });
  const at = fc.nat(2_000_000);
  const anything: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc
      .record({ kind: fc.constant('send' as const), text: texts, at })
      .map((event) => ({ ...event, fresh: `for-${event.text}` })),
    fc.record({
      kind: fc.constantFrom('invited' as const, 'rang' as const, 'ended' as const),
      dialog: dialogs,
    }),
    fc.record({ kind: fc.constantFrom('joined' as const, 'heard' as const), dialog: dialogs, at }),
    fc.record({ kind: fc.constant('accepted' as const), dialog: dialogs, remote: fc.constant(remote), at }),
    fc.record({ kind: fc.constant('inviteFailed' as const), dialog: dialogs, failure: failures, at }),
    fc.record({ kind: fc.constant('sent' as const), text: texts, remote: fc.constant(remote), at }),
    fc.record({ kind: fc.constant('sendFailed' as const), text: texts, failure: failures }),
    fc.record({ kind: fc.constantFrom('deadline' as const, 'overdue' as const), text: texts }),
    fc.record({ kind: fc.constant('tick' as const), at }),
    fc.record({ kind: fc.constant('leave' as const) }),
  );

  it('settle every text exactly once by the time it is overdue, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (events) => {
        let state: SessionState = { kind: 'none' };
        const open = new Set<string>();
        const step = (event: SessionEvent): void => {
          const decision = decide(state, event, idleMs);
          state = decision.state;
          if (event.kind === 'send') open.add(event.text);
          for (const command of decision.commands) {
            if (command.kind === 'settle')
              assert.ok(open.delete(command.text), `${command.text} settled twice`);
            if (command.kind === 'invite' || command.kind === 'post') assert.ok(open.has(command.text));
          }
        };
        // A text that is under way is never sent again under the same name.
        for (const event of events) if (event.kind !== 'send' || !open.has(event.text)) step(event);
        for (const text of [...open]) step({ kind: 'overdue', text });
        assert.deepEqual([...open], []);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never invite while a session is open, unless it is over or silent for too long', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (events) => {
        let state: SessionState = { kind: 'none' };
        for (const event of events) {
          const before = state;
          const { state: next, commands } = decide(state, event, idleMs);
          state = next;
          if (before.kind !== 'open' || !commands.some(({ kind }) => kind === 'invite')) continue;
          const stopped = commands.some(
            (command) => command.kind === 'stop' && command.dialog === before.dialog,
          );
          const wasOver = event.kind === 'sendFailed' && event.failure.kind === 'ended';
          assert.ok(stopped || wasOver);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the sessions with one peer, when the endpoint is about to go', () => {
  const leave: SessionEvent = { kind: 'leave' };
  const canceled: Failure = { kind: 'refused', id: 'no-answer', detail: 'Canceled' };
  const uncertain: Failure = { kind: 'uncertain', id: 'uncertain', detail: 'no answer' };

  it('take back what rings, and say that another endpoint may bring the text', () => {
    assert.deepEqual(run(send('a'), leave, inviteFailed('for-a', canceled)).said, [
      'invite a in for-a',
      'cancel for-a',
      'a session-ended',
    ]);
  });

  it('believe the pool where the peer has taken it up, or declined it, in that moment', () => {
    const said = (...events: readonly SessionEvent[]) => run(send('a'), leave, ...events).said.slice(2);
    assert.deepEqual(said(accepted('for-a')), ['a delivered in for-a']);
    assert.deepEqual(said(inviteFailed('for-a', declined)), ['a declined']);
    assert.deepEqual(said(inviteFailed('for-a', uncertain)), ['a uncertain']);
    assert.deepEqual(said({ kind: 'overdue', text: 'a' }, accepted('for-a')), ['a uncertain']);
  });

  it('leave it at no answer where the deadline had passed before', () => {
    const { said } = run(send('a'), { kind: 'deadline', text: 'a' }, leave, inviteFailed('for-a', canceled));
    assert.deepEqual(said, ['invite a in for-a', 'cancel for-a', 'a no-answer']);
  });

  it('wait for what was sent in an open session, and open no other', () => {
    const open = [send('a'), accepted('for-a'), send('b'), leave];
    assert.deepEqual(run(...open, sent('b')).said.at(-1), 'b delivered in for-a');
    assert.deepEqual(run(...open, { kind: 'sendFailed', text: 'b', failure: over }).said.slice(-2), [
      'post b in for-a',
      'b session-ended',
    ]);
  });

  it('begin nothing more', () => {
    for (const before of [[], [send('a'), accepted('for-a')], [invited], [invited, joined]])
      assert.equal(run(...before, leave, send('z')).said.at(-1), 'z session-ended');
    assert.deepEqual(run(invited, send('a'), leave, joined).said, ['join theirs', 'a session-ended']);
  });

  it('take up what the peer opens then: its author is told that it came', () => {
    assert.deepEqual(run(leave, invited, joined).said, ['join theirs']);
  });

  it('wait in a glare for what became of the own invitation, which is being taken back', () => {
    const glare = [send('a'), invited, leave];
    assert.deepEqual(run(...glare, joined, inviteFailed('for-a', canceled)).said.slice(1), [
      'join theirs',
      'cancel for-a',
      'a session-ended',
    ]);
    assert.equal(run(...glare, accepted('for-a')).said.at(-1), 'a delivered in for-a');
  });
});
