import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SipConnection } from './connection.ts';
import { type ConnectionOptions, defaultTimes } from './options.ts';

/** PEM texts. */
export interface ServerTls {
  readonly key: string;
  readonly cert: string;
  /** Authorities of clients' certificates. */
  readonly ca?: string;
  /**
   * `wanted`: a certificate that does not check out counts as none. `required`: without a good one the handshake
   * fails.
   */
  readonly clientCertificate: 'none' | 'wanted' | 'required';
}

export interface ListenOptions extends ConnectionOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** `undefined`: plain TCP. */
  readonly tls?: ServerTls;
  /** Connections at one time; more are closed at once. */
  readonly maxConnections?: number;
  /** Gets each connection once it is open (for TLS: the handshake is done), to consume its events. Must not throw. */
  readonly onConnection: (connection: SipConnection) => void;
  /** A handshake failed; `code` is OpenSSL's or the system's. */
  readonly onRefused?: (code: string | undefined) => void;
}

/** A port that is listened on. Disposing of it closes its connections too. */
export interface SipListener extends AsyncDisposable {
  readonly port: number;
}

const defaultMaxConnections = 10_000;

/** Rejects with the system's error (`EADDRINUSE`, `EACCES` …) where the port cannot be had. */
export async function listen(options: ListenOptions): Promise<SipListener> {
  const { host, port, tls, onConnection, maxConnections } = options;
  const sockets = new Set<Socket>();
  const connections = new Set<SipConnection>();
  const accept = (socket: Socket): void => {
    const connection = new SipConnection(socket, { ...options, opened: 'there', ready: undefined });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
    onConnection(connection);
  };
  const server = tls === undefined ? createServer(accept) : createSecure(tls, options, accept);
  server.maxConnections = maxConnections ?? defaultMaxConnections;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const bound = await bind(server, host, port);
  return {
    port: bound,
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await Promise.all([...connections].map((connection) => connection[Symbol.asyncDispose]()));
      // What is left has not finished its handshake.
      for (const socket of sockets) socket.destroy();
      await promise;
    },
  };
}

function createSecure(tls: ServerTls, options: ListenOptions, accept: (socket: Socket) => void): Server {
  const { key, cert, ca, clientCertificate } = tls;
  const server = createTlsServer(
    {
      key,
      cert,
      ...(ca !== undefined && { ca }),
      minVersion: 'TLSv1.2',
      requestCert: clientCertificate !== 'none',
      rejectUnauthorized: clientCertificate === 'required',
      handshakeTimeout: options.times?.open || defaultTimes.open,
    },
    accept,
  );
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    socket.destroy();
    options.onRefused?.(error.code);
  });
  return server;
}

async function bind(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
