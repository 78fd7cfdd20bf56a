import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { readStep, readTrace } from './rows.ts';

export interface ExportOptions {
  /** Unix ms of intake; `until` is left out itself. */
  readonly since: number;
  readonly until: number;
  /** Whether the text of a message is given, where it has not been erased. */
  readonly text: boolean;
}

/**
 * The record of messages for an audit, one JSON value each, in order of intake; read a few at a time, while the ledger
 * is written on. Dates are ISO 8601 in UTC.
 */
export function* exportMessages(db: DatabaseSync, options: ExportOptions): Generator<string, void> {
  const columns = 'message.rowid AS position, *';
  const after = db.prepare(
    `SELECT ${columns} FROM message WHERE rowid > ? AND taken_at >= ? AND taken_at < ? ORDER BY rowid LIMIT ${atOnce}`,
  );
  const stepsOf = db.prepare('SELECT at, step, detail FROM step WHERE message = ? ORDER BY rowid');
  for (let position = -1; ; ) {
    const rows = after.all(position, options.since, options.until);
    for (const row of rows) {
      yield JSON.stringify(readRecord(row, stepsOf.all(String(row['id'])), options.text));
      position = Number(row['position']);
    }
    if (rows.length < atOnce) return;
  }
}

/** Few enough that neither memory nor a snapshot of the ledger is held for long. */
const atOnce = 500;

type Row = Record<string, SQLOutputValue>;

function readRecord(row: Row, steps: readonly Row[], text: boolean) {
  const trace = readTrace(row, steps.map(readStep));
  const isErased = row['text_erased'] === 1;
  return {
    ...trace,
    writtenAt: date(trace.writtenAt),
    takenAt: date(trace.takenAt),
    deadlineAt: date(trace.deadlineAt),
    endedAt: trace.endedAt === undefined ? undefined : date(trace.endedAt),
    late: row['late'] === 1,
    attempts: row['attempts'],
    textErased: isErased,
    ...(text && !isErased ? { text: String(row['body']) } : {}),
    steps: trace.steps.map((step) => ({ ...step, at: date(step.at) })),
  };
}

/** A time that no calendar has is given as it stands. */
function date(at: number): string | number {
  const found = new Date(at);
  return Number.isNaN(found.getTime()) ? at : found.toISOString();
}
