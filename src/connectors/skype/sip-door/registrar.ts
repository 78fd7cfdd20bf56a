import { parseDigits } from '../../../protocols/sip/lexical.ts';
import { type Header, header, type SipRequest, type SipResponse } from '../../../protocols/sip/message.ts';
import type { Failure } from '../errors.ts';
import type { Ask } from './ask.ts';
import { failureOfAnswer } from './failures.ts';
import type { FrontEnds } from './front-ends.ts';
import { Link } from './link.ts';
import type { Target } from './locate.ts';
import type { Names } from './names.ts';
import { grantedSeconds, homesOf } from './registrar-answer.ts';
import { type Dialect, requestOf, type Self } from './self.ts';
import { orAborted } from './sleep.ts';

export interface RegistrarOptions {
  readonly self: Self;
  readonly dialect: Dialect;
  readonly transport: 'tls' | 'tcp';
  readonly frontEnds: FrontEnds;
  readonly ask: Ask;
  readonly names: Names;
  /** What is asked for, in seconds: how long a dead gateway's endpoint is on show. */
  readonly expiresSeconds: number;
}

export type Registered =
  | { readonly kind: 'registered'; readonly link: Link }
  /** The pool wants the endpoint to be elsewhere. */
  | { readonly kind: 'sent-on' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** How often an endpoint is sent on before it is registered. */
const mostRedirections = 4;

/** One endpoint's registrar, wherever it is: REGISTER, what is granted, and where the pool sends the endpoint. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #callId: string;
  readonly #tag: string;
  #expiresSeconds: number;
  #cseq = -1;
  #home: readonly Target[] = [];

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#callId = options.names.callId();
    this.#tag = options.names.tag();
    this.#expiresSeconds = options.expiresSeconds;
  }

  /** For how long the endpoint is registered each time. */
  get expiresSeconds(): number {
    return this.#expiresSeconds;
  }

  /** A front end that the endpoint had better be at than that of `link`, and which serves. */
  better(link: Link): Link | undefined {
    return this.#options.frontEnds.better(link, this.#preference);
  }

  /**
   * Registers where the pool wants the endpoint, or at the first front end of its own preference. Rejects with the signal's
   * reason.
   */
  async anywhere(signal: AbortSignal): Promise<Link | Failure> {
    const asked = new Set<Link>();
    for (;;) {
      const link = await orAborted(this.#options.frontEnds.link(this.#preference), signal);
      if (!(link instanceof Link)) return link;
      if (asked.has(link) || asked.size > mostRedirections) return sentAstray;
      asked.add(link);
      const outcome = await this.at(link, signal);
      if (outcome.kind === 'registered') return link;
      if (outcome.kind === 'failed') return outcome.failure;
    }
  }

  /** Registers at one front end. Rejects with the signal's reason. */
  async at(link: Link, signal: AbortSignal): Promise<Registered> {
    const { frontEnds, transport, ask } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await orAborted(ask(link, this.#request(this.#expiresSeconds)), signal);
      if (answer.kind === 'response') {
        const { response } = answer;
        if (response.status < 300) return this.#granted(link, response);
        const homes = homesOf(response, link.target, transport);
        if (homes.length > 0) {
          this.#home = homes;
          frontEnds.served(link);
          return { kind: 'sent-on' };
        }
        const least = parseDigits(header(response, 'Min-Expires') ?? '', 86_400);
        if (response.status === 423 && least !== undefined && attempt === 1) {
          this.#expiresSeconds = least;
          continue;
        }
      }
      const failure = failureOfAnswer(answer, 'other');
      if (failure.kind === 'transient') frontEnds.avoid(link, failure.afterMs);
      return { kind: 'failed', failure: asRegistration(failure) };
    }
  }

  /** Signs the endpoint out there; resolves when that is answered. */
  async leave(link: Link): Promise<void> {
    await this.#options.ask(link, this.#request(0));
  }

  get #preference() {
    return { key: this.#options.self.instance, home: this.#home };
  }

  #granted(link: Link, response: SipResponse): Registered {
    this.#options.frontEnds.served(link);
    const granted = grantedSeconds(response, this.#options.self);
    if (granted === 0) return { kind: 'failed', failure: forNoTime };
    this.#expiresSeconds = granted ?? this.#expiresSeconds;
    return { kind: 'registered', link };
  }

  #request(expires: number): SipRequest {
    const { self, names, dialect } = this.#options;
    // Two numbers each: one is left for an answer to a challenge.
    this.#cseq += 2;
    const contact = `<${self.contactUri}>;expires=${expires};+sip.instance="<urn:uuid:${self.instance}>"`;
    const headers: readonly Header[] = [
      { name: 'Contact', value: contact },
      { name: 'Expires', value: String(expires) },
      ...(dialect === 'microsoft' ? microsoftHeaders : []),
    ];
    return requestOf(self, names, {
      method: 'REGISTER',
      to: self.uri,
      callId: this.#callId,
      tag: this.#tag,
      cseq: this.#cseq,
      headers,
    });
  }
}

const microsoftHeaders: readonly Header[] = [
  { name: 'Event', value: 'registration' },
  { name: 'Allow-Events', value: 'presence' },
  { name: 'Supported', value: 'gruu-10, adhoclist, msrtc-event-categories' },
  { name: 'ms-keep-alive', value: 'UAC;hop-hop=yes' },
];

const forNoTime: Failure = {
  kind: 'transient',
  id: 'unexpected-answer',
  detail: 'registered for no time',
};

const sentAstray: Failure = {
  kind: 'transient',
  id: 'unreachable',
  detail: 'the pool sends this person on to a front end that does not take them',
};

/** What is wrong with a registration is wrong with the account, not with a person who is written to. */
function asRegistration(failure: Failure): Failure {
  if (failure.kind === 'ended') return { ...failure, kind: 'transient', id: 'unreachable' };
  if (failure.kind !== 'refused') return failure;
  const isAccount =
    failure.id === 'not-allowed' || failure.id === 'no-such-person' || failure.id === 'offline';
  return isAccount ? { ...failure, id: 'link-refused' } : failure;
}
