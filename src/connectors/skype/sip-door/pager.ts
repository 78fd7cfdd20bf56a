import type { SipUri } from '../../../core/people.ts';
import { cpimType } from '../../../protocols/sip/body/cpim.ts';
import { header, type SipRequest, textBody } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { DialogEnd, DialogId, DoorInvitation, InviteEnd, InviteOptions, SendEnd } from '../door.ts';
import { acceptedTypes, type Content, contentOf, plainType } from './content.ts';
import { receiptFor } from './established.ts';
import { failureOfAnswer, sessionEnded } from './failures.ts';
import { addressIn, displayIn, type Ended, type Host, nameOf, type Talk } from './host.ts';
import type { Link } from './link.ts';
import { requestOf } from './self.ts';

export interface PagerOptions {
  readonly host: Host;
  readonly link: Link;
  readonly dialog: DialogId;
  readonly peer: SipUri;
  readonly ended: Ended;
}

/**
 * Texts without a session (RFC 3428): each stands alone. Towards the connector it looks like one, from the first text
 * with somebody until either side of the connector ends it.
 */
export class Pager implements Talk {
  readonly dialog: DialogId;
  readonly link: Link;
  readonly peer: SipUri;
  readonly #options: PagerOptions;
  #isOver = false;

  constructor(options: PagerOptions) {
    this.dialog = options.dialog;
    this.link = options.link;
    this.peer = options.peer;
    this.#options = options;
  }

  /** The first text is the invitation: nothing rings in pager mode. */
  async open(text: string, { thread }: InviteOptions): Promise<InviteEnd> {
    const sent = await this.send(text);
    if (sent.kind === 'failed') {
      this.#isOver = true;
      return sent;
    }
    return { kind: 'accepted', thread, remote: sent.remote };
  }

  async send(text: string): Promise<SendEnd> {
    if (this.#isOver) return { kind: 'failed', failure: sessionEnded };
    const request = this.#request(plainType, text);
    const answer = await this.#options.host.ask(this.#options.link, request);
    if (answer.kind === 'response' && answer.response.status < 300)
      return { kind: 'sent', remote: nameOf(header(request, 'Call-ID') ?? '', 'message') };
    return { kind: 'failed', failure: failureOfAnswer(answer, 'message') };
  }

  /** Answers when the text is kept. */
  async take(transaction: ServerTransaction, content: Content & { kind: 'text' }): Promise<void> {
    const { host, dialog } = this.#options;
    const remote = remoteOf(transaction.request);
    try {
      await host.listener.received({ dialog, remote, body: content.body, at: host.clock.now() });
    } catch {
      transaction.respond(503, { headers: [{ name: 'Retry-After', value: '5' }] });
      return;
    }
    transaction.respond(200);
    await this.confirm(content);
  }

  async confirm({ receipt }: Content & { kind: 'text' }): Promise<void> {
    if (!receipt || this.#isOver) return;
    const { host, link } = this.#options;
    const { self, clock } = host;
    await host.ask(
      link,
      this.#request(cpimType, receiptFor(receipt.messageId, self.uri, this.peer, clock.now())),
    );
  }

  async end(): Promise<void> {
    this.#over('over');
  }

  lost(): void {
    this.#over('lost');
  }

  #request(type: string, text: string): SipRequest {
    const { self, names } = this.#options.host;
    return requestOf(self, names, {
      method: 'MESSAGE',
      to: this.peer,
      headers: [{ name: 'Content-Type', value: type }],
      body: textBody(text),
    });
  }

  #over(how: DialogEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.ended(this.dialog, how);
  }
}

interface Page {
  readonly transaction: ServerTransaction;
  readonly content: Content & { kind: 'text' };
  /** How long its sender is kept waiting. */
  readonly waitMs: number;
}

/** The first text of somebody, which waits to be taken up: until then its sender has no answer. */
export class Paging implements Talk {
  readonly dialog: DialogId;
  readonly link: Link;
  readonly invitation: DoorInvitation;
  readonly #options: PagerOptions;
  readonly #transaction: ServerTransaction;
  readonly #content: Content & { kind: 'text' };
  readonly #waiting: Disposable;
  #isOver = false;

  constructor(options: PagerOptions, { transaction, content, waitMs }: Page) {
    const { request } = transaction;
    this.dialog = options.dialog;
    this.link = options.link;
    this.#options = options;
    this.#transaction = transaction;
    this.#content = content;
    this.#waiting = options.host.clock.setTimer(waitMs, () => this.over('missed', 408));
    this.invitation = {
      dialog: options.dialog,
      from: options.peer,
      fromName: displayIn(request),
      thread: header(request, 'Ms-Conversation-ID') ?? header(request, 'Call-ID') ?? '',
      remote: remoteOf(request),
      body: content.body,
      at: options.host.clock.now(),
    };
  }

  /** Undefined if its sender has been told already that nobody took it. */
  accept(): Pager | undefined {
    if (this.#isOver) return undefined;
    this.#isOver = true;
    this.#waiting[Symbol.dispose]();
    this.#transaction.respond(200);
    const pager = new Pager(this.#options);
    void pager.confirm(this.#content);
    return pager;
  }

  decline(): void {
    this.over('declined', 480);
  }

  async end(): Promise<void> {
    this.decline();
  }

  lost(): void {
    this.over('lost', 480);
  }

  over(how: DialogEnd, status: 408 | 480): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting[Symbol.dispose]();
    this.#transaction.respond(status);
    this.#options.ended(this.dialog, how);
  }
}

/** What a MESSAGE outside of a session says, and who says it; undefined when it has been answered already. */
export function readPage(
  transaction: ServerTransaction,
): { readonly from: SipUri; readonly content: Content & { kind: 'text' } } | undefined {
  const { request } = transaction;
  const from = addressIn(request, 'From');
  const content = contentOf(request);
  if (from === undefined) {
    transaction.respond(400);
    return undefined;
  }
  switch (content.kind) {
    case 'text':
      return { from, content };
    case 'nothing':
      transaction.respond(200);
      return undefined;
    case 'unsupported':
      transaction.respond(415, { headers: [{ name: 'Accept', value: acceptedTypes.join(', ') }] });
      return undefined;
  }
}

function remoteOf(request: SipRequest) {
  return nameOf(
    `${header(request, 'Call-ID') ?? ''} ${header(request, 'From') ?? ''}`,
    header(request, 'CSeq') ?? '',
  );
}
