import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { header, headerLines, noBody, type SipRequest, type SipResponse, withHeader } from '../message.ts';
import { respond } from '../respond.ts';
import { ackIn, type DialogEvent, decide } from './decide.ts';
import {
  type Dialog,
  dialogFromRequest,
  dialogFromResponse,
  dialogIdOf,
  dialogIdOfResponse,
  dialogKey,
} from './dialog.ts';
import { inDialogRequest } from './in-dialog.ts';

const invite: SipRequest = {
  kind: 'request',
  method: 'INVITE',
  uri: 'sip:bob@contoso.example',
  headers: [
    { name: 'Via', value: 'SIP/2.0/TCP 10.0.0.1;branch=z9hG4bK1' },
    { name: 'From', value: '"Alice" <sip:alice@contoso.example>;tag=a;epid=e1' },
    { name: 'To', value: '<sip:bob@contoso.example>' },
    { name: 'Call-ID', value: 'c1' },
    { name: 'CSeq', value: '7 INVITE' },
    { name: 'Contact', value: '<sip:alice@10.0.0.1>' },
    { name: 'Record-Route', value: '<sip:p1;lr>;tag=5A2B, <sip:p2;lr>' },
    { name: 'Record-Route', value: '<sip:p3;lr>' },
  ],
  body: noBody,
};

const contact = { name: 'Contact', value: '<sip:bob@10.0.0.2:5060>' };
const answer = (status: number, toTag: string, to = contact): SipResponse =>
  respond(invite, status, { toTag, headers: [to] });
const fromPeer = (
  method: string,
  cseq: number,
  more: readonly { name: string; value: string }[] = [],
): SipRequest => ({
  kind: 'request',
  method,
  uri: 'sip:x@y',
  headers: [{ name: 'CSeq', value: `${cseq} ${method}` }, ...more],
  body: noBody,
});

const made = (dialog: Dialog | undefined): Dialog => dialog ?? assert.fail('no dialog');
const caller = (status = 200): Dialog => made(dialogFromResponse(invite, answer(status, 'b')));
const callee = (status = 200): Dialog => made(dialogFromRequest(invite, { localTag: 'b', status }));

describe('a dialog made by our request', () => {
  it('takes route set, target, tags and numbers from the answer', () => {
    const dialog = caller();
    assert.deepEqual(dialog.routes, ['<sip:p3;lr>', '<sip:p2;lr>', '<sip:p1;lr>']);
    assert.equal(dialog.remoteTarget, 'sip:bob@10.0.0.2:5060');
    assert.deepEqual([dialog.callId, dialog.localTag, dialog.remoteTag], ['c1', 'a', 'b']);
    assert.deepEqual([dialog.localCSeq, dialog.remoteCSeq, dialog.state], [7, undefined, 'confirmed']);
  });

  it('is early below 200 and needs a tag there; others make none', () => {
    assert.equal(caller(180).state, 'early');
    assert.equal(dialogFromResponse(invite, respond(invite, 180)), undefined);
    assert.equal(dialogFromResponse(invite, respond(invite, 100, { toTag: 'b' })), undefined);
    assert.equal(dialogFromResponse(invite, answer(486, 'b')), undefined);
    assert.equal(made(dialogFromResponse(invite, respond(invite, 200))).remoteTag, '', 'RFC 2543');
  });
});

describe("a dialog made by the peer's request", () => {
  it('takes the route set in order', () => {
    const dialog = callee();
    assert.deepEqual(dialog.routes, ['<sip:p1;lr>', '<sip:p2;lr>', '<sip:p3;lr>']);
    assert.equal(dialog.remoteTarget, 'sip:alice@10.0.0.1');
    assert.deepEqual([dialog.localCSeq, dialog.remoteCSeq], [0, 7]);
  });

  it('is early as long as our answer is provisional, and the peer’s in the making', () => {
    for (const [status, state] of [
      [101, 'early'],
      [199, 'early'],
      [200, 'confirmed'],
    ] as const) {
      assert.equal(callee(status).state, state);
      assert.equal(caller(status).state, state);
    }
    assert.deepEqual([callee().madeBy, caller().madeBy], ['peer', 'us']);
  });

  it('needs a Contact', () =>
    assert.equal(
      dialogFromRequest(withHeader(invite, 'Contact', '*'), { localTag: 'b', status: 200 }),
      undefined,
    ));

  it('is found by what the peer sends, and told apart from its twin', () => {
    const request = inDialogRequest(callee(), 1, { method: 'BYE' });
    const id = dialogIdOfResponse(respond(request, 200));
    assert.equal(id && dialogKey(id), dialogKey(callee()));
    const incoming = inDialogRequest(caller(), 8, { method: 'MESSAGE' });
    const theirs = dialogIdOf(incoming);
    assert.equal(theirs && dialogKey(theirs), dialogKey(callee()));
    assert.equal(dialogIdOf(invite), undefined);
  });
});

describe('a request inside the dialog', () => {
  it('goes to the target through the route set, tags and epid kept', () => {
    const { dialog, actions } = decide(caller(), {
      kind: 'send',
      parts: { method: 'MESSAGE', body: Buffer.from('hi') },
    });
    const [action] = actions;
    assert.ok(action?.kind === 'send');
    const { request } = action;
    assert.equal(request.uri, 'sip:bob@10.0.0.2:5060');
    assert.deepEqual(headerLines(request, 'Route'), ['<sip:p3;lr>', '<sip:p2;lr>', '<sip:p1;lr>']);
    assert.equal(header(request, 'From'), 'Alice <sip:alice@contoso.example>;tag=a;epid=e1');
    assert.equal(header(request, 'To'), '<sip:bob@contoso.example>;tag=b');
    assert.equal(header(request, 'CSeq'), '8 MESSAGE');
    assert.equal(header(request, 'Call-ID'), 'c1');
    assert.equal(dialog.localCSeq, 8);
  });

  it('goes on for 70 hops, with the headers and the body that it was given', () => {
    const body = Buffer.from('hi');
    const headers = [{ name: 'Content-Type', value: 'text/plain' }];
    const request = inDialogRequest(caller(), 8, { method: 'MESSAGE', headers, body });
    assert.equal(header(request, 'Max-Forwards'), '70');
    assert.equal(header(request, 'Content-Type'), 'text/plain');
    assert.equal(request.body, body);
  });

  it('is delivered, and an ACK too whatever its number', () => {
    for (const [method, cseq] of [
      ['MESSAGE', 8],
      ['ACK', 1],
    ] as const) {
      const request = fromPeer(method, cseq);
      assert.deepEqual(decide(callee(), { kind: 'received', request }).actions, [
        { kind: 'deliver', request },
      ]);
    }
  });

  it('gives a strict router the Request-URI', () => {
    const request = inDialogRequest({ ...caller(), routes: ['<sip:strict>', '<sip:p;lr>'] }, 8, {
      method: 'BYE',
    });
    assert.equal(request.uri, 'sip:strict');
    assert.deepEqual(headerLines(request, 'Route'), ['<sip:p;lr>', '<sip:bob@10.0.0.2:5060>']);
  });

  it('acknowledges with the number of the INVITE', () =>
    assert.equal(header(ackIn(caller(), 7), 'CSeq'), '7 ACK'));
});

describe('order', () => {
  it('wants every request of the peer to count up', () => {
    const first = decide(callee(), { kind: 'received', request: fromPeer('MESSAGE', 9) });
    assert.equal(first.actions[0]?.kind, 'deliver');
    for (const late of [9, 8]) {
      const { dialog, actions } = decide(first.dialog, {
        kind: 'received',
        request: fromPeer('MESSAGE', late),
      });
      assert.ok(actions[0]?.kind === 'refuse' && actions[0].status === 500);
      assert.equal(dialog, first.dialog);
    }
  });

  it('starts anew behind the INVITE for SIPE', () => {
    const dialog = made(dialogFromRequest(invite, { localTag: 'b', status: 200, cseqRestarts: true }));
    const first = decide(dialog, { kind: 'received', request: fromPeer('MESSAGE', 2) });
    assert.equal(first.actions[0]?.kind, 'deliver');
    assert.equal(
      decide(first.dialog, { kind: 'received', request: fromPeer('INFO', 2) }).actions[0]?.kind,
      'refuse',
    );
  });

  it('does not refuse what cannot be answered', () => {
    const { dialog } = decide(callee(), { kind: 'received', request: fromPeer('BYE', 8) });
    for (const method of ['ACK', 'BENOTIFY']) {
      assert.deepEqual(decide(dialog, { kind: 'received', request: fromPeer(method, 9) }).actions, []);
    }
  });
});

describe('target refresh', () => {
  const moved = { name: 'Contact', value: '<sip:new@10.0.0.3>' };

  it('follows the Contact of re-INVITE, UPDATE and NOTIFY, not of MESSAGE', () => {
    for (const method of ['INVITE', 'UPDATE', 'NOTIFY']) {
      const { dialog } = decide(callee(), { kind: 'received', request: fromPeer(method, 9, [moved]) });
      assert.equal(dialog.remoteTarget, 'sip:new@10.0.0.3', method);
    }
    const { dialog } = decide(callee(), { kind: 'received', request: fromPeer('MESSAGE', 9, [moved]) });
    assert.equal(dialog.remoteTarget, 'sip:alice@10.0.0.1');
  });

  it('follows the Contact of a 2xx only', () => {
    const event = (status: number): DialogEvent => ({
      kind: 'answered',
      method: 'INVITE',
      response: answer(status, 'b', moved),
    });
    assert.equal(decide(caller(), event(200)).dialog.remoteTarget, 'sip:new@10.0.0.3');
    assert.equal(decide(caller(), event(299)).dialog.remoteTarget, 'sip:new@10.0.0.3');
    for (const status of [180, 199, 300, 488])
      assert.equal(decide(caller(), event(status)).dialog.remoteTarget, 'sip:bob@10.0.0.2:5060');
  });
});

describe('the end', () => {
  it('comes by BYE of either, by 481 and 408, and by silence', () => {
    const ends: readonly (readonly [DialogEvent, string])[] = [
      [{ kind: 'send', parts: { method: 'BYE' } }, 'us'],
      [{ kind: 'received', request: fromPeer('BYE', 8) }, 'peer'],
      [{ kind: 'answered', method: 'MESSAGE', response: answer(481, 'b') }, 'lost'],
      [{ kind: 'answered', method: 'MESSAGE', response: answer(408, 'b') }, 'lost'],
      [{ kind: 'unanswered' }, 'lost'],
    ];
    for (const [event, by] of ends) {
      const { dialog, actions } = decide(callee(), event);
      assert.equal(dialog.state, 'terminated');
      assert.deepEqual(actions.at(-1), { kind: 'ended', by });
    }
  });

  it('is said once, and nothing is sent behind it', () => {
    const events: fc.Arbitrary<DialogEvent> = fc.oneof(
      fc
        .constantFrom('MESSAGE', 'BYE', 'INVITE')
        .map((method) => ({ kind: 'send' as const, parts: { method } })),
      fc
        .tuple(fc.constantFrom('MESSAGE', 'BYE', 'ACK', 'BENOTIFY'), fc.nat(50))
        .map(([method, cseq]) => ({ kind: 'received' as const, request: fromPeer(method, cseq) })),
      fc
        .constantFrom(200, 404, 481)
        .map((status) => ({ kind: 'answered' as const, method: 'INFO', response: answer(status, 'b') })),
      fc.constant({ kind: 'unanswered' as const }),
    );
    fc.assert(
      fc.property(fc.array(events), (script) => {
        let dialog = callee();
        let ended = 0;
        let lastSent = 0;
        for (const event of script) {
          const wasOver = dialog.state === 'terminated';
          const step = decide(dialog, event);
          for (const action of step.actions) {
            if (action.kind === 'ended') ended++;
            if (action.kind === 'send') {
              assert.ok(!wasOver);
              const number = Number(header(action.request, 'CSeq')?.split(' ')[0]);
              assert.equal(number, lastSent + 1, 'our numbers have no gaps');
              lastSent = number;
            }
          }
          dialog = step.dialog;
        }
        assert.equal(ended, dialog.state === 'terminated' ? 1 : 0);
      }),
    );
  });

  it('of numbers is the end of sending', () => {
    const { actions } = decide(
      { ...caller(), localCSeq: 2 ** 31 - 1 },
      { kind: 'send', parts: { method: 'INFO' } },
    );
    assert.deepEqual(actions, [{ kind: 'notSent' }]);
  });
});

describe('an early dialog', () => {
  it('is confirmed by its 2xx, which sets target and routes anew', () => {
    const by = { ...caller(), remoteTarget: 'sip:elsewhere@x', routes: [] };
    const { dialog } = decide(caller(180), { kind: 'confirmed', by });
    assert.deepEqual(
      [dialog.state, dialog.remoteTarget, dialog.routes],
      ['confirmed', 'sip:elsewhere@x', []],
    );
  });
});
