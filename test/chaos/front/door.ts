import { once } from 'node:events';
import http2, { type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrontFault, NotificationFault } from '../faults.ts';
import { type Misdeed, Misdeeds } from './misdeeds.ts';
import { openRelay } from './relay.ts';

export interface DoorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Port of the server behind, at which it speaks HTTPS. */
  readonly to: number;
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

/** One server's address as its clients know it: a wire that may fail, and a proxy that ends TLS and may lie. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  make(fault: FrontFault | NotificationFault): void;
  /** What was ordered and is not done yet is not done any more. */
  forget(): void;
}

/** Of one connection alone; HTTP/2 forbids them. */
const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection']);

export async function openDoor(options: DoorOptions): Promise<Door> {
  const agent = new https.Agent({ keepAlive: true, ca: options.ca, maxSockets: 2_000 });
  const misdeeds = new Misdeeds();
  let lateBy = 0;
  let lateUntil = 0;

  const forward = (
    request: Http2ServerRequest,
    body: Buffer,
    signal: AbortSignal,
  ): Promise<{ status: number; headers: Record<string, string | string[]>; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !name.startsWith(':') && !hopHeaders.has(name)),
      );
      const onward = https.request(
        {
          agent,
          signal,
          host: 'localhost',
          port: options.to,
          method: request.method,
          path: request.url,
          headers: { ...headers, host: request.headers[':authority'] ?? request.headers['host'] ?? '' },
        },
        (answer) => {
          buffer(answer).then(
            (whole) =>
              resolve({
                status: answer.statusCode ?? 502,
                headers: Object.fromEntries(
                  Object.entries(answer.headers).flatMap(([name, value]) =>
                    value === undefined || hopHeaders.has(name) ? [] : [[name, value]],
                  ),
                ),
                body: whole,
              }),
            reject,
          );
        },
      );
      onward.on('error', reject);
      onward.end(body);
    });

  const serve = async (request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const misdeed: Misdeed = misdeeds.next({ method: request.method, path: request.url });
    const body = await buffer(request);
    if (misdeed.kind === 'refuse') {
      response.writeHead(misdeed.status, { 'retry-after': String(misdeed.retryAfterSeconds) }).end();
      return;
    }
    if (misdeed.kind === 'lose') {
      response.writeHead(202).end();
      return;
    }
    if (misdeed.kind === 'postpone') await sleep(misdeed.ms);
    if (misdeed.kind === 'double') void forward(request, body, gone.signal).catch(() => undefined);
    // What is carried out is carried out to its end, though nobody waits for the answer.
    const signal = misdeed.kind === 'swallow' ? new AbortController().signal : gone.signal;
    const answer = await forward(request, body, signal);
    if (misdeed.kind === 'swallow') {
      if (misdeed.how === 'cut') reset(response);
      else response.writeHead(misdeed.how).end();
      return;
    }
    if (Date.now() < lateUntil) await sleep(lateBy);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = http2.createSecureServer(
    {
      key: options.key,
      cert: options.cert,
      allowHTTP1: true,
      settings: { maxConcurrentStreams: 100 },
    },
    (request, response) => void serve(request, response).catch(() => reset(response)),
  );
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = await openRelay(options.port, (server.address() as AddressInfo).port);

  return {
    port: relay.port,
    make(fault) {
      switch (fault.kind) {
        case 'cut':
          return relay.cut(fault.share);
        case 'half-open':
          return relay.freeze(fault.ms);
        case 'delay':
          lateBy = fault.ms;
          lateUntil = Date.now() + fault.forMs;
          return;
        case 'swallow':
        case 'refuse':
        case 'notifications':
          return misdeeds.order(fault);
      }
    },
    forget() {
      misdeeds.forget();
      lateUntil = 0;
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      agent.destroy();
      server.close();
    },
  };
}

/** As if the connection, or in HTTP/2 this request's part of it, had broken. */
function reset(response: Http2ServerResponse): void {
  const { stream, socket } = response;
  if (stream && 'close' in stream && typeof stream.close === 'function')
    stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else socket?.destroy();
}
