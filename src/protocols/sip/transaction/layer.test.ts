import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { header, withHeader } from '../message.ts';
import { respond } from '../respond.ts';
import { writeMessage } from '../write.ts';
import { layer, ours, request } from './layer.test-kit.ts';

describe("a peer's request", () => {
  it('comes once however often it is repeated, and its answer is repeated', () => {
    const { transactions, seen, open, lines } = layer({ reliable: false });
    transactions.receive(request('MESSAGE'));
    transactions.receive(request('MESSAGE'));
    assert.deepEqual(lines(), []);
    open[0]?.respond(200);
    transactions.receive(request('MESSAGE'));
    assert.deepEqual(seen, ['request MESSAGE']);
    assert.deepEqual(lines(), ['200', '200']);
  });

  it('without branch is known by Call-ID, From tag, CSeq and Via', () => {
    const { transactions, seen } = layer({ reliable: false });
    for (const cseq of [2, 2, 3]) transactions.receive(request('MESSAGE', cseq, ''));
    assert.deepEqual(seen, ['request MESSAGE', 'request MESSAGE']);
    const other = withHeader(request('MESSAGE', 3, ''), 'From', '<sip:alice@contoso.example>;tag=other');
    for (const again of [other, other]) transactions.receive(again);
    assert.equal(seen.length, 3);
    const call = withHeader(request('MESSAGE', 3, ''), 'Call-ID', 'c2');
    for (const again of [call, call]) transactions.receive(again);
    assert.equal(seen.length, 4);
  });

  it('fails when the connection is lost, after which nothing is heard or said', () => {
    const { transactions, seen, lines, clock, open } = layer({ reliable: false });
    transactions.receive(request('INVITE'));
    transactions.receive(request('MESSAGE', 1, 'z9hG4bK2'));
    transactions[Symbol.dispose]();
    const before = [...seen];
    assert.deepEqual(before.slice(2), ['failure transport', 'failure transport']);
    assert.deepEqual([transactions.size, clock.pending], [0, 0]);
    transactions.receive(request('OPTIONS', 1, 'z9hG4bK3'));
    for (const transaction of open) transaction.respond(200);
    assert.deepEqual([seen, lines()], [before, ['100']]);
  });

  it('gets a 100 if it is an INVITE that is not answered in the same turn', () => {
    const slow = layer();
    slow.transactions.receive(request('INVITE'));
    assert.deepEqual(slow.lines(), ['100']);
    const quick = layer({ onRequest: (transaction) => void transaction.respond(180) });
    quick.transactions.receive(request('INVITE'));
    assert.deepEqual(quick.lines(), ['180']);
  });

  it('keeps one To tag through all of its answers', () => {
    const { transactions, open, sent } = layer();
    transactions.receive(request('INVITE'));
    open[0]?.respond(180);
    open[0]?.respond(486);
    assert.deepEqual(
      sent.slice(1).map((message) => header(message, 'To')),
      ['<sip:bob@contoso.example>;tag=tag', '<sip:bob@contoso.example>;tag=tag'],
    );
  });

  it('has one To tag in the answers to it and to its CANCEL, and is not taken back once it is answered', () => {
    let tags = 0;
    const { transactions, open, seen, sent } = layer({ newTag: () => `tag${++tags}` });
    transactions.receive(request('INVITE'));
    open[0]?.respond(200);
    transactions.receive(request('CANCEL'));
    const answers = sent.slice(1).map((message) => header(message, 'To'));
    assert.deepEqual(answers, Array(2).fill('<sip:bob@contoso.example>;tag=tag1'));
    assert.deepEqual(seen, ['request INVITE']);
  });

  it('is answered with the headers that its user wants', () => {
    const { transactions, open, sent } = layer();
    transactions.receive(request('MESSAGE'));
    open[0]?.respond(503, { headers: [{ name: 'Retry-After', value: '7' }] });
    assert.equal(header(sent[0] ?? request('X'), 'Retry-After'), '7');
  });

  it('of a dialog is answered with the tag that it came with', () => {
    const { transactions, open, sent } = layer();
    transactions.receive(withHeader(request('MESSAGE'), 'To', '<sip:bob@contoso.example>;tag=own'));
    open[0]?.respond(200);
    assert.equal(header(sent[0] ?? request('X'), 'To'), '<sip:bob@contoso.example>;tag=own');
  });

  it('that is an ACK of nothing goes to the user', () => {
    const { transactions, seen } = layer();
    transactions.receive(request('ACK'));
    assert.deepEqual(seen, ['unanswered ACK']);
  });

  it('that is cancelled ends with 487; the CANCEL has an answer of its own', () => {
    const { transactions, seen, lines } = layer();
    transactions.receive(request('INVITE'));
    transactions.receive(request('CANCEL'));
    assert.deepEqual(seen, ['request INVITE', 'cancel']);
    assert.deepEqual(lines(), ['100', '200', '487']);
    transactions.receive(request('CANCEL'));
    assert.deepEqual(lines(), ['100', '200', '487', '200'], 'too late, but known');
    transactions.receive(request('ACK'));
    assert.equal(transactions.size, 0);
    transactions.receive(request('CANCEL'));
    assert.equal(lines().at(-1), '481');
  });

  it('that is an ACK of a 2xx goes to the user, also without branch', () => {
    for (const branch of ['z9hG4bKpeer', '']) {
      const { transactions, seen, open } = layer();
      transactions.receive(request('INVITE', 1, branch));
      open[0]?.respond(200);
      transactions.receive(request('ACK', 1, branch));
      assert.deepEqual(seen, ['request INVITE', 'unanswered ACK']);
    }
  });

  it('that is a BENOTIFY gets no answer', () => {
    const { transactions, seen, lines } = layer();
    transactions.receive(request('BENOTIFY'));
    assert.deepEqual(seen, ['unanswered BENOTIFY']);
    assert.deepEqual(lines(), []);
  });

  it('that nobody answers ends: INVITE with 408, others in silence (RFC 4320)', () => {
    const { transactions, seen, lines, clock } = layer();
    transactions.receive(request('INVITE', 1, 'z9hG4bK1'));
    transactions.receive(request('MESSAGE', 1, 'z9hG4bK2'));
    clock.advance(300_000);
    assert.deepEqual(lines(), ['100', '408']);
    assert.deepEqual(seen.slice(2), ['failure timeout', 'failure timeout', 'failure timeout']);
    assert.equal(transactions.size, 0);
    assert.equal(clock.pending, 0);
  });

  it('beyond the limit is refused with 503, without harm to the others', () => {
    const { transactions, lines, sent } = layer({ limit: 2 });
    for (let n = 0; n < 4; n++) transactions.receive(request('MESSAGE', n, `z9hG4bK${n}`));
    assert.deepEqual(lines(), ['503', '503']);
    assert.equal(header(sent[0] ?? request('X'), 'Retry-After'), '5');
    assert.equal(transactions.size, 2);
  });

  it('is refused by a limit that moves, as it is when the request comes', () => {
    let limit = 1;
    const { transactions, lines } = layer({ limit: () => limit });
    for (const n of [1, 2]) transactions.receive(request('MESSAGE', n, `z9hG4bK${n}`));
    limit = 2;
    for (const n of [3, 4]) transactions.receive(request('MESSAGE', n, `z9hG4bK${n}`));
    assert.deepEqual(lines(), ['503', '503']);
    assert.equal(transactions.size, 2);
  });
});

describe('whatever a peer sends', () => {
  it('never throws, and in the end nothing is left', () => {
    const step = fc.record({
      method: fc.constantFrom('INVITE', 'ACK', 'CANCEL', 'MESSAGE', 'BENOTIFY', 'NEWMETHOD'),
      branch: fc.constantFrom('', 'z9hG4bK1', 'z9hG4bK2', 'old'),
      cseq: fc.integer({ min: 1, max: 2 }),
      answer: fc.constantFrom(0, 100, 180, 200, 404, 487),
      status: fc.constantFrom(0, 100, 180, 200, 486),
      wait: fc.integer({ min: 0, max: 40_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), fc.boolean(), (steps, reliable) => {
        const { transactions, listener, open, clock, lastRequest, sent } = layer({ reliable });
        for (const { method, branch, cseq, answer, status, wait } of steps) {
          transactions.receive(request(method, cseq, branch));
          if (answer > 0) open.at(-1)?.respond(answer);
          const ask = transactions.request(ours(method === 'INVITE' ? 'INVITE' : 'MESSAGE'), listener);
          if (status > 0) transactions.receive(respond(lastRequest(), status, { toTag: 'x' }));
          if (method === 'CANCEL') ask.cancel();
          clock.advance(wait);
        }
        clock.advance(1_000_000);
        assert.deepEqual([transactions.size, clock.pending], [0, 0]);
        for (const message of sent) writeMessage(message);
      }),
    );
  });
});

describe('what is sent', () => {
  it('can always be written', () => {
    const { transactions, listener, sent, lastRequest } = layer();
    transactions.request(ours('INVITE'), listener);
    transactions.receive(respond(lastRequest(), 603, { toTag: 'x' }));
    transactions.receive(request('INVITE'));
    transactions.sendUnanswered(ours('BENOTIFY'));
    for (const message of sent) assert.ok(writeMessage(message).length > 0);
  });
});
