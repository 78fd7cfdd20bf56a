/** What the tests of this folder share: real sockets on the loopback, and ways to wait for them. */
import assert from 'node:assert/strict';
import { createConnection, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { type SipRequest, textBody } from '../message.ts';
import { type ConnectOptions, connect } from './connect.ts';
import type { ConnectionEvent, SipConnection } from './connection.ts';
import { type ListenOptions, listen } from './listen.ts';

const via = { name: 'Via', value: 'SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1' };
export const plain: SipRequest = {
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
export const message: SipRequest = { ...plain, headers: [via, ...plain.headers] };

/** Lets sockets do their work until something is so. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(holds(), 'it never came to be so');
}

export interface Seen {
  readonly events: ConnectionEvent[];
  readonly done: Promise<void>;
}

export function watch(connection: SipConnection): Seen {
  const events: ConnectionEvent[] = [];
  const run = async (): Promise<void> => {
    for await (const event of connection.events()) events.push(event);
  };
  return { events, done: run() };
}

export const told = ({ events }: Seen): readonly string[] =>
  events.map((event) => (event.kind === 'closed' ? `closed: ${event.reason}` : event.kind));

/** A server whose connections are watched. */
export async function serve<C extends Clock>(clock: C, options: Partial<ListenOptions> = {}) {
  const seen: Seen[] = [];
  const connections: SipConnection[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock,
    ...options,
    times: { idle: 0, ...options.times },
    onConnection(connection) {
      connections.push(connection);
      seen.push(watch(connection));
    },
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

export async function rawSocket(port: number): Promise<Socket> {
  const socket = createConnection(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => void socket.once('connect', () => resolve()));
  return socket;
}

export const dial = (port: number, clock: Clock, options: Partial<ConnectOptions> = {}): SipConnection =>
  connect({ host: '127.0.0.1', port, clock, ...options, times: { idle: 0, ...options.times } });
