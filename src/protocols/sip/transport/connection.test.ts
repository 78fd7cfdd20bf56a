import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { writeMessage } from '../write.ts';
import { dial, message, rawSocket, serve, told, until, watch } from './loopback.test-kit.ts';
import { defaultTimes } from './options.ts';

describe('a TCP connection', () => {
  it('carries messages both ways and closes on both sides', async () => {
    await using server = await serve(new ManualClock());
    await using client = dial(server.listener.port, new ManualClock());
    const ours = watch(client);
    await until(() => client.isOpen);
    assert.equal(client.send(message), true);
    const theirs = await server.first();
    await until(() => theirs.events.length === 2);
    server.connections[0]?.send(message);
    await until(() => ours.events.length === 2);
    client.close();
    await Promise.all([ours.done, theirs.done]);
    assert.deepEqual(told(ours), ['open', 'message', 'closed: local']);
    assert.deepEqual(told(theirs), ['open', 'message', 'closed: peer']);
    assert.equal(client.send(message), false);
    await until(() => server.clock.pending === 0);
  });

  it('that is refused says so, with the code', async () => {
    const server = await serve(new ManualClock());
    const { port } = server.listener;
    await server[Symbol.asyncDispose]();
    const ours = watch(dial(port, new ManualClock()));
    await ours.done;
    assert.deepEqual(ours.events, [{ kind: 'closed', reason: 'not opened', code: 'ECONNREFUSED' }]);
  });

  it('reads what came before the peer closed', async () => {
    await using server = await serve(new ManualClock());
    const socket = await rawSocket(server.listener.port);
    socket.end(Buffer.concat([writeMessage(message), writeMessage(message)]));
    const theirs = await server.first();
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'message', 'message', 'closed: peer']);
  });

  it('answers pings, unless told not to', async () => {
    for (const answersPings of [true, false]) {
      await using server = await serve(new ManualClock(), { answersPings });
      const socket = await rawSocket(server.listener.port);
      let got = '';
      socket.on('data', (bytes: Buffer) => {
        got += bytes.toString();
      });
      socket.write('\r\n\r\n');
      const theirs = await server.first();
      await until(() => theirs.events.length === 2);
      socket.end();
      await theirs.done;
      await until(() => socket.closed);
      assert.equal(got, answersPings ? '\r\n' : '');
    }
  });

  it('is closed when a message takes too long, even a byte at a time; time that we are busy does not count', async () => {
    await using server = await serve(new ManualClock(), { times: { message: 10_000 } });
    const socket = await rawSocket(server.listener.port);
    const theirs = await server.first();
    await until(() => theirs.events.length === 1);
    for (const letter of 'MESSAGE s') {
      const pending = server.clock.pending;
      socket.write(letter);
      await until(() => server.clock.pending >= Math.max(pending, 1));
      await new Promise((resolve) => setImmediate(resolve));
      server.clock.advance(1000);
    }
    assert.deepEqual(told(theirs), ['open']);
    server.clock.advance(1001);
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'closed: slow sender']);
  });

  it('is closed when idle, if that is wanted', async () => {
    await using server = await serve(new ManualClock(), { times: { idle: 60_000 } });
    const socket = await rawSocket(server.listener.port);
    const theirs = await server.first();
    await until(() => server.clock.pending === 1);
    server.clock.advance(59_000);
    socket.write(writeMessage(message));
    await until(() => theirs.events.length === 2);
    server.clock.advance(59_000);
    assert.equal(theirs.events.length, 2);
    server.clock.advance(1_000);
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'message', 'closed: idle']);
  });

  it('is closed after a quarter of an hour in silence unless another time is set', async () => {
    await using server = await serve(new ManualClock(), { times: defaultTimes });
    const socket = await rawSocket(server.listener.port);
    const theirs = await server.first();
    await until(() => server.clock.pending === 1);
    server.clock.advance(900_000);
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'closed: idle']);
    socket.destroy();
  });

  it('pings, and is closed when no pong comes', async () => {
    await using server = await serve(new ManualClock(), { answersPings: false });
    const clock = new ManualClock();
    const client = dial(server.listener.port, clock, { times: { ping: 30_000, pong: 10_000 } });
    const ours = watch(client);
    const theirs = await server.first();
    await until(() => client.isOpen && clock.pending === 1);
    clock.advance(30_000);
    await until(() => theirs.events.length === 2);
    assert.deepEqual(told(theirs), ['open', 'ping']);
    clock.advance(10_000);
    await ours.done;
    assert.deepEqual(told(ours), ['open', 'closed: no pong']);
    assert.equal(clock.pending, 0);
  });

  it('stays open while pongs come', async () => {
    await using server = await serve(new ManualClock());
    const clock = new ManualClock();
    await using client = dial(server.listener.port, clock, { times: { ping: 30_000, pong: 10_000 } });
    watch(client);
    await until(() => client.isOpen && clock.pending === 1);
    for (let round = 0; round < 3; round++) {
      clock.advance(30_000);
      await until(() => clock.pending === 1);
    }
    clock.advance(10_000);
    assert.ok(client.isOpen);
  });

  it('is closed when the peer does not read what we write', async () => {
    await using server = await serve(new ManualClock(), { maxQueued: 100_000 });
    const socket = await rawSocket(server.listener.port);
    const theirs = await server.first();
    await until(() => theirs.events.length === 1);
    const big = { ...message, body: Buffer.alloc(1_000_000) };
    let sent = 0;
    while (server.connections[0]?.send(big) === true) assert.ok(++sent < 100);
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'closed: slow reader']);
    socket.destroy();
  });

  it('is closed behind what is no SIP', async () => {
    await using server = await serve(new ManualClock());
    const socket = await rawSocket(server.listener.port);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const theirs = await server.first();
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'broken', 'closed: broken stream']);
  });

  it('is closed when its consumer leaves', async () => {
    await using server = await serve(new ManualClock());
    const client = dial(server.listener.port, new ManualClock());
    for await (const event of client.events()) if (event.kind === 'open') break;
    const theirs = await server.first();
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'closed: peer']);
  });

  it('beyond the limit is not taken', async () => {
    await using server = await serve(new ManualClock(), { maxConnections: 1 });
    await using first = dial(server.listener.port, new ManualClock());
    watch(first);
    await until(() => server.seen.length === 1);
    const second = watch(dial(server.listener.port, new ManualClock()));
    await second.done;
    assert.match(told(second).at(-1) ?? '', /^closed/);
    assert.equal(server.seen.length, 1);
  });

  it('closed in the moment that it opens, or before, leaves no timer behind', async () => {
    await using server = await serve(new ManualClock());
    const clock = new ManualClock();
    const times = { ping: 30_000 };
    const early = dial(server.listener.port, clock, { times });
    await early[Symbol.asyncDispose]();
    const client = dial(server.listener.port, clock, { times });
    for await (const event of client.events()) if (event.kind === 'open') client.close();
    await until(() => clock.pending === 0);
  });

  it('leaves nothing behind when the listener is disposed of', async () => {
    const server = await serve(new ManualClock(), { times: { idle: 60_000 } });
    const clients = [
      dial(server.listener.port, new ManualClock()),
      dial(server.listener.port, new ManualClock()),
    ].map(watch);
    await until(() => server.seen.length === 2 && server.clock.pending === 2);
    await server[Symbol.asyncDispose]();
    await Promise.all([...clients, ...server.seen].map(({ done }) => done));
    await until(() => server.clock.pending === 0);
  });

  it('to a port in use is an error that names it', async () => {
    await using server = await serve(new ManualClock());
    await assert.rejects(serve(new ManualClock(), { port: server.listener.port }), {
      code: 'EADDRINUSE',
      port: server.listener.port,
    });
  });
});
