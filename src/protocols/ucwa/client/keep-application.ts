import type { PreferredAvailability } from '../types.ts';
import { type Application, type ApplicationIdentity, createApplication, keepActive } from './application.ts';
import { backoff, type Clock, limit, orAbort, pause } from './clock.ts';
import { type ChannelEnd, type ChannelNotice, type ChannelTimers, listen } from './event-channel.ts';
import { fateOf, SignInRefused } from './failures.ts';
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
  /** Ends without signing out: the pool is left to find out. */
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

const signOutTimeoutMs = 5_000;
const openTimeoutMs = 60_000;

export function keepApplication(options: KeepOptions): KeptApplication {
  const { clock, random } = options;
  const life = new AbortController();
  let state: KeptState = { kind: 'opening' };
  let availability = options.availability;
  /** What this incarnation was last shown as. */
  let shown: PreferredAvailability | undefined;
  let waiters = unsettled();
  let hurry = (): void => undefined;
  let beat = (): void => undefined;
  let abandoned = false;

  const enter = (next: KeptState): void => {
    state = next;
    switch (next.kind) {
      case 'running':
        waiters.resolve(next.application);
        break;
      case 'waiting':
        waiters.reject(next.failure);
        waiters = unsettled();
        break;
      case 'stopped':
        waiters.reject(stoppedError(next.end));
        break;
      case 'opening':
        break;
    }
    options.changed?.(next);
  };

  const open = async (): Promise<Application> => {
    using opening = limit(clock, openTimeoutMs, life.signal);
    const { signal } = opening;
    using _admission = await options.admit?.(signal);
    const { applications, requester } = await options.signIn(signal);
    const identity = { ...options.identity, endpointId: options.mintEndpointId() };
    const application = await createApplication({ requester, applications, identity, signal });
    try {
      shown = availability;
      if (shown !== undefined) await application.makeMeAvailable(shown, signal);
    } catch (error) {
      await signOut(application);
      throw error;
    }
    return application;
  };

  const signOut = async (application: Application): Promise<void> => {
    using ending = limit(clock, signOutTimeoutMs);
    await application.end(ending.signal).catch(() => undefined);
  };

  const run = async (application: Application): Promise<ChannelEnd> => {
    using ending = limit(clock, undefined, life.signal);
    const handle = options.opened(application);
    let beating = false;
    beat = () => {
      if (beating || availability === undefined) return;
      beating = true;
      void keepActive(application, clock, random, ending.signal);
    };
    beat();
    enter({ kind: 'running', application });
    const end = await listen({
      requester: application.requester,
      href: application.links.events,
      handle,
      clock,
      random,
      signal: ending.signal,
      ...(options.timers ? { timers: options.timers } : {}),
      ...(options.heard ? { heard: options.heard } : {}),
      ...(options.failed ? { failed: options.failed } : {}),
    });
    options.closed(application);
    waiters = unsettled();
    if (end.kind === 'aborted' && !abandoned) await signOut(application);
    return end;
  };

  const live = async (): Promise<void> => {
    for (let failures = 0; !life.signal.aborted; ) {
      let failure: unknown;
      try {
        const end = await run(await open());
        if (end.kind !== 'lost') return enter({ kind: 'stopped', end });
        failures = 1;
        failure = new Error('application lost');
      } catch (error) {
        if (life.signal.aborted) break;
        const end = finalEnd(error);
        if (end) return enter({ kind: 'stopped', end });
        failures += 1;
        failure = error;
      }
      enter({ kind: 'waiting', failure });
      const hurried = new AbortController();
      hurry = () => hurried.abort();
      const wait = backoff(failures, 1_000, 60_000, random);
      await pause(clock, wait, AbortSignal.any([life.signal, hurried.signal])).catch(() => undefined);
      if (!life.signal.aborted) enter({ kind: 'opening' });
    }
    enter({ kind: 'stopped', end: { kind: 'aborted' } });
  };

  const living = live();

  return {
    get state() {
      return state;
    },
    async running(signal) {
      if (state.kind === 'waiting') hurry();
      return await orAbort(waiters.promise, signal);
    },
    async show(next, signal) {
      availability = next;
      if (state.kind === 'waiting') hurry();
      const wasRunning = state.kind === 'running';
      const application = await orAbort(waiters.promise, signal);
      if (wasRunning || shown !== next) await application.makeMeAvailable(next, signal);
      shown = next;
      beat();
    },
    abandon() {
      abandoned = true;
      life.abort(new Error('abandoned'));
    },
    async [Symbol.asyncDispose]() {
      life.abort(new Error('signed out'));
      await living;
    },
  };
}

/** Nobody has to wait for it: a rejection that nobody hears is no fault. */
function unsettled(): PromiseWithResolvers<Application> {
  const made = Promise.withResolvers<Application>();
  made.promise.catch(() => undefined);
  return made;
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
