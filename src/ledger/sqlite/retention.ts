import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Retained, RetentionLimits } from '../../gateway/ledger.ts';

interface Statements {
  readonly all: (sql: string, ...values: SQLInputValue[]) => Record<string, SQLOutputValue>[];
  readonly change: (sql: string, ...values: SQLInputValue[]) => number | bigint;
}

/** It has its end, and nobody has to be told of it any more. */
const isOver = "state <> 'under way' AND NOT (state = 'failed' AND telling IS NULL)";

/**
 * Forgetting by age. A message goes through two stages, text first: what is removed was erased before. The names that
 * echoes and duplicates are known by live as long as the message. Who talks with whom in which thread stays, because
 * somebody may write there again.
 */
export function createRetention({ all, change }: Statements): (limits: RetentionLimits) => Retained {
  return ({ textBefore, allBefore, most }) => {
    const erased = change(
      `UPDATE message SET body = '', text_erased = 1 WHERE rowid IN (
         SELECT rowid FROM message WHERE text_erased = 0 AND taken_at < ? AND ${isOver} ORDER BY taken_at LIMIT ?)`,
      textBefore,
      most,
    );
    const old = all(
      `SELECT id, end FROM message WHERE text_erased = 1 AND taken_at < ? ORDER BY taken_at LIMIT ?`,
      Math.min(allBefore, textBefore),
      most,
    );
    for (const { id, end } of old) {
      change('DELETE FROM step WHERE message = ?', String(id));
      const write = writeOf(end);
      if (write)
        change(
          'DELETE FROM own_write WHERE remote_id = ? AND thread = ? AND side = ?',
          write.remoteId,
          write.thread,
          write.side,
        );
      change('DELETE FROM message WHERE id = ?', String(id));
    }
    return { erased: Number(erased), removed: old.length };
  };
}

/** The gateway's own write that the end speaks of; the store wrote it from a typed value. */
function writeOf(end: SQLOutputValue | undefined) {
  if (typeof end !== 'string') return undefined;
  const final = JSON.parse(end) as { kind: string; side: string; thread: string; remoteId: string };
  return final.kind === 'delivered' ? final : undefined;
}
