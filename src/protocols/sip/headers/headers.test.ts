import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { splitList } from '../lexical.ts';
import { accepts, formatMediaType, parseAccept, parseMediaType } from './content-type.ts';
import { parseCSeq } from './cseq.ts';
import { formatDate, parseDate } from './date.ts';
import { formatEvent, formatSubscriptionState, parseEvent, parseSubscriptionState } from './event.ts';
import { epidOf, formatNameAddr, parseContacts, parseNameAddr, parseNameAddrs, tagOf } from './name-addr.ts';
import { knownName } from './names.ts';
import { parseMaxForwards, parseQ, parseRetryAfter, parseSeconds } from './numbers.ts';
import { formatParams, type Param, param, parseParams, withParam } from './params.ts';
import { branchOf, formatVia, parseVia, parseVias } from './via.ts';

const token = fc.stringMatching(/^[A-Za-z0-9\-.!%*_+`'~]{1,12}$/);
const text = fc.string({ unit: 'grapheme' }).map((value) => value.toWellFormed().replace(/[\r\n]/g, ''));
const paramOf: fc.Arbitrary<Param> = fc.oneof(
  token.map((name) => ({ name: name.toLowerCase() })),
  fc.tuple(token, text).map(([name, value]) => ({ name: name.toLowerCase(), value, quoted: true as const })),
  fc.tuple(token, token).map(([name, value]) => ({ name: name.toLowerCase(), value })),
);

describe('header names', () => {
  it('have one spelling whatever their case or compact form', () => {
    for (const written of ['call-id', 'CALL-ID', 'Call-ID', 'i', 'I'])
      assert.equal(knownName(written), 'Call-ID');
    assert.equal(knownName('o'), 'Event');
    assert.equal(knownName('X-Unheard-Of'), undefined);
    assert.equal(knownName('constructor'), undefined);
  });
});

describe('parameters', () => {
  it('are read with blanks around every sign and quotes resolved', () => {
    assert.deepEqual(parseParams(' ; Tag = x ;flag; q="a;\\"b" ', 0), [
      { name: 'tag', value: 'x' },
      { name: 'flag' },
      { name: 'q', value: 'a;"b', quoted: true },
    ]);
  });

  it("take Microsoft's empty epid", () =>
    assert.deepEqual(parseParams(';epid=', 0), [{ name: 'epid', value: '' }]));

  for (const bad of [';', ';;a', ';=x', ';a="x', 'a=b', ';a=b c', ';a=b"c"']) {
    it(`refuse ${bad}`, () => assert.equal(parseParams(bad, 0), undefined));
  }

  it('come back the same from what is written', () => {
    fc.assert(
      fc.property(fc.array(paramOf), (params) => {
        assert.deepEqual(parseParams(formatParams(params), 0), params);
      }),
    );
  });

  it('are replaced in their place', () => {
    assert.deepEqual(withParam([{ name: 'a' }, { name: 'b' }], { name: 'a', value: '1' }), [
      { name: 'a', value: '1' },
      { name: 'b' },
    ]);
    assert.deepEqual(withParam([], { name: 'a' }), [{ name: 'a' }]);
  });
});

describe('lists', () => {
  it('split outside quotes and angle brackets only', () => {
    assert.deepEqual(splitList('"a, b" <sip:x,y@z>;p="1,2", <sip:q@z>'), [
      '"a, b" <sip:x,y@z>;p="1,2"',
      '<sip:q@z>',
    ]);
    assert.deepEqual(splitList(''), []);
  });

  for (const bad of ['a,,b', ',a', 'a,', '"a, b', '<a, b']) {
    it(`refuse ${bad}`, () => assert.equal(splitList(bad), undefined));
  }
});

describe('name-addr', () => {
  it('keeps display name, URI and parameters apart', () => {
    const from = parseNameAddr('"Adams, \\"Al\\"" <sip:alice@contoso.example;gruu>;tag=1;epid=ab');
    assert.deepEqual(from, {
      display: 'Adams, "Al"',
      uri: 'sip:alice@contoso.example;gruu',
      params: [
        { name: 'tag', value: '1' },
        { name: 'epid', value: 'ab' },
      ],
    });
    assert.equal(tagOf(from), '1');
    assert.equal(from === undefined ? undefined : epidOf(from), 'ab');
  });

  it('gives the parameters of a bare URI to the header', () => {
    assert.deepEqual(parseNameAddr('sip:a@b;tag=1'), {
      display: '',
      uri: 'sip:a@b',
      params: [{ name: 'tag', value: '1' }],
    });
  });

  it('has no URI in a quoted bracket', () => {
    assert.equal(parseNameAddr('"<sip:evil@x>" <sip:a@b>')?.uri, 'sip:a@b');
    assert.equal(parseNameAddr('"<sip:evil@x>"'), undefined);
  });

  for (const bad of [
    '',
    '<>',
    'alice',
    '<alice>',
    '"a <sip:a@b>',
    'a@b <sip:a@b>',
    '<sip:a@b',
    'sip:a@b?x=y',
    '<sip:a@b>x',
    '<sip:a b@c>',
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(parseNameAddr(bad), undefined));
  }

  it('comes back the same, whatever the display name tries', () => {
    fc.assert(
      fc.property(text, fc.array(paramOf), (display, params) => {
        const written = formatNameAddr({ display, uri: 'sip:a@b.example', params });
        assert.ok(!/[\r\n]/.test(written));
        assert.deepEqual(parseNameAddr(written), { display, uri: 'sip:a@b.example', params });
      }),
    );
  });

  it('cannot be made to start a header of its own', () => {
    const written = formatNameAddr({ display: 'a"\r\nRoute: <sip:evil@x>', uri: 'sip:a@b', params: [] });
    assert.ok(!/[\r\n]/.test(written));
    assert.equal(parseNameAddrs(written)?.length, 1);
  });

  it('in Contact is a list or all bindings', () => {
    assert.deepEqual(parseContacts('*'), { kind: 'all' });
    const contacts = parseContacts('<sip:a@b>;q=0.5, "c, d" <sip:e@f>');
    assert.equal(contacts?.kind === 'list' && contacts.contacts.length, 2);
    assert.equal(parseContacts('<sip:a@b>, x'), undefined);
  });
});

describe('Via', () => {
  it('is read with and without branch and port', () => {
    const via = parseVia('SIP/2.0/tls 10.0.0.1:5061;branch=z9hG4bK1;received=10.0.0.2;ms-received-port=5');
    assert.deepEqual([via?.transport, via?.host, via?.port], ['TLS', '10.0.0.1', 5061]);
    assert.equal(via && branchOf(via), 'z9hG4bK1');
    const bare = parseVia('SIP/2.0/TCP host');
    assert.equal(bare && branchOf(bare), undefined);
    assert.equal(bare?.port, undefined);
  });

  for (const bad of [
    '',
    'SIP/2.0',
    'SIP/2.0/TCP',
    'SIP/3.0/TCP a',
    'HTTP/2.0/TCP a',
    'SIP/2.0/TCP a b',
    'SIP/2.0/TCP a;;',
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(parseVia(bad), undefined));
  }

  it('comes back the same', () => {
    fc.assert(
      fc.property(fc.constantFrom('UDP', 'TCP', 'TLS'), fc.array(paramOf), (transport, params) => {
        const via = { transport, host: '[2001:db8::9]', port: 5060, params };
        assert.deepEqual(parseVias(formatVia(via)), [via]);
      }),
    );
  });
});

describe('small headers', () => {
  it('CSeq stays below 2^31', () => {
    assert.deepEqual(parseCSeq('2147483647 INVITE'), { number: 2147483647, method: 'INVITE' });
    for (const bad of ['2147483648 INVITE', '-1 INVITE', '1', '1 ', 'INVITE', '1 IN VITE', '1.0 X']) {
      assert.equal(parseCSeq(bad), undefined, bad);
    }
  });

  it('media types compare without case and keep their parameters', () => {
    const type = parseMediaType('Text/Plain; charset=UTF-8;msgr=WAAt');
    assert.deepEqual(
      [type?.type, type?.subtype, param(type?.params ?? [], 'charset')],
      ['text', 'plain', 'UTF-8'],
    );
    assert.equal(type && formatMediaType(type), 'text/plain;charset=UTF-8;msgr=WAAt');
    for (const bad of ['', 'text', 'text/', '/plain', 'a/b/c', 'text/plain;;'])
      assert.equal(parseMediaType(bad), undefined, bad);
    assert.ok(accepts(parseAccept('text/*, application/sdp;q=0.5') ?? [], 'text/html'));
    assert.ok(!accepts(parseAccept('text/*') ?? [], 'application/sdp'));
  });

  it('Event and Subscription-State are read and written', () => {
    assert.deepEqual(parseEvent('presence;id=7'), { package: 'presence', id: '7' });
    assert.equal(formatEvent({ package: 'presence', id: '7' }), 'presence;id=7');
    const state = parseSubscriptionState('Terminated;reason=NoResource;retry-after=30;expires=junk');
    assert.deepEqual(state, { state: 'terminated', reason: 'noresource', retryAfter: 30 });
    assert.equal(formatSubscriptionState({ state: 'active', expires: 60 }), 'active;expires=60');
    assert.equal(parseSubscriptionState(';expires=1'), undefined);
  });

  it('numbers out of range are none', () => {
    assert.equal(parseSeconds('4294967295'), 4294967295);
    assert.equal(parseSeconds('4294967296'), undefined);
    assert.equal(parseMaxForwards('256'), undefined);
    assert.equal(parseRetryAfter('18000;duration=3600'), 18000);
    assert.equal(parseRetryAfter('120 (in a meeting)'), 120);
    assert.deepEqual(['0.5', '1', '2', undefined, 'x'].map(parseQ), [0.5, 1, 1, 1, 1]);
  });

  it('Date is GMT only', () => {
    assert.equal(parseDate('Sat, 13 Nov 2010 23:29:00 GMT'), Date.UTC(2010, 10, 13, 23, 29));
    for (const bad of [
      'Sat, 13 Nov 2010 23:29:00 EST',
      'Sat, 31 Feb 2010 23:29:00 GMT',
      '',
      'Sat, 13 Foo 2010 23:29:00 GMT',
    ]) {
      assert.equal(parseDate(bad), undefined, bad);
    }
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000;
        assert.equal(parseDate(formatDate(seconds)), seconds);
      }),
    );
  });
});

describe('every header parser', () => {
  const parsers = {
    parseNameAddr,
    parseNameAddrs,
    parseContacts,
    parseVias,
    parseCSeq,
    parseMediaType,
    parseEvent,
    parseSubscriptionState,
    parseDate,
  };

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (garbage) => {
        for (const parse of Object.values(parsers)) parse(garbage);
      }),
    );
  });

  it('takes linear time on what makes backtracking parsers stall', () => {
    const size = 100_000;
    const traps = [
      ' '.repeat(size),
      ';'.repeat(size),
      ';a='.repeat(size),
      '"'.repeat(size),
      '<'.repeat(size),
      ','.repeat(size),
      '\\'.repeat(size),
      `"${'\\"'.repeat(size)}`,
      `SIP/2.0/TCP ${' '.repeat(size)}x y`,
      'a '.repeat(size),
      '<sip:a@b>,'.repeat(size),
    ];
    const start = process.cpuUsage();
    for (const trap of traps) for (const parse of Object.values(parsers)) parse(trap);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 4_000_000, `took ${user + system} µs of processor time`);
  });
});
