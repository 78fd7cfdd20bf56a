import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultLimits } from './limits.ts';
import {
  header,
  headerLines,
  noBody,
  type SipRequest,
  withHeader,
  withHeaderFirst,
  withoutHeader,
} from './message.ts';
import { parseMessage } from './parse.ts';
import { readMessage } from './read.ts';
import { refuse, respond } from './respond.ts';
import { SipWriteError, writeMessage } from './write.ts';

const lines = (...all: string[]): Buffer => Buffer.from(`${all.join('\r\n')}\r\n\r\n`);

const request: SipRequest = {
  kind: 'request',
  method: 'MESSAGE',
  uri: 'sip:bob@contoso.example',
  headers: [
    { name: 'Via', value: 'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1' },
    { name: 'From', value: '<sip:alice@contoso.example>;tag=1;epid=' },
    { name: 'To', value: '<sip:bob@contoso.example>' },
    { name: 'Call-ID', value: 'c1' },
    { name: 'CSeq', value: '2 MESSAGE' },
  ],
  body: Buffer.from('héllo'),
};

const alter = (name: string, value: string): SipRequest => withHeader(request, name, value);

describe('headers of a message', () => {
  it('are found in any case and compact form', () => {
    assert.equal(header(request, 'call-id'), 'c1');
    assert.equal(header(request, 'i'), 'c1');
    assert.equal(header(alter('X-Own', '1'), 'x-OWN'), '1');
    assert.equal(header(request, 'X-None'), undefined);
    assert.deepEqual(headerLines(withHeaderFirst(request, 'v', 'top'), 'Via').length, 2);
  });

  it('are replaced and removed without touching the original', () => {
    const two = withHeaderFirst(request, 'Via', 'top');
    assert.deepEqual(headerLines(withHeader(two, 'via', 'only'), 'Via'), ['only']);
    assert.deepEqual(headerLines(withoutHeader(two, 'v'), 'Via'), []);
    assert.equal(headerLines(two, 'Via').length, 2);
  });
});

describe('a request', () => {
  it("is taken with a Microsoft client's habits: no branch, no Max-Forwards, folded lines, odd case", () => {
    const outcome = readMessage(
      lines(
        'INVITE sip:bob@contoso.example SIP/2.0',
        'vIA: SIP/2.0/tcp 10.0.0.1:5060',
        'f: "Alice"',
        ' <sip:alice@contoso.example>;tag=1;epid=b6fcd26f5192',
        't: <sip:bob@contoso.example>;epid=',
        'i: c1',
        'CSEQ: 1 INVITE',
        'ms-text-format: text/plain; charset=UTF-8;msgr=WAAt;ms-body=SGk=',
      ),
    );
    assert.equal(outcome.kind, 'message');
    assert.equal(
      header(outcome.message ?? request, 'From'),
      '"Alice" <sip:alice@contoso.example>;tag=1;epid=b6fcd26f5192',
    );
  });

  for (const [what, message, field] of [
    ['without Via', withoutHeader(request, 'Via'), 'Via'],
    ['without From', withoutHeader(request, 'From'), 'From'],
    ['with two Tos', withHeaderFirst(request, 'To', '<sip:x@y>'), 'To'],
    ['with a CSeq of another method', alter('CSeq', '2 INVITE'), 'CSeq'],
    ['with a list in From', alter('From', '<sip:a@b>, <sip:c@d>'), 'From'],
    ['with an empty Call-ID', alter('Call-ID', ''), 'Call-ID'],
    ['with 256 Max-Forwards', alter('Max-Forwards', '256'), 'Max-Forwards'],
    ['with a broken Contact', alter('Contact', '<sip:a@b'), 'Contact'],
    ['with a broken Require', alter('Require', 'a b'), 'Require'],
    ['with headers in its Request-URI', { ...request, uri: 'sip:bob@contoso.example?a=b' }, 'start line'],
  ] as const) {
    it(`${what} is refused with 400 that names ${field}`, () => {
      const outcome = readMessage(writeMessage(message));
      assert.ok(outcome.kind === 'faulty');
      assert.deepEqual([outcome.fault.status, outcome.fault.field], [400, field]);
    });
  }

  it('is refused beyond each limit, with the status for it', () => {
    const start = 'MESSAGE sip:bob@contoso.example SIP/2.0';
    const small = { startLine: 60, head: 400, headers: 5, headerValue: 50, body: 4 };
    const status = (bytes: Buffer) => {
      const outcome = parseMessage(bytes, small);
      return outcome.kind === 'faulty' ? [outcome.fault.status, outcome.fault.field] : 'taken';
    };
    assert.deepEqual(status(lines(`MESSAGE sip:${'b'.repeat(60)} SIP/2.0`)), [414, 'start line']);
    assert.deepEqual(status(lines(start, ...Array.from({ length: 6 }, () => 'a: b'))), [513, 'headers']);
    assert.deepEqual(status(lines(start, `Subject: ${'x'.repeat(60)}`)), [513, 'Subject']);
    assert.deepEqual(status(lines(start, ...Array.from({ length: 5 }, () => `a: ${'b'.repeat(100)}`))), [
      513,
      'headers',
    ]);
    assert.deepEqual(status(Buffer.concat([lines(start, 'l: 5'), Buffer.from('12345')])), [513, 'body']);
    assert.equal(status(Buffer.concat([lines(start, 'l: 4'), Buffer.from('1234')])), 'taken');
  });

  for (const [what, line] of [
    ['a bare line feed', 'Subject: a\nRoute: <sip:evil@x>'],
    ['a bare carriage return', 'Subject: a\rRoute: <sip:evil@x>'],
    ['a line without colon', 'Subject'],
    ['a name with blanks', 'Sub ject: a'],
    ['a line without name', ': a'],
  ] as const) {
    it(`with ${what} is refused with 400`, () => {
      const outcome = parseMessage(lines('MESSAGE sip:bob@contoso.example SIP/2.0', line));
      assert.ok(outcome.kind === 'faulty');
      assert.equal(outcome.fault.status, 400);
    });
  }
});

describe('a fault', () => {
  it("does not even name a header of the peer's own making", () => {
    const outcome = parseMessage(
      lines('MESSAGE sip:bob@contoso.example SIP/2.0', `TOPSECRET: ${'x'.repeat(40_000)}`),
    );
    assert.ok(outcome.kind === 'faulty');
    assert.deepEqual([outcome.fault.status, outcome.fault.field], [513, 'unknown header']);
  });

  it('never quotes what the peer wrote', () => {
    const secret = 'TOPSECRET';
    fc.assert(
      fc.property(
        fc.constantFrom('Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Date', 'Route', secret),
        (name) => {
          const outcome = readMessage(writeMessage(withHeader(request, name, `<<${secret} "`)));
          if (outcome.kind === 'faulty') assert.ok(!JSON.stringify(outcome.fault).includes(secret));
        },
      ),
    );
  });
});

describe('a response', () => {
  it('carries the lines of its request untouched, and the tag that it is given', () => {
    const answer = respond(withHeader(request, 'Record-Route', '<sip:p;lr>'), 200, { toTag: 't' });
    assert.deepEqual(
      answer.headers.map(({ name, value }) => `${name}: ${value}`),
      [
        'Via: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1',
        'From: <sip:alice@contoso.example>;tag=1;epid=',
        'To: <sip:bob@contoso.example>;tag=t',
        'Call-ID: c1',
        'CSeq: 2 MESSAGE',
        'Record-Route: <sip:p;lr>',
      ],
    );
    assert.equal(header(respond(request, 100, { toTag: 't' }), 'To'), '<sip:bob@contoso.example>');
    const tagged = withHeader(request, 'To', '<sip:b@c>;tag=own');
    assert.equal(header(respond(tagged, 200, { toTag: 't' }), 'To'), '<sip:b@c>;tag=own');
  });

  it('to a faulty request names the field in its reason', () => {
    const answer = refuse(request, { status: 400, field: 'Date', detail: 'malformed' }, 't');
    assert.equal(answer.reason, 'Bad Request (Date: malformed)');
  });
});

describe('writing', () => {
  const value = fc.string({ unit: 'grapheme' }).map((text) => text.toWellFormed());

  it('comes back the same through the parser, and no value starts a header of its own', () => {
    fc.assert(
      fc.property(value, value, fc.uint8Array(), (subject, own, body) => {
        const message = { ...alter('Subject', subject), body };
        const written = writeMessage(withHeader(message, 'X-Own', own));
        const outcome = parseMessage(written);
        assert.ok(outcome.kind === 'message');
        const clean = (text: string) => text.replace(/[\r\n]+[ \t]*/g, ' ').replace(/^[ \t]+|[ \t]+$/g, '');
        assert.equal(header(outcome.message, 'Subject'), clean(subject));
        assert.equal(header(outcome.message, 'X-Own'), clean(own));
        assert.equal(outcome.message.headers.length, request.headers.length + 2);
        assert.deepEqual(Buffer.from(outcome.message.body), Buffer.from(body));
      }),
    );
  });

  it('writes a true Content-Length whatever the headers say, counted in bytes', () => {
    const written = writeMessage({
      ...request,
      headers: [...request.headers, { name: 'Content-Length', value: '999' }],
    });
    assert.equal(
      written
        .toString()
        .match(/Content-Length: .*/g)
        ?.join(),
      'Content-Length: 6',
    );
  });

  it('always writes a reason phrase', () => {
    const response = { ...respond(request, 299), reason: '' };
    assert.ok(writeMessage(response).toString().startsWith('SIP/2.0 299 OK\r\n'));
  });

  it('refuses what would be another message', () => {
    for (const broken of [
      { ...request, method: 'MESS AGE' },
      { ...request, uri: 'sip:a@b SIP/2.0\r\nVia: x' },
      { ...request, headers: [{ name: 'a b', value: '' }] },
      { ...respond(request, 200), status: 99 },
    ]) {
      assert.throws(() => writeMessage(broken), SipWriteError);
    }
  });
});

describe('reading garbage', () => {
  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readMessage(bytes)));
  });

  it('never throws on a message with some bytes changed', () => {
    const bytes = writeMessage(request);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, to] of changes) copy[at] = to;
        readMessage(copy);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes linear time', () => {
    const size = defaultLimits.head - 200;
    const start = process.cpuUsage();
    for (const filler of ['a:b\r\n', 'a:\r\n ', ' \r\n', '\r\n ', ':', '\t']) {
      readMessage(
        Buffer.from(`MESSAGE sip:b@c SIP/2.0\r\nx: ${filler.repeat(size / filler.length)}\r\n\r\n`),
      );
    }
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 1_500_000, `took ${user + system} µs of processor time`);
    assert.equal(noBody.length, 0);
  });
});
