import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { RemoteId } from '../../core/ids.ts';
import type { DialogId, DoorEndpoint, InviteEnd, SendEnd } from './door.ts';
import type { Failure } from './errors.ts';
import { type Brought, Session } from './sessions.ts';

const declined: Failure = { kind: 'refused', id: 'declined', detail: 'no' };
const never = new AbortController().signal;

/** An endpoint whose answers the test gives, when it likes. */
function world() {
  const clock = new ManualClock();
  const invites: { readonly dialog: DialogId; readonly text: string; answer(end: InviteEnd): void }[] = [];
  const sends: { readonly text: string; answer(end: SendEnd): void }[] = [];
  const done: string[] = [];
  const late: Brought[] = [];
  const endpoint: DoorEndpoint = {
    stopped: false,
    ready: async () => undefined,
    show: async () => undefined,
    receive: async () => undefined,
    note: async () => undefined,
    leaveNote: () => undefined,
    invite: (dialog, _to, text) => new Promise((answer) => void invites.push({ dialog, text, answer })),
    send: (_dialog, _id, text) => new Promise((answer) => void sends.push({ text, answer })),
    cancel: async () => void done.push('cancel'),
    accept: async (dialog) => void done.push(`accept ${dialog}`),
    decline: async () => undefined,
    end: async (dialog) => void done.push(`end ${dialog}`),
    hasOthers: async () => 'unknown',
    watch: async () => undefined,
    abandon: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  let ids = 0;
  const session = new Session(
    {
      endpoint,
      peer: 'sip:bob@contoso.example',
      idleMs: 600_000,
      clock,
      mintId: () => `id${++ids}`,
      opening: () => undefined,
      failed: () => undefined,
      late: (_text, brought) => void late.push(brought),
    },
    undefined,
  );
  return { clock, session, invites, sends, done, late };
}

const taken: InviteEnd = { kind: 'accepted', thread: 't', remote: 'r' as RemoteId };

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const said = ({ end }: Brought): string => (end.kind === 'delivered' ? 'delivered' : end.failure.id);

describe('a session with a peer', () => {
  it('sends one text after the other, also when they come at once', async () => {
    const { session, invites, sends } = world();
    const all = ['a', 'b', 'c'].map((text) => session.bring(text, text, never));
    await settle();
    assert.deepEqual([invites.length, sends.length], [1, 0]);
    invites[0]?.answer(taken);
    await settle();
    assert.deepEqual(
      sends.map(({ text }) => text),
      ['b'],
    );
    sends[0]?.answer({ kind: 'sent', remote: 'r2' as RemoteId });
    await settle();
    sends[1]?.answer({ kind: 'sent', remote: 'r3' as RemoteId });
    assert.deepEqual((await Promise.all(all)).map(said), ['delivered', 'delivered', 'delivered']);
    assert.equal(session.idle, false);
  });

  it('gives an answer soon after the deadline, and remembers what came later', async () => {
    const { session, invites, clock, done, late } = world();
    const deadline = new AbortController();
    const brought = session.bring('a', 'a', deadline.signal);
    await settle();
    deadline.abort();
    clock.advance(2_000);
    assert.equal(said(await brought), 'uncertain');
    assert.deepEqual(done, ['cancel']);
    invites[0]?.answer(taken);
    await settle();
    assert.deepEqual(late.map(said), ['delivered']);
    assert.equal(late[0]?.thread, 't');
  });

  it('does not begin a text whose deadline passed while it waited behind another', async () => {
    const { session, invites } = world();
    const deadline = new AbortController();
    const first = session.bring('a', 'a', never);
    const second = session.bring('b', 'b', deadline.signal);
    await settle();
    deadline.abort();
    invites[0]?.answer(taken);
    assert.equal(said(await first), 'delivered');
    assert.equal(said(await second), 'deadline-passed');
  });

  it('does not call declined what only an endpoint of ours gave back', async () => {
    const { session, invites } = world();
    const brought = session.bring('a', 'a', never);
    await settle();
    session.declineOurselves();
    invites[0]?.answer({ kind: 'failed', failure: declined });
    assert.equal(said(await brought), 'offline');
    const again = session.bring('b', 'b', never);
    await settle();
    invites[1]?.answer({ kind: 'failed', failure: declined });
    assert.equal(said(await again), 'declined');
    assert.equal(session.idle, true);
  });

  it('takes another thread when the pool says that the one to continue is alive', async () => {
    const { session, invites } = world();
    session.continueThread('old');
    assert.equal(session.threadOf('none'), 'old');
    const brought = session.bring('a', 'a', never);
    await settle();
    const failure: Failure = { kind: 'ended', id: 'session-ended', detail: 'ThreadIdAlreadyExists' };
    invites[0]?.answer({ kind: 'failed', failure });
    assert.equal(said(await brought), 'session-ended');
    assert.notEqual(session.threadOf('none'), 'old');
    session.continueThread('old');
    assert.notEqual(session.threadOf('none'), 'old');
  });

  it('begins a thread under the name that it is given, and goes on with that one', async () => {
    const { session, invites } = world();
    session.beginThread('first');
    const brought = session.bring('a', 'a', never);
    await settle();
    session.beginThread('second');
    invites[0]?.answer({ kind: 'failed', failure: declined });
    assert.equal(said(await brought), 'declined');
    session.beginThread('third');
    assert.equal(session.threadOf('none'), 'first');
    session.continueThread('another');
    session.beginThread('fourth');
    assert.equal(session.threadOf('none'), 'another');
  });

  it('leaves once it is known what became of all that was to be brought', async () => {
    const { session, invites, done } = world();
    const all = ['a', 'b'].map((text) => session.bring(text, text, never));
    await settle();
    let hasLeft = false;
    const left = session.leave().then(() => {
      hasLeft = true;
    });
    await settle();
    assert.deepEqual([done, hasLeft], [['cancel'], false]);
    invites[0]?.answer(taken);
    await left;
    assert.deepEqual((await Promise.all(all)).map(said), ['delivered', 'session-ended']);
    assert.equal(invites.length, 1);
  });

  it('does not say that nobody is there when it took the invitation back itself', async () => {
    const { session, invites } = world();
    const brought = session.bring('a', 'a', never);
    await settle();
    session.declineOurselves();
    const left = session.leave();
    invites[0]?.answer({ kind: 'failed', failure: { kind: 'refused', id: 'no-answer', detail: 'Canceled' } });
    await left;
    assert.equal(said(await brought), 'session-ended');
  });
});
