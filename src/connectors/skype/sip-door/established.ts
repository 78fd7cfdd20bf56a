import { randomUUID } from 'node:crypto';
import type { SipUri } from '../../../core/people.ts';
import { cpimType, formatCpim } from '../../../protocols/sip/body/cpim.ts';
import { formatImdn, imdnType } from '../../../protocols/sip/body/imdn.ts';
import { formatSdp, messageSession, sdpType } from '../../../protocols/sip/body/sdp.ts';
import {
  decide,
  type Session,
  type SessionAction,
  type SessionEvent,
  type SessionTimer,
} from '../../../protocols/sip/dialog/session.ts';
import { parseCSeq } from '../../../protocols/sip/headers/cseq.ts';
import { header, type SipRequest, textBody } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { DialogId, SendEnd } from '../door.ts';
import { acceptedTypes, contentOf, plainType, type WantedReceipt } from './content.ts';
import { failureOfAnswer, sessionEnded } from './failures.ts';
import { type Ended, type Host, nameOf, type Talk } from './host.ts';
import type { Answer, Link } from './link.ts';
import { contactOf } from './self.ts';

export interface EstablishedOptions {
  readonly host: Host;
  readonly link: Link;
  readonly dialog: DialogId;
  readonly peer: SipUri;
  readonly session: Session;
  readonly ended: Ended;
}

/** The body of an offer or an answer: texts go inside the signalling, so address and port mean nothing. */
export function sessionDescription(): { readonly type: string; readonly body: Uint8Array } {
  const sdp = messageSession({ address: '127.0.0.1', port: 5060, acceptTypes: ['text/plain', 'text/html'] });
  return { type: sdpType, body: textBody(formatSdp(sdp)) };
}

/** One INVITE session behind its 2xx: runs the pure session machine of the library on one connection. */
export class Established implements Talk {
  readonly dialog: DialogId;
  readonly link: Link;
  readonly #options: EstablishedOptions;
  readonly #timers = new Map<SessionTimer, Disposable>();
  readonly #ways: Disposable;
  #session: Session;
  #isOver = false;

  constructor(options: EstablishedOptions) {
    const { dialog, session, link, host } = options;
    this.dialog = dialog;
    this.link = link;
    this.#options = options;
    this.#session = session;
    const { callId, localTag } = session.dialog;
    this.#ways = host.switchboard.dialog(link, callId, localTag, {
      request: (transaction) => this.#received(transaction),
      unanswered: (request) => this.feed({ kind: 'received', request }),
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async send(text: string): Promise<SendEnd> {
    const asked = await this.#ask('MESSAGE', plainType, text);
    if (!asked) return { kind: 'failed', failure: sessionEnded };
    const { answer, cseq } = asked;
    if (answer.kind === 'response' && answer.response.status < 300)
      return { kind: 'sent', remote: nameOf(this.#carrier, cseq) };
    return { kind: 'failed', failure: failureOfAnswer(answer, 'message') };
  }

  /** Says BYE, and waits for its answer: until then the peer may still be talking. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    const bye = this.#ask('BYE');
    this.#over('over');
    await bye;
  }

  lost(): void {
    this.#over('lost');
  }

  feed(event: SessionEvent, transaction?: ServerTransaction): void {
    const { session, actions } = decide(this.#session, event, this.#options.host.timing);
    this.#session = session;
    for (const action of actions) this.#act(action, transaction);
  }

  get #carrier(): string {
    const { callId, localTag, remoteTag } = this.#session.dialog;
    return `${callId} ${localTag} ${remoteTag}`;
  }

  /** Undefined if nothing was sent, because the session is over. */
  #ask(
    method: 'MESSAGE' | 'BYE',
    type?: string,
    text?: string,
  ): Promise<{ readonly answer: Answer; readonly cseq: number } | undefined> {
    if (this.#isOver || this.#session.dialog.state === 'terminated') return Promise.resolve(undefined);
    const parts = {
      method,
      headers: [
        contactOf(this.#options.host.self),
        ...(type === undefined ? [] : [{ name: 'Content-Type', value: type }]),
      ],
      ...(text === undefined ? {} : { body: textBody(text) }),
    };
    const { session, actions } = decide(this.#session, { kind: 'send', parts }, this.#options.host.timing);
    this.#session = session;
    let sent: SipRequest | undefined;
    for (const action of actions) {
      if (action.kind === 'send') sent = action.request;
      else this.#act(action, undefined);
    }
    // A BYE waits for the ACK of the 2xx that it follows.
    if (sent === undefined) return Promise.resolve(undefined);
    const request = sent;
    const cseq = parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 0;
    return this.#options.link.ask(request).then((answer) => {
      this.#answered(request, answer);
      return { answer, cseq };
    });
  }

  #answered(request: SipRequest, answer: Answer): void {
    if (answer.kind === 'response') this.feed({ kind: 'answered', request, response: answer.response });
    else if (answer.why === 'timeout' && request.method !== 'MESSAGE')
      this.feed({ kind: 'unanswered', request });
  }

  #received(transaction: ServerTransaction): void {
    this.feed({ kind: 'received', request: transaction.request }, transaction);
  }

  #act(action: SessionAction, transaction: ServerTransaction | undefined): void {
    const { link, host } = this.#options;
    switch (action.kind) {
      case 'send':
        void link.ask(action.request).then((answer) => this.#answered(action.request, answer));
        return;
      case 'deliver':
        if (transaction) this.#deliver(transaction);
        return;
      case 'refuse':
        transaction?.respond(action.status, {
          headers:
            action.retryAfter === undefined
              ? []
              : [{ name: 'Retry-After', value: String(action.retryAfter) }],
        });
        return;
      case 'ended':
        this.#over('over');
        return;
      case 'ack':
        link.sendUnanswered(action.request);
        return;
      case 'repeat':
        // A stream delivers or breaks: an answer is never sent twice.
        return;
      case 'start':
        this.#timers.get(action.timer)?.[Symbol.dispose]();
        this.#timers.set(
          action.timer,
          host.clock.setTimer(action.ms, () => this.feed({ kind: 'timer', timer: action.timer })),
        );
        return;
      case 'stop':
        this.#timers.get(action.timer)?.[Symbol.dispose]();
        this.#timers.delete(action.timer);
        return;
      case 'askAgain':
      case 'notSent':
        return;
    }
  }

  #deliver(transaction: ServerTransaction): void {
    switch (transaction.request.method) {
      case 'MESSAGE':
        void this.#take(transaction);
        return;
      case 'INVITE': {
        const { type, body } = sessionDescription();
        const headers = [contactOf(this.#options.host.self), { name: 'Content-Type', value: type }];
        this.feed({ kind: 'accepted', response: transaction.respond(200, { headers, body }) });
        return;
      }
      case 'INFO':
      case 'OPTIONS':
      case 'UPDATE':
      case 'BYE':
        transaction.respond(200, { headers: [contactOf(this.#options.host.self)] });
        return;
      default:
        transaction.respond(501);
    }
  }

  /** The answer waits until the text is kept; where it cannot be, the sender's client says so. */
  async #take(transaction: ServerTransaction): Promise<void> {
    const { host, dialog } = this.#options;
    const content = contentOf(transaction.request);
    if (content.kind === 'unsupported') {
      transaction.respond(415, { headers: [{ name: 'Accept', value: acceptedTypes.join(', ') }] });
      return;
    }
    if (content.kind === 'nothing') {
      transaction.respond(200);
      return;
    }
    const cseq = parseCSeq(header(transaction.request, 'CSeq') ?? '')?.number ?? 0;
    const { listener, clock } = host;
    const remote = nameOf(`${this.#carrier} theirs`, cseq);
    try {
      await listener.received({ dialog, remote, body: content.body, at: clock.now() });
    } catch {
      transaction.respond(503, { headers: [{ name: 'Retry-After', value: '5' }] });
      return;
    }
    transaction.respond(200);
    if (content.receipt) await this.#confirm(content.receipt);
  }

  async #confirm({ messageId }: WantedReceipt): Promise<void> {
    const { self, clock } = this.#options.host;
    await this.#ask('MESSAGE', cpimType, receiptFor(messageId, self.uri, this.#options.peer, clock.now()));
  }

  #over(how: 'over' | 'lost'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ways[Symbol.dispose]();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    this.#options.ended(this.dialog, how);
  }
}

/** That a message has been delivered (RFC 5438), for whoever asked to be told. */
export function receiptFor(messageId: string, from: SipUri, to: SipUri, now: number): string {
  const dateTime = new Date(now).toISOString();
  const content = formatImdn({ messageId, dateTime, recipient: from, disposition: deliveredDisposition });
  return formatCpim({
    headers: [
      { name: 'From', value: `<${from}>` },
      { name: 'To', value: `<${to}>` },
      { name: 'NS', value: 'imdn <urn:ietf:params:imdn>' },
      { name: 'imdn.Message-ID', value: randomUUID() },
      { name: 'DateTime', value: dateTime },
    ],
    contentHeaders: [
      { name: 'Content-Type', value: imdnType },
      { name: 'Content-Disposition', value: 'notification' },
    ],
    content: textBody(content),
  }).toString('utf8');
}

const deliveredDisposition = { of: 'delivery', status: 'delivered' } as const;
