import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../../../test/kit/eventually.ts';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { offline, type Presence } from '../../../../core/presence/presence.ts';
import { digestSecret } from '../../../../protocols/sip/auth/digest.ts';
import {
  challenge,
  checkDigest,
  type DigestRealm,
  digestCredentials,
} from '../../../../protocols/sip/auth/digest-server.ts';
import { Nonces } from '../../../../protocols/sip/auth/nonces.ts';
import { parsePidf } from '../../../../protocols/sip/body/pidf.ts';
import { bodyText, header, textBody } from '../../../../protocols/sip/message.ts';
import type { Door, DoorEndpoint } from '../../door.ts';
import { accountOf, busy, doorAt, Heard, soon } from '../scripted-door.test-kit.ts';
import { grant, ScriptedServer } from '../scripted-server.test-kit.ts';

const erin = 'sip:erin@voip.example';
const kim = 'sip:kim@voip.example';
const available: Presence = { availability: 'Available', activity: 'None' };

describe('an endpoint at a plain SIP server', () => {
  let server: ScriptedServer;
  let clock: ManualClock;
  let heard: Heard;
  let door: Door;
  let endpoint: DoorEndpoint;
  beforeEach(async () => {
    server = await ScriptedServer.open();
    clock = new ManualClock();
    heard = new Heard();
    door = doorAt({ servers: [server], clock, options: { dialect: 'simple' } });
    endpoint = door.open(accountOf(erin), heard);
  });
  afterEach(async () => {
    const closing = door[Symbol.asyncDispose]();
    await closing;
    await server[Symbol.asyncDispose]();
  });

  const publishTags = (tags: readonly string[], expires = '60') => {
    let at = 0;
    server.on.set('PUBLISH', (transaction) => {
      const tag = tags[Math.min(at++, tags.length - 1)] ?? '';
      transaction.respond(200, {
        headers: [
          { name: 'SIP-ETag', value: tag },
          { name: 'Expires', value: expires },
        ],
      });
    });
  };
  const published = () =>
    server
      .of('PUBLISH')
      .map((request) => [
        header(request, 'SIP-If-Match'),
        request.body.length === 0 ? undefined : parsePidf(bodyText(request))?.tuples[0]?.notes[0]?.text,
      ]);
  const page = (text: string, headers: readonly { readonly name: string; readonly value: string }[] = []) =>
    server.client.ask({
      method: 'MESSAGE',
      uri: erin,
      from: `<${kim}>;tag=kims`,
      to: `<${erin}>`,
      callId: `page-${text.length}-${text.slice(0, 8).replaceAll(/\W/g, '')}`,
      cseq: 1,
      headers: headers.length > 0 ? headers : [{ name: 'Content-Type', value: 'text/plain' }],
      body: textBody(text),
    });

  it('publishes with the tag of the last publication, refreshes without a body, and takes it away', async () => {
    publishTags(['a', 'b', 'c', 'd', 'e']);
    assert.equal(await endpoint.show(busy), undefined);
    assert.equal(await endpoint.show(available), undefined);
    await eventually('a refresh', () => {
      clock.advance(1_000);
      return server.of('PUBLISH').length >= 3;
    });
    assert.equal(await endpoint.receive(), undefined);
    assert.deepEqual(published(), [
      [undefined, 'Busy'],
      ['a', 'Available'],
      ['b', undefined],
      ['c', 'Offline'],
      ['d', undefined],
    ]);
    assert.equal(header(server.of('PUBLISH').at(-1) ?? assert.fail(), 'Expires'), '0');
  });

  it('publishes anew where the server has forgotten the tag, and for as long as it wants at least', async () => {
    publishTags(['a']);
    assert.equal(await endpoint.show(busy), undefined);
    let answers = 0;
    server.on.set('PUBLISH', (transaction) => {
      answers += 1;
      if (answers === 1) transaction.respond(412);
      else if (answers === 2) transaction.respond(423, { headers: [{ name: 'Min-Expires', value: '300' }] });
      else transaction.respond(200, { headers: [{ name: 'SIP-ETag', value: 'z' }] });
    });
    assert.equal(await endpoint.show(available), undefined);
    const last = server.of('PUBLISH').at(-1) ?? assert.fail();
    assert.deepEqual([header(last, 'SIP-If-Match'), header(last, 'Expires')], [undefined, '300']);
  });

  it('says why a presence was not taken', async () => {
    server.on.set('PUBLISH', (transaction) => void transaction.respond(403));
    assert.equal((await endpoint.show(busy))?.id, 'not-allowed');
  });

  it('takes a text up when it is told to: until then its sender has no answer', async () => {
    await endpoint.receive();
    const paging = page('Hello erin');
    await eventually('an invitation', () => heard.invitations.length === 1);
    const { dialog, body, from } = heard.invitations[0] ?? assert.fail();
    assert.deepEqual([from, body], [kim, { format: 'text', text: 'Hello erin' }]);
    assert.equal(await endpoint.accept(dialog), undefined);
    assert.equal((await paging).status, 200);
    assert.equal((await page('And another thing')).status, 200);
    assert.deepEqual(heard.texts(), ['And another thing'], 'in the session that the first one began');
    assert.equal((await endpoint.send(dialog, 'm', 'Hello kim')).kind, 'sent');
    assert.deepEqual(server.of('MESSAGE').map(bodyText), ['Hello kim']);
    await endpoint.end(dialog);
    assert.deepEqual(heard.ends, ['over']);
  });

  it('answers for a text that nobody takes up', async () => {
    await endpoint.receive();
    const declined = page('Declined');
    await eventually('an invitation', () => heard.invitations.length === 1);
    await endpoint.decline(heard.invitations[0]?.dialog ?? '');
    assert.equal((await declined).status, 480);
    const missed = page('Missed by all');
    await eventually('another', () => heard.invitations.length === 2);
    clock.advance(15_000);
    assert.equal((await missed).status, 408);
    assert.deepEqual(heard.ends, ['declined', 'missed']);
    assert.equal((await page('a picture', [{ name: 'Content-Type', value: 'image/png' }])).status, 415);
  });

  it('tells of the delivery where that is asked for', async () => {
    await endpoint.receive();
    const cpim = [
      'From: <sip:kim@voip.example>',
      'NS: imdn <urn:ietf:params:imdn>',
      'imdn.Message-ID: 42',
      'imdn.Disposition-Notification: positive-delivery',
      '',
      'Content-Type: text/plain',
      '',
      'Did you get this?',
    ].join('\r\n');
    const paging = page(cpim, [{ name: 'Content-Type', value: 'message/cpim' }]);
    await eventually('an invitation', () => heard.invitations.length === 1);
    await endpoint.accept(heard.invitations[0]?.dialog ?? '');
    assert.equal((await paging).status, 200);
    const receipt = await server.seen('MESSAGE');
    assert.match(bodyText(receipt), /<message-id>42<\/message-id>.*<delivered\/>/s);
  });

  it('says why a text was not taken, and begins nothing', async () => {
    await endpoint.ready(soon());
    for (const [status, id] of [
      [480, 'offline'],
      [404, 'no-such-person'],
      [513, 'too-long'],
      [503, 'unreachable'],
    ] as const) {
      server.on.set('MESSAGE', (transaction) => void transaction.respond(status));
      const end = await endpoint.invite(`d${status}`, kim, 'Hello', { thread: 'T' });
      assert.equal(end.kind === 'failed' && end.failure.id, id);
    }
    assert.deepEqual(heard.ends, []);
    await endpoint.show(offline);
  });
});

describe('a server that asks for a password', () => {
  const realm: DigestRealm = {
    role: 'proxy',
    realm: 'voip.example',
    algorithms: ['SHA-256', 'MD5'],
    nonces: new Nonces({
      clock: new ManualClock(),
      key: Buffer.alloc(32),
      lifetimeMs: 60_000,
      max: 100,
      random: () => 'unguessable',
    }),
  };

  it('gets it, with every request that it asks for it, and a wrong one once', async () => {
    await using server = await ScriptedServer.open();
    for (const method of ['REGISTER', 'PUBLISH', 'MESSAGE'])
      server.on.set(method, (transaction) => {
        const credentials = digestCredentials(transaction.request, realm);
        const { status, headers } = challenge(realm);
        if (!credentials) {
          transaction.respond(status, { headers });
          return;
        }
        const secret = digestSecret(credentials.algorithm, 'erin@voip.example', realm.realm, 'demo');
        if (checkDigest(transaction.request, credentials, secret, realm).kind !== 'accepted')
          transaction.respond(status, { headers });
        else if (method === 'REGISTER') grant(transaction);
        else transaction.respond(200);
      });
    await using door = doorAt({ servers: [server], options: { dialect: 'simple' } });
    const endpoint = door.open(accountOf(erin, 'demo'), new Heard());
    assert.equal(await endpoint.show(busy), undefined);
    assert.equal((await endpoint.invite('d1', kim, 'Hello', { thread: 'T' })).kind, 'accepted');
    assert.equal(server.of('REGISTER').length, 2);
    const wrong = door.open(accountOf('sip:kim@voip.example', 'guessed'), new Heard());
    assert.equal((await wrong.ready(soon()))?.id, 'link-refused');
    assert.equal(server.of('REGISTER').length, 4, 'tried with the password once');
  });
});
