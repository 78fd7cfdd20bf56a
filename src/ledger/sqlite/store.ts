import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { End } from '../../core/conversation/delivery.ts';
import { type ConversationId, type Pair, pairOf } from '../../core/ids.ts';
import type { Side } from '../../core/people.ts';
import { recent } from '../../core/recent.ts';
import type { NewMessage, Step, Threads } from '../../gateway/ledger.ts';
import type { Attempt, Operation, Result } from '../operations.ts';
import { createRetention } from './retention.ts';
import {
  attemptDetail,
  readKept,
  readKeptKey,
  readMessage,
  readNewest,
  readStep,
  readSummary,
  readTrace,
} from './rows.ts';

/** The ledger's operations as statements on one database, inside whatever transaction the caller has opened. */
export interface Store {
  run(operation: Operation): Result;
  /** The transaction was undone: what the store remembers of it is not there. */
  undone(): void;
}

const endOtherwise =
  'UPDATE message SET state = ?, end = ?, ended_at = ? WHERE id = ? RETURNING conversation';
/** What is there was attempted, though a crash may have lost the record of it. */
const endDelivered = `UPDATE message SET state = ?, end = ?, ended_at = ?,
  attempts = max(attempts, 1), first_attempt_at = coalesce(first_attempt_at, taken_at)
  WHERE id = ? RETURNING conversation`;

/** Texts are kept for longer than anybody asks back, so that the index by age serves. */
const newestSince = `SELECT side, thread, max(written_at) AS written_at FROM message
  WHERE text_erased = 0 AND taken_at >= ? GROUP BY side, thread`;

/** In the order taken; left to itself, SQLite reads the whole table to save itself the sorting. */
const unfinished =
  "SELECT * FROM message INDEXED BY message_under_way WHERE state = 'under way' ORDER BY rowid";
const untold = `SELECT * FROM message INDEXED BY message_untold
  WHERE state = 'failed' AND telling IS NULL ORDER BY rowid LIMIT ?`;

export function createStore(db: DatabaseSync): Store {
  const statements = new Map<string, StatementSync>();
  function prepared(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }
  const get = (sql: string, ...values: SQLInputValue[]) => prepared(sql).get(...values);
  const all = (sql: string, ...values: SQLInputValue[]) => prepared(sql).all(...values);
  const change = (sql: string, ...values: SQLInputValue[]) => prepared(sql).run(...values).changes;

  function isOwnWrite(side: Side, thread: string, remoteId: string): boolean {
    const sql = 'SELECT 1 FROM own_write WHERE remote_id = ? AND thread = ? AND side = ?';
    return get(sql, remoteId, thread, side) !== undefined;
  }

  function isAccountedFor(side: Side, thread: string, remoteId: string): boolean {
    const sql =
      "SELECT 1 FROM message WHERE remote_id = ? AND thread = ? AND side = ? AND state <> 'under way'";
    return isOwnWrite(side, thread, remoteId) || get(sql, remoteId, thread, side) !== undefined;
  }

  function addStep(message: string, { at, step, detail }: Step): void {
    change(
      'INSERT INTO step (message, at, step, detail) VALUES (?, ?, ?, ?)',
      message,
      at,
      step,
      detail ?? null,
    );
  }

  /** What was joined lately, so that a message in the same thread as the one before writes nothing. */
  const joined = recent<string, string>(10_000);

  function joinThread(side: Side, thread: string, conversation: string): void {
    const key = `${side} ${conversation}`;
    if (joined.get(key) === thread) return;
    joined.set(key, thread);
    change(
      'INSERT INTO thread (side, thread, conversation) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      side,
      thread,
      conversation,
    );
    change(
      side === 'teams'
        ? 'INSERT INTO conversation (id, teams) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET teams = excluded.teams WHERE teams IS NOT excluded.teams'
        : 'INSERT INTO conversation (id, skype) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET skype = excluded.skype WHERE skype IS NOT excluded.skype',
      conversation,
      thread,
    );
  }

  function take(message: NewMessage): 'taken' | 'duplicate' | 'echo' {
    if (isOwnWrite(message.side, message.thread, message.remoteId)) return 'echo';
    const { body } = message;
    const content = body.format === 'text' ? body.text : body.html;
    const inserted = change(
      `INSERT INTO message (id, conversation, side, thread, remote_id, author, recipient, format, body, bytes,
         written_at, taken_at, deadline_at, late)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (remote_id, thread, side) DO NOTHING`,
      message.id,
      message.conversation,
      message.side,
      message.thread,
      message.remoteId,
      message.author,
      message.recipient,
      body.format,
      content,
      Buffer.byteLength(content),
      message.writtenAt,
      message.takenAt,
      message.deadlineAt,
      message.late ? 1 : 0,
    );
    if (inserted === 0) return 'duplicate';
    joinThread(message.side, message.thread, message.conversation);
    return 'taken';
  }

  function end(message: string, final: End, at: number): void {
    if (final.kind === 'delivered') {
      change(
        'INSERT INTO own_write (side, thread, remote_id, message) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        final.side,
        final.thread,
        final.remoteId,
        message,
      );
    }
    const ended = get(
      final.kind === 'delivered' ? endDelivered : endOtherwise,
      final.kind,
      JSON.stringify(final),
      at,
      message,
    );
    const conversation = ended?.['conversation'];
    if (final.kind === 'delivered' && typeof conversation === 'string')
      joinThread(final.side, final.thread, conversation);
  }

  /** The first one is on the message itself; what is out of the ordinary is a step of its own. */
  function attempt({ message, attempt: number, side, at, rule }: Attempt): void {
    if (number > 1) addStep(message, { at, step: 'attempt', detail: attemptDetail(number, side) });
    change(
      `UPDATE message SET attempts = ?, first_attempt_at = coalesce(first_attempt_at, ?), route = coalesce(route, ?)
       WHERE id = ?`,
      number,
      at,
      rule,
      message,
    );
  }

  function threadsOf(conversation: ConversationId): Threads {
    const row = get('SELECT teams, skype FROM conversation WHERE id = ?', conversation);
    return {
      ...(row?.['teams'] ? { teams: row['teams'] } : {}),
      ...(row?.['skype'] ? { skype: row['skype'] } : {}),
    } as Threads;
  }

  function peopleOf(side: Side, thread: string): Pair | undefined {
    const row = get('SELECT conversation FROM thread WHERE thread = ? AND side = ?', thread, side);
    return row ? pairOf(row['conversation'] as ConversationId) : undefined;
  }

  function trace(id: string) {
    const row =
      get('SELECT * FROM message WHERE id = ?', id) ??
      get('SELECT * FROM message WHERE remote_id = ? LIMIT 1', id) ??
      get(
        'SELECT message.* FROM own_write JOIN message ON message.id = own_write.message WHERE own_write.remote_id = ?',
        id,
      );
    if (!row) return undefined;
    const steps = all(
      'SELECT at, step, detail FROM step WHERE message = ? ORDER BY rowid',
      row['id'] as string,
    );
    return readTrace(row, steps.map(readStep));
  }

  function counts() {
    const row = get(
      `SELECT count(*) AS messages, count(*) FILTER (WHERE state = 'under way') AS underWay,
         count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state = 'failed') AS failed
       FROM message`,
    );
    const count = (name: string): number => Number(row?.[name] ?? 0);
    return {
      messages: count('messages'),
      underWay: count('underWay'),
      delivered: count('delivered'),
      failed: count('failed'),
    };
  }

  const retain = createRetention({ all, change });

  function run(operation: Operation): Result {
    switch (operation.op) {
      case 'take':
        return take(operation.message);
      case 'attempt':
        attempt(operation);
        return undefined;
      case 'note':
        addStep(operation.message, operation.step);
        return undefined;
      case 'end':
        end(operation.message, operation.end, operation.at);
        return undefined;
      case 'told':
        change(
          'UPDATE message SET telling = ? WHERE id = ?',
          JSON.stringify(operation.telling),
          operation.message,
        );
        addStep(operation.message, { at: operation.at, step: operation.telling.kind });
        return undefined;
      case 'isOwnWrite':
        return isOwnWrite(operation.side, operation.thread, operation.remoteId);
      case 'isAccountedFor':
        return isAccountedFor(operation.side, operation.thread, operation.remoteId);
      case 'threadsOf':
        return threadsOf(operation.conversation);
      case 'peopleOf':
        return peopleOf(operation.side, operation.thread);
      case 'newestSince':
        return all(newestSince, operation.at).map(readNewest);
      case 'unfinished':
        return all(unfinished).map(readMessage);
      case 'untold':
        return all(untold, operation.limit).map(readMessage);
      case 'trace':
        return trace(operation.id);
      case 'recent':
        return all('SELECT * FROM message ORDER BY rowid DESC LIMIT ?', Math.min(operation.limit, 1_000)).map(
          readSummary,
        );
      case 'counts':
        return counts();
      case 'retain':
        return retain(operation.limits);
      case 'getSecret':
        return get('SELECT value FROM secret WHERE name = ?', operation.name)?.['value'] as
          | Uint8Array
          | undefined;
      case 'putSecret':
        change(
          'INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
          operation.name,
          operation.value,
        );
        return undefined;
      case 'removeSecret':
        change('DELETE FROM secret WHERE name = ?', operation.name);
        return undefined;
      case 'listKept':
        return all('SELECT key, value FROM kept WHERE kind = ?', operation.kind).map(readKept);
      case 'keysKept':
        return all('SELECT key FROM kept WHERE kind = ?', operation.kind).map(readKeptKey);
      case 'getKept': {
        const { kind, key } = operation;
        const row = get('SELECT key, value FROM kept WHERE kind = ? AND key = ?', kind, key);
        return row && readKept(row);
      }
      case 'putKept':
        change(
          'INSERT INTO kept (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value',
          operation.kind,
          operation.key,
          operation.json,
        );
        return undefined;
      case 'removeKept':
        change('DELETE FROM kept WHERE kind = ? AND key = ?', operation.kind, operation.key);
        return undefined;
    }
  }

  return { run, undone: () => joined.clear() };
}
