import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { header, withHeader } from '../message.ts';
import { respond } from '../respond.ts';
import { layer, ours, request } from './layer.test-kit.ts';

describe('a request of ours', () => {
  it('gets our Via with a branch of its own, and its responses come back', () => {
    const { transactions, listener, taken, lastRequest } = layer();
    transactions.request(ours('MESSAGE'), listener);
    assert.equal(header(lastRequest(), 'Via'), 'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKown1');
    transactions.receive(respond(lastRequest(), 100));
    transactions.receive(respond(lastRequest(), 200));
    assert.deepEqual(taken(), ['100', '200']);
    assert.equal(transactions.size, 0);
  });

  it('is repeated over an unreliable transport, 11 times at most', () => {
    const { transactions, listener, taken, lines, clock } = layer({ reliable: false });
    transactions.request(ours('MESSAGE'), listener);
    clock.advance(60_000);
    assert.equal(lines().length, 11);
    assert.deepEqual(taken(), ['timeout']);
    assert.equal(clock.pending, 0);
  });

  it('fails once when the connection is lost, and at once when it was lost before', () => {
    const { transactions, listener, taken, clock, lines } = layer();
    transactions.request(ours('MESSAGE'), listener);
    transactions.connectionLost();
    transactions.request(ours('MESSAGE'), listener);
    assert.deepEqual(taken(), ['transport', 'transport']);
    assert.equal(lines().length, 1);
    assert.equal(clock.pending, 0);
    assert.equal(transactions.size, 0);
  });

  it('leaves no timer behind when the connection is lost, also where it had its answer', () => {
    const { transactions, listener, lastRequest, open, clock } = layer({ reliable: false });
    for (const [method, status] of [
      ['INVITE', 200],
      ['INVITE', 486],
      ['MESSAGE', 200],
    ] as const) {
      transactions.request(ours(method), listener);
      transactions.receive(respond(lastRequest(), status, { toTag: 'x' }));
      transactions.receive(request(method, 1, `z9hG4bK${method}${status}`));
      open.at(-1)?.respond(status);
    }
    transactions.receive(request('ACK', 1, 'z9hG4bKINVITE486'));
    assert.equal(transactions.size, 6);
    transactions.connectionLost();
    assert.deepEqual([transactions.size, clock.pending], [0, 0]);
  });

  it('is what is sent while there is a connection, also where nobody answers it', () => {
    const { transactions, lastRequest, lines } = layer();
    transactions.sendUnanswered(ours('BENOTIFY'));
    assert.equal(header(lastRequest(), 'Via'), 'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKown1');
    transactions.connectionLost();
    transactions.sendUnanswered(ours('BENOTIFY'));
    assert.deepEqual(lines(), ['BENOTIFY']);
  });

  it('hears nothing of responses with a second Via or of another branch', () => {
    const { transactions, listener, taken, seen, lastRequest } = layer();
    transactions.request(ours('MESSAGE'), listener);
    const answer = respond(lastRequest(), 200);
    transactions.receive({
      ...answer,
      headers: [...answer.headers, { name: 'Via', value: 'SIP/2.0/TCP x' }],
    });
    transactions.receive(withHeader(answer, 'Via', 'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKother'));
    transactions.receive(withHeader(answer, 'CSeq', '1 INVITE'));
    assert.deepEqual(taken(), []);
    assert.deepEqual(seen, ['stray 200', 'stray 200']);
  });
});

describe('an INVITE of ours', () => {
  it('acknowledges a refusal on its own branch with the To of the answer', () => {
    const { transactions, listener, lastRequest } = layer();
    transactions.request(withHeader(ours('INVITE'), 'Route', '<sip:p;lr>'), listener);
    const invite = lastRequest();
    transactions.receive(respond(invite, 486, { toTag: 'callee' }));
    const ack = lastRequest();
    assert.deepEqual(
      ['Via', 'To', 'CSeq', 'Route'].map((name) => header(ack, name)),
      [header(invite, 'Via'), '<sip:bob@contoso.example>;tag=callee', '1 ACK', '<sip:p;lr>'],
    );
  });

  it('is of one call with its ACK and its CANCEL', () => {
    const { transactions, listener, lastRequest } = layer();
    const transaction = transactions.request(ours('INVITE'), listener);
    const invite = lastRequest();
    transactions.receive(respond(invite, 180, { toTag: 'callee' }));
    transaction.cancel();
    const cancel = lastRequest();
    assert.equal(header(cancel, 'To'), header(invite, 'To'), 'CANCEL goes where the INVITE went');
    transactions.receive(respond(invite, 487, { toTag: 'callee' }));
    for (const derived of [cancel, lastRequest()])
      assert.deepEqual(
        ['From', 'Call-ID', 'Max-Forwards'].map((name) => header(derived, name)),
        [header(invite, 'From'), header(invite, 'Call-ID'), '70'],
      );
  });

  it('is cancelled only once it has been heard of, and then ends with 487', () => {
    const { transactions, listener, lines, taken, sent, lastRequest } = layer();
    const transaction = transactions.request(ours('INVITE'), listener);
    transaction.cancel([{ name: 'Reason', value: 'SIP;cause=200' }]);
    assert.deepEqual(lines(), ['INVITE']);
    const invite = lastRequest();
    transactions.receive(respond(invite, 180));
    assert.deepEqual(lines(), ['INVITE', 'CANCEL']);
    transaction.cancel();
    transactions.receive(respond(invite, 180));
    assert.deepEqual(lines(), ['INVITE', 'CANCEL'], 'once, however long it goes on ringing');
    const cancel = lastRequest();
    assert.equal(header(cancel, 'Via'), header(invite, 'Via'));
    assert.equal(header(cancel, 'CSeq'), '1 CANCEL');
    assert.equal(header(cancel, 'Reason'), 'SIP;cause=200');
    transactions.receive(respond(cancel, 200));
    transactions.receive(respond(invite, 487, { toTag: 'x' }));
    assert.deepEqual(taken(), ['180', '180', '487']);
    assert.equal(sent.length, 3, 'INVITE, CANCEL, ACK');
  });

  it('takes itself back after ringing too long, and fails if even that is not answered', () => {
    const { transactions, listener, lines, taken, clock, lastRequest } = layer();
    transactions.request(ours('INVITE'), listener);
    transactions.receive(respond(lastRequest(), 180));
    clock.advance(200_000);
    assert.deepEqual(lines(), ['INVITE', 'CANCEL']);
    clock.advance(32_000);
    assert.deepEqual(taken(), ['180', 'timeout']);
    assert.equal(transactions.size, 0);
  });

  it('passes on the 2xx of every fork', () => {
    const { transactions, listener, taken, lastRequest } = layer();
    transactions.request(ours('INVITE'), listener);
    transactions.receive(respond(lastRequest(), 200, { toTag: '1' }));
    transactions.receive(respond(lastRequest(), 200, { toTag: '2' }));
    assert.deepEqual(taken(), ['200', '200']);
  });
});
