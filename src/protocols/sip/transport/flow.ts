import type { SipMessage, SipRequest } from '../message.ts';
import { isUnanswered } from '../methods.ts';
import { refuse } from '../respond.ts';
import { type TransactionOptions, Transactions, type TransactionUser } from '../transaction/layer.ts';
import type { CloseReason, ConnectionEvent, SipConnection } from './connection.ts';
import { withReceived } from './received.ts';

export type FlowOptions = Omit<TransactionOptions, 'send' | 'reliable'> & {
  /** The last hand on everything that goes out, repetitions too: signs it. */
  readonly seal?: (message: SipMessage) => SipMessage;
};

/** What the user of a connection hears besides its transactions. Nothing here may throw. */
export interface FlowUser extends TransactionUser {
  onOpen(event: ConnectionEvent & { readonly kind: 'open' }): void;
  /** A message was refused (a request has been answered) or dropped: for counting. */
  onFault(event: ConnectionEvent & { readonly kind: 'faulty' | 'broken' }): void;
}

/** A connection with its transactions: the place where bytes become requests and responses. */
export class Flow {
  readonly transactions: Transactions;
  readonly #connection: SipConnection;
  readonly #user: FlowUser;
  readonly #newTag: () => string;
  readonly #send: (message: SipMessage) => void;

  constructor(connection: SipConnection, options: FlowOptions, user: FlowUser) {
    this.#connection = connection;
    this.#user = user;
    this.#newTag = options.newTag;
    const { seal = (message) => message } = options;
    this.#send = (message) => void connection.send(seal(message));
    this.transactions = new Transactions({ ...options, reliable: true, send: this.#send }, user);
  }

  /** Runs the connection to its end and says why it ended. All transactions have failed by then. */
  async run(): Promise<{ readonly reason: CloseReason; readonly code: string | undefined }> {
    using _transactions = this.transactions;
    let peer = { address: '', port: 0 };
    for await (const event of this.#connection.events()) {
      switch (event.kind) {
        case 'open':
          peer = event.peer;
          this.#user.onOpen(event);
          break;
        case 'message':
          this.transactions.receive(
            event.message.kind === 'request' ? withReceived(event.message, peer) : event.message,
          );
          break;
        case 'faulty':
        case 'broken':
          if (event.message?.kind === 'request') this.#refuse(event.message, event);
          this.#user.onFault(event);
          break;
        case 'ping':
          break;
        case 'closed':
          return event;
      }
    }
    return { reason: 'local', code: undefined };
  }

  /** Without a Via nobody knows where the answer belongs. */
  #refuse(request: SipRequest, { fault }: ConnectionEvent & { readonly kind: 'faulty' | 'broken' }): void {
    if (isUnanswered(request.method) || !request.headers.some(({ name }) => name === 'Via')) return;
    this.#send(refuse(request, fault, this.#newTag()));
  }
}
