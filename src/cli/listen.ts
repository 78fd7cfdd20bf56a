import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { CommandError } from './command.ts';
import type { Config } from './config/config.ts';

/** The gateway's own ports; disposing closes them and the app. */
export interface Listening extends AsyncDisposable {
  /** `http://localhost:7080`. */
  readonly url: string;
  /** `https://localhost:7480`, where HTTPS is configured. */
  readonly secureUrl: string | undefined;
}

/** Puts the app on the configured ports. @throws {CommandError} that names a port which cannot be had. */
export async function listen(
  app: FastifyInstance,
  { host, port, tls }: Config['listen'],
): Promise<Listening> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => app.close());
  await app.ready();
  const route: http.RequestListener = (request, response) => app.routing(request, response);
  const plain = await open(stack, http.createServer(route), 'listen.port', host, port);
  const secure =
    tls &&
    (await open(
      stack,
      https.createServer({ key: tls.key, cert: tls.cert }, route),
      'listen.tls.port',
      host,
      tls.port,
    ));
  const name = nameOf(host);
  const opened = stack.move();
  return {
    url: `http://${name}:${plain}`,
    secureUrl: secure === undefined ? undefined : `https://${name}:${secure}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Resolves to the port that was taken. */
async function open(
  stack: AsyncDisposableStack,
  server: http.Server,
  setting: string,
  host: string,
  port: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, setting, host, port)));
  server.listen({ host, port }, resolve);
  await promise;
  stack.defer(() => close(server));
  return (server.address() as AddressInfo).port;
}

function close(server: http.Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}

function cannotListen(
  error: NodeJS.ErrnoException,
  setting: string,
  host: string,
  port: number,
): CommandError {
  const why = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
  return new CommandError(
    'cannot-listen',
    `The gateway cannot listen on ${host}, port ${port} (${setting}): ${why}.`,
    `End the other program, or give another ${setting}.`,
  );
}

function nameOf(host: string): string {
  if (host === '127.0.0.1' || host === '::1' || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
