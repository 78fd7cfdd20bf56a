import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/kit/eventually.ts';
import { bodyText, header, type SipRequest, textBody } from '../../../protocols/sip/message.ts';
import type { DialogEnd, DoorEndpoint } from '../door.ts';
import { accountOf, bob, busy, doorAt, frank, Heard, sdp, sdpBody, soon } from './scripted-door.test-kit.ts';
import { ScriptedServer } from './scripted-server.test-kit.ts';

describe('an endpoint that talks', () => {
  let server: ScriptedServer;
  let heard: Heard;
  let door: ReturnType<typeof doorAt>;
  let endpoint: DoorEndpoint;
  beforeEach(async () => {
    server = await ScriptedServer.open();
    heard = new Heard();
    door = doorAt({ servers: [server] });
    endpoint = door.open(accountOf(frank), heard);
  });
  afterEach(async () => {
    await door[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** An INVITE of bob’s to frank, as the pool sends it to this endpoint. */
  const ring = (parts: { readonly headers?: SipRequest['headers']; readonly body?: Uint8Array } = {}) =>
    server.client.ask({
      method: 'INVITE',
      uri: frank,
      from: `"Bob Brown" <${bob}>;tag=bobs`,
      to: `<${frank}>`,
      callId: 'call1',
      cseq: 1,
      headers: [{ name: 'Contact', value: '<sip:bob@client.example>' }, sdp, ...(parts.headers ?? [])],
      body: parts.body ?? sdpBody,
    });

  const inDialog = (method: string, cseq: number, to: string, text = '', type = 'text/plain') =>
    server.client.ask({
      method,
      uri: frank,
      from: `<${bob}>;tag=bobs`,
      to,
      callId: 'call1',
      cseq,
      headers: [{ name: 'Content-Type', value: type }],
      body: textBody(text),
    });

  it('brings the first text inside the invitation where the peer takes it from there', async () => {
    await endpoint.ready(soon());
    server.on.set('INVITE', (transaction) => {
      transaction.respond(180, { headers: [{ name: 'Contact', value: '<sip:bob@client.example>' }] });
      transaction.respond(200, {
        headers: [
          { name: 'Contact', value: '<sip:bob@client.example>' },
          { name: 'Supported', value: 'ms-text-format' },
        ],
      });
    });
    const end = await endpoint.invite('d1', bob, 'Hello', { thread: 'T1', subject: 'Frank (Teams)' });
    assert.equal(end.kind, 'accepted');
    const invite = await server.seen('INVITE');
    assert.deepEqual(
      ['Ms-Conversation-ID', 'Subject', 'ms-text-format'].map((name) => header(invite, name)),
      ['T1', 'Frank (Teams)', 'text/plain; charset=UTF-8;ms-body=SGVsbG8='],
    );
    assert.equal((await endpoint.send('d1', 'm2', 'More')).kind, 'sent');
    assert.deepEqual(server.of('MESSAGE').map(bodyText), ['More']);
    await eventually('an ACK', () => server.unanswered.some(({ method }) => method === 'ACK'));
    await endpoint.end('d1');
    assert.equal(server.of('BYE').length, 1);
    assert.equal((await endpoint.send('d1', 'm3', 'Late')).kind, 'failed');
  });

  it('sends the first text in the session where the peer does not, and fails with it', async () => {
    await endpoint.ready(soon());
    server.on.set('INVITE', (transaction) => {
      transaction.respond(200, { headers: [{ name: 'Contact', value: '<sip:bob@client.example>' }] });
    });
    assert.equal((await endpoint.invite('d1', bob, 'Hello', { thread: 'T' })).kind, 'accepted');
    assert.deepEqual(server.of('MESSAGE').map(bodyText), ['Hello']);
    server.on.set('MESSAGE', (transaction) => void transaction.respond(486));
    const end = await endpoint.invite('d2', bob, 'Hello again', { thread: 'T' });
    assert.equal(end.kind === 'failed' && end.failure.id, 'do-not-disturb');
    await server.seen('BYE');
  });

  it('says why an invitation came to nothing', async () => {
    await endpoint.ready(soon());
    for (const [status, id] of [
      [480, 'offline'],
      [486, 'do-not-disturb'],
      [603, 'declined'],
      [404, 'no-such-person'],
      [408, 'no-answer'],
      [403, 'not-allowed'],
      [503, 'unreachable'],
      [504, 'uncertain'],
      [499, 'unexpected-answer'],
    ] as const) {
      server.on.set('INVITE', (transaction) => void transaction.respond(status));
      const end = await endpoint.invite(`d${status}`, bob, 'x', { thread: 'T' });
      assert.equal(end.kind === 'failed' && end.failure.id, id, String(status));
    }
  });

  it('takes an invitation back while it rings', async () => {
    await endpoint.ready(soon());
    server.on.set('INVITE', (transaction) => void transaction.respond(180));
    const end = endpoint.invite('d1', bob, 'x', { thread: 'T' });
    await server.seen('INVITE');
    await endpoint.cancel('d1');
    const outcome = await end;
    assert.equal(outcome.kind === 'failed' && outcome.failure.id, 'no-answer');
    assert.equal(server.cancelled.length, 1);
  });

  it('rings without taking up, takes up when told to, and talks both ways', async () => {
    await endpoint.show(busy);
    const first = { name: 'ms-text-format', value: 'text/plain; charset=UTF-8;ms-body=SGVsbG8=' };
    const ringing = ring({ headers: [first, { name: 'Ms-Conversation-ID', value: 'T9' }] });
    await eventually('an invitation', () => heard.invitations.length === 1);
    const invitation = heard.invitations[0] ?? assert.fail();
    assert.deepEqual(
      [invitation.from, invitation.fromName, invitation.thread, invitation.body],
      [bob, 'Bob Brown', 'T9', { format: 'text', text: 'Hello' }],
    );
    assert.equal(await endpoint.accept(invitation.dialog), undefined);
    const answer = await ringing;
    assert.deepEqual([answer.status, header(answer, 'Supported')], [200, 'ms-text-format']);
    const to = header(answer, 'To') ?? '';
    assert.equal((await inDialog('MESSAGE', 2, to, 'And more')).status, 200);
    assert.deepEqual(heard.texts(), ['And more']);
    assert.equal((await endpoint.send(invitation.dialog, 'm1', 'Hi Bob')).kind, 'sent');
    const typing = '<KeyboardActivity><status status="type"/></KeyboardActivity>';
    assert.equal((await inDialog('INFO', 3, to, typing, 'application/xml')).status, 200);
    assert.equal((await inDialog('MESSAGE', 4, to, 'x', 'image/png')).status, 415);
    heard.refuses = true;
    assert.equal((await inDialog('MESSAGE', 5, to, 'lost')).status, 503);
    assert.equal((await inDialog('BYE', 6, to)).status, 200);
    assert.deepEqual(heard.ends, ['over']);
    assert.equal((await inDialog('MESSAGE', 7, to, 'too late')).status, 481);
  });

  it('gives an invitation back to the person’s other clients', async () => {
    await endpoint.show(busy);
    const ringing = ring();
    await eventually('an invitation', () => heard.invitations.length === 1);
    await endpoint.decline(heard.invitations[0]?.dialog ?? '');
    assert.equal((await ringing).status, 480);
    assert.deepEqual(heard.ends, ['declined']);
  });

  it('knows why an invitation rings no more', async () => {
    await endpoint.show(busy);
    const ended = async (reason: string | undefined): Promise<DialogEnd | undefined> => {
      heard.invitations.length = 0;
      const transaction = server.client.flow.transactions.request(
        {
          kind: 'request',
          method: 'INVITE',
          uri: frank,
          headers: [
            { name: 'From', value: `<${bob}>;tag=bobs` },
            { name: 'To', value: `<${frank}>` },
            { name: 'Call-ID', value: `call ${reason}`.replaceAll(' ', '') },
            { name: 'CSeq', value: '1 INVITE' },
            { name: 'Contact', value: '<sip:bob@client.example>' },
            sdp,
          ],
          body: sdpBody,
        },
        { onResponse: () => undefined, onFailure: () => undefined },
      );
      await eventually('an invitation', () => heard.invitations.length === 1);
      heard.ends.length = 0;
      // Before the 180 has come, a CANCEL waits for it.
      transaction.cancel(reason === undefined ? [] : [{ name: 'Reason', value: reason }]);
      return eventually('an end', () => heard.ends[0]);
    };
    assert.equal(await ended('SIP;cause=200;text="Call completed elsewhere"'), 'answered-elsewhere');
    assert.equal(await ended('SIP;cause=603'), 'declined');
    assert.equal(await ended('SIP;cause=408'), 'missed');
    assert.equal(await ended(undefined), 'caller-gave-up');
    assert.equal(
      await endpoint.accept(heard.invitations[0]?.dialog ?? '').then((failure) => failure?.kind),
      'ended',
    );
  });

  it('takes nothing while it is there for writing alone, and nothing that it cannot carry', async () => {
    await endpoint.ready(soon());
    assert.equal((await ring()).status, 480);
    assert.equal(await endpoint.receive(), undefined);
    const audio = textBody('v=0\r\nm=audio 49170 RTP/AVP 0\r\n');
    assert.equal((await ring({ body: audio })).status, 488);
    const conference = await server.client.ask({
      method: 'INVITE',
      uri: frank,
      from: `<${bob}>;tag=b`,
      to: `<${frank}>`,
      callId: 'conference',
      cseq: 1,
      headers: [{ name: 'Content-Type', value: 'application/ms-conf-invite+xml' }],
      body: textBody(
        '<Conferencing version="2.0"><focus-uri>sip:f@contoso.example</focus-uri></Conferencing>',
      ),
    });
    assert.equal(conference.status, 488);
    assert.match(header(conference, 'ms-client-diagnostics') ?? '', /group chats are not supported/);
    assert.equal(heard.invitations.length, 0);
  });
});
