import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { before, describe, it } from 'node:test';
import * as x509 from '@peculiar/x509';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { bodyText, noBody, type SipRequest, type SipResponse, textBody } from '../message.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { writeMessage } from '../write.ts';
import { type ConnectOptions, connect } from './connect.ts';
import type { ConnectionEvent, SipConnection } from './connection.ts';
import { Flow, type FlowUser } from './flow.ts';
import { type ListenOptions, listen } from './listen.ts';

const via = { name: 'Via', value: 'SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1' };
const plain: SipRequest = {
  kind: 'request',
  method: 'MESSAGE',
  uri: 'sip:bob@contoso.example',
  headers: [
    { name: 'Max-Forwards', value: '70' },
    { name: 'From', value: '<sip:alice@contoso.example>;tag=1' },
    { name: 'To', value: '<sip:bob@contoso.example>' },
    { name: 'Call-ID', value: 'c1' },
    { name: 'CSeq', value: '1 MESSAGE' },
    { name: 'Content-Type', value: 'text/plain' },
  ],
  body: textBody('hello'),
};
const message: SipRequest = { ...plain, headers: [via, ...plain.headers] };

/** Lets sockets do their work until something is so. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(holds(), 'it never came to be so');
}

interface Seen {
  readonly events: ConnectionEvent[];
  readonly done: Promise<void>;
}

function watch(connection: SipConnection): Seen {
  const events: ConnectionEvent[] = [];
  const run = async (): Promise<void> => {
    for await (const event of connection.events()) events.push(event);
  };
  return { events, done: run() };
}

const told = ({ events }: Seen): readonly string[] =>
  events.map((event) => (event.kind === 'closed' ? `closed: ${event.reason}` : event.kind));

/** A server whose connections are watched. */
async function serve(options: Partial<ListenOptions> = {}) {
  const clock = new ManualClock();
  const seen: Seen[] = [];
  const connections: SipConnection[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock,
    onConnection(connection) {
      connections.push(connection);
      seen.push(watch(connection));
    },
    ...options,
  });
  const first = async (): Promise<Seen> => {
    await until(() => seen.length > 0);
    return seen[0] ?? assert.fail();
  };
  return {
    clock,
    listener,
    seen,
    connections,
    first,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

async function rawSocket(port: number): Promise<Socket> {
  const socket = createConnection(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => void socket.once('connect', () => resolve()));
  return socket;
}

const dial = (port: number, options: Partial<ConnectOptions> = {}): SipConnection =>
  connect({ host: '127.0.0.1', port, clock: new ManualClock(), ...options });

describe('a TCP connection', () => {
  it('carries messages both ways and closes on both sides', async () => {
    await using server = await serve();
    await using client = dial(server.listener.port);
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
    const server = await serve();
    const { port } = server.listener;
    await server[Symbol.asyncDispose]();
    const ours = watch(dial(port));
    await ours.done;
    assert.deepEqual(ours.events, [{ kind: 'closed', reason: 'not opened', code: 'ECONNREFUSED' }]);
  });

  it('reads what came before the peer closed', async () => {
    await using server = await serve();
    const socket = await rawSocket(server.listener.port);
    socket.end(Buffer.concat([writeMessage(message), writeMessage(message)]));
    const theirs = await server.first();
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'message', 'message', 'closed: peer']);
  });

  it('answers pings, unless told not to', async () => {
    for (const answersPings of [true, false]) {
      await using server = await serve({ answersPings });
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
    await using server = await serve({ times: { message: 10_000 } });
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
    await using server = await serve({ times: { idle: 60_000 } });
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

  it('pings, and is closed when no pong comes', async () => {
    await using server = await serve({ answersPings: false });
    const clock = new ManualClock();
    const client = dial(server.listener.port, { clock, times: { ping: 30_000, pong: 10_000 } });
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
    await using server = await serve();
    const clock = new ManualClock();
    await using client = dial(server.listener.port, { clock, times: { ping: 30_000, pong: 10_000 } });
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
    await using server = await serve({ maxQueued: 100_000 });
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
    await using server = await serve();
    const socket = await rawSocket(server.listener.port);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const theirs = await server.first();
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'broken', 'closed: broken stream']);
  });

  it('is closed when its consumer leaves', async () => {
    await using server = await serve();
    const client = dial(server.listener.port);
    for await (const event of client.events()) if (event.kind === 'open') break;
    const theirs = await server.first();
    await theirs.done;
    assert.deepEqual(told(theirs), ['open', 'closed: peer']);
  });

  it('beyond the limit is not taken', async () => {
    await using server = await serve({ maxConnections: 1 });
    await using first = dial(server.listener.port);
    watch(first);
    await until(() => server.seen.length === 1);
    const second = watch(dial(server.listener.port));
    await second.done;
    assert.match(told(second).at(-1) ?? '', /^closed/);
    assert.equal(server.seen.length, 1);
  });

  it('leaves nothing behind when the listener is disposed of', async () => {
    const server = await serve({ times: { idle: 60_000 } });
    const clients = [dial(server.listener.port), dial(server.listener.port)].map(watch);
    await until(() => server.seen.length === 2 && server.clock.pending === 2);
    await server[Symbol.asyncDispose]();
    await Promise.all([...clients, ...server.seen].map(({ done }) => done));
    await until(() => server.clock.pending === 0);
  });

  it('to a port in use is an error that names it', async () => {
    await using server = await serve();
    await assert.rejects(serve({ port: server.listener.port }), {
      code: 'EADDRINUSE',
      port: server.listener.port,
    });
  });
});

interface Identity {
  readonly key: string;
  readonly cert: string;
}

async function certificates() {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(Date.now() + 3_600_000);
  const pem = async (key: webcrypto.CryptoKey): Promise<string> =>
    x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  const authorityKeys = await pair();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test authority',
    keys: authorityKeys,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const issue = async (name: string, serialNumber: string): Promise<Identity> => {
    const keys = await pair();
    const cert = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: authority.subject,
      serialNumber,
      notBefore,
      notAfter,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    });
    return { key: await pem(keys.privateKey), cert: cert.toString('pem') };
  };
  return {
    ca: authority.toString('pem'),
    pool: await issue('pool.contoso.example', '02'),
    app: await issue('App.contoso.example', '03'),
  };
}

describe('a TLS connection', () => {
  let made: Awaited<ReturnType<typeof certificates>>;

  before(async () => {
    made = await certificates();
  });

  const serverTls = (clientCertificate: 'none' | 'wanted' | 'required') => ({
    ...made.pool,
    ca: made.ca,
    clientCertificate,
  });
  const clientTls = (identity?: Identity, serverName = 'pool.contoso.example') => ({
    serverName,
    ca: made.ca,
    ...(identity && { identity }),
  });

  it('with a certificate on both sides tells each who the other is', async () => {
    await using server = await serve({ tls: serverTls('required') });
    await using client = dial(server.listener.port, { tls: clientTls(made.app) });
    const ours = watch(client);
    await until(() => client.isOpen);
    client.send(message);
    const theirs = await server.first();
    await until(() => theirs.events.length === 2);
    const names = ({ events: [open] }: Seen) =>
      open?.kind === 'open' && open.peer.security.kind === 'tls' && open.peer.security.certificate?.names;
    assert.deepEqual(names(ours), ['pool.contoso.example']);
    assert.deepEqual(names(theirs), ['app.contoso.example']);
    assert.deepEqual(told(theirs), ['open', 'message']);
  });

  it('without the certificate that is required is not taken', async () => {
    const refused: (string | undefined)[] = [];
    await using server = await serve({
      tls: serverTls('required'),
      onRefused: (code) => void refused.push(code),
    });
    const ours = watch(dial(server.listener.port, { tls: clientTls() }));
    await ours.done;
    assert.match(told(ours).at(-1) ?? '', /^closed/);
    await until(() => refused.length === 1);
    assert.equal(server.seen.length, 0);
  });

  it('without a certificate that is only wanted comes as nobody', async () => {
    await using server = await serve({ tls: serverTls('wanted') });
    await using client = dial(server.listener.port, { tls: clientTls() });
    watch(client);
    const theirs = await server.first();
    await until(() => theirs.events.length === 1);
    const [open] = theirs.events;
    assert.ok(open?.kind === 'open' && open.peer.security.kind === 'tls');
    assert.equal(open.peer.security.certificate, undefined);
  });

  it('to a server of another name, or of an unknown authority, is not opened', async () => {
    await using server = await serve({ tls: serverTls('none') });
    const misnamed = watch(dial(server.listener.port, { tls: clientTls(undefined, 'other.example') }));
    const unknown = watch(dial(server.listener.port, { tls: { serverName: 'pool.contoso.example' } }));
    await Promise.all([misnamed.done, unknown.done]);
    assert.deepEqual([told(misnamed), told(unknown)], [['closed: not opened'], ['closed: not opened']]);
    assert.ok(
      misnamed.events[0]?.kind === 'closed' && misnamed.events[0].code === 'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  it('that never shakes hands is given up', async () => {
    await using server = await serve();
    const clock = new ManualClock();
    const ours = watch(dial(server.listener.port, { clock, tls: clientTls() }));
    await until(() => server.seen.length === 1 && clock.pending === 1);
    clock.advance(10_000);
    await ours.done;
    assert.deepEqual(told(ours), ['closed: not opened']);
    assert.equal(clock.pending, 0);
  });
});

describe('a flow', () => {
  const user = (onRequest: (transaction: ServerTransaction) => void, faults: number[] = []): FlowUser => ({
    onRequest,
    onOpen: () => undefined,
    onFault: ({ fault }) => void faults.push(fault.status),
    onUnanswered: () => undefined,
    onCancel: () => undefined,
    onServerFailure: () => undefined,
    onStrayResponse: () => undefined,
  });
  let count = 0;
  const flowOptions = () => ({
    clock: new ManualClock(),
    via: { transport: 'TCP', host: '127.0.0.1', params: [] },
    newBranch: () => `z9hG4bK${++count}`,
    newTag: () => `tag${++count}`,
  });

  it('asks and is answered over a real connection; a faulty request gets its status; the end fails what is open', async () => {
    const faults: number[] = [];
    const texts: string[] = [];
    await using listener = await listen({
      host: '127.0.0.1',
      port: 0,
      clock: new ManualClock(),
      onConnection(connection) {
        const flow = new Flow(
          connection,
          flowOptions(),
          user((transaction) => {
            texts.push(bodyText(transaction.request));
            if (texts.length === 1) transaction.respond(200);
          }, faults),
        );
        void flow.run();
      },
    });
    const connection = dial(listener.port);
    const flow = new Flow(
      connection,
      flowOptions(),
      user(() => assert.fail('the server asks nothing')),
    );
    const running = flow.run();
    await until(() => connection.isOpen);
    const ask = (request: SipRequest): Promise<SipResponse | string> =>
      new Promise((resolve) => {
        flow.transactions.request(request, { onResponse: resolve, onFailure: resolve });
      });
    const answer = await ask(plain);
    assert.ok(typeof answer === 'object' && answer.status === 200);
    const faulty = await ask({ ...plain, headers: [...plain.headers, { name: 'Date', value: 'never' }] });
    assert.ok(typeof faulty === 'object' && faulty.status === 400);
    assert.deepEqual(faults, [400]);
    const open = ask({ ...plain, body: noBody });
    await until(() => texts.length === 2);
    connection.close();
    assert.equal(await open, 'transport');
    assert.deepEqual(await running, { kind: 'closed', reason: 'local', code: undefined });
    assert.deepEqual(texts, ['hello', '']);
  });
});
