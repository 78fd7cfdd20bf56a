import type { Clock } from '../../../core/clock.ts';
import { parseContacts } from '../../../protocols/sip/headers/name-addr.ts';
import { param } from '../../../protocols/sip/headers/params.ts';
import { parseDigits } from '../../../protocols/sip/lexical.ts';
import { type Header, header, headerLines, type SipResponse } from '../../../protocols/sip/message.ts';
import type { Failure } from '../errors.ts';
import type { Ask } from './ask.ts';
import { failureOfAnswer } from './failures.ts';
import type { FrontEnds } from './front-ends.ts';
import { Link } from './link.ts';
import type { Names } from './names.ts';
import type { Pace } from './pace.ts';
import { type Dialect, requestOf, type Self } from './self.ts';
import { orAborted, sleep } from './sleep.ts';

export interface RegistrationOptions {
  readonly self: Self;
  readonly dialect: Dialect;
  readonly frontEnds: FrontEnds;
  readonly ask: Ask;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: () => number;
  readonly names: Names;
  /** What is asked for, in seconds: how long a dead gateway's endpoint is on show. */
  readonly expiresSeconds: number;
  /** Resolves when an earlier endpoint of the same name is signed out. */
  readonly after: Promise<void>;
  /** The endpoint is there, on this connection; `lost` follows. */
  readonly registered: (link: Link) => void;
  readonly lost: (link: Link) => void;
  /** For good. */
  readonly stopped: (failure: Failure) => void;
}

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'registered'; readonly link: Link }
  /** Between two attempts. */
  | { readonly kind: 'waiting'; readonly failure: Failure }
  | { readonly kind: 'stopped'; readonly failure: Failure };

const firstRetryMs = 500;
const longestRetryMs = 30_000;
/** The longest wait for the pool to confirm a sign-out. */
const signOutMs = 2_000;
const over: Failure = { kind: 'transient', id: 'unreachable', detail: 'the endpoint is signed out' };

/**
 * Keeps one endpoint registered until it is disposed of: registers, registers again before the time is up, and anew on
 * whichever front end there is when the connection is lost. A refusal that will not change ends it.
 */
export class Registration implements AsyncDisposable {
  readonly #options: RegistrationOptions;
  readonly #life = new AbortController();
  readonly #callId: string;
  readonly #tag: string;
  readonly #done: Promise<void>;
  #state: State = { kind: 'opening' };
  #settled = Promise.withResolvers<void>();
  #expiresSeconds: number;
  #cseq = -1;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#callId = options.names.callId();
    this.#tag = options.names.tag();
    this.#expiresSeconds = options.expiresSeconds;
    this.#done = this.#run();
  }

  get stopped(): boolean {
    return this.#state.kind === 'stopped';
  }

  /** The connection that the endpoint is registered on. */
  get link(): Link | undefined {
    return this.#state.kind === 'registered' ? this.#state.link : undefined;
  }

  /** The connection, once there is one; or why the attempt under way, or the last one, failed. */
  async ready(signal: AbortSignal): Promise<Link | Failure> {
    while (this.#state.kind === 'opening') await orAborted(this.#settled.promise, signal);
    return this.#state.kind === 'registered' ? this.#state.link : this.#state.failure;
  }

  /** Ends without a word to the pool, which finds out when the time is up. */
  abandon(): void {
    this.#life.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { link } = this;
    if (link?.isOpen) {
      const bye = this.#options.ask(link, this.#request(0)).then(() => undefined);
      await Promise.race([
        bye,
        sleep(this.#options.clock, signOutMs, this.#life.signal).catch(() => undefined),
      ]);
    }
    this.#life.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#life;
    for (let failures = 0; !signal.aborted; ) {
      const outcome = await this.#attempt().catch(() => over);
      if (signal.aborted) break;
      if (outcome instanceof Link) {
        failures = 0;
        this.#turn({ kind: 'registered', link: outcome });
        this.#options.registered(outcome);
        await this.#keep(outcome);
        this.#turn({ kind: 'opening' });
        this.#options.lost(outcome);
        continue;
      }
      if (outcome.kind === 'refused') {
        this.#turn({ kind: 'stopped', failure: outcome });
        this.#options.stopped(outcome);
        return;
      }
      this.#turn({ kind: 'waiting', failure: outcome });
      const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 16));
      failures += 1;
      const waitMs = Math.max(outcome.afterMs ?? 0, ceiling / 2) + (ceiling / 2) * random();
      await sleep(clock, waitMs, signal).catch(() => undefined);
      if (!signal.aborted) this.#turn({ kind: 'opening' });
    }
    this.#turn({ kind: 'stopped', failure: over });
  }

  async #attempt(): Promise<Link | Failure> {
    await orAborted(this.#options.after, this.#life.signal);
    await this.#options.pace.turn(this.#life.signal);
    const link = await orAborted(this.#options.frontEnds.link(), this.#life.signal);
    if (!(link instanceof Link)) return link;
    return (await this.#register(link)) ?? link;
  }

  /** Until the endpoint is lost, or let go. */
  async #keep(link: Link): Promise<void> {
    const { clock } = this.#options;
    while (!this.#life.signal.aborted && link.isOpen) {
      const loss = new AbortController();
      using _link = link.whenOver(() => loss.abort());
      const isDue = await sleep(
        clock,
        this.#refreshMs(),
        AbortSignal.any([this.#life.signal, loss.signal]),
      ).then(
        () => true,
        () => false,
      );
      if (isDue && (await this.#register(link).catch(() => over))) return;
    }
  }

  /** Some time before the end that is not the same for all. */
  #refreshMs(): number {
    return this.#expiresSeconds * 1000 * (0.5 + 0.2 * this.#options.random());
  }

  /** Undefined when the endpoint is registered there. */
  async #register(link: Link): Promise<Failure | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const asked = this.#options.ask(link, this.#request(this.#expiresSeconds));
      const answer = await orAborted(asked, this.#life.signal);
      if (answer.kind === 'response') {
        const { response } = answer;
        if (response.status < 300) return this.#granted(response);
        const least = parseDigits(header(response, 'Min-Expires') ?? '', 86_400);
        if (response.status === 423 && least !== undefined && attempt === 1) {
          this.#expiresSeconds = least;
          continue;
        }
      }
      const failure = failureOfAnswer(answer, 'other');
      if (failure.kind === 'transient') this.#options.frontEnds.avoid(link, failure.afterMs);
      return asRegistration(failure);
    }
  }

  #granted(response: SipResponse): Failure | undefined {
    const granted = this.#grantedSeconds(response);
    if (granted === 0)
      return { kind: 'transient', id: 'unexpected-answer', detail: 'registered for no time' };
    this.#expiresSeconds = granted ?? this.#expiresSeconds;
    return undefined;
  }

  /** The Expires of our own Contact, or of the whole answer. */
  #grantedSeconds(response: SipResponse): number | undefined {
    const { self } = this.#options;
    for (const line of headerLines(response, 'Contact')) {
      const contacts = parseContacts(line);
      if (contacts?.kind !== 'list') continue;
      const ours = contacts.contacts.find(
        ({ uri, params }) =>
          uri.includes(self.opaque) || param(params, '+sip.instance')?.includes(self.instance),
      );
      const seconds = ours && parseDigits(param(ours.params, 'expires') ?? '', 86_400 * 30);
      if (seconds !== undefined) return seconds;
    }
    return parseDigits(header(response, 'Expires') ?? '', 86_400 * 30);
  }

  #request(expires: number) {
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

  #turn(state: State): void {
    this.#state = state;
    if (state.kind === 'opening') {
      this.#settled = Promise.withResolvers<void>();
      return;
    }
    this.#settled.resolve();
  }
}

const microsoftHeaders: readonly Header[] = [
  { name: 'Event', value: 'registration' },
  { name: 'Allow-Events', value: 'presence' },
  { name: 'Supported', value: 'gruu-10, adhoclist, msrtc-event-categories' },
  { name: 'ms-keep-alive', value: 'UAC;hop-hop=yes' },
];

/** What is wrong with a registration is wrong with the account, not with a person who is written to. */
function asRegistration(failure: Failure): Failure {
  if (failure.kind === 'ended') return { ...failure, kind: 'transient', id: 'unreachable' };
  if (failure.kind !== 'refused') return failure;
  const isAccount =
    failure.id === 'not-allowed' || failure.id === 'no-such-person' || failure.id === 'offline';
  return isAccount ? { ...failure, id: 'link-refused' } : failure;
}
