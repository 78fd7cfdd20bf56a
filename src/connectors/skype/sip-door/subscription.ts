import { decide as decideDialog } from '../../../protocols/sip/dialog/decide.ts';
import { type Dialog, dialogFromResponse } from '../../../protocols/sip/dialog/dialog.ts';
import {
  decide,
  type Retry,
  type Subscription as State,
  type SubscriptionAction,
  type SubscriptionEvent,
  type SubscriptionTimer,
  startSubscription,
} from '../../../protocols/sip/events/subscriber.ts';
import { parseSubscriptionState } from '../../../protocols/sip/headers/event.ts';
import { parseNameAddr, tagOf } from '../../../protocols/sip/headers/name-addr.ts';
import { parseDigits } from '../../../protocols/sip/lexical.ts';
import { type Header, header, type SipMessage, type SipRequest } from '../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../protocols/sip/transaction/server.ts';
import type { Failure } from '../errors.ts';
import { failureOfAnswer } from './failures.ts';
import type { Host } from './host.ts';
import type { Answer, Link } from './link.ts';
import { contactOf, requestOf } from './self.ts';

export interface SubscriptionOptions {
  readonly host: Host;
  readonly link: Link;
  readonly to: string;
  readonly event: string;
  readonly expiresSeconds: number;
  /** Accept, and what else the event wants. */
  readonly headers: readonly Header[];
  /** What every SUBSCRIBE that asks for something says. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  /** A notification with a body, or a 2xx that carries one. */
  readonly notified: (message: SipMessage) => void;
  readonly ended: (retry: Retry) => void;
}

/** One subscription on one connection, kept alive until it ends or is disposed of. */
export class Subscription implements Disposable {
  /** Undefined once it is taken, else why not. Settles once. */
  readonly taken: Promise<Failure | undefined>;
  readonly #options: SubscriptionOptions;
  readonly #settle: (failure: Failure | undefined) => void;
  readonly #timers = new Map<SubscriptionTimer, Disposable>();
  readonly #callId: string;
  readonly #tag: string;
  readonly #ways: Disposable;
  #state: State;
  #dialog: Dialog | undefined;
  #isOver = false;
  #isBusy = false;

  constructor(options: SubscriptionOptions) {
    const { host, link, expiresSeconds } = options;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
    this.taken = promise;
    this.#settle = resolve;
    this.#callId = host.names.callId();
    this.#tag = host.names.tag();
    this.#ways = host.switchboard.dialog(link, this.#callId, this.#tag, {
      request: (transaction) => this.#requested(transaction),
      unanswered: (request) => this.#notified(request, undefined),
    });
    this.#state = startSubscription(expiresSeconds);
    this.#feed({ kind: 'subscribe' });
  }

  /** Leaves; nothing is reported any more. The server is told, and not waited for. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    if (this.#dialog) void this.#send(this.#dialog, 0);
    this.#over();
  }

  #feed(event: SubscriptionEvent, transaction?: ServerTransaction, message?: SipMessage): void {
    if (this.#isOver) {
      transaction?.respond(481);
      return;
    }
    const { subscription, actions } = decide(this.#state, event, this.#options.host.timing);
    this.#state = subscription;
    for (const action of actions) this.#act(action, transaction, message);
  }

  #act(
    action: SubscriptionAction,
    transaction: ServerTransaction | undefined,
    message: SipMessage | undefined,
  ): void {
    switch (action.kind) {
      case 'sendSubscribe':
        void this.#subscribe(action.expires);
        return;
      case 'start': {
        this.#timers.get(action.timer)?.[Symbol.dispose]();
        const { timer } = action;
        this.#timers.set(
          timer,
          this.#options.host.clock.setTimer(action.ms, () => this.#feed({ kind: 'timer', timer })),
        );
        return;
      }
      case 'stop':
        this.#timers.get(action.timer)?.[Symbol.dispose]();
        this.#timers.delete(action.timer);
        return;
      case 'deliver':
        transaction?.respond(200);
        if (message && message.body.length > 0) this.#options.notified(message);
        return;
      case 'refuse':
        transaction?.respond(481);
        return;
      case 'ended':
        this.#settle({ kind: 'transient', id: 'unreachable', detail: `subscription ${action.reason}` });
        this.#over();
        this.#options.ended(action.retry);
    }
  }

  async #subscribe(expires: number): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const answer = this.#dialog ? await this.#send(this.#dialog, expires) : await this.#first(expires);
    this.#isBusy = false;
    this.#answered(answer);
  }

  #answered(answer: Answer): void {
    if (answer.kind === 'none') {
      this.#settle(failureOfAnswer(answer, 'other'));
      this.#feed({ kind: 'failure' });
      return;
    }
    const { response } = answer;
    const { status } = response;
    const isGood = status < 300;
    const named = header(response, isGood ? 'Expires' : 'Min-Expires');
    const seconds = parseDigits(named ?? '', 2 ** 31);
    this.#settle(isGood ? undefined : failureOfAnswer(answer, 'other'));
    // Microsoft's servers put the first notification into the 2xx.
    const isPiggyBacked = isGood && response.body.length > 0;
    const state = isPiggyBacked
      ? (parseSubscriptionState(header(response, 'Subscription-State') ?? '') ?? { state: 'active' })
      : undefined;
    this.#feed(
      {
        kind: 'response',
        status,
        ...(seconds === undefined ? {} : { seconds }),
        ...(state === undefined ? {} : { piggyBacked: state }),
      },
      undefined,
      response,
    );
  }

  async #first(expires: number): Promise<Answer> {
    const { host, link, to } = this.#options;
    const request = requestOf(host.self, host.names, {
      method: 'SUBSCRIBE',
      to,
      callId: this.#callId,
      tag: this.#tag,
      ...this.#parts(expires),
    });
    const answer = await host.ask(link, request);
    if (answer.kind === 'response' && answer.response.status < 300)
      this.#dialog ??= dialogFromResponse(request, answer.response);
    return answer;
  }

  async #send(dialog: Dialog, expires: number): Promise<Answer> {
    const parts = { method: 'SUBSCRIBE', ...this.#parts(expires) };
    const { dialog: next, actions } = decideDialog(dialog, { kind: 'send', parts });
    this.#dialog = next;
    const sent = actions.find((action) => action.kind === 'send');
    if (!sent) return { kind: 'none', why: 'transport', sent: false };
    return await this.#options.link.ask(sent.request);
  }

  #parts(expires: number): { readonly headers: readonly Header[]; readonly body?: Uint8Array } {
    const { host, event, headers, body } = this.#options;
    const all = [
      contactOf(host.self),
      { name: 'Event', value: event },
      { name: 'Expires', value: String(expires) },
      ...headers,
    ];
    if (!body || expires === 0) return { headers: all };
    return { headers: [...all, { name: 'Content-Type', value: body.type }], body: body.bytes };
  }

  #requested(transaction: ServerTransaction): void {
    if (transaction.request.method === 'NOTIFY') this.#notified(transaction.request, transaction);
    else transaction.respond(405, { headers: [{ name: 'Allow', value: 'NOTIFY, BENOTIFY' }] });
  }

  #notified(request: SipRequest, transaction: ServerTransaction | undefined): void {
    const remoteTag = tagOf(parseNameAddr(header(request, 'From') ?? ''));
    if (this.#dialog && remoteTag !== this.#dialog.remoteTag) {
      transaction?.respond(481);
      return;
    }
    // COMPAT: Microsoft's servers leave Subscription-State out of a notification of a subscription that stays.
    const state = parseSubscriptionState(header(request, 'Subscription-State') ?? '') ?? { state: 'active' };
    this.#feed({ kind: 'notify', state }, transaction, request);
  }

  #over(): void {
    this.#isOver = true;
    this.#ways[Symbol.dispose]();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    this.#settle(undefined);
  }
}
