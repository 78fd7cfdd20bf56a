import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMediaType } from '../headers/content-type.ts';
import { formatDiagnostics, formatWarning, parseDiagnostics } from '../headers/diagnostics.ts';
import { header } from '../message.ts';
import { SipWriteError } from '../write.ts';
import { formatImdn, formatMsImdn, type Imdn, parseImdn, parseMsImdn } from './imdn.ts';
import {
  formatIsComposing,
  formatKeyboardActivity,
  parseIsComposing,
  parseKeyboardActivity,
} from './is-composing.ts';
import { type Part, parseMultipart, writeMultipart } from './multipart.ts';
import { formatPidf, type Pidf, parsePidf } from './pidf.ts';
import { acceptTypes, attribute, formatSdp, messageMedia, messageSession, parseSdp } from './sdp.ts';
import { child, childText, readXml, writeXml } from './xml.ts';

/** What XML can hold: no controls, no lone surrogates. */
const xmlText = fc
  .string({ unit: 'grapheme' })
  .map((text) => text.toWellFormed().replace(/[\p{Cc}\ufffe\uffff]/gu, ''));

describe('XML', () => {
  const reason = (text: string, limits?: { size: number; depth: number; elements: number }): string => {
    const outcome = readXml(text, limits);
    return outcome.kind === 'faulty' ? outcome.reason : 'taken';
  };

  it('is read with namespaces, attributes and text', () => {
    const outcome = readXml(
      '\ufeff<?xml version="1.0"?><a xmlns="urn:a" x="1 &amp; 2"><!-- c --><b:c xmlns:b="urn:b">t<![CDATA[<x>]]></b:c></a>',
    );
    assert.ok(outcome.kind === 'element');
    const { root } = outcome;
    assert.deepEqual([root.name, root.namespace, { ...root.attributes }], ['a', 'urn:a', { x: '1 & 2' }]);
    assert.equal(childText(root, 'c'), 't<x>');
    assert.equal(child(root, 'c', 'urn:other'), undefined);
  });

  it('with a document type is refused, entities or not', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>';
    assert.equal(reason(bomb), 'has a document type');
    assert.equal(reason('<!DOCTYPE a><a/>'), 'has a document type');
    assert.equal(reason('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), 'has a document type');
    assert.equal(reason('<a>&b;</a>'), 'malformed');
  });

  it('that is too deep, too long or has too many elements is refused', () => {
    assert.equal(reason('<a>'.repeat(100_000)), 'too deep');
    assert.equal(reason(`<a>${'x'.repeat(600_000)}</a>`), 'too large');
    assert.equal(reason(`<a>${'<b/>'.repeat(30_000)}</a>`), 'too large');
  });

  it('attributes called like parts of objects are only attributes', () => {
    const outcome = readXml('<a __proto__="x" constructor="y"/>');
    assert.ok(outcome.kind === 'element');
    assert.equal(outcome.root.attributes['constructor'], 'y');
    assert.equal(outcome.root.attributes['toString'], undefined);
  });

  it('comes back the same from what is written', () => {
    fc.assert(
      fc.property(xmlText, xmlText, (value, text) => {
        const outcome = readXml(
          writeXml({ name: 'a', attributes: { value }, content: [{ name: 'b', content: text }] }),
        );
        assert.ok(outcome.kind === 'element');
        assert.equal(outcome.root.attributes['value'], value);
        assert.equal(child(outcome.root, 'b')?.text, text);
      }),
    );
  });

  it('that is garbage never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void readXml(text)));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'<a/>&;"= ![]xmlns:-?'.split(''))),
        (all) => void readXml(all.join('')),
      ),
    );
  });
});

describe('PIDF', () => {
  const note = fc.record({ language: fc.constantFrom('', 'en'), text: xmlText }, { noNullPrototype: true });

  it("reads what linphone and RFC 3863's example say", () => {
    const pidf = parsePidf(`<?xml version="1.0" encoding="UTF-8"?>
      <impp:presence xmlns:impp="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
        xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:someone@example.com">
        <impp:tuple id="sg89ae">
          <impp:status><impp:basic>open</impp:basic></impp:status>
          <impp:contact priority="0.8">tel:+09012345678</impp:contact>
          <impp:timestamp>2001-10-27T16:49:29Z</impp:timestamp>
        </impp:tuple>
        <impp:note xml:lang="en">out for lunch</impp:note>
        <dm:person id="p1"><rpid:activities><rpid:busy/><rpid:note>x</rpid:note></rpid:activities></dm:person>
      </impp:presence>`);
    assert.deepEqual(pidf, {
      entity: 'pres:someone@example.com',
      tuples: [
        {
          id: 'sg89ae',
          basic: 'open',
          contact: { uri: 'tel:+09012345678', priority: '0.8' },
          notes: [],
          timestamp: '2001-10-27T16:49:29Z',
        },
      ],
      notes: [{ language: 'en', text: 'out for lunch' }],
      person: { id: 'p1', activities: ['busy'], notes: [] },
    });
  });

  it('comes back the same from what is written', () => {
    const pidf: fc.Arbitrary<Pidf> = fc.record(
      {
        entity: xmlText,
        tuples: fc.array(
          fc.record(
            {
              id: xmlText,
              basic: fc.constantFrom('open', 'closed', undefined),
              notes: fc.array(note, { maxLength: 2 }),
            },
            { noNullPrototype: true },
          ),
          { maxLength: 3 },
        ),
        notes: fc.array(note, { maxLength: 2 }),
        person: fc.record(
          {
            id: xmlText,
            activities: fc.array(fc.constantFrom('busy', 'on-the-phone')),
            notes: fc.array(note),
          },
          { noNullPrototype: true },
        ),
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(pidf, (each) => assert.deepEqual(parsePidf(formatPidf(each)), each)));
  });

  it('refuses other documents', () => {
    for (const other of ['', '<presence/>', '<presence xmlns="urn:ietf:params:xml:ns:pidf"/>', '<a>']) {
      assert.equal(parsePidf(other), undefined);
    }
  });
});

describe('typing', () => {
  it('is read and written in the standard form and in that of Microsoft', () => {
    const active = { state: 'active' as const, refresh: 90, contentType: 'text/plain' };
    assert.deepEqual(parseIsComposing(formatIsComposing(active)), active);
    assert.deepEqual(parseIsComposing(formatIsComposing({ state: 'idle' })), { state: 'idle' });
    assert.equal(
      parseKeyboardActivity('<KeyboardActivity><status status="type"/></KeyboardActivity>'),
      'type',
    );
    assert.equal(parseKeyboardActivity(formatKeyboardActivity('idle')), 'idle');
    assert.equal(
      parseKeyboardActivity('<KeyboardActivity><status status="dance"/></KeyboardActivity>'),
      undefined,
    );
    assert.equal(parseIsComposing('<isComposing/>'), undefined);
  });
});

describe('imdn', () => {
  it('comes back the same in each disposition', () => {
    const base = {
      messageId: 'Dfg"&<',
      dateTime: '2026-01-05T09:00:00Z',
      recipient: 'sip:bob@contoso.example',
    };
    const dispositions: readonly Imdn['disposition'][] = [
      { of: 'delivery', status: 'failed' },
      { of: 'display', status: 'displayed' },
      { of: 'processing', status: 'stored' },
    ];
    for (const disposition of dispositions) {
      assert.deepEqual(parseImdn(formatImdn({ ...base, disposition })), { ...base, disposition });
    }
  });

  it("names Microsoft's failed recipients", () => {
    const imdn = { messageId: '7', recipients: [{ uri: 'sip:bob@contoso.example', status: 486 }] };
    assert.deepEqual(parseMsImdn(formatMsImdn(imdn)), imdn);
    assert.equal(parseMsImdn('<imdn/>'), undefined);
    assert.equal(parseImdn(formatMsImdn(imdn)), undefined);
  });
});

describe('multipart', () => {
  const type = (boundary: string) =>
    parseMediaType(`multipart/mixed;boundary="${boundary}"`) ?? assert.fail();
  const parse = (text: string | Uint8Array, boundary = 'b') =>
    parseMultipart(type(boundary), Buffer.from(text));
  const bodies = (text: string, boundary?: string): readonly string[] | string => {
    const outcome = parse(text, boundary);
    return outcome.kind === 'parts'
      ? outcome.parts.map(({ body }) => Buffer.from(body).toString())
      : outcome.fault.detail;
  };

  it('gives its parts, preamble and epilogue dropped', () => {
    const text =
      'hello\r\n--b \r\nContent-Type: text/plain\r\nX:\r\n folded\r\n\r\none\r\n--b\r\n\r\n\r\ntwo\r\n\r\n--b--\r\nbye';
    assert.deepEqual(bodies(text), ['one', '\r\ntwo\r\n']);
    const outcome = parse(text);
    assert.equal(outcome.kind === 'parts' && outcome.parts[0] && header(outcome.parts[0], 'c'), 'text/plain');
  });

  it('knows a line that only begins like a boundary', () => {
    assert.deepEqual(bodies('--b\r\n\r\n--bc\r\nx\r\n--b-\r\n--b--'), ['--bc\r\nx\r\n--b-']);
  });

  it('with the boundary missing, the last missing, or empty is said to be so', () => {
    const missing = 'multipart without its last boundary';
    assert.equal(bodies(''), missing);
    assert.equal(bodies('--b\r\n\r\nx'), missing);
    assert.equal(bodies('--b\r\n\r\nx\r\n--b\r\n'), missing);
    assert.deepEqual(bodies('--b--'), []);
    assert.deepEqual(bodies('--b\r\n--b--'), ['']);
    assert.equal(bodies('--b\r\nno colon\r\n\r\nx\r\n--b--'), 'a part with malformed headers');
  });

  it('comes back the same, also padded for libpurple', () => {
    const part = fc.tuple(fc.uint8Array(), fc.boolean()).map(
      ([body, typed]): Part => ({
        headers: typed ? [{ name: 'Content-Type', value: 'text/plain' }] : [],
        body,
      }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.boolean(), (parts, padded) => {
        const outcome = parse(writeMultipart('b0undary', parts, { padded }), 'b0undary');
        assert.ok(outcome.kind === 'parts');
        const pad = padded ? '\r\n' : '';
        assert.deepEqual(
          outcome.parts.map(({ headers, body }) => [headers, Buffer.from(body)]),
          parts.map(({ headers, body }) => [headers, Buffer.concat([body, Buffer.from(pad)])]),
        );
      }),
    );
  });

  it('is not written with a boundary that stands in a part, nor with a malformed one', () => {
    assert.throws(() => writeMultipart('b', [{ headers: [], body: Buffer.from('x--b') }]), SipWriteError);
    assert.throws(() => writeMultipart('b\r\nx', []), SipWriteError);
  });

  it('never throws, takes linear time, and has no more parts than allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('--b', '\r\n', '--', 'x', ' ', ':')),
        (pieces) => void parse(pieces.join('')),
      ),
    );
    const start = process.cpuUsage();
    parse('\r\n--b'.repeat(200_000));
    const flood = parse(`${'--b\r\n\r\nx\r\n'.repeat(100_000)}--b--`);
    assert.ok(flood.kind === 'faulty' && flood.fault.status === 413);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 1_500_000, `took ${user + system} µs of processor time`);
  });
});

describe('SDP', () => {
  const sipe =
    'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 5060 sip null\r\na=accept-types:text/plain text/html image/gif\r\n';

  it('of an instant-messaging session is read and written', () => {
    const sdp = parseSdp(sipe);
    const media = sdp && messageMedia(sdp);
    assert.deepEqual([media?.port, media?.protocol, media?.formats], [5060, 'sip', ['null']]);
    assert.deepEqual(media && acceptTypes(media), ['text/plain', 'text/html', 'image/gif']);
    assert.equal(sdp && formatSdp(sdp), sipe);
    const own = messageSession({ address: '2001:db8::1', port: 5061, acceptTypes: ['text/plain'] });
    assert.deepEqual(parseSdp(formatSdp(own)), own);
    assert.ok(formatSdp(own).includes('c=IN IP6 2001:db8::1\r\n'));
  });

  it('keeps other media, finds attributes of both forms, takes bare line feeds', () => {
    const sdp = parseSdp(
      'v=0\ns=-\na=sendonly\nm=audio 49170/2 RTP/AVP 0 8\na=rtpmap:0 PCMU/8000\nm=x-ms-message 0 sip null\n',
    );
    assert.deepEqual(
      sdp?.media.map(({ kind, port }) => [kind, port]),
      [
        ['audio', 49170],
        ['x-ms-message', 0],
      ],
    );
    assert.equal(sdp && attribute(sdp.session, 'sendonly'), '');
    assert.equal(attribute(sdp?.media[0]?.lines ?? [], 'rtpmap'), '0 PCMU/8000');
    assert.equal(sdp && messageMedia(sdp)?.kind, 'x-ms-message');
  });

  it('that is none is refused, and garbage never throws', () => {
    for (const bad of [
      '',
      'v=1\r\n',
      's=-\r\n',
      'v=0\r\nnonsense\r\n',
      'v=0\r\nm=audio x RTP/AVP\r\n',
      'v=0\r\nm=audio\r\n',
      'v=0\rx=1',
    ]) {
      assert.equal(parseSdp(bad), undefined, JSON.stringify(bad));
    }
    fc.assert(fc.property(fc.string(), (text) => void parseSdp(`v=0\r\n${text}`)));
  });

  it('cannot be given a line of its own by a value', () => {
    const sdp = messageSession({ address: '127.0.0.1', port: 1, acceptTypes: ['x\r\nm=audio 1 RTP/AVP 0'] });
    assert.equal(parseSdp(formatSdp(sdp))?.media.length, 1);
  });
});

describe("Microsoft's diagnostics", () => {
  it('are read and written, the reason always in quotes', () => {
    const value = '1007;reason="Temporarily cannot route";source="fe1.contoso.example";ErrorType="x"';
    const parsed = parseDiagnostics(value);
    assert.deepEqual(
      [parsed?.code, parsed?.reason, parsed?.source],
      [1007, 'Temporarily cannot route', 'fe1.contoso.example'],
    );
    assert.equal(parsed && formatDiagnostics(parsed), value.replace('ErrorType', 'errortype'));
    assert.equal(formatDiagnostics({ code: 1, reason: 'Gone', params: [] }), '1;reason="Gone"');
    assert.equal(parseDiagnostics('x;reason="y"'), undefined);
    assert.equal(formatWarning(309, 'lcs.contoso.example', 'a "b"'), '309 lcs.contoso.example "a \\"b\\""');
  });
});
