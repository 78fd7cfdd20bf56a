import { parseNameAddr, tagOf } from '../../../protocols/sip/headers/name-addr.ts';
import { header, type SipRequest } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import { addressOfRecord, parseUri, uriParam } from '../../../protocols/sip/uri.ts';
import type { Link } from './link.ts';

/** Who takes the requests of one dialog. Nothing here may throw. */
export interface DialogUser {
  request(transaction: ServerTransaction): void;
  /** An ACK or a BENOTIFY. */
  unanswered(request: SipRequest): void;
}

/** Who takes the requests outside of dialogs that are meant for one endpoint. */
export interface EndpointUser {
  /** Whether the pool may hold the endpoint to be reached over this connection. */
  isAt(link: Link): boolean;
  /** An INVITE or a MESSAGE. */
  call(transaction: ServerTransaction, link: Link): void;
  cancelled(transaction: ServerTransaction, cancel: SipRequest): void;
  failed(transaction: ServerTransaction): void;
}

/** What an endpoint is reached by. */
export interface EndpointNames {
  /** The `ms-opaque` of its Contact. */
  readonly opaque: string;
  /** The address of record, `sip:` in front. */
  readonly address: string;
}

/**
 * Many people share one connection: finds out whom a request is for. A dialog is known by its Call-ID and our own tag, which
 * is unguessable, on the connection it was made on; an endpoint by its Contact, or by the address in To.
 */
export class Switchboard {
  readonly #dialogs = new Map<string, { readonly link: Link; readonly user: DialogUser }>();
  readonly #byOpaque = new Map<string, EndpointUser>();
  readonly #byAddress = new Map<string, EndpointUser>();
  /** Who an INVITE was given to, for as long as it can be taken back. */
  readonly #calls = new WeakMap<ServerTransaction, EndpointUser>();

  /** Until it is disposed, requests of that dialog go to `user`. */
  dialog(link: Link, callId: string, localTag: string, user: DialogUser): Disposable {
    const key = keyOf(callId, localTag);
    const entry = { link, user };
    this.#dialogs.set(key, entry);
    return {
      [Symbol.dispose]: () => {
        if (this.#dialogs.get(key) === entry) this.#dialogs.delete(key);
      },
    };
  }

  endpoint({ opaque, address }: EndpointNames, user: EndpointUser): Disposable {
    this.#byOpaque.set(opaque, user);
    this.#byAddress.set(address, user);
    return {
      [Symbol.dispose]: () => {
        if (this.#byOpaque.get(opaque) === user) this.#byOpaque.delete(opaque);
        if (this.#byAddress.get(address) === user) this.#byAddress.delete(address);
      },
    };
  }

  /** Dialogs that are open, for looking after them. */
  get size(): number {
    return this.#dialogs.size;
  }

  onRequest(link: Link, transaction: ServerTransaction): void {
    const { request } = transaction;
    const localTag = tagOf(parseNameAddr(header(request, 'To') ?? ''));
    if (localTag !== undefined) {
      const found = this.#dialogOf(link, request, localTag);
      if (found) found.request(transaction);
      else transaction.respond(481);
      return;
    }
    switch (request.method) {
      case 'OPTIONS':
        transaction.respond(200, { headers: [allow] });
        return;
      case 'INVITE':
      case 'MESSAGE':
        this.#call(link, transaction);
        return;
      case 'NOTIFY':
        transaction.respond(481);
        return;
      default:
        transaction.respond(405, { headers: [allow] });
    }
  }

  onUnanswered(link: Link, request: SipRequest): void {
    const localTag = tagOf(parseNameAddr(header(request, 'To') ?? ''));
    if (localTag !== undefined) this.#dialogOf(link, request, localTag)?.unanswered(request);
  }

  onCancel(transaction: ServerTransaction, cancel: SipRequest): void {
    transaction.respond(487);
    this.#calls.get(transaction)?.cancelled(transaction, cancel);
  }

  onServerFailure(transaction: ServerTransaction): void {
    this.#calls.get(transaction)?.failed(transaction);
  }

  /** 404 for somebody whose endpoint is not here: no request reaches a person it should not. */
  #call(link: Link, transaction: ServerTransaction): void {
    const user = this.#endpointFor(transaction.request);
    if (!user?.isAt(link)) {
      transaction.respond(404);
      return;
    }
    if (transaction.request.method === 'INVITE') this.#calls.set(transaction, user);
    user.call(transaction, link);
  }

  #endpointFor(request: SipRequest): EndpointUser | undefined {
    const uri = parseUri(request.uri);
    const opaque = uri?.kind === 'sip' ? uriParam(uri, 'ms-opaque') : undefined;
    const byContact = opaque === undefined ? undefined : this.#byOpaque.get(opaque);
    if (byContact) return byContact;
    const to = parseNameAddr(header(request, 'To') ?? '');
    const address = to && addressOfRecord(parseUri(to.uri));
    return address === undefined ? undefined : this.#byAddress.get(address);
  }

  #dialogOf(link: Link, request: SipRequest, localTag: string): DialogUser | undefined {
    const found = this.#dialogs.get(keyOf(header(request, 'Call-ID') ?? '', localTag));
    return found?.link === link ? found.user : undefined;
  }
}

const allow = {
  name: 'Allow',
  value: 'INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS, NOTIFY, BENOTIFY',
};

const keyOf = (callId: string, localTag: string): string => `${localTag} ${callId}`;
