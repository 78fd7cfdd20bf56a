import http, { type RequestListener } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Left out: no HTTPS. `key` and `cert` are PEM. Clients have the choice of HTTP/2 and HTTP/1.1. */
  readonly tls?: { readonly port: number; readonly key: string; readonly cert: string };
}

export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** Without a trailing slash: `https://localhost:7481`. Loopback is named `localhost`, as certificates are. */
  readonly url: string;
}

/** Disposing it stops listening, runs the app's `onClose` hooks and cuts whatever connection is left. */
export interface Served extends AsyncDisposable {
  readonly http: ListeningAddress;
  readonly https: ListeningAddress | undefined;
}

export class ListenError extends Error {
  override name = 'ListenError';
  readonly host: string;
  readonly port: number;
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(`cannot listen on ${host}, port ${port}: ${reasons[cause.code ?? ''] ?? cause.message}`, { cause });
    this.host = host;
    this.port = port;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port',
  EACCES: 'this user may not open this port',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/**
 * Puts one Fastify app on HTTP and, where asked, on HTTPS. From here on the app belongs to what is returned.
 * @throws {ListenError} when a port cannot be had; nothing listens then, and the app is closed.
 */
export async function serve(app: FastifyInstance, options: ListenOptions): Promise<Served> {
  await app.ready();
  const route: RequestListener = (request, response) => app.routing(request, response);
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const stop = async (): Promise<void> => {
    const closed = servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve(undefined))),
    );
    await app.close();
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
  const open = (server: Server, scheme: string, port: number): Promise<ListeningAddress> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    return listen(server, scheme, options.host, port);
  };
  try {
    const plain = await open(createPlain(route), 'http', options.port);
    const { tls } = options;
    const secure = tls && (await open(createSecure(route, tls), 'https', tls.port));
    return { http: plain, https: secure, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Longer than clients keep theirs, so that a client never writes into a connection closed a moment ago. */
const keepAliveMs = 72_000;

function createPlain(route: RequestListener): Server {
  return http.createServer({ keepAliveTimeout: keepAliveMs }, route);
}

function createSecure(route: RequestListener, { key, cert }: { key: string; cert: string }): Server {
  const server = http2.createSecureServer(
    { key, cert, allowHTTP1: true, settings: { maxConcurrentStreams } },
    // Requests over HTTP/2 have the same interface by design, but no type in common with those over HTTP/1.1.
    route as unknown as (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void,
  );
  return Object.assign(server, { keepAliveTimeout: keepAliveMs });
}

/** As IIS has it. */
const maxConcurrentStreams = 100;

function listen(server: Server, scheme: string, host: string, port: number): Promise<ListeningAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(host, port, error)));
    server.listen({ host, port }, () => {
      const taken = (server.address() as AddressInfo).port;
      resolve({ host, port: taken, url: `${scheme}://${publicName(host)}:${taken}` });
    });
  });
}

function publicName(host: string): string {
  if (host === '127.0.0.1' || host === '::1') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
