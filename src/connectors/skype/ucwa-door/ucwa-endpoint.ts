import type { Clock } from '../../../core/clock.ts';
import type { Gate } from '../../../core/gate.ts';
import type { SipUri } from '../../../core/people.ts';
import type { Presence } from '../../../core/presence/presence.ts';
import { toUcwaPreferred } from '../../../core/presence/scales.ts';
import {
  type Application,
  type ChannelHandler,
  type ChannelTimers,
  type Discovery,
  type KeptApplication,
  type KeptState,
  keepApplication,
  signIn,
  stoppedError,
  type Transport,
} from '../../../protocols/ucwa/client/client.ts';
import type {
  DialogId,
  DoorAccount,
  DoorEndpoint,
  DoorListener,
  InviteEnd,
  InviteOptions,
  SendEnd,
} from '../door.ts';
import { type Failure, failureOfError } from '../errors.ts';
import { Incarnation } from './incarnation.ts';
import { othersBeside } from './others.ts';
import { sessionEnded, type Talks } from './talks.ts';
import { within } from './within.ts';

export interface UcwaEndpointOptions {
  readonly account: DoorAccount;
  readonly listener: DoorListener;
  readonly transport: Transport;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly random: () => number;
  /** The same for an account at every start, so that a new application takes the place of one that a crash left. */
  readonly endpointId: string;
  readonly gate: Gate;
  /** How often it is checked that the pool still tells of who is watched, ms. */
  readonly checkEveryMs?: number;
  readonly reached: () => void;
  readonly failing: (error: unknown) => void;
}

const callMs = 15_000;
/** Showing and watching may have to wait for a sign-in, and that for its turn. */
const changeMs = 60_000;
/** An invitation that nobody answers ends at the pool long before. */
const inviteMs = 180_000;
/** The pool fails a message that no client fetches within 30 s. */
const sendMs = 60_000;

/**
 * A person's own endpoint is there to be seen and for texts, and those are of high urgency, which never waits. What is of
 * less urgency there is only the echo of what the gateway has shown itself. 180 s is the pool's own time of an empty answer.
 */
const unhurried: ChannelTimers = { low: 1_800, medium: 1_800, timeout: 180 };
const identity = { userAgent: 'Isthmus', culture: 'en-US' };
const nobody: ReadonlySet<SipUri> = new Set();

type FailedEnd = Extract<SendEnd, { readonly kind: 'failed' }>;

const cannotReceive: Failure = {
  kind: 'refused',
  id: 'not-allowed',
  detail: 'an application that shows nothing gets no invitations',
};

export function openUcwaEndpoint(options: UcwaEndpointOptions): DoorEndpoint {
  return new UcwaEndpoint(options);
}

class UcwaEndpoint implements DoorEndpoint {
  readonly #options: UcwaEndpointOptions;
  readonly #kept: KeptApplication;
  #current: Incarnation | undefined;
  #watched: ReadonlySet<SipUri> = nobody;
  #note = '';

  constructor(options: UcwaEndpointOptions) {
    const { account, transport, discovery, clock, endpointId, gate } = options;
    this.#options = options;
    this.#kept = keepApplication({
      clock,
      random: options.random,
      ...(account.of === 'person' ? { timers: unhurried } : {}),
      identity,
      mintEndpointId: () => endpointId,
      admit: (signal) => gate.enter(signal),
      signIn: (signal) => signIn({ transport, discovery, clock, signal, credentials: account }),
      opened: (application) => this.#opened(application),
      closed: () => this.#closed(),
      heard: options.reached,
      failed: options.failing,
      changed: (state) => this.#changed(state),
    });
  }

  get stopped(): boolean {
    return this.#kept.state.kind === 'stopped';
  }

  async ready(signal: AbortSignal): Promise<Failure | undefined> {
    const found = await this.#running(signal);
    signal.throwIfAborted();
    return isFailure(found) ? found : undefined;
  }

  async show(presence: Presence): Promise<Failure | undefined> {
    const order = toUcwaPreferred(presence);
    if (order.kind !== 'set') return undefined;
    return await this.#change(changeMs, (signal) => this.#kept.show(order.availability, signal));
  }

  async receive(): Promise<Failure> {
    return cannotReceive;
  }

  async release(): Promise<Failure | undefined> {
    const application = this.#current?.application;
    if (!application) return undefined;
    return await this.#change(callMs, (signal) => application.resetPresence(signal));
  }

  async note(text: string): Promise<Failure | undefined> {
    this.#note = text;
    return await this.#change(callMs, async (signal) => {
      const application = await this.#kept.running(signal);
      await application.setNote(text, signal);
    });
  }

  leaveNote(): void {
    this.#note = '';
  }

  async invite(dialog: DialogId, to: SipUri, text: string, options: InviteOptions): Promise<InviteEnd> {
    return await this.#write(inviteMs, async (signal) => {
      const here = await this.#running(signal);
      if (isFailure(here)) return failed(here);
      return this.#reached(await here.withTalks().invite({ ...options, dialog, to, text }, signal));
    });
  }

  async cancel(dialog: DialogId): Promise<void> {
    await this.#tidy((talks, signal) => talks.cancel(dialog, signal));
  }

  async send(dialog: DialogId, id: string, text: string): Promise<SendEnd> {
    const talks = this.#current?.talks;
    if (!talks) return failed(sessionEnded);
    return await this.#write(sendMs, async (signal) =>
      this.#reached(await talks.send(dialog, id, text, signal)),
    );
  }

  async accept(dialog: DialogId): Promise<Failure | undefined> {
    const talks = this.#current?.talks;
    if (!talks) return sessionEnded;
    return await within<Failure | undefined>(
      this.#options.clock,
      callMs,
      (signal) => talks.accept(dialog, signal),
      (error) => this.#failed(error, false),
    );
  }

  async decline(dialog: DialogId): Promise<void> {
    await this.#tidy((talks, signal) => talks.decline(dialog, signal));
  }

  async end(dialog: DialogId): Promise<void> {
    await this.#tidy((talks, signal) => talks.end(dialog, signal));
  }

  async hasOthers(signal: AbortSignal): Promise<'yes' | 'unknown'> {
    if (!this.#current) return 'unknown';
    return await othersBeside(this.#current.application, this.#options.account.sip, signal);
  }

  async watch(people: ReadonlySet<SipUri>): Promise<Failure | undefined> {
    this.#watched = new Set(people);
    return await this.#change(changeMs, async (signal) => {
      await this.#kept.running(signal);
      await this.#current?.watch(this.#watched, signal);
    });
  }

  async signOut(): Promise<Failure | undefined> {
    return await this.#change(undefined, () => this.#kept.signOut());
  }

  abandon(): void {
    this.#kept.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept[Symbol.asyncDispose]();
  }

  #opened(application: Application): ChannelHandler {
    const incarnation = new Incarnation({ ...this.#options, application });
    this.#current = incarnation;
    if (this.#watched.size > 0) void this.#renew((signal) => incarnation.watch(this.#watched, signal));
    if (this.#note !== '') void this.#renew((signal) => application.setNote(this.#note, signal));
    return (notice) => incarnation.handle(notice);
  }

  #closed(): void {
    this.#current?.[Symbol.dispose]();
    this.#current = undefined;
  }

  #changed(state: KeptState): void {
    const { listener, discovery, reached, failing } = this.#options;
    switch (state.kind) {
      case 'opening':
        break;
      case 'running':
        reached();
        break;
      case 'waiting':
        failing(state.failure);
        discovery.noteFailure(state.failure);
        break;
      case 'stopped':
        if (state.end.kind !== 'aborted') listener.failed(failureOfError(stoppedError(state.end), false));
    }
  }

  #change(ms: number | undefined, ask: (signal: AbortSignal) => Promise<void>): Promise<Failure | undefined> {
    return within<Failure | undefined>(
      this.#options.clock,
      ms,
      (signal) => ask(signal).then(() => undefined),
      (error) => this.#failed(error, false),
    );
  }

  /** What may have been shown though it failed. */
  #write<End>(ms: number, ask: (signal: AbortSignal) => Promise<End>): Promise<End | FailedEnd> {
    return within<End | FailedEnd>(this.#options.clock, ms, ask, (error) =>
      failed(this.#failed(error, true)),
    );
  }

  /** If it fails, the pool's own time limits do the same. */
  async #tidy(ask: (talks: Talks, signal: AbortSignal) => Promise<void>): Promise<void> {
    const talks = this.#current?.talks;
    if (!talks) return;
    await within(
      this.#options.clock,
      callMs,
      (signal) => ask(talks, signal),
      () => undefined,
    );
  }

  /** What a new incarnation is told that the one before it was. */
  async #renew(ask: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, listener } = this.#options;
    await within(clock, callMs, ask, (error) => listener.failed(failureOfError(error, false)));
  }

  async #running(signal: AbortSignal): Promise<Incarnation | Failure> {
    try {
      await this.#kept.running(signal);
      return this.#current ?? sessionEnded;
    } catch (error) {
      return this.#failed(error, false);
    }
  }

  #reached<End>(end: End): End {
    this.#options.reached();
    return end;
  }

  /** The failure of a request in the words of this connector; the pool's health is noted beside. */
  #failed(error: unknown, writes: boolean): Failure {
    this.#options.failing(error);
    return failureOfError(error, writes);
  }
}

function failed(failure: Failure): FailedEnd {
  return { kind: 'failed', failure };
}

function isFailure(found: Incarnation | Failure): found is Failure {
  return !('application' in found);
}
