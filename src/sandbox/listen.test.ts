import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http2 from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import { Agent, request } from 'undici';
import { openAuthority } from './authority.ts';
import { systemClock } from './clock.ts';
import { serve } from './listen.ts';

function hello() {
  const app = fastify();
  app.get('/', (incoming) => ({ protocol: incoming.protocol }));
  return app;
}

describe('an app on HTTP and HTTPS at once', () => {
  it('answers on both, with a certificate that the authority stands for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'listen-'));
    const authority = await openAuthority(folder, systemClock);
    const served = await serve(hello(), {
      host: '127.0.0.1',
      port: 0,
      tls: { port: 0, ...(await authority.issueServer()) },
    });
    const agent = new Agent({ connect: { ca: authority.caPem } });
    try {
      assert.ok(served.https);
      for (const [address, protocol] of [
        [served.http.url, 'http'],
        [served.https.url, 'https'],
      ] as const) {
        const answer = await request(address, { dispatcher: agent });
        assert.deepEqual(await answer.body.json(), { protocol });
      }
    } finally {
      await agent.close();
      await served[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    }
  });

  it('speaks HTTP/2 to clients that offer it, and stops at once though one keeps asking', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'listen-'));
    const authority = await openAuthority(folder, systemClock);
    const app = hello();
    const asked = Promise.withResolvers<void>();
    app.get('/held', () => {
      asked.resolve();
      return new Promise(() => undefined);
    });
    const served = await serve(app, {
      host: '127.0.0.1',
      port: 0,
      tls: { port: 0, ...(await authority.issueServer()) },
    });
    assert.ok(served.https);
    const session = http2.connect(served.https.url, { ca: authority.caPem });
    session.on('error', () => undefined);
    const [status] = await once(session.request({ ':path': '/' }).resume(), 'response');
    assert.equal(status[':status'], 200);
    const held = session.request({ ':path': '/held' }).on('error', () => undefined);
    const ended = once(held, 'close');
    await asked.promise;
    await served[Symbol.asyncDispose]();
    await ended;
    await rm(folder, { recursive: true });
  });

  it('names the port that another program uses', async () => {
    await using first = await serve(hello(), { host: '127.0.0.1', port: 0 });
    const { port } = first.http;
    await assert.rejects(serve(hello(), { host: '127.0.0.1', port }), {
      name: 'ListenError',
      message: `cannot listen on 127.0.0.1, port ${port}: another program uses this port`,
    });
  });

  it('stops at once though a client keeps its connection open', async () => {
    const app = hello();
    let closed = false;
    app.addHook('onClose', () => {
      closed = true;
    });
    const served = await serve(app, { host: '127.0.0.1', port: 0 });
    const socket = connect(served.http.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await served[Symbol.asyncDispose]();
    await ended;
    assert.ok(closed);
  });
});
