import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/kit/eventually.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { offline } from '../../../core/presence/presence.ts';
import { textBody } from '../../../protocols/sip/message.ts';
import type { DoorEndpoint } from '../door.ts';
import { accountOf, bob, doorAt, frank, Heard, soon } from './scripted-door.test-kit.ts';
import { grant, ScriptedServer } from './scripted-server.test-kit.ts';

describe('a pool that misbehaves', () => {
  let server: ScriptedServer;
  let clock: ManualClock;
  let heard: Heard;
  let door: ReturnType<typeof doorAt>;
  let endpoint: DoorEndpoint;
  beforeEach(async () => {
    server = await ScriptedServer.open();
    clock = new ManualClock();
    heard = new Heard();
    door = doorAt({ servers: [server], clock });
    endpoint = door.open(accountOf(frank), heard);
    assert.equal(await endpoint.ready(soon()), undefined);
  });
  afterEach(async () => {
    const closing = door[Symbol.asyncDispose]();
    clock.advance(5_000);
    await closing;
    await server[Symbol.asyncDispose]();
  });

  it('by never answering: the text is uncertain well before a deadline of 30 s', async () => {
    server.on.set('INVITE', (transaction) => {
      transaction.respond(200, {
        headers: [
          { name: 'Contact', value: '<sip:bob@client.example>' },
          { name: 'Supported', value: 'ms-text-format' },
        ],
      });
    });
    server.on.set('MESSAGE', () => undefined);
    assert.equal((await endpoint.invite('d1', bob, 'Hello', { thread: 'T' })).kind, 'accepted');
    const sending = endpoint.send('d1', 'm', 'Are you there?');
    await server.seen('MESSAGE');
    clock.advance(16_000);
    const end = await sending;
    assert.deepEqual(end.kind === 'failed' && [end.failure.kind, end.failure.detail], [
      'uncertain',
      'no answer',
    ]);
  });

  it('by dropping the connection in the middle: what was under way is uncertain, what comes next is not sent', async () => {
    server.on.set('INVITE', (_transaction, client) => client.connection.close());
    server.on.set('REGISTER', () => undefined);
    const end = await endpoint.invite('d1', bob, 'Hello', { thread: 'T' });
    assert.deepEqual(end.kind === 'failed' && end.failure.kind, 'uncertain');
    const next = await endpoint.invite('d2', bob, 'Hello', { thread: 'T' });
    assert.deepEqual(next.kind === 'failed' && [next.failure.kind, next.failure.id], [
      'transient',
      'unreachable',
    ]);
  });

  it('by answering no more: the connection is given up after two signs of life that did not come', async () => {
    server.on.set('OPTIONS', () => undefined);
    server.on.set('REGISTER', () => undefined);
    for (let beat = 1; beat <= 2; beat += 1) {
      clock.advance(20_000);
      await server.seen('OPTIONS', beat);
    }
    clock.advance(20_000);
    await eventually('given up', async () => {
      clock.advance(500);
      return server.clients.length === 2;
    });
    assert.equal(door.health.kind, 'reached');
  });

  it('by sending requests for people who are not here: 404, and nobody hears of it', async () => {
    await endpoint.receive();
    const answer = await server.client.ask({
      method: 'MESSAGE',
      uri: 'sip:eve@contoso.example',
      from: `<${bob}>;tag=b`,
      to: '<sip:eve@contoso.example>',
      callId: 'x',
      cseq: 1,
      body: textBody('hello'),
    });
    assert.equal(answer.status, 404);
    const strange = await server.client.ask({
      method: 'MESSAGE',
      uri: frank,
      from: `<${bob}>;tag=b`,
      to: `<${frank}>;tag=unknown`,
      callId: 'x',
      cseq: 2,
      body: textBody('hello'),
    });
    assert.equal(strange.status, 481);
    assert.equal(heard.invitations.length + heard.messages.length, 0);
  });

  it('by writing nonsense: the connection is left, and made anew', async () => {
    const socket = server.client.connection;
    for (let count = 0; count < 120; count += 1)
      socket.send({ kind: 'response', status: 200, reason: 'OK', headers: [], body: new Uint8Array(0) });
    await eventually('made anew', async () => {
      clock.advance(1_000);
      return server.clients.length === 2;
    });
    assert.equal(await endpoint.ready(soon()), undefined);
  });

  it('by registering for no time, or forgetting: the endpoint registers again, later and later', async () => {
    let answers = 0;
    server.on.set('REGISTER', (transaction) => {
      answers += 1;
      if (answers < 3) transaction.respond(200, { headers: [{ name: 'Expires', value: '0' }] });
      else grant(transaction);
    });
    const other = door.open(accountOf('sip:oscar@contoso.example'), heard);
    assert.equal((await other.ready(soon()))?.id, 'unexpected-answer');
    await eventually('registered in the end', async () => {
      clock.advance(500);
      return (await other.ready(soon())) === undefined;
    });
    assert.equal(answers, 3);
  });

  it('without any of that, registers again before the time is up', async () => {
    const began = clock.now();
    await eventually('three more registrations', () => {
      clock.advance(1_000);
      return server.of('REGISTER').length >= 4;
    });
    assert.ok(clock.now() - began >= 90_000, 'no sooner than half of the time that was granted');
    assert.equal(server.clients.length, 1);
    await endpoint.show(offline);
  });
});
