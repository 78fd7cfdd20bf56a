import { ackIn, decide as decideDialog } from '../../../../protocols/sip/dialog/decide.ts';
import { dialogFromResponse } from '../../../../protocols/sip/dialog/dialog.ts';
import { startAsCaller } from '../../../../protocols/sip/dialog/session.ts';
import { parseCSeq } from '../../../../protocols/sip/headers/cseq.ts';
import { formatReason } from '../../../../protocols/sip/headers/reason.ts';
import { hasToken } from '../../../../protocols/sip/headers/tokens.ts';
import { type Header, header, type SipRequest, type SipResponse } from '../../../../protocols/sip/message.ts';
import { makeRequest } from '../../../../protocols/sip/request.ts';
import type { ClientTransaction } from '../../../../protocols/sip/transaction/client.ts';
import type { Invitation, Leg, LegSink, SessionEnd, Text } from '../../leg.ts';
import type { Line } from '../line.ts';
import { ImSession, offer } from './im-session.ts';

export interface RingOptions {
  readonly line: Line;
  readonly invitation: Invitation;
  readonly leg: Leg;
  /** The endpoint: where its requests go, and whom they are to, epid included. */
  readonly contact: string;
  readonly to: string;
  readonly callId: string;
  readonly maxText: number;
}

/** Rings at a client that takes sessions: an INVITE, and behind its answer the first message of the conversation. */
export function ring(options: RingOptions): LegSink {
  const call = new ClientCall(options);
  call.start();
  return call;
}

class ClientCall implements LegSink {
  readonly #options: RingOptions;
  readonly #contact: string;
  #transaction: ClientTransaction | undefined;
  #session: ImSession | undefined;
  #over = false;

  constructor(options: RingOptions) {
    this.#options = options;
    this.#contact = `sip:${options.invitation.from}`;
  }

  start(): void {
    const { line, invitation, contact, to, callId } = this.#options;
    const { headers, body } = offer();
    const request = makeRequest({
      method: 'INVITE',
      uri: contact,
      from: `<${this.#contact}>;tag=${line.newTag()}`,
      to,
      callId,
      cseq: 1,
      headers: [
        { name: 'Contact', value: `<${this.#contact}>` },
        { name: 'Ms-Conversation-ID', value: invitation.threadId },
        ...(invitation.subject === '' ? [] : [{ name: 'Subject', value: invitation.subject }]),
        ...importanceHeaders[invitation.importance],
        ...firstTextHeaders(invitation),
        ...headers,
      ],
      body,
    });
    this.#transaction = line.request(request, {
      onResponse: (response) => this.#answered(request, response),
      onFailure: () => this.#decline('endpoint'),
    });
  }

  connected(): void {}

  message(text: Text, settled: (isTaken: boolean) => void): Disposable {
    this.#session?.say(text, settled);
    return { [Symbol.dispose]: () => undefined };
  }

  peerTyping(on: boolean): void {
    this.#session?.typing(on);
  }

  over(end: SessionEnd): void {
    if (this.#over) return;
    this.#over = true;
    const headers = reasonHeaders(end);
    if (this.#session) this.#session.hangUp(headers);
    else this.#transaction?.cancel(headers);
  }

  #answered(request: SipRequest, response: SipResponse): void {
    const { status } = response;
    if (status < 200) return;
    if (status >= 300) {
      this.#decline(status === 486 || status >= 600 ? 'person' : 'endpoint');
      return;
    }
    if (this.#session) return;
    const dialog = dialogFromResponse(request, response);
    if (dialog === undefined) return;
    const { line, leg, invitation, maxText } = this.#options;
    line.sendUnanswered(ackIn(dialog, parseCSeq(header(request, 'CSeq') ?? '')?.number ?? 1));
    if (this.#over) {
      this.#leave(dialog);
      return;
    }
    const session = new ImSession({
      line,
      leg,
      maxText,
      contact: this.#contact,
      session: startAsCaller(dialog),
    });
    this.#session = session;
    const { message } = invitation;
    // The text of the invitation must be there before the caller hears that it is.
    if (message === undefined || hasToken(response, 'Supported', 'ms-text-format')) this.#accept(session);
    else session.say(message, (isTaken) => (isTaken ? this.#accept(session) : session.hangUp()));
  }

  #accept(session: ImSession): void {
    if (!this.#over && !this.#options.leg.accept()) session.hangUp();
  }

  /** The answer came too late: another endpoint was first, or the caller has gone. */
  #leave(dialog: Parameters<typeof decideDialog>[0]): void {
    const { actions } = decideDialog(dialog, { kind: 'send', parts: { method: 'BYE' } });
    for (const action of actions) {
      if (action.kind === 'send') this.#options.line.request(action.request, silent);
    }
  }

  #decline(scope: 'endpoint' | 'person'): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.leg.decline(scope);
  }
}

const silent = { onResponse: () => undefined, onFailure: () => undefined };

const importanceHeaders: Readonly<Record<Invitation['importance'], readonly Header[]>> = {
  Normal: [],
  Urgent: [{ name: 'Priority', value: 'urgent' }],
  Emergency: [{ name: 'Priority', value: 'emergency' }],
};

/** For clients that take the first text from here: they say so in their answer. Others get it as a MESSAGE. */
function firstTextHeaders({ message }: Invitation): readonly Header[] {
  if (message === undefined) return [];
  const body = Buffer.from(message.text).toString('base64');
  const value = `${message.contentType}; charset=UTF-8;ms-body=${body}`;
  return value.length > 8_192 ? [] : [{ name: 'ms-text-format', value }];
}

/** Why an invitation is taken back, for who keeps a list of missed conversations. */
function reasonHeaders(end: SessionEnd): readonly Header[] {
  const cause = { connectedElsewhere: 200, declined: 603, busy: 486 }[end as string];
  const text = end === 'connectedElsewhere' ? 'Call completed elsewhere' : undefined;
  if (cause === undefined) return [];
  return [{ name: 'Reason', value: formatReason({ protocol: 'SIP', cause, ...(text && { text }) }) }];
}
