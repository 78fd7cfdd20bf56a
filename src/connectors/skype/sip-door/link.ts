import { isIP } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import type { SipRequest, SipResponse } from '../../../protocols/sip/message.ts';
import { makeRequest } from '../../../protocols/sip/request.ts';
import type { ClientListener, ClientTransaction } from '../../../protocols/sip/transaction/client.ts';
import type { TransactionUser } from '../../../protocols/sip/transaction/layer.ts';
import type { Timing } from '../../../protocols/sip/transaction/timing.ts';
import { type ClientTls, connect } from '../../../protocols/sip/transport/connect.ts';
import type { SipConnection } from '../../../protocols/sip/transport/connection.ts';
import { Flow } from '../../../protocols/sip/transport/flow.ts';
import type { Target } from './locate.ts';
import type { Names } from './names.ts';

/** What became of a request. `sent`: false if it cannot have reached the peer. */
export type Answer =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'none'; readonly why: 'timeout' | 'transport'; readonly sent: boolean };

export interface LinkOptions {
  readonly target: Target;
  /** Undefined: plain TCP. */
  readonly tls: Omit<ClientTls, 'serverName'> | undefined;
  /** What our Via and Contact say where we are. */
  readonly localName: string;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly names: Names;
  readonly heartbeatMs: number;
  /** What the peer asks of us. Nothing here may throw. */
  readonly user: Pick<TransactionUser, 'onRequest' | 'onUnanswered' | 'onCancel' | 'onServerFailure'>;
  /** A message that could not be understood: for counting. */
  readonly faulty: () => void;
}

/** Why a link is over, in words of the connection; never what the peer sent. */
export type LinkEnd = string;

/**
 * One connection to one front end, for all people: it lives from `connect` to `closed` and is never reused. A sign of life
 * is asked for every `heartbeatMs`; a peer that gives none twice in a row is given up.
 */
export class Link implements AsyncDisposable {
  readonly target: Target;
  /** Resolves with whether it could be opened. */
  readonly opened: Promise<boolean>;
  /** Resolves when it is over, all transactions with it. */
  readonly closed: Promise<LinkEnd>;
  readonly #connection: SipConnection;
  readonly #flow: Flow;
  readonly #options: LinkOptions;
  readonly #watchers = new Set<() => void>();
  #open = false;
  #over = false;
  #beating: Disposable | undefined;
  #missed = 0;
  #beats = 0;

  constructor(options: LinkOptions) {
    const { target, tls, clock, timing, names, localName, user } = options;
    this.target = target;
    this.#options = options;
    this.#connection = connect({
      host: target.host,
      port: target.port,
      clock,
      times: { idle: 0, open: 10_000 },
      ...(tls ? { tls: { ...tls, serverName: isIP(target.host) ? '' : target.host } } : {}),
    });
    const opened = Promise.withResolvers<boolean>();
    this.opened = opened.promise;
    this.#flow = new Flow(
      this.#connection,
      {
        clock,
        timing,
        via: { transport: tls ? 'TLS' : 'TCP', host: localName, params: [] },
        newBranch: names.branch,
        newTag: names.tag,
      },
      {
        onRequest: (transaction) => {
          this.#missed = 0;
          user.onRequest(transaction);
        },
        onUnanswered: (request) => user.onUnanswered(request),
        onCancel: (transaction, cancel) => user.onCancel(transaction, cancel),
        onServerFailure: (transaction, failure) => user.onServerFailure(transaction, failure),
        onStrayResponse: () => undefined,
        onFault: () => options.faulty(),
        onOpen: () => {
          this.#open = true;
          this.#beat();
          opened.resolve(true);
        },
      },
    );
    this.closed = this.#run().finally(() => opened.resolve(false));
  }

  /** Runs once when it is over, unless disposed of before. */
  whenOver(run: () => void): Disposable {
    this.#watchers.add(run);
    return { [Symbol.dispose]: () => void this.#watchers.delete(run) };
  }

  get isOpen(): boolean {
    return this.#open && !this.#over;
  }

  /** Asks, and resolves with the final answer. For everything but INVITE. */
  ask(request: SipRequest): Promise<Answer> {
    if (!this.isOpen) return Promise.resolve({ kind: 'none', why: 'transport', sent: false });
    return new Promise((resolve) => {
      this.#flow.transactions.request(request, {
        onResponse: (response) => {
          this.#missed = 0;
          if (response.status >= 200) resolve({ kind: 'response', response });
        },
        onFailure: (why) => resolve({ kind: 'none', why, sent: true }),
      });
    });
  }

  /** Whether the front end says that it serves: it has to answer OPTIONS, if only with a refusal that is not its own fault. */
  async serves(): Promise<boolean> {
    const answer = await this.ask(this.#heartbeat());
    return answer.kind === 'response' && answer.response.status < 500;
  }

  /** Undefined if the link is over. */
  invite(request: SipRequest, listener: ClientListener): ClientTransaction | undefined {
    return this.isOpen ? this.#flow.transactions.request(request, listener) : undefined;
  }

  /** For the ACK of a 2xx. */
  sendUnanswered(request: SipRequest): void {
    if (this.isOpen) this.#flow.transactions.sendUnanswered(request);
  }

  /** Lets go of it: `closed` follows. */
  close(): void {
    this.#over = true;
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
    await this.#connection[Symbol.asyncDispose]();
  }

  async #run(): Promise<LinkEnd> {
    const { reason, code } = await this.#flow.run();
    this.#over = true;
    this.#beating?.[Symbol.dispose]();
    for (const run of [...this.#watchers]) run();
    this.#watchers.clear();
    return code === undefined ? reason : `${reason} (${code})`;
  }

  /** Any answer to OPTIONS is a sign of life, a refusal too. */
  #beat(): void {
    const { clock, heartbeatMs } = this.#options;
    this.#beating = clock.setTimer(heartbeatMs, () => {
      if (!this.isOpen) return;
      if (this.#missed >= 2) {
        this.close();
        return;
      }
      this.#missed += 1;
      void this.ask(this.#heartbeat());
      this.#beat();
    });
  }

  #heartbeat(): SipRequest {
    const { names, localName, target } = this.#options;
    this.#beats += 1;
    return makeRequest({
      method: 'OPTIONS',
      uri: `sip:${target.host}`,
      from: `<sip:${localName}>;tag=${names.tag()}`,
      to: `<sip:${target.host}>`,
      callId: names.callId(),
      cseq: this.#beats,
    });
  }
}
