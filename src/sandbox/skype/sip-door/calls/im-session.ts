import { formatKeyboardActivity } from '../../../../protocols/sip/body/is-composing.ts';
import { formatSdp, messageSession, sdpType } from '../../../../protocols/sip/body/sdp.ts';
import { type Dialog, dialogKey } from '../../../../protocols/sip/dialog/dialog.ts';
import type { RequestParts } from '../../../../protocols/sip/dialog/in-dialog.ts';
import {
  decide,
  type Session,
  type SessionAction,
  type SessionEvent,
} from '../../../../protocols/sip/dialog/session.ts';
import {
  type Header,
  header,
  type SipRequest,
  type SipResponse,
  textBody,
} from '../../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../../protocols/sip/transaction/server.ts';
import type { Leg, SendOutcome, Text } from '../../leg.ts';
import type { DialogOwner, Line } from '../line.ts';
import { type Refusal, refusals, refuseWith } from '../refusal.ts';
import { readContent, textParts } from './content.ts';

export interface ImSessionOptions {
  readonly line: Line;
  readonly session: Session;
  /** Our Contact in this dialog. */
  readonly contact: string;
  readonly leg: Leg;
  readonly maxText: number;
}

/** Bodies that are shown or understood in a session, as the offer and the answer say. */
export const acceptedTypes: readonly string[] = [
  'text/plain',
  'text/html',
  'multipart/alternative',
  'application/im-iscomposing+xml',
];

/** The body of an INVITE or its answer. The address in it is looked at by nobody: messages go where the dialog goes. */
export function offer(): { readonly headers: readonly Header[]; readonly body: Uint8Array } {
  const session = messageSession({ address: '127.0.0.1', port: 5060, acceptTypes: acceptedTypes });
  return { headers: [{ name: 'Content-Type', value: sdpType }], body: textBody(formatSdp(session)) };
}

/** Does for a client with an established session what its leg in the pool asks for, and tells the leg what it does. */
export class ImSession implements DialogOwner {
  readonly #options: ImSessionOptions;
  readonly #timers = new Map<string, Disposable>();
  #session: Session;
  #over = false;

  constructor(options: ImSessionOptions) {
    this.#options = options;
    this.#session = options.session;
    options.line.dialogs.add(options.session.dialog, this);
  }

  get key(): string {
    return dialogKey(this.#session.dialog);
  }

  /** We answered the client's INVITE. */
  accepted(response: SipResponse): void {
    this.#feed({ kind: 'accepted', response });
  }

  /** `settled` is called once: whether the client has the message. */
  say(text: Text, settled: (isTaken: boolean) => void): void {
    this.#send({ method: 'MESSAGE', ...textParts(text) }, settled);
  }

  typing(on: boolean): void {
    const body = textBody(formatKeyboardActivity(on ? 'type' : 'idle'));
    this.#send({ method: 'INFO', headers: [{ name: 'Content-Type', value: 'application/xml' }], body });
  }

  hangUp(headers: readonly Header[] = []): void {
    this.#feed({ kind: 'send', parts: { method: 'BYE', headers } });
  }

  receive(transaction: ServerTransaction): void {
    this.#feed({ kind: 'received', request: transaction.request }, transaction);
  }

  acknowledged(request: SipRequest): void {
    this.#feed({ kind: 'received', request });
  }

  lost(): void {
    this.#end();
  }

  #send(parts: RequestParts, settled?: (isTaken: boolean) => void): void {
    if (this.#over) settled?.(false);
    else this.#feed({ kind: 'send', parts }, undefined, settled);
  }

  #feed(event: SessionEvent, transaction?: ServerTransaction, settled?: (isTaken: boolean) => void): void {
    const { session, actions } = decide(this.#session, event, this.#options.line.timing);
    this.#session = session;
    for (const action of actions) this.#act(action, transaction, settled);
  }

  #act(
    action: SessionAction,
    transaction: ServerTransaction | undefined,
    settled: ((isTaken: boolean) => void) | undefined,
  ): void {
    const { line } = this.#options;
    switch (action.kind) {
      case 'send':
        this.#request(action.request, settled);
        break;
      case 'deliver':
        if (transaction) this.#deliver(transaction);
        break;
      case 'refuse':
        transaction?.respond(action.status);
        break;
      case 'ended':
        this.#end();
        break;
      case 'notSent':
        settled?.(false);
        break;
      case 'ack':
        line.sendUnanswered(action.request);
        break;
      case 'start':
        this.#stop(action.timer);
        this.#timers.set(
          action.timer,
          line.clock.setTimer(action.ms, () => this.#feed({ kind: 'timer', timer: action.timer })),
        );
        break;
      case 'stop':
        this.#stop(action.timer);
        break;
      // Connections here deliver or break: nothing has to be said twice. We send no re-INVITE.
      case 'repeat':
      case 'askAgain':
        break;
    }
  }

  #request(request: SipRequest, settled: ((isTaken: boolean) => void) | undefined): void {
    this.#options.line.request(request, {
      onResponse: (response) => {
        if (response.status < 200) return;
        // First, because a session that has ended says more than a message that was refused.
        this.#feed({ kind: 'answered', request, response });
        settled?.(response.status < 300);
      },
      onFailure: () => {
        this.#feed({ kind: 'unanswered', request });
        settled?.(false);
      },
    });
  }

  #deliver(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    switch (method) {
      case 'MESSAGE':
        this.#message(transaction);
        break;
      case 'INFO':
        this.#info(transaction);
        break;
      case 'INVITE': {
        const { headers, body } = offer();
        const contact = { name: 'Contact', value: `<${this.#options.contact}>` };
        this.accepted(transaction.respond(200, { headers: [contact, ...headers], body }));
        break;
      }
      case 'BYE':
      case 'OPTIONS':
        transaction.respond(200);
        break;
      default:
        transaction.respond(405, { headers: [{ name: 'Allow', value: 'MESSAGE, INFO, BYE, OPTIONS' }] });
    }
  }

  #message(transaction: ServerTransaction): void {
    const { leg, maxText } = this.#options;
    const content = readContent(transaction.request);
    switch (content.kind) {
      case 'text':
        if (content.text.text.length > maxText) transaction.respond(413);
        else leg.send(content.text, (outcome) => this.#answer(transaction, outcome));
        break;
      case 'typing':
        if (content.on) leg.typing();
        transaction.respond(200);
        break;
      case 'report':
        transaction.respond(200);
        break;
      case 'unsupported':
        this.#refuse(transaction, refusals.unsupportedText);
        break;
    }
  }

  #info(transaction: ServerTransaction): void {
    const content = readContent(transaction.request);
    if (content.kind === 'typing' && content.on) this.#options.leg.typing();
    const isEmpty = header(transaction.request, 'Content-Type') === undefined;
    if (content.kind === 'typing' || isEmpty) transaction.respond(200);
    else this.#refuse(transaction, refusals.unsupportedText);
  }

  #answer(transaction: ServerTransaction, outcome: SendOutcome): void {
    if (outcome === 'delivered') transaction.respond(200);
    else this.#refuse(transaction, messageRefusals[outcome]);
  }

  #refuse(transaction: ServerTransaction, refusal: Refusal): void {
    refuseWith(transaction, refusal, this.#options.line.fqdn);
  }

  #stop(timer: string): void {
    this.#timers.get(timer)?.[Symbol.dispose]();
    this.#timers.delete(timer);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of [...this.#timers.keys()]) this.#stop(timer);
    const dialog: Dialog = this.#session.dialog;
    this.#options.line.dialogs.remove(dialog);
    this.#options.leg.hangUp();
  }
}

/** What the writer of a message is told that did not arrive. */
export const messageRefusals: Readonly<Record<Exclude<SendOutcome, 'delivered'>, Refusal>> = {
  refused: { status: 488, code: 13_010, reason: 'The other client does not take the message' },
  timeout: { status: 408, code: 13_009, reason: 'The other client did not take the message in time' },
  ended: { ...refusals.noSuchDialog },
  unreachable: { status: 504, code: 1007, reason: 'The pool of the person cannot be reached' },
};
