import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type {
  ChangeNotification,
  LifecycleNotification,
  NotificationBatch,
} from '../../src/protocols/graph/subscriptions.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';

export interface Certificates {
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** Certificates of an authority that lives as long as this call. */
export async function localCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'graph-'));
  try {
    const authority = await openAuthority(folder, { now: () => Date.now() });
    return { ca: authority.caPem, ...(await authority.issueServer()) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Somebody who takes notifications over HTTPS; each test says how it answers. */
export class Subscriber implements AsyncDisposable {
  readonly batches: NotificationBatch<ChangeNotification>[] = [];
  readonly lifecycle: LifecycleNotification[] = [];
  readonly handshakes: string[] = [];
  /** How a handshake is answered; default as it must be. */
  onHandshake = (token: string, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(token);
  };
  /** Status of each answer to a notification; a promise delays it. */
  onNotification: () => number | Promise<number> = () => 202;
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({ key, cert }: Certificates): Promise<Subscriber> {
    const server = createServer({ key, cert });
    const subscriber = new Subscriber(server);
    server.on('request', (request, response) => {
      const token = new URL(request.url ?? '', 'https://x').searchParams.get('validationToken');
      if (token !== null) {
        subscriber.handshakes.push(request.url ?? '');
        subscriber.onHandshake(token, response);
        return;
      }
      void text(request).then((body) => subscriber.#take(JSON.parse(body), response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return subscriber;
  }

  url(path = '/hook'): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  get notifications(): readonly ChangeNotification[] {
    return this.batches.flatMap(({ value }) => value);
  }

  /** Resolves when the condition holds, which is looked at after each delivery. */
  async until(condition: (subscriber: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(body: NotificationBatch, response: ServerResponse): Promise<void> {
    const status = await this.onNotification();
    if (status < 300) {
      if (body.value.some((item) => 'lifecycleEvent' in item)) {
        this.lifecycle.push(...(body.value as readonly LifecycleNotification[]));
      } else {
        this.batches.push(body as NotificationBatch<ChangeNotification>);
      }
    }
    response.writeHead(status).end();
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
