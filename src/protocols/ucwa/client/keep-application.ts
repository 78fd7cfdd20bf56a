import type { PreferredAvailability } from '../types.ts';
import { type Application, type ApplicationIdentity, createApplication } from './application.ts';
import { backoff, type Clock, limit, orAbort, pause } from './clock.ts';
import { type ChannelEnd, type ChannelNotice, type ChannelTimers, listen } from './event-channel.ts';
import { fateOf, SignInRefused } from './failures.ts';
import { Heartbeat } from './heartbeat.ts';
import type { SignedIn } from './sign-in.ts';

export type KeptState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'running'; readonly application: Application }
  /** Between two attempts. */
  | { readonly kind: 'waiting'; readonly failure: unknown }
  /** For good: the pool (`gone`) or the account (`refused`) does not allow another one, or it was disposed. */
  | { readonly kind: 'stopped'; readonly end: Exclude<ChannelEnd, { kind: 'lost' }> };

/** An application that is made again whenever it is lost, until it is disposed or the pool forbids it. */
export interface KeptApplication extends AsyncDisposable {
  readonly state: KeptState;
  /**
   * The running application. Rejects with the failure if the attempt under way, or the last one, fails: who
   * waits is not kept waiting through a series of attempts.
   */
  running(signal: AbortSignal): Promise<Application>;
  /** From now on, and in every new incarnation, the account is shown so. */
  show(availability: PreferredAvailability, signal: AbortSignal): Promise<void>;
  /**
   * Signs out, for good. Disposal does the same, and is content to have tried.
   * @throws what the pool answered, if it has not taken it: the next call tries again, until the pool surely has ended it
   * by itself
   */
  signOut(): Promise<void>;
  /** Ends without signing out, also while that is being tried: the pool is left to find out. */
  abandon(): void;
}

export interface KeepOptions {
  readonly signIn: (signal: AbortSignal) => Promise<SignedIn>;
  readonly identity: Omit<ApplicationIdentity, 'endpointId'>;
  readonly mintEndpointId: () => string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timers?: ChannelTimers;
  /** Absent: stay in lurker mode. */
  readonly availability?: PreferredAvailability;
  /** A new incarnation is about to be listened to; returns who takes its events. */
  readonly opened: (application: Application) => (notice: ChannelNotice) => Promise<void> | undefined;
  /** That incarnation is over, whatever the reason. */
  readonly closed: (application: Application) => void;
  readonly changed?: (state: KeptState) => void;
  /** Told of every answered and of every failed P-GET. */
  readonly heard?: () => void;
  readonly failed?: (error: unknown) => void;
  /** Keeps a thousand endpoints from opening at once. */
  readonly admit?: (signal: AbortSignal) => Promise<Disposable>;
}

const openTimeoutMs = 60_000;
/** By then a pool has ended by itself an application that fetches no events (documented: 15 minutes). */
const endsByItselfMs = 16 * 60_000;

export function keepApplication(options: KeepOptions): KeptApplication {
  return new Kept(options);
}

class Kept implements KeptApplication {
  readonly #options: KeepOptions;
  readonly #life = new AbortController();
  readonly #living: Promise<void>;
  #state: KeptState = { kind: 'opening' };
  #availability: PreferredAvailability | undefined;
  /** What this incarnation was last shown as. */
  #shown: PreferredAvailability | undefined;
  /** Who waits for an application. Nobody does while one is running. */
  #waiters: PromiseWithResolvers<Application> | undefined;
  #heartbeat: Heartbeat | undefined;
  #pausing: AbortController | undefined;
  /** What the pool has not been told the end of, since then (Unix ms). */
  #unended: { readonly application: Application; readonly since: number } | undefined;
  readonly #abandoned = new AbortController();

  constructor(options: KeepOptions) {
    this.#options = options;
    this.#availability = options.availability;
    this.#living = this.#live();
  }

  get state(): KeptState {
    return this.#state;
  }

  async running(signal: AbortSignal): Promise<Application> {
    this.#hurry();
    return await this.#application(signal);
  }

  async show(next: PreferredAvailability, signal: AbortSignal): Promise<void> {
    this.#availability = next;
    this.#hurry();
    const wasRunning = this.#state.kind === 'running';
    const application = await this.#application(signal);
    if (wasRunning || this.#shown !== next) await application.makeMeAvailable(next, signal);
    this.#shown = next;
    this.#beat();
  }

  async signOut(): Promise<void> {
    this.#life.abort(new Error('signed out'));
    await this.#living;
    await this.#end();
  }

  abandon(): void {
    this.#abandoned.abort();
    this.#life.abort(new Error('abandoned'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signOut().catch(() => undefined);
  }

  #application(signal: AbortSignal): Promise<Application> {
    const state = this.#state;
    switch (state.kind) {
      case 'running':
        return orAbort(Promise.resolve(state.application), signal);
      case 'stopped':
        return Promise.reject(stoppedError(state.end));
      case 'opening':
      case 'waiting':
        this.#waiters ??= Promise.withResolvers<Application>();
        return orAbort(this.#waiters.promise, signal);
    }
  }

  #enter(next: KeptState): void {
    this.#state = next;
    const waiters = this.#waiters;
    if (next.kind !== 'opening') this.#waiters = undefined;
    switch (next.kind) {
      case 'running':
        waiters?.resolve(next.application);
        break;
      case 'waiting':
        waiters?.reject(next.failure);
        break;
      case 'stopped':
        waiters?.reject(stoppedError(next.end));
        break;
      case 'opening':
        break;
    }
    this.#options.changed?.(next);
  }

  async #live(): Promise<void> {
    const { signal } = this.#life;
    for (let failures = 0; !signal.aborted; ) {
      let failure: unknown;
      try {
        const application = await this.#open();
        const end = await this.#listenTo(application);
        this.#close(application, end);
        if (end.kind !== 'lost') return this.#enter({ kind: 'stopped', end });
        failures = 1;
        failure = new Error('application lost');
      } catch (error) {
        if (signal.aborted) break;
        const end = finalEnd(error);
        if (end) return this.#enter({ kind: 'stopped', end });
        failures += 1;
        failure = error;
      }
      this.#enter({ kind: 'waiting', failure });
      await this.#pause(failures);
      if (!signal.aborted) this.#enter({ kind: 'opening' });
    }
    this.#enter({ kind: 'stopped', end: { kind: 'aborted' } });
  }

  async #open(): Promise<Application> {
    const { clock, admit, signIn, mintEndpointId } = this.#options;
    using opening = limit(clock, openTimeoutMs, this.#life.signal);
    const { signal } = opening;
    using _admission = await admit?.(signal);
    const { applications, requester } = await signIn(signal);
    const identity = { ...this.#options.identity, endpointId: mintEndpointId() };
    const application = await createApplication({ requester, applications, identity, signal });
    this.#unended = undefined;
    try {
      this.#shown = this.#availability;
      if (this.#shown !== undefined) await application.makeMeAvailable(this.#shown, signal);
    } catch (error) {
      this.#unended = { application, since: clock.now() };
      await this.#end().catch(() => undefined);
      throw error;
    }
    return application;
  }

  #listenTo(application: Application): Promise<ChannelEnd> {
    const { opened, clock, random, timers, heard, failed } = this.#options;
    const handle = opened(application);
    this.#enter({ kind: 'running', application });
    this.#beat();
    return listen({
      requester: application.requester,
      href: application.links.events,
      handle,
      clock,
      random,
      signal: this.#life.signal,
      ...(timers ? { timers } : {}),
      ...(heard ? { heard } : {}),
      ...(failed ? { failed } : {}),
    });
  }

  #close(application: Application, { kind }: ChannelEnd): void {
    this.#heartbeat?.[Symbol.dispose]();
    this.#heartbeat = undefined;
    this.#state = { kind: 'opening' };
    this.#options.closed(application);
    if (kind === 'aborted') this.#unended = { application, since: this.#options.clock.now() };
  }

  async #end(): Promise<void> {
    const { signal } = this.#abandoned;
    if (!this.#unended || signal.aborted) return;
    const { application, since } = this.#unended;
    try {
      await application.end(signal);
    } catch (error) {
      if (this.#options.clock.now() - since < endsByItselfMs) throw error;
    }
    this.#unended = undefined;
  }

  /** Who shows nothing is a lurker, whom nobody takes for idle. */
  #beat(): void {
    if (this.#state.kind !== 'running' || this.#availability === undefined) return;
    const { clock, random } = this.#options;
    this.#heartbeat ??= new Heartbeat(this.#state.application, clock, random);
  }

  #hurry(): void {
    if (this.#state.kind === 'waiting') this.#pausing?.abort();
  }

  async #pause(failures: number): Promise<void> {
    const { clock, random } = this.#options;
    const pausing = new AbortController();
    this.#pausing = pausing;
    const signal = AbortSignal.any([this.#life.signal, pausing.signal]);
    await pause(clock, backoff(failures, 1_000, 60_000, random), signal).catch(() => undefined);
    this.#pausing = undefined;
  }
}

/** What a failed attempt means if no further one can do better. */
function finalEnd(error: unknown): Exclude<ChannelEnd, { kind: 'lost' }> | undefined {
  if (error instanceof SignInRefused) return { kind: 'refused', error: error.error };
  const fate = fateOf(error, false);
  return fate.kind === 'gone' ? fate : undefined;
}

/** What who waits for an application is told that is over for good. */
export function stoppedError(end: Exclude<ChannelEnd, { kind: 'lost' }>): Error {
  return end.kind === 'refused' ? new SignInRefused(end.error) : new ApplicationStopped(end);
}

/** The application is over for good. */
export class ApplicationStopped extends Error {
  override name = 'ApplicationStopped';
  readonly end: Exclude<ChannelEnd, { kind: 'lost' }>;

  constructor(end: Exclude<ChannelEnd, { kind: 'lost' }>) {
    super(end.kind === 'gone' ? `application ended by the pool: ${end.subcode}` : 'application ended');
    this.end = end;
  }
}
