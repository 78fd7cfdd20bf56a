import type { SQLOutputValue } from 'node:sqlite';
import type { End } from '../../core/conversation/delivery.ts';
import type { ConversationId, MessageId, PersonId, RemoteId, ThreadKey } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import type { Side } from '../../core/people.ts';
import type {
  MessageState,
  MessageSummary,
  Step,
  StoredMessage,
  Telling,
  Trace,
} from '../../gateway/ledger.ts';

type Row = Record<string, SQLOutputValue>;

const text = (row: Row, name: string): string => String(row[name]);
const count = (row: Row, name: string): number => Number(row[name]);
const optionalCount = (row: Row, name: string): number | undefined =>
  row[name] === null ? undefined : Number(row[name]);

/** The store wrote it from a typed value, so it is trusted. */
function json<T>(row: Row, name: string): T | undefined {
  const value = row[name];
  return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
}

export function readMessage(row: Row): StoredMessage {
  return {
    id: text(row, 'id') as MessageId,
    conversation: text(row, 'conversation') as ConversationId,
    side: text(row, 'side') as Side,
    thread: text(row, 'thread') as ThreadKey,
    remoteId: text(row, 'remote_id') as RemoteId,
    author: text(row, 'author') as PersonId,
    recipient: text(row, 'recipient') as PersonId,
    body:
      row['format'] === 'html'
        ? { format: 'html', html: text(row, 'body') }
        : { format: 'text', text: text(row, 'body') },
    writtenAt: count(row, 'written_at'),
    takenAt: count(row, 'taken_at'),
    deadlineAt: count(row, 'deadline_at'),
    attempts: count(row, 'attempts'),
    firstAttemptAt: optionalCount(row, 'first_attempt_at'),
    end: json<End>(row, 'end'),
  };
}

export function readSummary(row: Row): MessageSummary {
  return {
    id: text(row, 'id') as MessageId,
    conversation: text(row, 'conversation') as ConversationId,
    side: text(row, 'side') as Side,
    author: text(row, 'author') as PersonId,
    recipient: text(row, 'recipient') as PersonId,
    writtenAt: count(row, 'written_at'),
    takenAt: count(row, 'taken_at'),
    deadlineAt: count(row, 'deadline_at'),
    endedAt: optionalCount(row, 'ended_at'),
    bytes: count(row, 'bytes'),
    state: text(row, 'state') as MessageState,
    end: json<End>(row, 'end'),
    telling: json<Telling>(row, 'telling'),
  };
}

export function readTrace(row: Row, steps: readonly Step[]): Trace {
  return {
    ...readSummary(row),
    thread: text(row, 'thread') as ThreadKey,
    remoteId: text(row, 'remote_id') as RemoteId,
    format: text(row, 'format') as Body['format'],
    steps,
  };
}

export function readStep(row: Row): Step {
  const step = { at: count(row, 'at'), step: text(row, 'step') };
  return typeof row['detail'] === 'string' ? { ...step, detail: row['detail'] } : step;
}
