import type { Clock } from '../clock.ts';
import { formatVia, type Via } from '../headers/via.ts';
import { isForEndpoint } from '../inspect.ts';
import { type SipMessage, type SipRequest, type SipResponse, withHeaderFirst } from '../message.ts';
import { isUnanswered } from '../methods.ts';
import { respond } from '../respond.ts';
import { type ClientListener, ClientTransaction } from './client.ts';
import { clientKey, serverKey } from './key.ts';
import type { Failure } from './machine.ts';
import { ServerTransaction } from './server.ts';
import { type Ground, rfcTiming, type Timing } from './timing.ts';

/** Who uses the transactions of a connection. Nothing here may throw. */
export interface TransactionUser {
  /** A new request; exactly one final response is due through `transaction.respond`. Never ACK or CANCEL. */
  onRequest(transaction: ServerTransaction): void;
  /** A request that gets no response: the ACK of a 2xx, or Microsoft's BENOTIFY. */
  onUnanswered(request: SipRequest): void;
  /** The peer took its INVITE back (the CANCEL itself is answered already): respond with 487. Its Reason may say why. */
  onCancel(transaction: ServerTransaction, cancel: SipRequest): void;
  /** `timeout`: nobody answered in time, or no ACK came for the answer. `transport`: the connection is gone. */
  onServerFailure(transaction: ServerTransaction, failure: Failure): void;
  /** A response of no transaction: a 2xx that came late. */
  onStrayResponse(response: SipResponse): void;
}

export interface TransactionOptions {
  readonly clock: Clock;
  readonly timing?: Timing;
  readonly reliable: boolean;
  /** Hands a message to the connection. Must not throw; a failure is told by `connectionLost`. */
  readonly send: (message: SipMessage) => void;
  /** What our Vias say; `host` and `port` are those where answers are taken. */
  readonly via: Pick<Via, 'transport' | 'host' | 'port' | 'params'>;
  /** Unique for ever, starting with `z9hG4bK`. */
  readonly newBranch: () => string;
  /** Unguessable; for answers that the layer gives itself. */
  readonly newTag: () => string;
  /** Server transactions at one time; beyond it requests get 503. */
  readonly limit?: number | (() => number);
}

const defaultLimit = 10_000;

/** All transactions of one connection. It owns their timers, until they end or it is disposed of. */
export class Transactions implements Disposable {
  readonly #options: TransactionOptions;
  readonly #user: TransactionUser;
  readonly #ground: Ground;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  #lost = false;

  constructor(options: TransactionOptions, user: TransactionUser) {
    this.#options = options;
    this.#user = user;
    this.#ground = { timing: options.timing ?? rfcTiming, reliable: options.reliable };
  }

  /** Transactions that have not ended. */
  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Sends a request (without Via: it gets ours) and reports its responses, or its failure, to the listener. */
  request(request: SipRequest, listener: ClientListener): ClientTransaction {
    const branch = this.#options.newBranch();
    const sent = this.#withVia(request, branch);
    return this.#startClient(`${request.method} ${branch}`, sent, listener);
  }

  /** Sends what gets no response: the ACK of a 2xx, or a BENOTIFY. */
  sendUnanswered(request: SipRequest): void {
    if (!this.#lost) this.#options.send(this.#withVia(request, this.#options.newBranch()));
  }

  /** Takes a message that `checkMessage` found good. */
  receive(message: SipMessage): void {
    if (this.#lost) return;
    if (message.kind === 'response') this.#receiveResponse(message);
    else if (message.method === 'ACK') this.#receiveAck(message);
    else if (message.method === 'CANCEL') this.#receiveCancel(message);
    else if (isUnanswered(message.method)) this.#user.onUnanswered(message);
    else this.#receiveRequest(message);
  }

  /** The connection is gone: every transaction fails, nothing is sent any more. */
  connectionLost(): void {
    this.#lost = true;
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()])
      transaction.transportFailed();
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.stop();
    this.#clients.clear();
    this.#servers.clear();
  }

  [Symbol.dispose](): void {
    this.connectionLost();
  }

  #withVia(request: SipRequest, branch: string): SipRequest {
    const { via } = this.#options;
    return withHeaderFirst(
      request,
      'Via',
      formatVia({ ...via, params: [{ name: 'branch', value: branch }, ...via.params] }),
    );
  }

  #startClient(key: string, request: SipRequest, listener: ClientListener): ClientTransaction {
    const transaction: ClientTransaction = new ClientTransaction({
      request,
      listener,
      ground: this.#ground,
      clock: this.#options.clock,
      send: (message) => this.#options.send(message),
      sendCancel: (cancel) =>
        void this.#startClient(`CANCEL ${key.slice(key.indexOf(' ') + 1)}`, cancel, silent),
      ended: () => void this.#clients.delete(key),
    });
    this.#clients.set(key, transaction);
    if (this.#lost) transaction.transportFailed();
    else transaction.start();
    return transaction;
  }

  #receiveResponse(response: SipResponse): void {
    if (!isForEndpoint(response)) return;
    const transaction = this.#clients.get(clientKey(response) ?? '');
    if (transaction === undefined) this.#user.onStrayResponse(response);
    else transaction.receive(response);
  }

  #receiveAck(ack: SipRequest): void {
    const transaction = this.#servers.get(serverKey(ack));
    if (transaction === undefined) this.#user.onUnanswered(ack);
    else transaction.receiveAck(ack);
  }

  #receiveCancel(cancel: SipRequest): void {
    const invite = this.#servers.get(serverKey(cancel, 'INVITE'));
    const toTag = invite?.toTag ?? this.#options.newTag();
    this.#options.send(respond(cancel, invite === undefined ? 481 : 200, { toTag }));
    if (invite?.isOpen === true) this.#user.onCancel(invite, cancel);
  }

  get #limit(): number {
    const { limit = defaultLimit } = this.#options;
    return typeof limit === 'number' ? limit : limit();
  }

  #receiveRequest(request: SipRequest): void {
    const key = serverKey(request);
    const known = this.#servers.get(key);
    if (known !== undefined) {
      known.receiveAgain();
      return;
    }
    if (this.#servers.size >= this.#limit) {
      const headers = [{ name: 'Retry-After', value: '5' }];
      this.#options.send(respond(request, 503, { toTag: this.#options.newTag(), headers }));
      return;
    }
    const transaction: ServerTransaction = new ServerTransaction({
      request,
      toTag: this.#options.newTag(),
      ground: this.#ground,
      clock: this.#options.clock,
      send: (message) => this.#options.send(message),
      onAck: (ack) => this.#user.onUnanswered(ack),
      onFailure: (failure) => this.#user.onServerFailure(transaction, failure),
      ended: () => void this.#servers.delete(key),
    });
    this.#servers.set(key, transaction);
    transaction.start();
    this.#user.onRequest(transaction);
    transaction.tryIfSilent();
  }
}

const silent: ClientListener = { onResponse: () => undefined, onFailure: () => undefined };
