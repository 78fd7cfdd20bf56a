import { once } from 'node:events';
import http2, { type ClientHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import { connect, type SecureContext } from 'node:tls';
import { orAbort } from './clock.ts';
import { exchange } from './exchange.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';

/** Connections that many requests share at a time (HTTP/2), to servers that offer it. */
export interface SharedConnections extends AsyncDisposable {
  /**
   * `http1`: nothing was asked, as the server speaks HTTP/1.1 alone (or asks for it).
   * @throws {NotConnected}, what the connection failed with, or the signal's reason
   */
  send(request: HttpRequest): Promise<HttpAnswer | 'http1'>;
}

/** No connection could be made: the server has seen nothing. */
export class NotConnected extends Error {
  override name = 'NotConnected';
}

export interface SharedConnectionsOptions {
  readonly secureContext: SecureContext;
  /** For the connection, the handshake and the server's settings together. */
  readonly connectTimeoutMs: number;
  /** How often a connection is tried, and how long the other side may take to show that it is there. */
  readonly pingMs?: number;
}

/** The servers' usual limit; and a connection that breaks should not take everybody's request with it. */
const mostRequests = 100;
const idleMs = 4_000;

export function createSharedConnections(options: SharedConnectionsOptions): SharedConnections {
  const origins = new Map<string, Origin>();
  const closing = new AbortController();
  return {
    send(request) {
      const { origin } = request.url;
      let known = origins.get(origin);
      if (!known) {
        known = createOrigin(origin, options, closing.signal);
        origins.set(origin, known);
      }
      return known.send(request);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
    },
  };
}

interface Origin {
  send(request: HttpRequest): Promise<HttpAnswer | 'http1'>;
}

interface Connection {
  readonly session: ClientHttp2Session;
  readonly most: number;
  requests: number;
}

/** Connections to one server, each filled before the next one is made. What it speaks is found out once. */
function createOrigin(origin: string, options: SharedConnectionsOptions, closing: AbortSignal): Origin {
  const connections = new Set<Connection>();
  let connecting: Promise<void> | undefined;
  let http1 = false;

  const open = async (): Promise<void> => {
    const session = await openSession(origin, options, closing);
    if (!session) {
      http1 = true;
      return;
    }
    const most = Math.min(session.remoteSettings.maxConcurrentStreams ?? mostRequests, mostRequests);
    const connection = { session, most, requests: 0 };
    connections.add(connection);
    session.once('close', () => connections.delete(connection));
    session.setTimeout(idleMs, () => {
      if (connection.requests === 0) session.close();
    });
    const destroy = (): void => session.destroy();
    closing.addEventListener('abort', destroy, { once: true });
    session.once('close', () => closing.removeEventListener('abort', destroy));
    keepTrying(session, options.pingMs ?? 30_000);
  };

  const withRoom = (): Connection | undefined =>
    connections
      .values()
      .find(({ session, requests, most }) => requests < most && !session.closed && !session.destroyed);

  return {
    async send(request) {
      for (;;) {
        if (http1) return 'http1';
        const connection = withRoom();
        if (!connection) {
          connecting ??= open().finally(() => {
            connecting = undefined;
          });
          await orAbort(connecting, request.signal);
          continue;
        }
        connection.requests += 1;
        try {
          const answer = await exchange(connection.session, request);
          if (answer === 'http1') http1 = true;
          return answer;
        } finally {
          connection.requests -= 1;
        }
      }
    },
  };
}

/** Undefined if the server has chosen HTTP/1.1. */
async function openSession(
  origin: string,
  { secureContext, connectTimeoutMs }: SharedConnectionsOptions,
  closing: AbortSignal,
): Promise<ClientHttp2Session | undefined> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({
    host,
    port: Number(port || 443),
    ...(isIP(host) ? {} : { servername: host }),
    secureContext,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  const signal = AbortSignal.any([closing, AbortSignal.timeout(connectTimeoutMs)]);
  try {
    await once(socket, 'secureConnect', { signal });
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return undefined;
    }
    const session = http2.connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false },
    });
    // What breaks a connection reaches the requests on it; a listener here keeps it from ending the process.
    session.on('error', () => undefined);
    await once(session, 'remoteSettings', { signal });
    return session;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw new NotConnected('no connection', { cause: signal.aborted ? signal.reason : error });
  }
}

/** A server that has gone without a word would otherwise hold the requests until each one's time is over. */
function keepTrying(session: ClientHttp2Session, ms: number): void {
  let waiting = false;
  const timer = setInterval(() => {
    if (session.destroyed) return;
    if (waiting) return session.destroy(new Error('no answer to a ping'));
    waiting = true;
    session.ping(() => {
      waiting = false;
    });
  }, ms);
  timer.unref();
  session.once('close', () => clearInterval(timer));
}
