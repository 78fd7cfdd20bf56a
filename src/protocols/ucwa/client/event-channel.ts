import { backoff, type Clock, pause } from './clock.ts';
import { type ClientEvent, type ParsedPackage, parsePackage } from './events.ts';
import { fateOf, RequestFailed, SignInRefused } from './failures.ts';
import { type Answer, isUnauthorised, type Requester } from './requester.ts';

/** What a handler is told besides events. */
export type ChannelNotice =
  | { readonly kind: 'events'; readonly events: readonly ClientEvent[] }
  /**
   * What is known may be out of date. After a `resume` conversations and subscriptions are gone; after a `resync`
   * they may have changed unseen.
   */
  | { readonly kind: 'stateLost'; readonly how: 'resume' | 'resync' };

/**
 * Takes what the channel brings, in order. Returning nothing lets the next P-GET, which acknowledges this
 * package, go out at once; returning a promise holds it back until the promise settles, `holdMs` at most.
 * If the promise rejects, the package is fetched and handed over again, for 40 s at most.
 */
export type ChannelHandler = (notice: ChannelNotice) => Promise<void> | undefined;

/** How a channel ended. Failures of the network alone never end one. */
export type ChannelEnd =
  /** The application is not there any more; a new one may be made. */
  | { readonly kind: 'lost' }
  /** The pool ended it for good, for the reason given. */
  | { readonly kind: 'gone'; readonly subcode: string }
  /** The account is no longer let in. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'aborted' };

export interface EventChannelOptions {
  readonly requester: Requester;
  /** The `events` link of the application. */
  readonly href: string;
  readonly handle: ChannelHandler;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Longest time for which a handler may hold an acknowledgement. The pool fails messages after 30 s. */
  readonly holdMs?: number;
  /** Absent: the pool's own, which may well be shorter than what a client is allowed to ask for. */
  readonly timers?: ChannelTimers;
  /** Told of every failed P-GET. */
  readonly failed?: (error: unknown) => void;
  /** Told of every answered P-GET. */
  readonly heard?: () => void;
}

/** Seconds for which the pool may hold back events of low and of medium urgency (5 to 1800), and an empty answer. */
export interface ChannelTimers {
  readonly low: number;
  readonly medium: number;
  readonly timeout: number;
}

const defaultTimeout = 180;
const slackMs = 20_000;
/** The pool fails messages that wait 30 s for a P-GET. */
const longestPauseMs = 10_000;
/**
 * By then the pool has told the senders of unacknowledged messages that they failed. Counted in waiting, not by the
 * clock, which may be put forward: a message that could not be kept yet would be given up at once, and lost.
 */
const giveUpAfterMs = 40_000;

/** Listens until the application ends or the signal aborts. Never throws. */
export async function listen(options: EventChannelOptions): Promise<ChannelEnd> {
  const channel = new Channel(options);
  try {
    while (!options.signal.aborted) {
      const end = await channel.round();
      if (end) return end;
    }
    return { kind: 'aborted' };
  } catch {
    return { kind: 'aborted' };
  }
}

/**
 * Where a channel stands between two rounds, and nothing else: a P-GET waits for minutes, in thousands of channels at a
 * time, and should keep no package in memory meanwhile.
 */
class Channel {
  readonly #options: EventChannelOptions;
  #href: string;
  #failures = 0;
  #redeliveries = 0;
  #refusedForMs = 0;
  #sendTimers = true;

  constructor(options: EventChannelOptions) {
    this.#options = options;
    this.#href = options.href;
  }

  /** One P-GET, and what comes of its answer. */
  async round(): Promise<ChannelEnd | undefined> {
    let body: unknown;
    try {
      body = (await this.#ask()).body;
    } catch (error) {
      return endOf(error, this.#options.signal) ?? (await this.#failed(error));
    }
    const parsed = parsePackage(body);
    if (!parsed) return await this.#failed(new RequestFailed(200, { code: 'Unreadable' }));
    this.#failures = 0;
    this.#options.heard?.();
    this.#sendTimers = parsed.onward.kind !== 'next';
    const kept = await this.#handOver(parsed);
    if (kept || this.#refusedForMs >= giveUpAfterMs) {
      this.#redeliveries = 0;
      this.#refusedForMs = 0;
      this.#href = parsed.onward.href;
    } else await this.#askAgainLater();
    return undefined;
  }

  #ask(): Promise<Answer> {
    const { requester, signal, timers } = this.#options;
    return requester.call('GET', this.#href, {
      ...(this.#sendTimers && timers ? { query: { ...timers } } : {}),
      signal,
      held: true,
      timeoutMs: (timers?.timeout ?? defaultTimeout) * 1000 + slackMs,
    });
  }

  async #failed(error: unknown): Promise<undefined> {
    const { clock, random, signal, failed } = this.#options;
    failed?.(error);
    this.#failures += 1;
    await pause(clock, wait(error, this.#failures, random), signal);
  }

  async #handOver({ events, onward }: ParsedPackage): Promise<boolean> {
    const { handle, clock, holdMs = 10_000 } = this.#options;
    if (!(await handOver(handle, { kind: 'events', events }, clock, holdMs))) return false;
    if (onward.kind === 'next') return true;
    return await handOver(handle, { kind: 'stateLost', how: onward.kind }, clock, holdMs);
  }

  async #askAgainLater(): Promise<void> {
    const { clock, random, signal } = this.#options;
    this.#redeliveries += 1;
    const ms = backoff(this.#redeliveries, 250, 4_000, random);
    this.#refusedForMs += ms;
    await pause(clock, ms, signal);
  }
}

/** False if the handler asks for the package again. A handler that takes too long has taken it. */
async function handOver(
  handle: ChannelHandler,
  notice: ChannelNotice,
  clock: Clock,
  holdMs: number,
): Promise<boolean> {
  if (notice.kind === 'events' && notice.events.length === 0) return true;
  let holding: Promise<void> | undefined;
  try {
    holding = handle(notice);
  } catch {
    return false;
  }
  if (!holding) return true;
  const late = Promise.withResolvers<boolean>();
  using _timer = clock.setTimer(holdMs, () => late.resolve(true));
  return await Promise.race([
    holding.then(
      () => true,
      () => false,
    ),
    late.promise,
  ]);
}

function endOf(error: unknown, signal: AbortSignal): ChannelEnd | undefined {
  if (signal.aborted) return { kind: 'aborted' };
  if (error instanceof SignInRefused) return { kind: 'refused', error: error.error };
  // The account has just been let in, and got another token: a new application may do better.
  if (isUnauthorised(error)) return { kind: 'lost' };
  const fate = fateOf(error, true);
  switch (fate.kind) {
    case 'alive':
      return undefined;
    case 'lost':
      return fate;
    case 'gone':
      return fate;
  }
}

/**
 * A P-GET that another one has replaced (409 PGetReplaced) means that an answer was given up here and is still
 * held there: the same address is asked again, without haste.
 */
function wait(error: unknown, failures: number, random: () => number): number {
  if (error instanceof RequestFailed && error.afterMs !== undefined) return error.afterMs;
  return backoff(failures, 500, longestPauseMs, random);
}
