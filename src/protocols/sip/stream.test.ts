import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bodyText } from './message.ts';
import { SipStream, type StreamItem } from './stream.ts';

function message(n: number, body = '', extra: readonly string[] = []): string {
  return [
    'MESSAGE sip:bob@contoso.example SIP/2.0',
    'Via: SIP/2.0/TCP 10.0.0.1',
    'From: <sip:alice@contoso.example>;tag=1',
    'To: <sip:bob@contoso.example>',
    `Call-ID: c${n}`,
    `CSeq: ${n} MESSAGE`,
    ...extra,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** Everything but `partial`, whose number depends on the chunks. */
function items(chunks: readonly Uint8Array[], opened: 'here' | 'there' = 'there'): readonly StreamItem[] {
  const stream = new SipStream({ opened });
  const all: StreamItem[] = [];
  for (const chunk of chunks) {
    const copy = Uint8Array.from(chunk);
    stream.push(copy);
    for (;;) {
      const item = stream.next();
      if (item.kind === 'partial') break;
      all.push(item);
      if (item.kind === 'broken') return all;
    }
    copy.fill(0x41);
  }
  return all;
}

const kinds = (text: string, opened: 'here' | 'there' = 'there'): readonly string[] =>
  items([Buffer.from(text)], opened).map(({ kind }) => kind);

function cut(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const places = [0, ...at.map((place) => place % bytes.length).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

describe('a stream of messages', () => {
  it('gives each message by its Content-Length', () => {
    const all = items([Buffer.from(message(1, 'one') + message(2) + message(3, 'drei\r\n\r\nMESSAGE'))]);
    assert.deepEqual(
      all.map((item) => item.kind === 'message' && bodyText(item.message)),
      ['one', '', 'drei\r\n\r\nMESSAGE'],
    );
  });

  it('gives the same whatever the chunks, with pings, faulty messages and a broken end', () => {
    const whole = Buffer.from(
      `${message(1, 'ünë')}\r\n\r\n${message(2, '', ['Date: never'])}\r\n${message(3, 'x'.repeat(500))}\r\n\r\n\r\n\r\n${message(4)}` +
        'MESSAGE sip:b@c SIP/2.0\r\nContent-Length: -1\r\n\r\nlost',
    );
    const expected = items([whole]);
    assert.deepEqual(
      expected.map(({ kind }) => kind),
      ['message', 'ping', 'faulty', 'message', 'ping', 'ping', 'message', 'broken'],
    );
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (places) => {
        assert.deepEqual(items(cut(whole, places)), expected);
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(items(Array.from(whole, (byte) => Uint8Array.of(byte))), expected);
  });

  it('says how much waits for its rest, also when the head alone is there', () => {
    const stream = new SipStream({ opened: 'there' });
    assert.deepEqual(stream.next(), { kind: 'partial', pending: 0 });
    stream.push(Buffer.from('MESS'));
    assert.deepEqual(stream.next(), { kind: 'partial', pending: 4 });
    stream.push(Buffer.from(message(1, 'body').slice(4, -4)));
    const head = stream.next();
    assert.ok(head.kind === 'partial' && head.pending > 0);
    stream.push(Buffer.from('body'));
    assert.equal(stream.next().kind, 'message');
    assert.deepEqual(stream.next(), { kind: 'partial', pending: 0 });
  });
});

describe('keep-alive', () => {
  it('is a ping to who accepted the connection, a pong to who opened it', () => {
    assert.deepEqual(kinds('\r\n\r\n'), ['ping']);
    assert.deepEqual(kinds('\r\n'), []);
    assert.deepEqual(kinds('\r\n', 'here'), ['pong']);
    assert.deepEqual(kinds(`\r\n${message(1)}\r\n${message(2)}`), ['message', 'message']);
  });
});

describe('a faulty message', () => {
  it('does not disturb those behind it', () => {
    assert.deepEqual(kinds(message(1, 'a', ['Max-Forwards: 999']) + message(2)), ['faulty', 'message']);
  });

  for (const [what, text, status] of [
    ['a negative Content-Length', 'MESSAGE sip:b@c SIP/2.0\r\nl: -1\r\n\r\n', 400],
    ['two Content-Lengths', 'MESSAGE sip:b@c SIP/2.0\r\nl: 1\r\nl: 1\r\n\r\n', 400],
    ['a body of unknown length', 'MESSAGE sip:b@c SIP/2.0\r\nc: text/plain\r\n\r\n', 400],
    ['a body beyond the limit', 'MESSAGE sip:b@c SIP/2.0\r\nl: 1048577\r\n\r\n', 513],
    ['a line that could be its Content-Length', 'MESSAGE sip:b@c SIP/2.0\r\nContent-Length 5\r\n\r\n', 400],
    [
      'more headers than were read',
      `MESSAGE sip:b@c SIP/2.0\r\nl: 0\r\n${'a: b\r\n'.repeat(300)}l: 5\r\n\r\n`,
      513,
    ],
    ['no start line', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a head without end', `MESSAGE sip:b@c SIP/2.0\r\nx: ${'y'.repeat(70_000)}`, 513],
  ] as const) {
    it(`with ${what} breaks the stream with ${status}`, () => {
      const all = items([Buffer.from(text + message(1))]);
      const last = all.at(-1);
      assert.equal(all.length, 1);
      assert.ok(last?.kind === 'broken');
      assert.equal(last.fault.status, status);
    });
  }

  it('with a line that is no header is passed over where its length is known', () => {
    assert.deepEqual(kinds(message(1, 'a', ['no header']) + message(2)), ['faulty', 'message']);
  });

  it('leaves a broken stream broken', () => {
    const stream = new SipStream({ opened: 'there' });
    stream.push(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    assert.equal(stream.next().kind, 'broken');
    stream.push(Buffer.from(message(1)));
    assert.equal(stream.next().kind, 'broken');
  });
});

describe('garbage', () => {
  it('never throws and never hangs', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array(), { maxLength: 20 }), (chunks) => void items(chunks)));
  });

  it('in single bytes takes linear time', () => {
    const bytes = Buffer.from(`MESSAGE sip:b@c SIP/2.0\r\nx: ${'y'.repeat(60_000)}`);
    const stream = new SipStream({ opened: 'there' });
    const start = process.cpuUsage();
    for (const byte of bytes) {
      stream.push(Uint8Array.of(byte));
      assert.equal(stream.next().kind, 'partial');
    }
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 1_500_000, `took ${user + system} µs of processor time`);
  });
});
