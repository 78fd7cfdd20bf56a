import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SipConnection } from './connection.ts';
import type { ConnectionOptions } from './options.ts';

/** PEM texts. */
export interface ClientTls {
  /** The name that the server's certificate must be for. */
  readonly serverName: string;
  /** Authorities that are believed; the system's where there are none. */
  readonly ca?: string;
  /** Our own certificate, for mutual TLS. */
  readonly identity?: { readonly key: string; readonly cert: string };
}

export interface ConnectOptions extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** `undefined`: plain TCP. */
  readonly tls?: ClientTls;
}

/** Starts to connect. Whether it works is the first of the connection's events: `open` or `closed`. */
export function connect({ host, port, tls, ...options }: ConnectOptions): SipConnection {
  if (tls === undefined) {
    return new SipConnection(createConnection({ host, port }), {
      ...options,
      opened: 'here',
      ready: 'connect',
    });
  }
  const socket = connectTls({
    host,
    port,
    servername: tls.serverName,
    minVersion: 'TLSv1.2',
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...tls.identity,
  });
  return new SipConnection(socket, { ...options, opened: 'here', ready: 'secureConnect' });
}
