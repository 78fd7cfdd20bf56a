import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  challenge,
  type DigestRealm,
  digestCredentials,
} from '../../src/protocols/sip/auth/digest-server.ts';
import { Nonces } from '../../src/protocols/sip/auth/nonces.ts';
import { parseMediaType } from '../../src/protocols/sip/headers/content-type.ts';
import { parseCSeq } from '../../src/protocols/sip/headers/cseq.ts';
import { parseContacts, parseNameAddr } from '../../src/protocols/sip/headers/name-addr.ts';
import { parseMaxForwards } from '../../src/protocols/sip/headers/numbers.ts';
import { param } from '../../src/protocols/sip/headers/params.ts';
import { branchOf, parseVias } from '../../src/protocols/sip/headers/via.ts';
import { type Capabilities, inspectRequest, isForEndpoint } from '../../src/protocols/sip/inspect.ts';
import { bodyText, header, headerLines, type SipMessage } from '../../src/protocols/sip/message.ts';
import { readMessage } from '../../src/protocols/sip/read.ts';
import { refuse } from '../../src/protocols/sip/respond.ts';
import { SipStream } from '../../src/protocols/sip/stream.ts';
import { parseUri, type SipUri, uriParam } from '../../src/protocols/sip/uri.ts';
import { writeMessage } from '../../src/protocols/sip/write.ts';
import { referencePath, withReference } from '../kit/reference.ts';

interface Case {
  readonly name: string;
  readonly sha256: string;
}

const folder = 'data/rfc4475/';

const endpoint: Capabilities = {
  methods: ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'MESSAGE'],
  schemes: ['sip', 'sips', 'tel'],
  extensions: [],
  contentTypes: ['application/sdp', 'text/plain', 'multipart/mixed'],
  answers: ['application/sdp'],
};

const realm: DigestRealm = {
  role: 'server',
  realm: 'example.com',
  algorithms: ['SHA-256', 'MD5'],
  nonces: new Nonces({
    clock: { now: () => 0 },
    key: Buffer.alloc(32, 1),
    lifetimeMs: 60_000,
    max: 10,
    random: () => 'unguessable',
  }),
};

const load = (name: string): Buffer => readFileSync(referencePath(`${folder}${name}.dat`));

function valid(name: string): SipMessage {
  const outcome = readMessage(load(name));
  assert.equal(outcome.kind, 'message', outcome.kind === 'faulty' ? JSON.stringify(outcome.fault) : '');
  assert.ok(outcome.message !== undefined);
  return outcome.message;
}

function sip(text: string | undefined): SipUri {
  const uri = parseUri(text ?? '');
  assert.equal(uri?.kind, 'sip');
  return uri;
}

const address = (message: SipMessage, name: string) => {
  const parsed = parseNameAddr(header(message, name) ?? '');
  assert.ok(parsed !== undefined);
  return parsed;
};

const contacts = (message: SipMessage) =>
  headerLines(message, 'Contact').flatMap((line) => {
    const parsed = parseContacts(line);
    assert.equal(parsed?.kind, 'list');
    return parsed.contacts;
  });

const vias = (message: SipMessage) => headerLines(message, 'Via').flatMap((line) => parseVias(line) ?? []);

/** Section 3.1.1 and what else is well-formed: each says what RFC 4475 wants to be understood. */
const wellFormed: Readonly<Record<string, (message: SipMessage) => void>> = {
  wsinv(message) {
    assert.deepEqual(
      vias(message).map((via) => [via.transport, via.host, branchOf(via)]),
      [
        ['UDP', '192.0.2.2', '390skdjuw'],
        ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
        ['UDP', '192.168.255.111', 'z9hG4bK30239'],
      ],
    );
    assert.deepEqual(address(message, 'To'), {
      display: '',
      uri: 'sip:vivekg@chair-dnrc.example.com',
      params: [{ name: 'tag', value: '1918181833n' }],
    });
    assert.equal(address(message, 'From').display, 'J Rosenberg \\"');
    assert.deepEqual(parseCSeq(header(message, 'CSeq') ?? ''), { number: 9, method: 'INVITE' });
    assert.equal(parseMaxForwards(header(message, 'Max-Forwards') ?? ''), 68);
    assert.equal(header(message, 'Subject'), '');
    assert.equal(header(message, 'newfangledheader'), 'newfangled value continued newfangled value');
    const [contact] = contacts(message);
    assert.equal(contact?.display, 'Quoted string ""');
    assert.equal(param(contact?.params ?? [], 'newparam'), 'newvalue');
    assert.equal(param(contact?.params ?? [], 'q'), '0.33');
    assert.equal(sip(address(message, 'Route').uri).params.length, 3);
    assert.equal(message.body.length, 150);
  },
  intmeth(message) {
    assert.equal(message.kind === 'request' && message.method, "!interesting-Method0123456789_*+`.%indeed'~");
    const uri = sip(message.kind === 'request' ? message.uri : '');
    assert.equal(uri.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    assert.equal(uri.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    assert.equal(address(message, 'To').display, 'BEL:\u0007 NUL:\u0000 DEL:\u007f');
    assert.equal(address(message, 'From').display, "token1~` token2'+_ token3*%!.-");
    assert.equal(param(address(message, 'From').params, "fromparam''~+*_!.-%"), 'работающий');
    assert.equal(header(message, "extensionHeader-!.%*+_`'~"), '\ufeff大停電');
  },
  esc01(message) {
    assert.equal(sip(message.kind === 'request' ? message.uri : '').user, 'sips%3Auser%40example.com');
    const [contact] = contacts(message);
    assert.equal(uriParam(sip(contact?.uri), 'lr'), '');
    assert.equal(uriParam(sip(contact?.uri), 'name'), 'value%41');
  },
  escnull(message) {
    assert.deepEqual(
      contacts(message).map(({ uri }) => sip(uri).user),
      ['%00', '%00%00'],
    );
  },
  esc02(message) {
    assert.equal(message.kind === 'request' && message.method, 'RE%47IST%45R');
    assert.equal(address(message, 'To').display, '%Z%45');
    assert.equal(contacts(message).length, 2, 'an escaped header name is another header');
    assert.equal(header(message, 'C%6Fntact'), '<sip:alias2@host2.example.com>');
    assert.equal(message.kind === 'request' && inspectRequest(message, endpoint)?.status, 501);
  },
  lwsdisp: (message) => assert.equal(address(message, 'From').display, 'caller'),
  longreq(message) {
    assert.equal(vias(message).length, 34);
    assert.equal(vias(message)[0]?.host, 'sip33.example.com');
    assert.equal(vias(message)[33]?.host, 'host.example.com');
    assert.equal(message.body.length, 150);
  },
  dblreq(message) {
    assert.equal(message.kind === 'request' && message.method, 'REGISTER');
    assert.equal(header(message, 'Call-ID'), 'dblreq.0ha0isndaksdj99sdfafnl3lk233412');
    assert.equal(message.body.length, 0, 'the INVITE behind it is not its body');
  },
  semiuri(message) {
    assert.equal(sip(message.kind === 'request' ? message.uri : '').user, 'user;par=u%40example.net');
  },
  transports(message) {
    assert.deepEqual(
      vias(message).map((via) => via.transport),
      ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
    );
  },
  mpart01(message) {
    assert.equal(message.body.length, 553);
    const type = parseMediaType(header(message, 'Content-Type') ?? '');
    assert.equal(param(type?.params ?? [], 'boundary'), '7a9cbec02ceef655');
  },
  unreason(message) {
    assert.equal(
      message.kind === 'response' && message.reason,
      '= 2**3 * 5**2 но сто девяносто девять - простое',
    );
  },
  noreason(message) {
    assert.equal(message.kind === 'response' && message.status, 100);
    assert.equal(message.kind === 'response' && message.reason, '');
  },
  unkscm: (message) => inspected(message, 416),
  novelsc: (message) => inspected(message, 416),
  unksm2(message) {
    assert.equal(address(message, 'To').uri, 'isbn:2983792873');
    inspected(message, 400);
  },
  bext01(message) {
    inspected(message, 420, {
      name: 'Unsupported',
      value: 'nothingSupportsThis, nothingSupportsThisEither',
    });
  },
  invut: (message) =>
    inspected(message, 415, { name: 'Accept', value: (endpoint.contentTypes ?? []).join(', ') }),
  regaut01(message) {
    assert.ok(message.kind === 'request');
    assert.equal(digestCredentials(message, realm), undefined);
    assert.equal(challenge(realm).status, 401, 'a scheme that nobody knows is answered with one that we do');
  },
  bcast: (message) => assert.equal(message.kind === 'response' && isForEndpoint(message), false),
  zeromf: (message) => assert.equal(parseMaxForwards(header(message, 'Max-Forwards') ?? ''), 0),
  cparam01(message) {
    const [contact] = contacts(message);
    assert.equal(sip(contact?.uri).params.length, 0);
    assert.deepEqual(contact?.params, [{ name: 'unknownparam' }]);
  },
  cparam02(message) {
    const [contact] = contacts(message);
    assert.deepEqual(sip(contact?.uri).params, [{ name: 'unknownparam' }]);
    assert.deepEqual(contact?.params, []);
  },
  regescrt(message) {
    const [contact] = contacts(message);
    assert.deepEqual(sip(contact?.uri).headers, [{ name: 'Route', value: '%3Csip:sip.example.com%3E' }]);
  },
  sdp01: (message) => inspected(message, 406),
  inv2543(message) {
    assert.equal(branchOf(vias(message)[0] ?? assert.fail('no Via')), undefined);
    assert.ok(bodyText(message).startsWith('v=0'), 'without Content-Length the body reaches to the end');
  },
};

function inspected(message: SipMessage, status: number, answer?: { name: string; value: string }): void {
  assert.equal(message.kind, 'request');
  const fault = inspectRequest(message, endpoint);
  assert.equal(fault?.status, status);
  if (answer !== undefined) assert.deepEqual(fault?.headers, [answer]);
}

/** The status that RFC 4475 names, and the field at fault. A response is dropped. */
const malformed: Readonly<Record<string, readonly [400 | 501 | 505 | 'dropped', string]>> = {
  badinv01: [400, 'Via'],
  clerr: [400, 'Content-Length'],
  ncl: [400, 'Content-Length'],
  scalar02: [400, 'CSeq'],
  scalarlg: ['dropped', 'CSeq'],
  quotbal: [400, 'To'],
  ltgtruri: [400, 'start line'],
  lwsruri: [400, 'start line'],
  lwsstart: [400, 'start line'],
  trws: [400, 'start line'],
  escruri: [400, 'start line'],
  baddate: [400, 'Date'],
  regbadct: [400, 'Contact'],
  badaspec: [400, 'To'],
  baddn: [400, 'headers'],
  badvers: [505, 'start line'],
  mismatch01: [400, 'CSeq'],
  mismatch02: [501, 'start line'],
  bigcode: ['dropped', 'start line'],
  badbranch: [400, 'Via'],
  insuf: [400, 'Call-ID'],
  multi01: [400, 'CSeq'],
  mcl01: [400, 'Content-Length'],
  test: [400, 'start line'],
};

withReference('RFC 4475 torture messages', () => {
  const { cases }: { cases: readonly Case[] } = JSON.parse(
    readFileSync(referencePath(`${folder}manifest.json`), 'utf8'),
  );

  describe('RFC 4475', () => {
    it('is covered to the last of its 50 messages', () => {
      assert.equal(cases.length, 50);
      assert.deepEqual(
        cases.map(({ name }) => name).toSorted(),
        [...Object.keys(wellFormed), ...Object.keys(malformed)].toSorted(),
      );
    });

    for (const { name, sha256 } of cases) {
      it(`${name} is the RFC's own bytes`, () => {
        assert.equal(createHash('sha256').update(load(name)).digest('hex'), sha256);
      });
    }

    for (const [name, understood] of Object.entries(wellFormed)) {
      it(`${name} is parsed right and comes back the same from its written form`, () => {
        const message = valid(name);
        understood(message);
        const again = readMessage(writeMessage(message));
        assert.equal(again.kind, 'message');
        // noreason: an empty reason phrase is written as the status's own.
        const expected =
          message.kind === 'response' && message.reason === '' ? { ...message, reason: 'Trying' } : message;
        assert.deepEqual(
          { ...again.message, body: Buffer.from(again.message?.body ?? []) },
          { ...expected, body: Buffer.from(expected.body) },
        );
      });
    }

    it('baddn is refused because of its From also with the empty line that the archive left out', () => {
      const outcome = readMessage(Buffer.concat([load('baddn'), Buffer.from('\r\n')]));
      assert.ok(outcome.kind === 'faulty');
      assert.deepEqual([outcome.fault.status, outcome.fault.field], [400, 'From']);
    });

    it('dblreq on a stream is two requests', () => {
      const stream = new SipStream({ opened: 'there' });
      stream.push(load('dblreq'));
      const methods = [stream.next(), stream.next()].map((item) => item.kind === 'message' && item.message);
      assert.deepEqual(
        methods.map((message) => message && message.kind === 'request' && message.method),
        ['REGISTER', 'INVITE'],
      );
    });

    for (const [name, [status, field]] of Object.entries(malformed)) {
      it(`${name} is ${status === 'dropped' ? 'dropped' : `refused with ${status}`} because of ${field}`, () => {
        const outcome = readMessage(load(name));
        assert.equal(outcome.kind, 'faulty');
        assert.equal(outcome.fault.field, field);
        if (status === 'dropped') {
          assert.notEqual(outcome.message?.kind, 'request');
          return;
        }
        assert.equal(outcome.fault.status, status);
        assert.equal(outcome.message?.kind, 'request', 'enough was read to answer');
        const answer = refuse(outcome.message, outcome.fault, 'torture');
        assert.equal(answer.status, status);
        assert.ok(writeMessage(answer).length > 0);
      });
    }
  });
});
