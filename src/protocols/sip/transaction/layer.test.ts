import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { header, type SipMessage, type SipRequest, type SipResponse, withHeader } from '../message.ts';
import { parseMessage } from '../parse.ts';
import { respond } from '../respond.ts';
import { writeMessage } from '../write.ts';
import type { ClientListener } from './client.ts';
import { Transactions, type TransactionUser } from './layer.ts';
import type { Failure } from './machine.ts';
import type { ServerTransaction } from './server.ts';

function request(method: string, cseq = 1, branch = 'z9hG4bKpeer'): SipRequest {
  const parsed = parseMessage(
    Buffer.from(
      [
        `${method} sip:bob@contoso.example SIP/2.0`,
        `Via: SIP/2.0/TCP 10.0.0.9:5060${branch && `;branch=${branch}`}`,
        'From: <sip:alice@contoso.example>;tag=a',
        'To: <sip:bob@contoso.example>',
        'Call-ID: c1',
        `CSeq: ${cseq} ${method}`,
        '',
        '',
      ].join('\r\n'),
    ),
  );
  assert.ok(parsed.kind === 'message' && parsed.message.kind === 'request');
  return parsed.message;
}

const ours = (method: string): SipRequest => ({
  ...request(method),
  headers: request(method).headers.filter(({ name }) => name !== 'Via'),
});

function layer(
  options: {
    reliable?: boolean;
    limit?: number | (() => number);
    newTag?: () => string;
    onRequest?: (t: ServerTransaction) => void;
  } = {},
) {
  const clock = new ManualClock();
  const sent: SipMessage[] = [];
  const seen: string[] = [];
  const open: ServerTransaction[] = [];
  const user: TransactionUser = {
    onRequest(transaction) {
      seen.push(`request ${transaction.request.method}`);
      open.push(transaction);
      options.onRequest?.(transaction);
    },
    onUnanswered: ({ method }) => void seen.push(`unanswered ${method}`),
    onCancel(transaction, cancel) {
      seen.push(`cancel ${header(cancel, 'Reason') ?? ''}`.trim());
      transaction.respond(487);
    },
    onServerFailure: (_transaction, failure) => void seen.push(`failure ${failure}`),
    onStrayResponse: ({ status }) => void seen.push(`stray ${status}`),
  };
  let branches = 0;
  const transactions = new Transactions(
    {
      clock,
      reliable: options.reliable ?? true,
      send: (message) => void sent.push(message),
      via: { transport: 'TCP', host: '10.0.0.1', port: 5060, params: [] },
      newBranch: () => `z9hG4bKown${++branches}`,
      newTag: options.newTag ?? (() => 'tag'),
      ...(options.limit !== undefined && { limit: options.limit }),
    },
    user,
  );
  const results: (SipResponse | Failure)[] = [];
  const listener: ClientListener = {
    onResponse: (response) => void results.push(response),
    onFailure: (failure) => void results.push(failure),
  };
  const line = (message: SipMessage | undefined): string =>
    message === undefined ? 'nothing' : message.kind === 'request' ? message.method : String(message.status);
  const lines = (): readonly string[] => sent.map(line);
  const taken = (): readonly string[] =>
    results.map((each) => (typeof each === 'string' ? each : String(each.status)));
  const lastRequest = (): SipRequest => {
    const last = sent.findLast((message) => message.kind === 'request');
    assert.ok(last?.kind === 'request');
    return last;
  };
  return { clock, sent, seen, open, transactions, listener, lines, taken, lastRequest };
}

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
