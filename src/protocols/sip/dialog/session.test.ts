import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { header, noBody, type SipRequest } from '../message.ts';
import { respond } from '../respond.ts';
import { rfcTiming } from '../transaction/timing.ts';
import type { Dialog } from './dialog.ts';
import {
  decide,
  type Session,
  type SessionAction,
  type SessionEvent,
  startAsCallee,
  startAsCaller,
} from './session.ts';

const dialog: Dialog = {
  state: 'confirmed',
  madeBy: 'peer',
  callId: 'c1',
  localTag: 'l',
  remoteTag: 'r',
  local: { display: '', uri: 'sip:bob@contoso.example', params: [] },
  remote: { display: '', uri: 'sip:alice@contoso.example', params: [] },
  localCSeq: 0,
  remoteCSeq: 1,
  remoteTarget: 'sip:alice@10.0.0.1',
  routes: [],
};

const peer = (method: string, cseq: number): SipRequest => ({
  kind: 'request',
  method,
  uri: 'sip:x@y',
  headers: [{ name: 'CSeq', value: `${cseq} ${method}` }],
  body: noBody,
});

const invite = peer('INVITE', 1);
const ok = respond(invite, 200);

const tell = (action: SessionAction): string => {
  switch (action.kind) {
    case 'send':
    case 'ack':
      return `${action.kind} ${header(action.request, 'CSeq')}`;
    case 'deliver':
      return `deliver ${action.request.method}`;
    case 'refuse':
      return `refuse ${action.status}`;
    case 'repeat':
      return `repeat ${action.response.status}`;
    case 'start':
      return `${action.timer}=${action.ms}`;
    case 'stop':
      return `-${action.timer}`;
    case 'ended':
      return `ended ${action.by}`;
    case 'askAgain':
      return `askAgain ${action.fromMs}-${action.toMs}`;
    case 'notSent':
      return 'notSent';
  }
};

function play(start: Session, ...events: readonly SessionEvent[]): { session: Session; told: string } {
  let session = start;
  let told: readonly string[] = [];
  for (const event of events) {
    const step = decide(session, event, rfcTiming);
    session = step.session;
    told = step.actions.map(tell);
  }
  return { session, told: told.join(' ') };
}

const called = startAsCallee({ ...dialog, state: 'early' }, 1);
const accept: SessionEvent = { kind: 'accepted', response: ok };
const send = (method: string): SessionEvent => ({ kind: 'send', parts: { method } });
const received = (method: string, cseq: number): SessionEvent => ({
  kind: 'received',
  request: peer(method, cseq),
});

describe('a session that we accept', () => {
  it('repeats its 2xx until the ACK comes', () => {
    const accepted = play(called, accept);
    assert.equal(accepted.told, 'repeat=500 noAck=32000');
    assert.equal(accepted.session.dialog.state, 'confirmed');
    const repeat: SessionEvent = { kind: 'timer', timer: 'repeat' };
    assert.equal(play(accepted.session, repeat).told, 'repeat 200 repeat=1000');
    assert.equal(play(accepted.session, repeat, repeat, repeat, repeat).told, 'repeat 200 repeat=4000');
    const acknowledged = play(accepted.session, received('ACK', 1));
    assert.equal(acknowledged.told, '-repeat -noAck deliver ACK');
    assert.equal(play(acknowledged.session, repeat).told, '');
  });

  it('ends with BYE when no ACK ever comes', () => {
    const { told, session } = play(called, accept, { kind: 'timer', timer: 'noAck' });
    assert.equal(told, 'send 1 BYE ended us -repeat -noAck');
    assert.equal(session.dialog.state, 'terminated');
  });

  it('has nothing to repeat, nor to be acknowledged, once it is over', () => {
    const over = play(called, accept, received('BYE', 2)).session;
    for (const event of [
      { kind: 'timer', timer: 'repeat' },
      { kind: 'timer', timer: 'noAck' },
    ] as const)
      assert.equal(play(over, event).told, '');
    assert.equal(play(over, received('ACK', 1)).told, '');
  });

  it('refuses another INVITE until the ACK', () => {
    assert.equal(play(called, accept, received('INVITE', 2)).told, 'refuse 491');
  });

  it('holds its own BYE back until the ACK', () => {
    const held = play(called, accept, send('BYE'));
    assert.equal(held.told, '');
    assert.equal(
      play(held.session, received('ACK', 1)).told,
      '-repeat -noAck deliver ACK send 1 BYE ended us',
    );
  });

  it("takes the peer's BYE also before the ACK", () => {
    assert.equal(play(called, accept, received('BYE', 2)).told, 'deliver BYE ended peer -repeat -noAck');
  });

  it('takes messages before the ACK, as SIPE sends them, and waits on for it', () => {
    assert.equal(play(called, accept, received('MESSAGE', 2)).told, 'deliver MESSAGE');
    assert.equal(
      play(called, accept, received('MESSAGE', 2), received('ACK', 1)).told,
      '-repeat -noAck deliver ACK',
    );
  });
});

describe('re-INVITE', () => {
  const mine = startAsCaller({ ...dialog, madeBy: 'us' });
  const theirs = startAsCaller(dialog);

  it('of ours is acknowledged with its own number, also when the answer is repeated', () => {
    const asked = play(theirs, send('INVITE'));
    assert.equal(asked.told, 'send 1 INVITE');
    const request = { ...peer('INVITE', 1) };
    const answered = play(asked.session, { kind: 'answered', request, response: ok });
    assert.equal(answered.told, 'ack 1 ACK');
    assert.equal(play(answered.session, { kind: 'answered', request, response: ok }).told, 'ack 1 ACK');
  });

  it('of both at once is refused with 491, and asked again after the time of its side', () => {
    const asked = play(mine, send('INVITE'));
    assert.equal(play(asked.session, received('INVITE', 2)).told, 'refuse 491');
    const glare: SessionEvent = {
      kind: 'answered',
      request: peer('INVITE', 1),
      response: respond(invite, 491),
    };
    assert.equal(play(asked.session, glare).told, 'askAgain 2100-4000');
    assert.equal(play(play(theirs, send('INVITE')).session, glare).told, 'askAgain 0-2000');
  });

  it('waits for the one before', () => {
    assert.equal(play(theirs, send('INVITE'), send('INVITE')).told, 'notSent');
    const asked = play(theirs, received('INVITE', 2));
    assert.equal(asked.told, 'deliver INVITE');
    assert.equal(play(asked.session, received('INVITE', 3)).told, 'refuse 500');
    assert.equal(play(asked.session, send('INVITE')).told, 'notSent');
    assert.equal(play(asked.session, { kind: 'declined' }, send('INVITE')).told, 'send 1 INVITE');
    assert.equal(play(asked.session, accept, received('ACK', 2), send('INVITE')).told, 'send 1 INVITE');
  });

  it('waits for no other request than an INVITE', () => {
    assert.equal(play(theirs, send('MESSAGE'), received('INVITE', 2)).told, 'deliver INVITE');
    assert.equal(play(theirs, received('MESSAGE', 2), send('INVITE')).told, 'send 1 INVITE');
  });

  it('that comes again, or too late, is refused and does not stand in the way of ours', () => {
    const late = play(theirs, received('INVITE', 1));
    assert.equal(late.told, 'refuse 500');
    assert.equal(play(late.session, send('INVITE')).told, 'send 1 INVITE');
  });

  it('of ours is acknowledged where it is a 2xx, and by its transaction where it is not', () => {
    const asked = play(theirs, send('INVITE'));
    const answeredWith = (status: number): string =>
      play(asked.session, {
        kind: 'answered',
        request: peer('INVITE', 1),
        response: respond(invite, status),
      }).told;
    assert.deepEqual([199, 200, 299, 300, 488].map(answeredWith), ['', 'ack 1 ACK', 'ack 1 ACK', '', '']);
  });

  it('that is refused leaves the session as it was; 481 ends it', () => {
    const asked = play(theirs, send('INVITE'));
    const refused = (status: number): SessionEvent => ({
      kind: 'answered',
      request: peer('INVITE', 1),
      response: respond(invite, status),
    });
    assert.equal(play(asked.session, refused(488)).session.dialog.state, 'confirmed');
    assert.equal(play(asked.session, refused(481)).told, 'ended lost');
  });
});

describe('a session that is over', () => {
  it('answers 481 and sends nothing', () => {
    const over = play(startAsCaller(dialog), received('BYE', 2)).session;
    assert.equal(play(over, received('MESSAGE', 3)).told, 'refuse 481');
    assert.equal(play(over, received('INVITE', 3)).told, 'refuse 481');
    assert.equal(play(over, send('MESSAGE')).told, 'notSent');
  });

  it('is what an unanswered request makes of it', () => {
    assert.equal(
      play(startAsCaller(dialog), { kind: 'unanswered', request: peer('MESSAGE', 1) }).told,
      'ended lost',
    );
  });
});
