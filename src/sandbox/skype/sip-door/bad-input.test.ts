import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { describe, it } from 'node:test';
import { header, type SipRequest, textBody } from '../../../protocols/sip/message.ts';
import { publishType } from '../../../protocols/sip/ms/publish.ts';
import { openSipWorld, reasonOf, type SipClient, type SipWorld, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';

/** Bytes on a connection of their own; what comes back until the server closes it, or answers. */
async function raw(world: SipWorld, bytes: string): Promise<{ answer: string; closed: boolean }> {
  const socket = createConnection({ host: '127.0.0.1', port: world.ports.online });
  const seen = { answer: '', closed: false };
  socket.on('data', (chunk: Buffer) => {
    seen.answer += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    seen.closed = true;
  });
  socket.write(bytes);
  await until(() => seen.closed || seen.answer.includes('\r\n\r\n'));
  socket.destroy();
  return seen;
}

function service(client: SipClient, type: string, body: string): SipRequest {
  return client.make('SERVICE', {
    headers: [{ name: 'Content-Type', value: type }],
    body: textBody(body),
  });
}

/** Whoever else is signed in notices nothing. */
async function stillServed(client: SipClient): Promise<void> {
  assert.equal((await client.ask(client.make('OPTIONS'))).status, 200);
}

describe('the SIP door', { timeout: 20_000 }, () => {
  it('answers what is no SIP, or too much of it, and goes on for everybody else', async () => {
    await using world = await openSipWorld();
    const other = await world.signedIn(bob);
    const head =
      'MESSAGE sip:bob@contoso.example SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n';
    for (const [bytes, status] of [
      [`${head}Content-Length: 999999999\r\n\r\n`, 513],
      [`${head}X-Long: ${'x'.repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`, 513],
      [`${head}${'X-Many: 1\r\n'.repeat(400)}Content-Length: 0\r\n\r\n`, 513],
      [`${head}Content-Length: 0\r\nCSeq: 2 MESSAGE\r\n\r\n`, 400],
    ] as const) {
      const { answer } = await raw(world, bytes);
      assert.equal(answer.slice(0, 12), `SIP/2.0 ${status} `);
    }
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', `${head}X-Long: ${'x'.repeat(70_000)}`])
      assert.deepEqual(await raw(world, bytes), { answer: '', closed: true });
    await stillServed(other);
  });

  it('cuts off who sends a byte now and then, and who says nothing', async () => {
    await using world = await openSipWorld();
    const slow = createConnection({ host: '127.0.0.1', port: world.ports.online });
    let isClosed = false;
    slow.on('close', () => {
      isClosed = true;
    });
    slow.on('error', () => undefined);
    slow.write('REGISTER sip:');
    await until(() => world.clock.pending > 1);
    world.clock.advance(16_000);
    await until(() => isClosed);
    const silent = await world.client(alice);
    world.clock.advance(12 * 60_000);
    await until(() => silent.closed);
  });

  it('takes no document with entities, without bottom, or of another kind', async () => {
    await using world = await openSipWorld();
    const client = await world.signedIn(alice);
    for (const body of [
      '<!DOCTYPE a [<!ENTITY x "y">]><publish>&x;</publish>',
      `${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}`,
      '<publish><publications uri="sip:alice@contoso.example"><publication/></publications></publish>',
      'not XML',
    ]) {
      const answer = await client.ask(service(client, publishType, body));
      assert.deepEqual([answer.status, reasonOf(answer)], [400, 'The body cannot be read']);
    }
    assert.equal((await client.ask(service(client, 'text/weather', 'sunny'))).status, 501);
    const forged = '<publish><publications uri="sip:bob@contoso.example"></publications></publish>';
    assert.equal((await client.ask(service(client, publishType, forged))).status, 403);
  });

  it('believes no From but that of who signed in, in any request', async () => {
    await using world = await openSipWorld();
    const client = await world.signedIn(alice);
    for (const method of ['MESSAGE', 'SUBSCRIBE', 'SERVICE', 'PUBLISH', 'INVITE']) {
      const fields = { from: `<sip:${bob}>;tag=1`, to: `<sip:${bob}>` };
      assert.equal((await client.ask(client.make(method, fields))).status, 407, method);
      assert.equal((await client.askWithPassword(method, fields)).status, 403, method);
    }
  });

  it('has a bound on what one connection may hold open', async () => {
    const limits = { dialogs: 3, batch: 2 };
    await using world = await openSipWorld({ sip: { schemes: ['digest'], limits } });
    const client = await world.signedIn(alice);
    const other = await world.signedIn(bob);
    const subscribe = () =>
      client.ask(
        client.make('SUBSCRIBE', {
          to: `<sip:${bob}>`,
          headers: [client.contact, { name: 'Event', value: 'presence' }],
        }),
      );
    const statuses = [];
    for (let count = 0; count < 5; count++) statuses.push((await subscribe()).status);
    assert.deepEqual(statuses, [200, 200, 200, 503, 503]);
    const full = await client.ask(client.invite(bob));
    assert.deepEqual([full.status, header(full, 'Retry-After')], [503, '5']);
    await stillServed(other);
  });

  it('lets nobody start a header of their own through a name or a text', async () => {
    await using world = await openSipWorld();
    const caller = await world.signedIn(alice);
    const callee = await world.signedIn(bob);
    callee.takesCalls();
    const injected = 'x%0d%0aX-Injected: 1';
    const request = caller.invite(bob, [
      { name: 'Subject', value: injected },
      { name: 'Ms-Conversation-ID', value: 'a b' },
    ]);
    assert.equal((await caller.ask(request)).status, 200);
    const [invite] = callee.requests;
    assert.ok(invite);
    assert.equal(header(invite, 'X-Injected'), undefined);
    assert.equal(header(invite, 'Subject'), injected);
  });

  it('answers methods and extensions that it does not know', async () => {
    await using world = await openSipWorld();
    const client = await world.signedIn(alice);
    const statusOf = async (method: string, headers: SipRequest['headers'] = []) =>
      (await client.ask(client.make(method, { headers }))).status;
    assert.equal(await statusOf('REFER'), 405);
    assert.equal(await statusOf('DANCE'), 501);
    assert.equal(await statusOf('OPTIONS', [{ name: 'Require', value: 'telepathy' }]), 420);
    assert.equal(await statusOf('BYE'), 481);
    assert.equal(await statusOf('NOTIFY'), 481);
  });

  it('keeps nothing of those who have gone, however they went', async () => {
    await using world = await openSipWorld();
    const idle = world.clock.pending;
    for (let round = 0; round < 3; round++) {
      const [caller, callee] = [await world.signedIn(alice), await world.signedIn(bob)];
      const headers = [caller.contact, { name: 'Event', value: 'presence' }];
      assert.equal((await caller.ask(caller.make('SUBSCRIBE', { to: `<sip:${bob}>`, headers }))).status, 200);
      callee.takesCalls();
      const talk = await caller.call(bob);
      await talk.say('hello');
      callee.answer = () => undefined;
      void talk.say('unanswered').catch(() => undefined);
      void caller.ask(caller.invite(bob)).catch(() => undefined);
      await until(() => callee.texts.length === 2 && callee.count('INVITE') === 2);
      await Promise.all([caller.close(), callee.close()]);
      await until(() => world.pools.online.core.signedIn === 0);
    }
    world.clock.advance(60_000);
    await until(() => world.clock.pending === idle);
  });
});
