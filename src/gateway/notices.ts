import type { Clock } from '../core/clock.ts';
import { backoffMs, type RetryPolicy } from '../core/conversation/delivery.ts';
import type { Person, Side } from '../core/people.ts';
import type { Refusal, RefusalId } from '../core/refusals.ts';
import { deadline, pause } from './clock.ts';
import type { Connector, Notice } from './connector.ts';
import type { Directory } from './directory.ts';
import type { Report } from './events.ts';
import { createLanes } from './lanes.ts';
import type { Ledger, StoredMessage, Telling } from './ledger.ts';
import { createUntilKept } from './until-kept.ts';
import { createUntold, type Failed } from './untold.ts';

export interface NoticesOptions {
  readonly ledger: Ledger;
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  /** How long the gateway goes on trying to tell a sender of a failure that it has taken up, ms. */
  readonly keepTryingMs: number;
  /** How many notices are in memory at once; the others stay in the ledger until there is room. 2 or more. */
  readonly mostAtOnce: number;
  /** From when on the networks can be used. */
  readonly opened: Promise<void>;
  readonly report: Report;
}

/** Tells senders, in the client they wrote in, why a message of theirs failed. One lane a sender and side. */
export interface Notices extends AsyncDisposable {
  /** The failure is on record. */
  tell(message: StoredMessage, refusal: Refusal): void;
  /** Takes up what the last run left untold. Resolves with how many there is room for now. */
  resume(): Promise<number>;
  settled(): Promise<void>;
}

/** One attempt to tell somebody, ms. */
const attemptMs = 15_000;

/** Why a sender cannot be told now, and may well be in a minute: their client has just lost its pool, say. */
const passing: ReadonlySet<RefusalId> = new Set(['offline', 'no-answer', 'do-not-disturb']);

export function createNotices(options: NoticesOptions): Notices {
  const { ledger, connectors, directory, clock, report } = options;
  const untilKept = createUntilKept(options);
  const stopping = new AbortController();

  // One whose telling throws stays held: it would only be taken up again.
  const lanes = createLanes<Work>(
    async (work, signal) => {
      await tell(work, signal);
      untold.done(work.message.id);
    },
    (error) => report({ kind: 'fault', where: 'notices', error }),
  );
  const untold = createUntold({
    most: options.mostAtOnce,
    read: (limit) => untilKept(() => ledger.untold(limit), stopping.signal),
    begin({ message, refusal }) {
      const until = clock.now() + options.keepTryingMs;
      lanes.push(`${message.side} ${message.author}`, { message, refusal, until });
    },
  });

  async function tell({ message, refusal, until }: Work, signal: AbortSignal): Promise<void> {
    await options.opened;
    signal.throwIfAborted();
    const to = directory.lately(message.author);
    const about = directory.lately(message.recipient);
    if (!to || !about) return giveUp(message, { id: 'no-such-person', side: message.side }, signal);
    const notice = noticeOf(message, to, about, refusal);
    for (let attempt = 1; ; attempt++) {
      const failure = await tryOnce(notice, message.side, signal);
      signal.throwIfAborted();
      if (!failure) {
        await record(message, { kind: 'told' }, signal);
        report({ kind: 'sender-told', message: message.id, side: message.side });
        return;
      }
      const ms = Math.max(backoffMs(attempt, options.retry, options.random()), failure.afterMs);
      if (failure.final || clock.now() + ms >= until) return giveUp(message, failure.refusal, signal);
      await pause(clock, ms, signal);
    }
  }

  async function tryOnce(notice: Notice, side: Side, signal: AbortSignal): Promise<Failure | undefined> {
    using limit = deadline(clock, attemptMs, signal);
    try {
      const outcome = await connectors[side].tell(notice, limit.signal);
      switch (outcome.kind) {
        case 'delivered':
          return undefined;
        case 'refused':
          return { refusal: outcome.refusal, final: !passing.has(outcome.refusal.id), afterMs: 0 };
        case 'transient':
          return { refusal: outcome.refusal, final: false, afterMs: outcome.afterMs ?? 0 };
        case 'uncertain':
          return { refusal: outcome.refusal, final: false, afterMs: 0 };
      }
    } catch (error) {
      report({ kind: 'fault', where: `telling a sender in ${side}`, error });
      return { refusal: { id: 'unexpected-answer', side, detail: String(error) }, final: false, afterMs: 0 };
    }
  }

  /** On record for sure: without it the next start would tell the sender again. */
  function record(message: StoredMessage, telling: Telling, signal: AbortSignal): Promise<void> {
    return untilKept(() => ledger.told(message.id, telling, clock.now()), signal);
  }

  async function giveUp(message: StoredMessage, refusal: Refusal, signal: AbortSignal): Promise<void> {
    await record(message, { kind: 'cannot-be-told', reason: refusal.id }, signal);
    report({ kind: 'sender-not-told', message: message.id, side: message.side, refusal });
  }

  return {
    tell: (message, refusal) => untold.add({ message, refusal }),
    resume: () => untold.takeUp(),
    async settled() {
      do {
        await untold.takingUp;
        await lanes.settled();
      } while (untold.takingUp);
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('the gateway is stopping'));
      await untold.takingUp?.catch(() => undefined);
      await lanes[Symbol.asyncDispose]();
    },
  };
}

interface Work extends Failed {
  /** Unix ms. */
  readonly until: number;
}

interface Failure {
  readonly refusal: Refusal;
  readonly final: boolean;
  readonly afterMs: number;
}

function noticeOf(message: StoredMessage, to: Person, about: Person, refusal: Refusal): Notice {
  return {
    message: message.id,
    conversation: message.conversation,
    to,
    about,
    refusal,
    thread: message.thread,
    remoteId: message.remoteId,
    body: message.body,
  };
}
