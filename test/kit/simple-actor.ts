import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/gateway/clock.ts';
import { formatPidf, parsePidf, pidfType } from '../../src/protocols/sip/body/pidf.ts';
import {
  bodyText,
  header,
  type SipRequest,
  type SipResponse,
  textBody,
} from '../../src/protocols/sip/message.ts';
import { makeRequest } from '../../src/protocols/sip/request.ts';
import type { ServerTransaction } from '../../src/protocols/sip/transaction/server.ts';
import { connect } from '../../src/protocols/sip/transport/connect.ts';
import type { SipConnection } from '../../src/protocols/sip/transport/connection.ts';
import { Flow } from '../../src/protocols/sip/transport/flow.ts';
import { eventually } from './eventually.ts';

/** A person at a plain SIP client (SIMPLE): registers, sends and takes texts without sessions, publishes and watches PIDF. */
export class SimpleActor implements AsyncDisposable {
  readonly address: string;
  readonly received: string[] = [];
  /** What notifications said of each person last: `open` or `closed`, and the note. */
  readonly presences = new Map<string, string>();
  /** Answers a text in place of 200. */
  onText: ((transaction: ServerTransaction) => void) | undefined;
  readonly #connection: SipConnection;
  readonly #flow: Flow;
  readonly #done: Promise<unknown>;
  readonly #callId = randomBytes(8).toString('hex');
  #cseq = 0;
  #entityTag: string | undefined;

  constructor(
    server: { readonly host: string; readonly port: number },
    address: string,
    clock: Clock = systemClock,
  ) {
    this.address = address;
    this.#connection = connect({ ...server, clock });
    this.#flow = new Flow(
      this.#connection,
      {
        clock,
        via: { transport: 'TCP', host: 'client.invalid', params: [] },
        newBranch: () => `z9hG4bK${randomBytes(8).toString('hex')}`,
        newTag: () => randomBytes(6).toString('hex'),
      },
      {
        onRequest: (transaction) => this.#requested(transaction),
        onUnanswered: () => undefined,
        onCancel: (transaction) => void transaction.respond(487),
        onServerFailure: () => undefined,
        onStrayResponse: () => undefined,
        onOpen: () => undefined,
        onFault: () => undefined,
      },
    );
    this.#done = this.#flow.run();
  }

  async register(expires = 300): Promise<void> {
    await eventually('a connection', () => this.#connection.isOpen);
    await this.#expect(200, 'REGISTER', this.address, [
      { name: 'Contact', value: `${this.#contact};expires=${expires}` },
    ]);
  }

  /** Sends a text; the status of the final answer. */
  async say(to: string, text: string): Promise<number> {
    const headers = [{ name: 'Content-Type', value: 'text/plain' }];
    return (await this.#ask('MESSAGE', to, headers, text)).status;
  }

  async publish(basic: 'open' | 'closed', note: string): Promise<void> {
    const document = formatPidf({
      entity: `sip:${this.address}`,
      tuples: [{ id: 'kim', basic, notes: [{ language: 'en', text: note }] }],
      notes: [],
    });
    const response = await this.#expect(
      200,
      'PUBLISH',
      this.address,
      [
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: '300' },
        { name: 'Content-Type', value: pidfType },
        ...(this.#entityTag === undefined ? [] : [{ name: 'SIP-If-Match', value: this.#entityTag }]),
      ],
      document,
    );
    this.#entityTag = header(response, 'SIP-ETag');
  }

  async watch(address: string): Promise<void> {
    const response = await this.#ask('SUBSCRIBE', address, [
      { name: 'Contact', value: this.#contact },
      { name: 'Event', value: 'presence' },
      { name: 'Expires', value: '300' },
      { name: 'Accept', value: pidfType },
    ]);
    if (response.status >= 300) throw new Error(`SUBSCRIBE: ${response.status}`);
  }

  /** Waits until a person is shown so. */
  async sees(address: string, presence: string, withinMs?: number): Promise<void> {
    await eventually(
      `${this.address} sees ${address} ${presence}, not ${this.presences.get(address)}`,
      () => this.presences.get(address) === presence,
      withinMs,
    );
  }

  async hears(text: string): Promise<void> {
    await eventually(`“${text}” among ${this.received.join(' | ')}`, () =>
      this.received.some((each) => each.includes(text)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
    await this.#done;
  }

  get #contact(): string {
    return `<sip:${this.address.split('@')[0]}@client.invalid;transport=tcp>`;
  }

  #requested(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'MESSAGE') {
      this.received.push(bodyText(request));
      if (this.onText) this.onText(transaction);
      else transaction.respond(200);
      return;
    }
    if (request.method === 'NOTIFY') this.#notified(request);
    transaction.respond(200);
  }

  #notified(request: SipRequest): void {
    const pidf = parsePidf(bodyText(request));
    if (!pidf) return;
    const tuple = pidf.tuples.find(({ basic }) => basic === 'open') ?? pidf.tuples[0];
    const said = tuple ? `${tuple.basic} ${tuple.notes[0]?.text ?? ''}`.trim() : 'closed';
    this.presences.set(pidf.entity.replace(/^(sip|pres):/, ''), said);
  }

  async #expect(
    status: number,
    method: string,
    to: string,
    headers: SipRequest['headers'],
    body?: string,
  ): Promise<SipResponse> {
    const response = await this.#ask(method, to, headers, body);
    if (response.status !== status) throw new Error(`${method}: ${response.status} ${response.reason}`);
    return response;
  }

  #ask(method: string, to: string, headers: SipRequest['headers'], body?: string): Promise<SipResponse> {
    this.#cseq += 1;
    const request = makeRequest({
      method,
      uri: method === 'REGISTER' ? `sip:${this.address.split('@')[1]}` : `sip:${to}`,
      from: `<sip:${this.address}>;tag=${randomBytes(6).toString('hex')}`,
      to: `<sip:${to}>`,
      callId: method === 'REGISTER' ? this.#callId : randomBytes(8).toString('hex'),
      cseq: this.#cseq,
      headers,
      ...(body === undefined ? {} : { body: textBody(body) }),
    });
    return new Promise((resolve, reject) => {
      this.#flow.transactions.request(request, {
        onResponse: (response) => {
          if (response.status >= 200) resolve(response);
        },
        onFailure: (failure) => reject(new Error(`${method}: ${failure}`)),
      });
    });
  }
}
