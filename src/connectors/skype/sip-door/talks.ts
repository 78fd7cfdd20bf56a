import type { SipRequest } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { DialogEnd, DialogId, DoorInvitation, InviteEnd, SendEnd } from '../door.ts';
import type { Failure } from '../errors.ts';
import { Call, type CallOptions } from './calling.ts';
import { Established } from './established.ts';
import { sessionEnded } from './failures.ts';
import type { Host, Talk } from './host.ts';
import type { Link } from './link.ts';
import { Pager, Paging, readPage } from './pager.ts';
import { Ringing, readInvite, refuseInvite } from './ringing.ts';
import type { Dialect } from './self.ts';

export interface TalksOptions {
  readonly host: Host;
  readonly dialect: Dialect;
  /** How long a text that somebody sent without a session may wait to be taken up, ms. */
  readonly pagingMs: number;
}

/** Whom to invite, and with what. */
export type Inviting = Pick<CallOptions, 'link' | 'dialog' | 'to' | 'text' | 'invite'>;

/** Sessions, invitations and texts without a session that one endpoint may have at one time. */
const mostTalks = 1_000;

/** Everybody whom one endpoint talks with, whatever carries the texts, and the invitations on both ways. */
export class Talks {
  readonly #options: TalksOptions;
  readonly #talks = new Map<DialogId, Talk>();
  /** Invitations of ours that nobody has answered yet. */
  readonly #calls = new Map<DialogId, Call>();

  constructor(options: TalksOptions) {
    this.#options = options;
  }

  async invite(inviting: Inviting): Promise<InviteEnd> {
    return this.#options.dialect === 'simple' ? await this.#page(inviting) : await this.#call(inviting);
  }

  cancel(dialog: DialogId): void {
    this.#calls.get(dialog)?.cancel();
  }

  async send(dialog: DialogId, text: string): Promise<SendEnd> {
    const talk = this.#talks.get(dialog);
    if (talk instanceof Established || talk instanceof Pager) return await talk.send(text);
    return { kind: 'failed', failure: sessionEnded };
  }

  accept(dialog: DialogId): Failure | undefined {
    const talk = this.#talks.get(dialog);
    const taken = talk instanceof Ringing || talk instanceof Paging ? talk.accept() : undefined;
    if (!taken) return sessionEnded;
    this.#talks.set(dialog, taken);
    return undefined;
  }

  decline(dialog: DialogId): void {
    const talk = this.#talks.get(dialog);
    if (!(talk instanceof Ringing || talk instanceof Paging)) return;
    talk.decline();
  }

  async end(dialog: DialogId): Promise<void> {
    await this.#talks.get(dialog)?.end();
  }

  /** Resolves when every peer has been told. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#talks.values()].map((talk) => talk.end()));
  }

  /** Whether nothing is under way with anybody, in either direction. */
  get areQuiet(): boolean {
    return this.#talks.size === 0 && this.#calls.size === 0;
  }

  /** The connection is gone, and with it everything that was said over it; without one, everything there is. */
  lost(link?: Link): void {
    for (const talk of [...this.#talks.values()]) if (link === undefined || talk.link === link) talk.lost();
  }

  /** An INVITE rings; a MESSAGE outside of a session belongs to its sender's others, or waits like an invitation. */
  take(transaction: ServerTransaction, link: Link): void {
    if (this.#talks.size >= mostTalks) transaction.respond(480);
    else if (transaction.request.method === 'INVITE') this.#rung(transaction, link);
    else this.#paged(transaction, link);
  }

  cancelled(transaction: ServerTransaction, cancel: SipRequest): void {
    this.#ringingOf(transaction)?.cancelled(cancel);
  }

  failed(transaction: ServerTransaction): void {
    this.#ringingOf(transaction)?.over('missed');
  }

  #ringingOf(transaction: ServerTransaction): Ringing | undefined {
    for (const talk of this.#talks.values())
      if (talk instanceof Ringing && talk.transaction === transaction) return talk;
    return undefined;
  }

  #rung(transaction: ServerTransaction, link: Link): void {
    const { host } = this.#options;
    const dialog = host.names.tag();
    const ringing = readInvite({ host, link, transaction, dialog, ended: this.#ended });
    if (!(ringing instanceof Ringing)) {
      refuseInvite(transaction, ringing);
      host.listener.failed({ kind: 'refused', id: 'malformed', detail: `invitation: ${ringing.reason}` });
      return;
    }
    this.#talks.set(dialog, ringing);
    ringing.ring();
    this.#tell(ringing, ringing.invitation);
  }

  #paged(transaction: ServerTransaction, link: Link): void {
    const page = readPage(transaction);
    if (!page) return;
    const { from, content } = page;
    for (const talk of this.#talks.values()) {
      if (!(talk instanceof Pager) || talk.peer !== from) continue;
      void talk.take(transaction, content);
      return;
    }
    const { host, pagingMs } = this.#options;
    const dialog = host.names.tag();
    const paging = new Paging(
      { host, link, dialog, peer: from, ended: this.#ended },
      { transaction, content, waitMs: pagingMs },
    );
    this.#talks.set(dialog, paging);
    this.#tell(paging, paging.invitation);
  }

  /** The invitation is the connector's from here on; where it fails to take it, it is given back. */
  #tell(talk: Ringing | Paging, invitation: DoorInvitation): void {
    void this.#options.host.listener.invited(invitation)?.catch(() => talk.decline());
  }

  async #page({ link, dialog, to, text, invite }: Inviting): Promise<InviteEnd> {
    const { host } = this.#options;
    const pager = new Pager({ host, link, dialog, peer: to, ended: this.#ended });
    // An answer may come before the server says that the text has arrived.
    this.#talks.set(dialog, pager);
    const end = await pager.open(text, invite);
    if (end.kind === 'failed') this.#talks.delete(dialog);
    return end;
  }

  async #call(inviting: Inviting): Promise<InviteEnd> {
    const { dialog } = inviting;
    const call = new Call({
      ...inviting,
      host: this.#options.host,
      ended: this.#ended,
      established: (session) => void this.#talks.set(dialog, session),
    });
    this.#calls.set(dialog, call);
    try {
      return await call.outcome;
    } finally {
      this.#calls.delete(dialog);
    }
  }

  readonly #ended = (dialog: DialogId, how: DialogEnd): void => {
    this.#talks.delete(dialog);
    this.#options.host.listener.ended(dialog, how);
  };
}
