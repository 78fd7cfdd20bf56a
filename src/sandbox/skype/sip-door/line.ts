import type { DialogId } from '../../../protocols/sip/dialog/dialog.ts';
import { dialogKey } from '../../../protocols/sip/dialog/dialog.ts';
import type { SipRequest } from '../../../protocols/sip/message.ts';
import type { ClientListener, ClientTransaction } from '../../../protocols/sip/transaction/client.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { Timing } from '../../../protocols/sip/transaction/timing.ts';
import type { Clock } from '../../clock.ts';

/** A session or subscription that the peer's requests with its tags belong to. */
export interface DialogOwner {
  receive(transaction: ServerTransaction): void;
  /** An ACK. */
  acknowledged(request: SipRequest): void;
  /** The connection is gone: nothing can be sent any more. */
  lost(): void;
}

/** What the parts of the door see of a connection. */
export interface Line {
  readonly clock: Clock;
  readonly timing: Timing;
  /** This server's name. */
  readonly fqdn: string;
  readonly dialogs: Dialogs;
  readonly isOpen: boolean;
  request(request: SipRequest, listener: ClientListener): ClientTransaction;
  /** For what gets no response: ACK, BENOTIFY. */
  sendUnanswered(request: SipRequest): void;
  newTag(): string;
}

/** The dialogs of one connection: tags and Call-IDs of some clients repeat on others. */
export class Dialogs {
  readonly #owners = new Map<string, DialogOwner>();
  readonly #limit: () => number;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#owners.size >= this.#limit();
  }

  add(id: DialogId, owner: DialogOwner): void {
    this.#owners.set(dialogKey(id), owner);
  }

  remove(id: DialogId): void {
    this.#owners.delete(dialogKey(id));
  }

  find(id: DialogId): DialogOwner | undefined {
    return this.#owners.get(dialogKey(id));
  }

  lost(): void {
    const owners = [...this.#owners.values()];
    this.#owners.clear();
    for (const owner of owners) owner.lost();
  }
}
