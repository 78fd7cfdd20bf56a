import type { SQLOutputValue } from 'node:sqlite';
import type { End } from '../../core/conversation/delivery.ts';
import type { ConversationId, MessageId, PersonId, RemoteId, ThreadKey } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import { otherSide, type Side } from '../../core/people.ts';
import { relayRule } from '../../core/toasts/relay.ts';
import type {
  KeptEntry,
  MessageState,
  MessageSummary,
  NewestInThread,
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
    late: count(row, 'late') === 1,
    attempts: count(row, 'attempts'),
    firstAttemptAt: optionalCount(row, 'first_attempt_at'),
    ...(typeof row['route'] === 'string' && { rule: row['route'] }),
    end: json<End>(row, 'end'),
  };
}

export function readNewest(row: Row): NewestInThread {
  return {
    side: text(row, 'side') as Side,
    thread: text(row, 'thread') as ThreadKey,
    writtenAt: count(row, 'written_at'),
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

export function readTrace(row: Row, noted: readonly Step[]): Trace {
  const summary = readSummary(row);
  return {
    ...summary,
    thread: text(row, 'thread') as ThreadKey,
    remoteId: text(row, 'remote_id') as RemoteId,
    format: text(row, 'format') as Body['format'],
    steps: stepsOf(summary, optionalCount(row, 'first_attempt_at'), row['route'], noted),
  };
}

/** What every message goes through stands in its row; what not every one does was noted. */
function stepsOf(
  summary: MessageSummary,
  firstAttemptAt: number | undefined,
  rule: SQLOutputValue | undefined,
  noted: readonly Step[],
): readonly Step[] {
  const { takenAt, endedAt, end, telling } = summary;
  const to = rule === relayRule ? summary.side : otherSide(summary.side);
  const steps: Step[] = [{ at: takenAt, step: 'taken' }];
  if (firstAttemptAt !== undefined) {
    if (typeof rule === 'string')
      steps.push({ at: firstAttemptAt, step: 'routed', detail: `to ${to}: ${rule}` });
    steps.push({ at: firstAttemptAt, step: 'attempt', detail: attemptDetail(1, to) });
  }
  const told = noted.filter(({ step }) => isTelling(step));
  steps.push(...noted.filter(({ step }) => !isTelling(step)));
  if (end && endedAt !== undefined)
    steps.push({
      at: endedAt,
      step: 'end',
      detail: end.kind === 'failed' ? `failed: ${end.refusal.id}` : end.kind,
    });
  return telling ? [...steps, ...told] : steps;
}

function isTelling(step: string): boolean {
  return step === 'told' || step === 'cannot-be-told';
}

export function attemptDetail(attempt: number, side: Side): string {
  return `${attempt}, to ${side}`;
}

export function readStep(row: Row): Step {
  const step = { at: count(row, 'at'), step: text(row, 'step') };
  return typeof row['detail'] === 'string' ? { ...step, detail: row['detail'] } : step;
}

export function readKeptKey(row: Row): string {
  return text(row, 'key');
}

export function readKept(row: Row): KeptEntry {
  return { key: readKeptKey(row), value: json(row, 'value') };
}
