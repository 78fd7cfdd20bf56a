/** A SIP server that does what a test tells it to, on a port of its own; what a pool looks like from the door's side. */

import { eventually } from '../../../../test/kit/eventually.ts';
import type { Clock } from '../../../core/clock.ts';
import { systemClock } from '../../../gateway/clock.ts';
import { header, headerLines, type SipRequest, type SipResponse } from '../../../protocols/sip/message.ts';
import { makeRequest, type RequestFields } from '../../../protocols/sip/request.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { SipConnection } from '../../../protocols/sip/transport/connection.ts';
import { Flow } from '../../../protocols/sip/transport/flow.ts';
import { listen, type ServerTls, type SipListener } from '../../../protocols/sip/transport/listen.ts';

export type Handle = (transaction: ServerTransaction, client: ServerClient) => void;

/** One connection of the door, as the server sees it. */
export interface ServerClient {
  readonly connection: SipConnection;
  readonly flow: Flow;
  ask(request: RequestFields): Promise<SipResponse>;
}

export class ScriptedServer implements AsyncDisposable {
  readonly requests: SipRequest[] = [];
  readonly unanswered: SipRequest[] = [];
  readonly cancelled: SipRequest[] = [];
  readonly clients: ServerClient[] = [];
  /** Of the answers given, by method. */
  readonly tags = new Map<string, string[]>();
  /** Answers by method, in place of what is usual. */
  readonly on = new Map<string, Handle>();
  readonly #listener: SipListener;
  #count = 0;

  private constructor(listener: SipListener) {
    this.#listener = listener;
  }

  static async open(tls?: ServerTls, port = 0): Promise<ScriptedServer> {
    let server: ScriptedServer | undefined;
    const listener = await listen({
      host: '127.0.0.1',
      port,
      clock: systemClock,
      ...(tls ? { tls } : {}),
      onConnection: (connection) => server?.attach(connection, systemClock),
    });
    server = new ScriptedServer(listener);
    return server;
  }

  get port(): number {
    return this.#listener.port;
  }

  attach(connection: SipConnection, clock: Clock): void {
    const flow: Flow = new Flow(
      connection,
      {
        clock,
        via: { transport: 'TCP', host: '127.0.0.1', params: [] },
        newBranch: () => `z9hG4bKserver${++this.#count}`,
        newTag: () => `server${++this.#count}`,
      },
      {
        onRequest: (transaction) => {
          this.requests.push(transaction.request);
          const { method } = transaction.request;
          this.tags.set(method, [...(this.tags.get(method) ?? []), transaction.toTag]);
          (this.on.get(transaction.request.method) ?? usual)(transaction, client);
        },
        onUnanswered: (request) => void this.unanswered.push(request),
        onCancel: (transaction, cancel) => {
          this.cancelled.push(cancel);
          transaction.respond(487);
        },
        onServerFailure: () => undefined,
        onStrayResponse: () => undefined,
        onOpen: () => undefined,
        onFault: () => undefined,
      },
    );
    const client: ServerClient = {
      connection,
      flow,
      ask: (fields) =>
        new Promise((resolve, reject) => {
          flow.transactions.request(makeRequest(fields), {
            onResponse: (response) => {
              if (response.status >= 200) resolve(response);
            },
            onFailure: (failure) => reject(new Error(failure)),
          });
        }),
    };
    this.clients.push(client);
    void flow.run();
  }

  of(method: string): readonly SipRequest[] {
    return this.requests.filter((request) => request.method === method);
  }

  /** Waits until that many requests of the method have come. */
  async seen(method: string, count = 1): Promise<SipRequest> {
    return eventually(`${count} ${method}`, () => this.of(method)[count - 1]);
  }

  get client(): ServerClient {
    const client = this.clients.at(-1);
    if (!client) throw new Error('nobody is connected');
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }
}

/** What a registrar and a proxy in good health say. */
function usual(transaction: ServerTransaction): void {
  const { request } = transaction;
  switch (request.method) {
    case 'REGISTER':
      grant(transaction);
      return;
    case 'SUBSCRIBE':
      transaction.respond(200, {
        headers: [
          { name: 'Contact', value: '<sip:server@127.0.0.1>' },
          { name: 'Expires', value: header(request, 'Expires') ?? '600' },
        ],
      });
      return;
    case 'INVITE':
      transaction.respond(480);
      return;
    default:
      transaction.respond(200);
  }
}

export function grant(transaction: ServerTransaction): void {
  const { request } = transaction;
  transaction.respond(200, {
    headers: [
      ...headerLines(request, 'Contact').map((value) => ({ name: 'Contact', value })),
      { name: 'Expires', value: header(request, 'Expires') ?? '60' },
    ],
  });
}
