import type { DatabaseSync } from 'node:sqlite';
import type { LedgerSize, Retained } from '../../gateway/ledger.ts';
import { durability, type Operation, type Result } from '../operations.ts';
import type { Store } from './store.ts';

export type Answer =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly reason: 'full' | 'broken'; readonly message: string };

export interface BatchRunner {
  /**
   * Runs all of it in one transaction, answered in order. When the transaction fails for want of room nothing of it
   * is kept; when one operation is at fault, the others are run again without it.
   */
  run(operations: readonly Operation[]): readonly Answer[];
  /** Commits that were forced to disk. */
  readonly syncs: number;
  readonly size: LedgerSize;
}

/** How long a batch waits for another process that writes to the file, ms. */
export const busyMs = 2_000;

/**
 * Group commit: one transaction, and at most one forced write, for everything that was asked while the one before
 * was under way.
 */
export function createBatchRunner(db: DatabaseSync, store: Store, mostBytes = Infinity): BatchRunner {
  let syncs = 0;
  let level: 'FULL' | 'NORMAL' = 'FULL';

  function setLevel(next: 'FULL' | 'NORMAL'): void {
    if (next === level) return;
    db.exec(`PRAGMA synchronous = ${next}`);
    level = next;
  }

  /** What was erased in the file is in the log until then. Waits for no other reader of the file; there is a next time. */
  function emptyLog(): void {
    try {
      db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // What was asked is done all the same.
    } finally {
      db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    }
  }

  function run(operations: readonly Operation[]): readonly Answer[] {
    const writes = operations.some((operation) => durability[operation.op] !== 'none');
    const toDisk = operations.some((operation) => durability[operation.op] === 'disk');
    try {
      setLevel(toDisk ? 'FULL' : 'NORMAL');
      if (writes) db.exec('BEGIN IMMEDIATE');
      const answers = operations.map((operation): Answer => ({ ok: true, result: store.run(operation) }));
      if (writes) db.exec('COMMIT');
      if (toDisk) syncs++;
      if (operations.some((operation, index) => isLastOfRound(operation, answers[index]))) emptyLog();
      return answers;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      store.undone();
      const reason = isFull(error) ? 'full' : 'broken';
      if (reason === 'broken' && operations.length > 1)
        return operations.flatMap((operation) => run([operation]));
      const failure: Answer = { ok: false, reason, message: String(error) };
      return operations.map(() => failure);
    }
  }

  const pages = { all: db.prepare('PRAGMA page_count'), free: db.prepare('PRAGMA freelist_count') };
  const pageBytes = Number(db.prepare('PRAGMA page_size').get()?.['page_size']);

  return {
    run,
    get size() {
      const taken = Number(pages.all.get()?.['page_count']) - Number(pages.free.get()?.['freelist_count']);
      return { bytes: taken * pageBytes, mostBytes };
    },
    get syncs() {
      return syncs;
    },
  };
}

const sqliteFull = 13;
const sqliteIoError = 10;

function isFull(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && ((code & 0xff) === sqliteFull || (code & 0xff) === sqliteIoError);
}

/** Retention has nothing more to do for now. */
function isLastOfRound(operation: Operation, answer: Answer | undefined): boolean {
  if (operation.op !== 'retain' || !answer?.ok) return false;
  const { erased, removed } = answer.result as Retained;
  return erased < operation.limits.most && removed < operation.limits.most;
}
