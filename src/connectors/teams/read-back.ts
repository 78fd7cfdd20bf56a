import type { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import type { Person } from '../../core/people.ts';
import { recent } from '../../core/recent.ts';
import type { KeptStore } from '../../gateway/ledger.ts';
import { messagesOfUser, messagesPageSize } from '../../protocols/graph/client/messages.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import {
  afterRound,
  type Cursor,
  firstCursor,
  keepCursor,
  loadCursor,
  notAhead,
  oldest,
  readFrom,
} from './cursor.ts';
import { isNotFound, outcomeOf } from './errors.ts';
import type { ToldMessage } from './incoming.ts';
import type { Pace } from './pace.ts';
import type { Tenant } from './tenants.ts';

export interface ReadBackOptions {
  readonly tenant: Tenant;
  readonly people: () => readonly Person[];
  /** What is known already is recognised there; gives the number of what was not. */
  readonly take: (messages: readonly ToldMessage[]) => Promise<number>;
  /** So many messages came up that no notification had told of; `gap`: it was known that some had been lost. */
  readonly onFound: (messages: number, gap: boolean) => void;
  readonly kept: KeptStore;
  /** One round over everybody takes at least this long. */
  readonly roundMs: number;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A time of which notifications are known to be missing, until everything in it has been read. */
export interface Gap {
  /** Unix ms. */
  readonly since: number;
  /** The chats that have been read out of turn meanwhile. */
  readonly caughtUp: LRUCache<string, true>;
}

/** Between two requests, ms: Graph allows 20 reads of chats a second and tenant. */
export const paceMs = { calm: 200, hurried: 50 } as const;
/** What a notification may still tell of is left to it. */
const freshMs = 10_000;
/** Read again, since Graph's clock is not ours. */
const overlapMs = 10_000;
/** A message that is changed soon after it was written comes up by the time of the change alone. */
const changedSoonMs = 600_000;
/** Farther back nothing is read, however long the gateway was away. */
const farthestMs = 30 * 24 * 60 * 60_000;
/** Of one person at once; where there are more, the time is read in halves. */
const mostAtOnce = 2_000;
const shortestSpanMs = 1_000;
/** Failures in a row after which a round is given up. */
const mostFailures = 3;
/** After a round that was given up, unless Graph asks for more. */
const firstRetryMs = 5_000;
const rememberedChats = 20_000;

/**
 * Reads what people wrote, in slow rounds: Graph loses notifications without a word, and while there is no
 * subscription, or no gateway, it tells of nothing. A person's messages are read from where the round before ended, also
 * when that was before a restart.
 */
export class ReadBack implements AsyncDisposable {
  readonly #options: ReadBackOptions;
  readonly #stopped: AbortSignal;
  readonly #end = new AbortController();
  #cursor: Cursor;
  #gap: Gap | undefined;
  #hurried = false;
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(options: ReadBackOptions) {
    this.#options = options;
    this.#stopped = AbortSignal.any([options.signal, this.#end.signal]);
    this.#cursor = firstCursor(options.clock.now());
  }

  /** While one is open, a chat has to be read before anything newer is taken from it. */
  get gap(): Gap | undefined {
    return this.#gap;
  }

  /** Goes on where the last run ended; that nothing was heard meanwhile is a gap. */
  async open(): Promise<void> {
    const { kept, tenant, clock } = this.#options;
    const known = await loadCursor(kept, tenant.id);
    const now = clock.now();
    if (known === undefined) await keepCursor(kept, tenant.id, this.#cursor).catch(() => undefined);
    else {
      this.#cursor = notAhead(known, now);
      this.hurry();
    }
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Notifications were lost: the next round begins now and does not linger. */
  hurry(): void {
    const caughtUp = recent<string, true>(rememberedChats);
    const since = Math.min(oldest(this.#cursor), this.#gap?.since ?? Infinity) - overlapMs;
    this.#gap = {
      since: Math.max(since, this.#options.clock.now() - farthestMs, this.#cursor.since),
      caughtUp,
    };
    this.#hurried = true;
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.aborted) {
      if (!this.#hurried) await this.#pause(this.#options.roundMs);
      if (this.#stopped.aborted) return;
      const hurried = this.#hurried;
      this.#hurried = false;
      const failed = await this.#round(hurried);
      if (failed === undefined) continue;
      await this.#pause(Math.max(failed.afterMs, firstRetryMs));
      this.#hurried ||= hurried;
    }
  }

  /** Reads everybody, or gives up. */
  async #round(hurried: boolean): Promise<{ readonly afterMs: number } | undefined> {
    const { people, clock, kept, tenant, pace } = this.#options;
    const gap = this.#gap;
    const now = clock.now();
    this.#cursor = notAhead(this.#cursor, now);
    const before = now - (hurried ? 0 : freshMs);
    const behind = new Map<string, number>();
    let failures = 0;
    for (const { teams } of people()) {
      if (this.#stopped.aborted) return undefined;
      if (teams.kind === 'none') continue;
      await pace.turn(hurried ? paceMs.hurried : paceMs.calm);
      const read = await this.#readPerson(teams.objectId, before, gap !== undefined);
      failures = read.kind === 'read' ? 0 : failures + 1;
      if (read.kind === 'read') continue;
      behind.set(teams.objectId, read.upTo);
      if (failures >= mostFailures || read.afterMs > 0) return { afterMs: read.afterMs };
    }
    if (this.#stopped.aborted) return undefined;
    this.#cursor = afterRound(this.#cursor, before, behind);
    if (this.#gap === gap && behind.size === 0) this.#gap = undefined;
    // Lost with the process, it is read again; what was taken already is recognised.
    await keepCursor(kept, tenant.id, this.#cursor).catch(() => undefined);
    return undefined;
  }

  async #readPerson(userId: string, before: number, gap: boolean): Promise<PersonRead> {
    const { clock } = this.#options;
    const from = Math.max(readFrom(this.#cursor, userId) - overlapMs, clock.now() - farthestMs, 0);
    const createdAfter = Math.max(this.#cursor.since, from - changedSoonMs) - 1;
    let span = before - from;
    let upTo = from;
    while (upTo < before && !this.#stopped.aborted) {
      const to = Math.min(upTo + span, before);
      const read = await this.#readSpan(userId, { after: upTo - 1, before: to }, createdAfter, gap);
      if (read.kind === 'failed') return { kind: 'behind', upTo, afterMs: read.afterMs };
      if (read.kind === 'unknown') return { kind: 'read' };
      if (read.kind === 'crowded' && span > shortestSpanMs) span = Math.ceil((to - upTo) / 2);
      else upTo = to;
      if (upTo < before) await this.#options.pace.turn(paceMs.hurried);
    }
    return this.#stopped.aborted ? { kind: 'behind', upTo, afterMs: 0 } : { kind: 'read' };
  }

  async #readSpan(
    userId: string,
    time: { readonly after: number; readonly before: number },
    createdAfter: number,
    gap: boolean,
  ): Promise<SpanRead> {
    const { tenant, take, onFound, pace } = this.#options;
    const { graph, accounts } = tenant;
    const told: ToldMessage[] = [];
    let crowded = false;
    for await (const page of messagesOfUser(graph, accounts.application, userId, time, this.#stopped)) {
      if (!page.ok) return failureRead(page.failure);
      for (const message of page.value.items) {
        // A reaction brings an old message up again.
        const isNew = Date.parse(message.createdDateTime) > createdAfter;
        if (!isNew || typeof message.chatId !== 'string') continue;
        told.push({ tenant, chatId: message.chatId, messageId: message.id, content: message });
      }
      crowded = told.length > mostAtOnce;
      if (crowded && time.before - time.after > shortestSpanMs + 1) return { kind: 'crowded' };
      if (page.value.items.length >= messagesPageSize) await pace.turn(paceMs.hurried);
    }
    try {
      const found = await take(told);
      if (found > 0) onFound(found, gap);
      return { kind: 'read' };
    } catch {
      return { kind: 'failed', afterMs: 0 };
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    using _timer = this.#options.clock.setTimer(ms, resolve);
    await promise;
  }
}

type PersonRead =
  | { readonly kind: 'read' }
  /** `afterMs`: how long Graph asks to be left alone, 0 if it does not. */
  | { readonly kind: 'behind'; readonly upTo: number; readonly afterMs: number };

type SpanRead =
  | { readonly kind: 'read' }
  /** More than is held at once: to be read in shorter spans. */
  | { readonly kind: 'crowded' }
  /** Graph does not know the person. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly afterMs: number };

function failureRead(failure: GraphFailure): SpanRead {
  if (isNotFound(failure)) return { kind: 'unknown' };
  const outcome = outcomeOf(failure, 'prepare', 'a person');
  return { kind: 'failed', afterMs: outcome.kind === 'transient' ? (outcome.afterMs ?? 0) : 0 };
}
