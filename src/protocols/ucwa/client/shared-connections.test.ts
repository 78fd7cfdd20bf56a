import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import https from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { before, describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import type { HttpRequest } from './http.ts';
import { createSharedConnections, NotConnected, type SharedConnections } from './shared-connections.ts';

/** A request that waits for its answer. */
interface Held {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

interface Identity {
  readonly key: string;
  readonly cert: string;
}

async function selfSigned(): Promise<Identity> {
  x509.cryptoProvider.set(webcrypto);
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: cert.toString('pem') };
}

/** What has come so far, and a wait for more. */
function arrivals<T>() {
  const all: T[] = [];
  let heard = Promise.withResolvers<void>();
  return {
    all,
    add(one: T): void {
      all.push(one);
      heard.resolve();
      heard = Promise.withResolvers();
    },
    async atLeast(count: number): Promise<void> {
      while (all.length < count) await heard.promise;
    },
  };
}

describe('requests that share a connection', () => {
  let identity: Identity;

  before(async () => {
    identity = await selfSigned();
  });

  async function listening(server: Server) {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      origin: `https://localhost:${(server.address() as AddressInfo).port}`,
      sockets,
      async [Symbol.asyncDispose]() {
        const closed = once(server, 'close');
        server.close();
        for (const socket of sockets) socket.destroy();
        await closed;
      },
    };
  }

  /** Speaks HTTP/2; holds every request until the test answers it. */
  async function pool(options: { readonly maxConcurrentStreams?: number } = {}) {
    const server = http2.createSecureServer({ ...identity, settings: options });
    const sessions = arrivals<ServerHttp2Session>();
    const streams = arrivals<Held>();
    server.on('session', (session) => sessions.add(session.on('error', () => undefined)));
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined);
      streams.add({ stream, headers });
    });
    return Object.assign(await listening(server), { sessions, streams });
  }

  const connections = (pingMs = 60_000): SharedConnections =>
    createSharedConnections({
      secureContext: createSecureContext({ ca: identity.cert }),
      connectTimeoutMs: 5_000,
      pingMs,
    });

  const request = (origin: string, over: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url: new URL('/events?ack=1', origin),
    headers: { accept: 'application/json' },
    signal: new AbortController().signal,
    timeoutMs: 5_000,
    ...over,
  });

  const answer = (held: Held | undefined, text: string): void => {
    assert.ok(held);
    const { stream } = held;
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(text);
  };

  it('get each its own answer, in whatever order these come', async () => {
    await using server = await pool();
    await using shared = connections();
    const asked = ['a', 'b', 'c'].map((name) =>
      shared.send(request(server.origin, { url: new URL(`/${name}`, server.origin) })),
    );
    await server.streams.atLeast(3);
    for (const held of server.streams.all.toReversed()) answer(held, String(held.headers[':path']));
    const answers = await Promise.all(asked);
    assert.deepEqual(
      answers.map((one) => (one === 'http1' ? one : one.text)),
      ['/a', '/b', '/c'],
    );
    assert.equal(server.sessions.all.length, 1);
  });

  it('carry method, address, headers and body', async () => {
    await using server = await pool();
    await using shared = connections();
    const asked = shared.send(request(server.origin, { method: 'POST', body: 'täglich' }));
    await server.streams.atLeast(1);
    const [held] = server.streams.all;
    assert.ok(held);
    const { stream, headers } = held;
    stream.setEncoding('utf8');
    let body = '';
    for await (const part of stream) body += part;
    assert.equal(body, 'täglich');
    assert.equal(headers[':method'], 'POST');
    assert.equal(headers[':path'], '/events?ack=1');
    assert.equal(headers[':authority'], new URL(server.origin).host);
    assert.equal(headers['accept'], 'application/json');
    answer(held, '{"ok":true}');
    const got = await asked;
    assert.ok(got !== 'http1');
    assert.equal(got.text, '{"ok":true}');
    assert.equal(got.headers['content-type'], 'application/json');
  });

  it('spread over as many connections as the server’s limit asks for', async () => {
    await using server = await pool({ maxConcurrentStreams: 2 });
    await using shared = connections();
    const asked = Array.from({ length: 5 }, () => shared.send(request(server.origin)));
    await server.streams.atLeast(5);
    assert.equal(server.sessions.all.length, 3);
    for (const held of server.streams.all) answer(held, '{}');
    await Promise.all(asked);
  });

  it('are asked over HTTP/1.1 where the server speaks nothing else, which is found out once', async () => {
    await using server = await listening(https.createServer(identity));
    await using shared = connections();
    assert.equal(await shared.send(request(server.origin)), 'http1');
    assert.equal(await shared.send(request(server.origin)), 'http1');
    assert.equal(server.sockets.size, 1);
  });

  it('are asked over HTTP/1.1 where the server requires it for them', async () => {
    await using server = await pool();
    await using shared = connections();
    const asked = shared.send(request(server.origin));
    await server.streams.atLeast(1);
    server.streams.all[0]?.stream.close(http2.constants.NGHTTP2_HTTP_1_1_REQUIRED);
    assert.equal(await asked, 'http1');
    assert.equal(await shared.send(request(server.origin)), 'http1');
  });

  it('are given up one by one', async () => {
    await using server = await pool();
    await using shared = connections();
    const giving = new AbortController();
    const given = shared.send(request(server.origin, { signal: giving.signal }));
    const kept = shared.send(request(server.origin));
    await server.streams.atLeast(2);
    const closed = Promise.race(
      server.streams.all.map(async (held) => {
        await once(held.stream, 'close');
        return held;
      }),
    );
    giving.abort(new Error('enough'));
    await assert.rejects(given, { message: 'enough' });
    const cancelled = await closed;
    assert.equal(cancelled.stream.rstCode, http2.constants.NGHTTP2_CANCEL);
    answer(
      server.streams.all.find((held) => held !== cancelled),
      '{}',
    );
    await kept;
  });

  it('have each its own time', async () => {
    await using server = await pool();
    await using shared = connections();
    const kept = shared.send(request(server.origin));
    await server.streams.atLeast(1);
    await assert.rejects(shared.send(request(server.origin, { timeoutMs: 20 })), { code: 'HEADERS_TIMEOUT' });
    answer(server.streams.all[0], '{}');
    await kept;
  });

  it('fail together with the connection, and the next one makes a new one', async () => {
    await using server = await pool();
    await using shared = connections();
    const asked = [shared.send(request(server.origin)), shared.send(request(server.origin))];
    const settled = Promise.allSettled(asked);
    await server.streams.atLeast(2);
    for (const socket of server.sockets) socket.destroy();
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    const again = shared.send(request(server.origin));
    await server.streams.atLeast(3);
    answer(server.streams.all[2], '{}');
    await again;
    assert.equal(server.sessions.all.length, 2);
  });

  it('stay where they are when the server takes no more on this connection; further ones go to a new one', async () => {
    await using server = await pool();
    await using shared = connections();
    const first = shared.send(request(server.origin));
    await server.streams.atLeast(1);
    const [session] = server.sessions.all;
    assert.ok(session);
    session.goaway(http2.constants.NGHTTP2_NO_ERROR, server.streams.all[0]?.stream.id ?? 0);
    await new Promise((resolve) => session.ping(resolve));
    const second = shared.send(request(server.origin));
    await server.sessions.atLeast(2);
    await server.streams.atLeast(2);
    for (const held of server.streams.all) answer(held, '{}');
    await Promise.all([first, second]);
  });

  it('fail soon when the server has gone without a word', async () => {
    await using server = await pool();
    const relayed: Socket[] = [];
    await using relay = await listening(
      createServer((socket) => {
        const onward = connect(Number(new URL(server.origin).port), '127.0.0.1');
        relayed.push(
          socket,
          onward.on('error', () => undefined),
        );
        socket.pipe(onward).pipe(socket);
      }),
    );
    await using shared = connections(100);
    const asked = shared.send(request(relay.origin, { timeoutMs: 60_000 }));
    asked.catch(() => undefined);
    await server.streams.atLeast(1);
    for (const socket of relayed) socket.unpipe().pause();
    await assert.rejects(asked);
  });

  it('tell apart that no connection was made', async () => {
    const server = await pool();
    await server[Symbol.asyncDispose]();
    await using shared = connections();
    await assert.rejects(shared.send(request(server.origin)), NotConnected);
  });

  it('do not trust a server of an unknown authority', async () => {
    await using server = await pool();
    await using shared = createSharedConnections({
      secureContext: createSecureContext({ ca: [] }),
      connectTimeoutMs: 5_000,
    });
    await assert.rejects(shared.send(request(server.origin)), (error: Error) => {
      assert.ok(error instanceof NotConnected);
      assert.equal((error.cause as { readonly code?: string }).code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
      return true;
    });
  });

  it('end when the connections are disposed', async () => {
    await using server = await pool();
    const shared = connections();
    const asked = shared.send(request(server.origin));
    asked.catch(() => undefined);
    await server.streams.atLeast(1);
    await shared[Symbol.asyncDispose]();
    await assert.rejects(asked);
  });
});
