import { decide as decideDialog } from '../../../../protocols/sip/dialog/decide.ts';
import { type Dialog, dialogFromRequest } from '../../../../protocols/sip/dialog/dialog.ts';
import { type ExpiryRules, expiresOf, grantExpiry } from '../../../../protocols/sip/events/expiry.ts';
import {
  decide,
  type Notification,
  type NotificationAction,
  type NotificationStep,
  notifyStyleOf,
  startNotification,
  takesPiggyBack,
} from '../../../../protocols/sip/events/notifier.ts';
import { formatSubscriptionState, type SubscriptionState } from '../../../../protocols/sip/headers/event.ts';
import { type Header, header, noBody, type SipRequest } from '../../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../../protocols/sip/transaction/server.ts';
import type { DialogOwner, Line } from '../line.ts';
import { type Refusal, refusals, refuseWith } from '../refusal.ts';

/** The body of a notification. */
export interface NotifyContent {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What a subscription is about. Disposed when it is over. */
export interface Source extends Disposable {
  /** Everything: for the first notification, and for a subscription that is renewed. */
  full(): NotifyContent | undefined;
  /** What has changed since the last call of either. */
  changes(): NotifyContent | undefined;
  /** A SUBSCRIBE inside the dialog may say something new of what is wanted; why it cannot be done, if so. */
  readonly revise?: (request: SipRequest) => Refusal | undefined;
}

export interface SubscribeOptions {
  readonly line: Line;
  readonly transaction: ServerTransaction;
  readonly rules: ExpiryRules;
  /** `changed` is to be called when there is something to tell. Not called where the request is refused. */
  readonly open: (changed: () => void) => Source;
}

/** Answers a SUBSCRIBE outside of a dialog. */
export function subscribe(options: SubscribeOptions): void {
  const { line, transaction, rules } = options;
  const { request } = transaction;
  const grant = grantExpiry(expiresOf(request), rules);
  const dialog = dialogFromRequest(request, { localTag: transaction.toTag, status: 200, cseqRestarts: true });
  if (grant.kind === 'tooBrief') {
    transaction.respond(423, { headers: [{ name: 'Min-Expires', value: String(grant.minExpires) }] });
  } else if (dialog === undefined) {
    refuseWith(transaction, { ...refusals.badDocument, reason: 'Contact is missing' }, line.fqdn);
  } else if (line.dialogs.isFull) {
    refuseWith(transaction, refusals.tooMany, line.fqdn);
  } else {
    new Subscription(options, dialog).answer(transaction, grant.seconds);
  }
}

/** One subscription, from its SUBSCRIBE to its end. */
class Subscription implements DialogOwner {
  readonly #line: Line;
  readonly #rules: ExpiryRules;
  readonly #source: Source;
  readonly #event: string;
  readonly #style: Notification['style'];
  #dialog: Dialog;
  #notification: Notification | undefined;
  #expiry: Disposable | undefined;
  #isDue = false;

  constructor({ line, transaction, rules, open }: SubscribeOptions, dialog: Dialog) {
    this.#line = line;
    this.#rules = rules;
    this.#event = header(transaction.request, 'Event') ?? '';
    this.#style = notifyStyleOf(transaction.request);
    this.#dialog = dialog;
    this.#source = open(() => this.#changed());
  }

  /** Answers the SUBSCRIBE that made it. */
  answer(transaction: ServerTransaction, seconds: number): void {
    const isTold = takesPiggyBack(transaction.request);
    if (seconds > 0) this.#line.dialogs.add(this.#dialog, this);
    this.#respond(transaction, seconds, isTold ? this.#source.full() : undefined);
    const now = this.#line.clock.now();
    this.#take(startNotification({ allowed: true, seconds, style: this.#style, notified: isTold, now }), () =>
      this.#source.full(),
    );
  }

  receive(transaction: ServerTransaction): void {
    const step = decideDialog(this.#dialog, { kind: 'received', request: transaction.request });
    this.#dialog = step.dialog;
    for (const action of step.actions) {
      if (action.kind === 'refuse') transaction.respond(action.status);
      if (action.kind === 'deliver') this.#renew(transaction);
    }
  }

  acknowledged(): void {}

  lost(): void {
    this.#end();
  }

  #renew(transaction: ServerTransaction): void {
    if (transaction.request.method !== 'SUBSCRIBE') {
      transaction.respond(405, { headers: [{ name: 'Allow', value: 'SUBSCRIBE' }] });
      return;
    }
    const grant = grantExpiry(expiresOf(transaction.request), this.#rules);
    if (grant.kind === 'tooBrief') {
      transaction.respond(423, { headers: [{ name: 'Min-Expires', value: String(grant.minExpires) }] });
      return;
    }
    const { seconds } = grant;
    const refusal = seconds === 0 ? undefined : this.#source.revise?.(transaction.request);
    if (refusal) {
      refuseWith(transaction, refusal, this.#line.fqdn);
      return;
    }
    const isTold = takesPiggyBack(transaction.request);
    this.#respond(transaction, seconds, isTold && seconds > 0 ? this.#source.full() : undefined);
    // Microsoft's clients want no last word: they have gone by then.
    if (seconds === 0 && this.#style === 'benotify') this.#end();
    else if (isTold && seconds > 0) this.#keep(seconds);
    else this.#feed({ kind: 'subscribed', seconds }, () => this.#source.full());
  }

  #keep(seconds: number): void {
    if (!this.#notification) return;
    const expiresAt = this.#line.clock.now() + seconds * 1000;
    this.#notification = { ...this.#notification, expiresAt };
    this.#perform({ kind: 'startExpiry', ms: seconds * 1000 }, () => undefined);
  }

  /** Changes of one turn are told together. */
  #changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.#notification) this.#feed({ kind: 'changed' }, () => this.#source.changes());
    });
  }

  #respond(transaction: ServerTransaction, seconds: number, content: NotifyContent | undefined): void {
    const state = seconds === 0 ? 'terminated' : 'active';
    const headers: Header[] = [
      { name: 'Contact', value: this.#contact },
      { name: 'Expires', value: String(seconds) },
      { name: 'Event', value: this.#event },
      { name: 'subscription-state', value: formatSubscriptionState({ state, expires: seconds }) },
    ];
    if (content !== undefined) {
      headers.push({ name: 'ms-piggyback-cseq', value: '1' });
      headers.push({ name: 'Content-Type', value: content.contentType });
      if (this.#dialog.localCSeq === 0) this.#dialog = { ...this.#dialog, localCSeq: 1 };
    }
    transaction.respond(200, { headers, body: content?.body ?? noBody });
  }

  get #contact(): string {
    return `<${this.#dialog.local.uri}>`;
  }

  #feed(event: Parameters<typeof decide>[1], content: () => NotifyContent | undefined): void {
    if (!this.#notification) return;
    this.#take(decide(this.#notification, event, this.#line.clock.now()), content);
  }

  #take({ notification, actions }: NotificationStep, content: () => NotifyContent | undefined): void {
    this.#notification = notification;
    for (const action of actions) this.#perform(action, content);
  }

  #perform(action: NotificationAction, content: () => NotifyContent | undefined): void {
    switch (action.kind) {
      case 'notify':
        this.#notify(action.state, action.content === 'state' ? content() : undefined);
        break;
      case 'startExpiry':
        this.#expiry?.[Symbol.dispose]();
        this.#expiry = this.#line.clock.setTimer(action.ms, () =>
          this.#feed({ kind: 'expired' }, () => undefined),
        );
        break;
      case 'stopExpiry':
        this.#expiry?.[Symbol.dispose]();
        break;
      case 'ended':
        this.#end();
        break;
    }
  }

  #notify(state: SubscriptionState, content: NotifyContent | undefined): void {
    // Nothing to say, and nobody asked.
    if (content === undefined && state.state === 'active' && this.#style === 'benotify') return;
    const method = this.#style === 'benotify' ? 'BENOTIFY' : 'NOTIFY';
    const headers = [
      { name: 'Contact', value: this.#contact },
      { name: 'Event', value: this.#event },
      { name: 'subscription-state', value: formatSubscriptionState(state) },
      ...(content === undefined ? [] : [{ name: 'Content-Type', value: content.contentType }]),
    ];
    const parts = { method, headers, body: content?.body ?? noBody };
    const { dialog, actions } = decideDialog(this.#dialog, { kind: 'send', parts });
    this.#dialog = dialog;
    for (const action of actions) if (action.kind === 'send') this.#send(action.request);
  }

  #send(request: SipRequest): void {
    if (this.#style === 'benotify') {
      this.#line.sendUnanswered(request);
      return;
    }
    const changes = () => this.#source.changes();
    this.#line.request(request, {
      onResponse: ({ status }) => {
        if (status >= 200) this.#feed({ kind: 'answered', status }, changes);
      },
      onFailure: () => this.#feed({ kind: 'unanswered' }, changes),
    });
  }

  #end(): void {
    if (this.#notification === undefined && this.#expiry === undefined) {
      this.#source[Symbol.dispose]();
      return;
    }
    this.#notification = undefined;
    this.#expiry?.[Symbol.dispose]();
    this.#expiry = undefined;
    this.#line.dialogs.remove(this.#dialog);
    this.#source[Symbol.dispose]();
  }
}
