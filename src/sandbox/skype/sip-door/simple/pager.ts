import { makeRequest } from '../../../../protocols/sip/request.ts';
import type { ServerTransaction } from '../../../../protocols/sip/transaction/server.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { Invitation, Leg, LegSink, SendOutcome, SessionEnd, Text } from '../../leg.ts';
import type { Pool } from '../../pool.ts';
import { addressOfUri } from '../address.ts';
import { readContent, textParts } from '../calls/content.ts';
import { messageRefusals } from '../calls/im-session.ts';
import type { Line } from '../line.ts';
import { type Refusal, refusalOf, refusals, refuseWith } from '../refusal.ts';

export interface PagerOptions {
  readonly pool: Pool;
  readonly line: Line;
  readonly endpoint: Endpoint;
  readonly maxText: number;
  /** Where the user agent gets its messages: Request-URI and To. Left out: it gets none. */
  readonly target?: { readonly contact: string; readonly to: string };
  /** Conversations at one time; a further one is refused. */
  readonly maxConversations: number;
  readonly newCallId: () => string;
}

/** What waits for a conversation that rings. */
interface Waiting {
  readonly text: Text;
  readonly answer: (refusal: Refusal | undefined) => void;
}

type Conversation =
  | { readonly state: 'ringing'; readonly leg: Leg; readonly waiting: Waiting[] }
  | { readonly state: 'open'; readonly leg: Leg };

const maxWaiting = 16;

/**
 * A user agent that knows no sessions (RFC 3428): each of its messages goes into the conversation that the pool has
 * with that person, or begins one; and each message of such a conversation goes to it by itself.
 */
export class Pager {
  readonly #options: PagerOptions;
  readonly #conversations = new Map<string, Conversation>();

  constructor(options: PagerOptions) {
    this.#options = options;
  }

  /** The user agent sent a MESSAGE outside of any session. */
  receive(transaction: ServerTransaction): void {
    const { line, maxText } = this.#options;
    const to = addressOfUri(transaction.request.uri);
    const content = readContent(transaction.request);
    const answer = (refusal: Refusal | undefined): void => {
      if (refusal) refuseWith(transaction, refusal, line.fqdn);
      else transaction.respond(200);
    };
    if (content.kind === 'unsupported') answer(refusals.unsupportedText);
    else if (to === undefined) answer(refusals.unknownPerson);
    else if (content.kind === 'report') answer(undefined);
    else if (content.kind === 'typing') {
      const known = this.#conversations.get(to);
      if (content.on && known?.state === 'open') known.leg.typing();
      answer(undefined);
    } else if (content.text.text.length > maxText) transaction.respond(413);
    else this.#say(to, content.text, answer);
  }

  /** Somebody begins a conversation with the user agent: it has no bell, so it answers when it has the first text. */
  ring(invitation: Invitation, leg: Leg): LegSink | undefined {
    const { target, maxConversations } = this.#options;
    if (!target || this.#conversations.size >= maxConversations) return undefined;
    const peer = invitation.from;
    let isOver = false;
    const accept = (): void => {
      if (isOver || !leg.accept()) return;
      this.#conversations.set(peer, { state: 'open', leg });
    };
    const { message } = invitation;
    // The leg may be answered only when its sink is known.
    queueMicrotask(() => {
      if (isOver) return;
      if (message === undefined) accept();
      else this.#page(peer, message, (isTaken) => (isTaken ? accept() : leg.decline('endpoint')));
    });
    return this.#sink(
      peer,
      (other) => other === leg,
      () => {
        isOver = true;
      },
    );
  }

  /** The user agent is gone. */
  end(): void {
    for (const { leg } of [...this.#conversations.values()]) leg.hangUp();
    this.#conversations.clear();
  }

  #say(to: string, text: Text, answer: (refusal: Refusal | undefined) => void): void {
    const known = this.#conversations.get(to);
    switch (known?.state) {
      case 'open':
        known.leg.send(text, (outcome) => answer(refusalOfOutcome(outcome)));
        break;
      case 'ringing':
        if (known.waiting.length < maxWaiting) known.waiting.push({ text, answer });
        else answer(refusals.tooMany);
        break;
      case undefined:
        if (this.#conversations.size < this.#options.maxConversations) this.#begin(to, text, answer);
        else answer(refusals.tooMany);
        break;
    }
  }

  #begin(to: string, text: Text, answer: (refusal: Refusal | undefined) => void): void {
    const { pool, endpoint, newCallId } = this.#options;
    const waiting: Waiting[] = [];
    const invitation: Invitation = {
      from: endpoint.address,
      to,
      subject: '',
      importance: 'Normal',
      threadId: newCallId(),
      message: text,
    };
    let isAnswered = false;
    const settle = (refusal: Refusal | undefined): void => {
      if (isAnswered) return;
      isAnswered = true;
      answer(refusal);
    };
    const over = (end: SessionEnd): void => {
      const refusal = refusalOf(end);
      settle(refusal);
      for (const each of waiting.splice(0)) each.answer(refusal);
    };
    const leg: Leg = pool.call(endpoint, invitation, {
      ...this.#sink(to, (other) => other === leg, over),
      connected: () => {
        this.#conversations.set(to, { state: 'open', leg });
        settle(undefined);
        for (const each of waiting.splice(0))
          leg.send(each.text, (outcome) => each.answer(refusalOfOutcome(outcome)));
      },
    });
    this.#conversations.set(to, { state: 'ringing', leg, waiting });
    leg.start();
  }

  #sink(peer: string, isOwn: (leg: Leg) => boolean, over: (end: SessionEnd) => void): LegSink {
    return {
      connected: () => undefined,
      message: (text, settled) => {
        this.#page(peer, text, settled);
        return { [Symbol.dispose]: () => undefined };
      },
      // Whoever knows no sessions is not told of typing either.
      peerTyping: () => undefined,
      over: (end) => {
        const known = this.#conversations.get(peer);
        if (known && isOwn(known.leg)) this.#conversations.delete(peer);
        over(end);
      },
    };
  }

  #page(from: string, text: Text, settled: (isTaken: boolean) => void): void {
    const { line, target, newCallId } = this.#options;
    if (!target) {
      settled(false);
      return;
    }
    const request = makeRequest({
      method: 'MESSAGE',
      uri: target.contact,
      from: `<sip:${from}>;tag=${line.newTag()}`,
      to: target.to,
      callId: newCallId(),
      cseq: 1,
      ...textParts(text),
    });
    line.request(request, {
      onResponse: ({ status }) => {
        if (status >= 200) settled(status < 300);
      },
      onFailure: () => settled(false),
    });
  }
}

function refusalOfOutcome(outcome: SendOutcome): Refusal | undefined {
  return outcome === 'delivered' ? undefined : messageRefusals[outcome];
}
