import type { Endpoint, EndpointDoor } from '../endpoint.ts';
import type { Invitation, Leg, LegSink } from '../leg.ts';
import type { Pool } from '../pool.ts';
import { ring } from './calls/to-client.ts';
import type { Line } from './line.ts';
import type { Registration } from './registration.ts';
import { Pager } from './simple/pager.ts';

export interface SipEndpointOptions {
  readonly pool: Pool;
  readonly line: Line;
  readonly address: string;
  readonly registration: Registration;
  readonly maxText: number;
  readonly maxConversations: number;
  readonly newCallId: () => string;
  /** It has left, by whatever way. */
  readonly onEnd: (endpoint: SipEndpoint) => void;
}

/** One registered client: an endpoint of the pool whose door is a SIP connection. */
export class SipEndpoint implements Disposable {
  readonly address: string;
  readonly key: string;
  readonly kind: Registration['kind'];
  readonly epid: string | undefined;
  readonly contact: string;
  readonly line: Line;
  readonly core: Endpoint;
  readonly pager: Pager;
  readonly #options: SipEndpointOptions;
  #expiry: Disposable | undefined;
  #ended = false;

  constructor(options: SipEndpointOptions) {
    const { pool, line, address, registration, maxText, maxConversations, newCallId } = options;
    this.#options = options;
    this.address = address;
    this.line = line;
    this.key = registration.key;
    this.kind = registration.kind;
    this.epid = registration.epid;
    this.contact = registration.contact;
    this.core = pool.signIn(address, this.#door());
    this.core.register({
      modalities: ['Messaging'],
      formats: this.kind === 'microsoft' ? ['Plain', 'Html'] : ['Plain'],
      device: 'PC',
    });
    this.pager = new Pager({
      pool,
      line,
      endpoint: this.core,
      maxText,
      maxConversations,
      newCallId,
      target: { contact: this.contact, to: this.to },
    });
  }

  /** The value of To for requests to this endpoint. */
  get to(): string {
    return `<sip:${this.address}>${this.epid === undefined ? '' : `;epid=${this.epid}`}`;
  }

  get gruu(): string {
    return `sip:${this.address};opaque=user:epid:${this.core.id.replaceAll('-', '')};gruu`;
  }

  /** Leaves after so many seconds, unless it is registered again. */
  keep(seconds: number): void {
    this.#expiry?.[Symbol.dispose]();
    this.#expiry = this.line.clock.setTimer(seconds * 1000, () => this[Symbol.dispose]());
  }

  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#expiry?.[Symbol.dispose]();
    this.pager.end();
    this.core[Symbol.dispose]();
    this.#options.onEnd(this);
  }

  #door(): EndpointDoor {
    return {
      // Subscriptions look for themselves.
      selfChanged: () => undefined,
      watchedChanged: () => undefined,
      contactsChanged: () => undefined,
      invited: (invitation, leg) => this.#invited(invitation, leg),
    };
  }

  #invited(invitation: Invitation, leg: Leg): LegSink | undefined {
    if (!this.line.isOpen || this.line.dialogs.isFull) return undefined;
    if (this.kind === 'simple') return this.pager.ring(invitation, leg);
    const { newCallId, maxText } = this.#options;
    return ring({
      line: this.line,
      invitation,
      leg,
      contact: this.contact,
      to: this.to,
      callId: newCallId(),
      maxText,
    });
  }
}
