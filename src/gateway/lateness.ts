import type { ThreadKey } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import { recent } from '../core/recent.ts';
import { isLate, lateMs, withTime } from '../core/text/late.ts';
import type { IncomingMessage } from './connector.ts';
import type { NewestInThread, StoredMessage } from './ledger.ts';

/** Threads of which it is remembered when the newest message was written. */
const rememberedThreads = 20_000;

/**
 * How far back an earlier run's messages matter, ms: what was written longer ago is late in any case. The rest is for
 * clocks that are put right.
 */
export const recalledMs = lateMs + 600_000;

/** Knows which messages their reader would take for newer than they are. */
export interface Lateness {
  /** Asked once for each message, in the order of taking. @param takenAt Unix ms */
  comesLate(message: IncomingMessage, takenAt: number): boolean;
  /** What an earlier run has taken in. */
  recall(newest: readonly NewestInThread[]): void;
}

/** @param keepsHistory whether what is written on a side stays there to be read, so that it may come up late */
export function createLateness(keepsHistory: (side: Side) => boolean): Lateness {
  const newest = recent<string, number>(rememberedThreads);

  function note(side: Side, thread: ThreadKey, writtenAt: number): number | undefined {
    const key = `${side} ${thread}`;
    const before = newest.get(key);
    newest.set(key, Math.max(before ?? 0, writtenAt));
    return before;
  }

  return {
    comesLate({ side, thread, writtenAt }, takenAt) {
      if (!keepsHistory(side)) return false;
      const newestAt = note(side, thread, Math.min(writtenAt, takenAt));
      return isLate({ writtenAt, takenAt, newestAt });
    },
    recall(list) {
      for (const { side, thread, writtenAt } of list) note(side, thread, writtenAt);
    },
  };
}

/** Marked where its reader would take it for newer than it is; the same at every attempt, and after a restart. */
export function asShown(message: StoredMessage): StoredMessage {
  const { late, body, writtenAt, takenAt } = message;
  return late ? { ...message, body: withTime(body, writtenAt, takenAt) } : message;
}
