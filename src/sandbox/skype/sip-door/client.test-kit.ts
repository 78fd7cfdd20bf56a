/** A SIP client for the tests of the door: the library of `protocols/sip`, put together as little as possible. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { authorize, readChallenge } from '../../../protocols/sip/auth/digest-client.ts';
import { ackIn } from '../../../protocols/sip/dialog/decide.ts';
import { type Dialog, dialogFromRequest, dialogFromResponse } from '../../../protocols/sip/dialog/dialog.ts';
import { inDialogRequest } from '../../../protocols/sip/dialog/in-dialog.ts';
import { parseDiagnostics } from '../../../protocols/sip/headers/diagnostics.ts';
import {
  bodyText,
  type Header,
  header,
  type SipRequest,
  type SipResponse,
  textBody,
} from '../../../protocols/sip/message.ts';
import { makeRequest } from '../../../protocols/sip/request.ts';
import type { ClientTransaction } from '../../../protocols/sip/transaction/client.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import { type ClientTls, connect } from '../../../protocols/sip/transport/connect.ts';
import type { SipConnection } from '../../../protocols/sip/transport/connection.ts';
import { Flow } from '../../../protocols/sip/transport/flow.ts';
import { until } from '../../../protocols/sip/transport/loopback.test-kit.ts';
import { createPools, type EmbeddedPools, type PoolsOptions } from '../pools.ts';
import { offer } from './calls/im-session.ts';

export { until };

export interface SipWorld extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly pools: EmbeddedPools;
  readonly ports: { readonly online: number; readonly onPrem: number };
  /** Somebody's client, connected to a pool and not registered yet. */
  client(address: string, options?: ClientOptions): Promise<SipClient>;
  /** Registered as one of Microsoft's. */
  signedIn(address: string, options?: ClientOptions): Promise<SipClient>;
}

export interface ClientOptions {
  readonly pool?: 'online' | 'onPrem';
  readonly port?: number;
  readonly tls?: ClientTls;
  readonly password?: string;
  readonly epid?: string;
}

/** Both pools on ports of their own, on a clock that stands still. Digest alone is offered unless said. */
export async function openSipWorld(options: PoolsOptions = {}): Promise<SipWorld> {
  await using stack = new AsyncDisposableStack();
  const clock = new ManualClock();
  const sip = { schemes: ['digest' as const], ...options.sip };
  const pools = stack.use(createPools({ clock, limits: { holds: { low: 0, medium: 0 } }, ...options, sip }));
  const online = await pools.online.sip.listen({ host: '127.0.0.1', port: 0 });
  const onPrem = await pools.onPrem.sip.listen({ host: '127.0.0.1', port: 0 });
  pools.online.setAddresses({ sipTcp: `127.0.0.1:${online.port}` });
  pools.onPrem.setAddresses({ sipTcp: `127.0.0.1:${onPrem.port}` });
  const ports = { online: online.port, onPrem: onPrem.port };
  const clients = stack.adopt(new Set<SipClient>(), async (all) => {
    await Promise.all([...all].map((each) => each.close()));
  });
  const world = stack.move();
  const client = async (address: string, given: ClientOptions = {}): Promise<SipClient> => {
    const made = new SipClient(address, given.port ?? ports[given.pool ?? 'online'], given);
    clients.add(made);
    await made.opened;
    return made;
  };
  return {
    clock,
    pools,
    ports,
    client,
    async signedIn(address, given) {
      const made = await client(address, given);
      assert.equal((await made.register()).status, 200);
      return made;
    },
    [Symbol.asyncDispose]: () => world.disposeAsync(),
  };
}

export class SipClient {
  readonly address: string;
  readonly epid: string;
  /** Requests that came and were answered by {@link answer}. */
  readonly requests: SipRequest[] = [];
  readonly notices: SipRequest[] = [];
  readonly cancelled: SipRequest[] = [];
  readonly connection: SipConnection;
  /** What becomes of a request; 200 unless set. */
  answer: (transaction: ServerTransaction) => void = (transaction) => void transaction.respond(200);
  closed = false;
  /** Rejects where the connection cannot be had. */
  readonly opened: Promise<void>;
  readonly #flow: Flow;
  readonly #done: Promise<unknown>;
  readonly #password: string;
  readonly #callId = randomUUID();
  #cseq = 0;

  constructor(address: string, port: number, { tls, password = 'demo', epid }: ClientOptions) {
    this.address = address;
    this.epid = epid ?? randomUUID().slice(0, 8);
    this.#password = password;
    const clock = new ManualClock();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    this.connection = connect({ host: '127.0.0.1', port, clock, ...(tls && { tls }) });
    this.#flow = new Flow(
      this.connection,
      {
        clock,
        via: { transport: tls ? 'TLS' : 'TCP', host: '127.0.0.1', params: [] },
        newBranch: () => `z9hG4bK${randomUUID()}`,
        newTag: () => randomUUID(),
      },
      {
        onOpen: () => resolve(),
        onRequest: (transaction) => {
          this.requests.push(transaction.request);
          this.answer(transaction);
        },
        onUnanswered: (request) => void this.notices.push(request),
        onCancel: (transaction, cancel) => {
          this.cancelled.push(cancel);
          transaction.respond(487);
        },
        onServerFailure: () => undefined,
        onStrayResponse: () => undefined,
        onFault: ({ fault }) => assert.fail(`${fault.field}: ${fault.detail}`),
      },
    );
    this.#done = this.#flow.run().then(({ reason }) => {
      this.closed = true;
      reject(new Error(reason));
    });
  }

  get contact(): Header {
    return {
      name: 'Contact',
      value: `<sip:${this.epid}@127.0.0.1;transport=tcp>;+sip.instance="<urn:uuid:${this.epid}>"`,
    };
  }

  /** A REGISTER, with the password where it is asked for. */
  async register(headers: readonly Header[] = [{ name: 'Expires', value: '600' }]): Promise<SipResponse> {
    const fields = {
      to: `<sip:${this.address}>`,
      uri: `sip:${this.address.slice(this.address.indexOf('@') + 1)}`,
      callId: this.#callId,
      headers: [this.contact, ...headers],
    };
    return this.askWithPassword('REGISTER', fields);
  }

  async askWithPassword(
    method: string,
    fields: Partial<Parameters<typeof makeRequest>[0]> = {},
  ): Promise<SipResponse> {
    const first = this.make(method, fields);
    const response = await this.ask(first);
    const asked = readChallenge(response);
    if (asked.kind !== 'answerable') return response;
    const credentials = { user: this.address, password: this.#password };
    return this.ask(authorize(first, asked.session, credentials, randomUUID()).request);
  }

  make(method: string, fields: Partial<Parameters<typeof makeRequest>[0]> = {}): SipRequest {
    const to = fields.to ?? `<sip:${this.address}>`;
    return makeRequest({
      method,
      uri: /<([^>]+)>/.exec(to)?.[1] ?? to,
      from: `<sip:${this.address}>;tag=${randomUUID()};epid=${this.epid}`,
      callId: randomUUID(),
      cseq: ++this.#cseq,
      ...fields,
      to,
    });
  }

  /** Resolves with the final response. */
  ask(request: SipRequest): Promise<SipResponse> {
    return this.start(request).answered;
  }

  start(request: SipRequest): {
    readonly transaction: ClientTransaction;
    readonly answered: Promise<SipResponse>;
  } {
    const { promise, resolve, reject } = Promise.withResolvers<SipResponse>();
    const transaction = this.#flow.transactions.request(request, {
      onResponse: (response) => {
        if (response.status >= 200) resolve(response);
      },
      onFailure: (failure) => reject(new Error(failure)),
    });
    return { transaction, answered: promise };
  }

  send(request: SipRequest): void {
    this.#flow.transactions.sendUnanswered(request);
  }

  /** An INVITE with an offer of messaging. */
  invite(to: string, headers: readonly Header[] = []): SipRequest {
    const { headers: type, body } = offer();
    return this.make('INVITE', {
      to: `<sip:${to}>`,
      headers: [this.contact, ...headers, ...type],
      body,
    });
  }

  /** Takes every call, and keeps its dialog. */
  takesCalls(): Dialog[] {
    const dialogs: Dialog[] = [];
    this.answer = (transaction) => {
      if (transaction.request.method === 'INVITE') {
        const dialog = dialogFromRequest(transaction.request, { localTag: transaction.toTag, status: 200 });
        if (dialog) dialogs.push(dialog);
        const { headers, body } = offer();
        transaction.respond(200, { headers: [this.contact, ...headers], body });
      } else transaction.respond(200);
    };
    return dialogs;
  }

  /** Calls somebody who takes it; the dialog, acknowledged. */
  async call(to: string, headers: readonly Header[] = []): Promise<Talk> {
    const request = this.invite(to, headers);
    const response = await this.ask(request);
    assert.equal(response.status, 200, String(reasonOf(response)));
    const dialog = dialogFromResponse(request, response);
    assert.ok(dialog);
    this.send(ackIn(dialog, dialog.localCSeq));
    return new Talk(this, dialog);
  }

  /** Texts of the messages that came. */
  get texts(): readonly string[] {
    return this.requests.filter(({ method }) => method === 'MESSAGE').map(bodyText);
  }

  count(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  async close(): Promise<void> {
    await this.connection[Symbol.asyncDispose]();
    await this.#done;
  }
}

/** One end of a session. */
export class Talk {
  readonly #client: SipClient;
  #dialog: Dialog;

  constructor(client: SipClient, dialog: Dialog) {
    this.#client = client;
    this.#dialog = dialog;
  }

  say(text: string, contentType = 'text/plain'): Promise<SipResponse> {
    return this.send('MESSAGE', text, contentType);
  }

  send(method: string, text = '', contentType = 'application/xml'): Promise<SipResponse> {
    const localCSeq = this.#dialog.localCSeq + 1;
    this.#dialog = { ...this.#dialog, localCSeq };
    const headers = text === '' ? [] : [{ name: 'Content-Type', value: contentType }];
    return this.#client.ask(
      inDialogRequest(this.#dialog, localCSeq, { method, headers, body: textBody(text) }),
    );
  }
}

/** What ms-diagnostics says. */
export function reasonOf(response: SipResponse): string | undefined {
  return parseDiagnostics(header(response, 'ms-diagnostics') ?? '')?.reason;
}
