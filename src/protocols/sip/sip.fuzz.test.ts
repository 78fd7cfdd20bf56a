import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertKeepsNothing, assertNoBlowUp, mutatedBytes, mutatedText } from '../../../test/kit/fuzz.ts';
import { parseCpim } from './body/cpim.ts';
import { parseImdn, parseMsImdn } from './body/imdn.ts';
import { parseIsComposing, parseKeyboardActivity } from './body/is-composing.ts';
import { parseMultipart } from './body/multipart.ts';
import { parsePidf } from './body/pidf.ts';
import { parseSdp } from './body/sdp.ts';
import { readXml } from './body/xml.ts';
import { parseBatchSubscribe } from './ms/batch-subscribe.ts';
import { parseCategories } from './ms/categories.ts';
import { parseConferenceInvitation } from './ms/conference-invitation.ts';
import { parseContactOperation, readAddedGroup } from './ms/contact-operation.ts';
import { parseContainerChanges } from './ms/containers.ts';
import { parseMsFault } from './ms/fault.ts';
import { readPresenceBatch } from './ms/presence-batch.ts';
import { parseProvisioning, parseProvisioningRequest } from './ms/provisioning.ts';
import { parsePublish } from './ms/publish.ts';
import { parseContactDelta, parseContactList, readGroupIds } from './ms/roaming-contacts.ts';
import { parseRoamingList, parseRoamingSelf } from './ms/roaming-self.ts';
import { readMessage } from './read.ts';
import { respond } from './respond.ts';
import { SipStream } from './stream.ts';
import { writeMessage } from './write.ts';

const lines = (...all: readonly string[]): string => all.join('\r\n');
const messages = [
  lines(
    'INVITE sip:bob@contoso.example;transport=tls SIP/2.0',
    'Via: SIP/2.0/TLS pool.contoso.example:5061;branch=z9hG4bK1.2;received=10.0.0.1;rport=5061, SIP/2.0/TCP [2001:db8::1]',
    'Record-Route: <sip:pool.contoso.example:5061;lr;ms-key-info="x">',
    'Max-Forwards: 70',
    'From: "Alice \\"A\\" Adams" <sip:alice@contoso.example>;tag=1;epid=ab',
    'To: <sip:bob@contoso.example>',
    'Call-ID: c1@contoso.example',
    'CSeq: 1 INVITE',
    'Contact: <sip:alice@10.0.0.1;gruu>;+sip.instance="<urn:uuid:1>";expires=60',
    'Supported: timer, ms-early-media',
    'Session-Expires: 600;refresher=uac',
    'Proxy-Authorization: NTLM qop="auth", realm="SIP Communications Service", targetname="p", crand="1", cnum="2", response="00"',
    'Content-Type: application/sdp',
    'Content-Length: 25',
    '',
    'v=0\r\no=- 0 0 IN IP4 a\r\n',
  ),
  lines(
    'SIP/2.0 480 Temporarily Unavailable',
    'v: SIP/2.0/TCP 10.0.0.1;branch=z9hG4bK3',
    'f: <sip:a@b.c>;tag=1',
    't: <sip:d@e.f>;tag=2',
    'i: x',
    'CSeq: 2 MESSAGE',
    'Retry-After: 120 (busy);duration=60',
    'ms-diagnostics: 15030;reason="Failed";source="pool"',
    'Date: Mon, 05 Jan 2026 09:00:00 GMT',
    'l: 0',
    '',
    '',
  ),
];
const documents = [
  '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:bob@contoso.example"><tuple id="t1"><status><basic>open</basic></status><contact priority="0.8">sip:bob@contoso.example</contact><timestamp>2026-01-05T09:00:00Z</timestamp></tuple><note>here</note></presence>',
  '<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:bob@contoso.example"><category name="state" instance="1" publishTime="2026-01-05T09:00:00" container="2" version="3" expireType="user"><state xmlns="http://schemas.microsoft.com/2006/09/sip/state" manual="true" xsi:type="userState" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><availability>3500</availability></state></category></categories>',
  '<publish xmlns="http://schemas.microsoft.com/2006/09/sip/rich-presence"><publications uri="sip:bob@contoso.example"><publication categoryName="note" instance="0" container="200" version="0" expireType="static"><note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal" uri="">x</body></note></publication></publications></publish>',
  '<roamingData xmlns="http://schemas.microsoft.com/2006/09/sip/roaming-self" xmlns:cat="http://schemas.microsoft.com/2006/09/sip/categories" xmlns:con="http://schemas.microsoft.com/2006/09/sip/containers" xmlns:sub="http://schemas.microsoft.com/2006/09/sip/presence-subscribers"><cat:categories uri="sip:b@c.d"/><con:containers><con:container id="0" version="0"><con:member type="everyone"/></con:container></con:containers><sub:subscribers/></roamingData>',
  '<contactList deltaNum="7"><group id="1" name="~" externalURI=""/><contact uri="a@b.c" name="" groups="1 " subscribed="true" externalURI=""/></contactList>',
  '<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:a@b.c" name=""><action name="subscribe" id="1"><adhocList><resource uri="sip:b@c.d"/></adhocList><categoryList xmlns="http://schemas.microsoft.com/2006/09/sip/categorylist"><category name="state"/></categoryList></action></batchSub>',
  '<provisionGroupList xmlns="http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification"><provisionGroup name="ServerConfiguration"><ucMaxVideoRateAllowed>VGA</ucMaxVideoRateAllowed></provisionGroup></provisionGroupList>',
  '<Conferencing version="2.0"><focus-uri>sip:a@b.c;gruu;opaque=app:conf:focus:id:1</focus-uri><subject/><im available="true"/></Conferencing>',
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><m:setContact xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><m:displayName/><m:groups>1</m:groups><m:URI>a@b.c</m:URI><m:deltaNum>3</m:deltaNum></m:setContact></SOAP-ENV:Body></SOAP-ENV:Envelope>',
  '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state><refresh>90</refresh></isComposing>',
];
const xmlParsers: readonly ((text: string) => unknown)[] = [
  readXml,
  parsePidf,
  parseCategories,
  parsePublish,
  parseRoamingList,
  parseRoamingSelf,
  parseContactList,
  parseContactDelta,
  readGroupIds,
  parseBatchSubscribe,
  parseProvisioning,
  parseProvisioningRequest,
  parseConferenceInvitation,
  parseContactOperation,
  readAddedGroup,
  parseContainerChanges,
  parseMsFault,
  parseImdn,
  parseMsImdn,
  parseIsComposing,
  parseKeyboardActivity,
];
const boundary = 'b1';
const multipart = lines(
  `--${boundary}`,
  'Content-Type: application/rlmi+xml',
  'Content-Transfer-Encoding: binary',
  'Content-ID: <1>',
  '',
  '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:a@b.c" version="0" fullState="false"><resource uri="sip:b@c.d"/></list>',
  `--${boundary}`,
  'Content-Type: application/msrtc-event-categories+xml',
  '',
  documents[1] ?? '',
  `--${boundary}--`,
  '',
);
const mixed = { type: 'multipart', subtype: 'mixed', params: [{ name: 'boundary', value: boundary }] };
const presenceBatch = `multipart/related;type="application/rlmi+xml";start="<1>";boundary="${boundary}"`;
const cpim = lines(
  'From: <im:a@b.c>',
  'DateTime: 2026-01-05T09:00:00Z',
  'NS: imdn <urn:ietf:params:imdn>',
  '',
  'Content-Type: text/plain',
  '',
  'hi',
);
const sdp = lines(
  'v=0',
  'o=- 0 0 IN IP4 10.0.0.1',
  's=session',
  'c=IN IP4 10.0.0.1',
  't=0 0',
  'm=message 5060 sip null',
  'a=accept-types:text/plain',
  '',
);

function streamed(bytes: Uint8Array, size: number): number {
  const stream = new SipStream({ opened: 'there' });
  let found = 0;
  for (let from = 0; from < bytes.length; from += size) {
    stream.push(bytes.subarray(from, from + size));
    for (let steps = 0; ; steps++) {
      assert.ok(steps <= bytes.length, 'it makes headway');
      const item = stream.next();
      if (item.kind === 'partial') break;
      if (item.kind === 'broken') return found;
      found += 1;
    }
  }
  return found;
}

describe('a damaged SIP message', () => {
  it('is read, or its fault is told; what was read can be written and answered', () => {
    fc.assert(
      fc.property(mutatedBytes(...messages), (bytes) => {
        const parsed = readMessage(bytes);
        if (parsed.kind !== 'message') return;
        const again = writeMessage(parsed.message);
        assert.ok(again.length > 0);
        if (parsed.message.kind === 'request') writeMessage(respond(parsed.message, 200));
      }),
      { numRuns: 600 },
    );
  });

  it('neither stops nor breaks the reader of a stream, in pieces of any size', () => {
    fc.assert(
      fc.property(
        mutatedBytes(messages.join('\r\n\r\n')),
        fc.integer({ min: 1, max: 700 }),
        (bytes, size) => {
          streamed(bytes, size);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes no longer than its length explains', () => {
    const [invite = ''] = messages;
    assertNoBlowUp(
      (size) => void readMessage(Buffer.from(`${invite.slice(0, 60)}${'a: b\r\n'.repeat(size)}`)),
      100,
    );
    assertNoBlowUp(
      (size) => void readMessage(Buffer.from(`INVITE sip:${'a;'.repeat(size)}@b SIP/2.0\r\n\r\n`)),
      500,
    );
    assertNoBlowUp((size) => void streamed(Buffer.from('\r\n'.repeat(size)), 7), 2_000);
    assertNoBlowUp(
      (size) =>
        void readMessage(
          Buffer.from(`SIP/2.0 200 OK\r\nFrom: "${'\\"'.repeat(size)}\r\nVia: ${','.repeat(size)}\r\n\r\n`),
        ),
      500,
    );
  });

  it('leaves nothing behind', () => {
    const bytes = Buffer.from(messages.join(''));
    assertKeepsNothing(() => void streamed(bytes, 100));
  });
});

describe('a damaged body', () => {
  it('is read, or is none', () => {
    fc.assert(
      fc.property(mutatedText(...documents), (text) => {
        for (const parse of xmlParsers) parse(text);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(mutatedBytes(multipart, cpim, sdp), (bytes) => {
        parseMultipart(mixed, bytes);
        readPresenceBatch(presenceBatch, bytes);
        parseCpim(bytes);
        parseSdp(bytes.toString('latin1'));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(mutatedText(presenceBatch), (type) => void readPresenceBatch(type, Buffer.from(multipart))),
    );
  });

  it('takes no longer than its length explains', () => {
    const parts = `--${boundary}\r\nContent-Type: a/b\r\n\r\n`;
    assertNoBlowUp((size) => void parseMultipart(mixed, Buffer.from(parts.repeat(size))), 20);
    assertNoBlowUp((size) => void parseMultipart(mixed, Buffer.from(`\r\n--b`.repeat(size))), 1_000);
    assertNoBlowUp((size) => void parseSdp('a=x\r\n'.repeat(size)), 500);
    for (const make of [
      (size: number) => '<a>'.repeat(size),
      (size: number) => `<a ${'b="c" '.repeat(size)}/>`,
      (size: number) => `<a>${'&amp;'.repeat(size)}</a>`,
      (size: number) => `<a>${'<b/>'.repeat(size)}</a>`,
      (size: number) => `<a ${Array.from({ length: size }, (_, n) => `xmlns:n${n}="u${n}"`).join(' ')}/>`,
    ])
      assertNoBlowUp((size) => void readXml(make(size)), 400);
  });
});
