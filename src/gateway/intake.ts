import type { Clock } from '../core/clock.ts';
import { conversationOf, type MessageId } from '../core/ids.ts';
import type { Body } from '../core/message.ts';
import type { Refusal } from '../core/refusals.ts';
import { type IncomingMessage, IntakeRefused, type Taken } from './connector.ts';
import type { Report } from './events.ts';
import type { Lateness } from './lateness.ts';
import { type Ledger, LedgerUnavailable, type NewMessage } from './ledger.ts';
import type { Load } from './load.ts';

export interface IntakeOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Random bytes for message ids. */
  readonly random: (bytes: number) => Uint8Array;
  /** From intake to the final state, ms. */
  readonly deadlineMs: number;
  /** Whoever accepts a message releases it when it has its end. */
  readonly load: Load;
  readonly lateness: Lateness;
  readonly accept: (message: NewMessage) => void;
  readonly report: Report;
}

/** Promise 1: what {@link Intake} answers `taken` is on disk, and will be brought to its end. */
export type Intake = (message: IncomingMessage) => Promise<Taken>;

export function createIntake(options: IntakeOptions): Intake {
  const { ledger, clock, load, lateness, report } = options;

  function refuse(message: IncomingMessage, refusal: Refusal): never {
    report({ kind: 'intake-refused', side: message.side, refusal });
    throw new IntakeRefused(refusal);
  }

  return async (message) => {
    if (load.isFull) refuse(message, { id: 'overloaded', side: message.side });
    const takenAt = clock.now();
    const kept: NewMessage = {
      ...message,
      id: mintMessageId(takenAt, options.random(6)),
      conversation: conversationOf(message.author, message.recipient),
      takenAt,
      deadlineAt: takenAt + options.deadlineMs,
      late: lateness.comesLate(message, takenAt),
    };
    const bytes = bytesOf(message.body);
    load.hold(bytes);
    const result = await ledger.take(kept).catch((error: unknown) => {
      load.release(bytes);
      const detail = error instanceof LedgerUnavailable ? error.reason : String(error);
      return refuse(message, { id: 'ledger-full', side: message.side, detail });
    });
    report({ kind: 'message-taken', side: message.side, result, message: kept.id });
    if (result === 'taken') options.accept(kept);
    else load.release(bytes);
    return result;
  };
}

/** What a text counts for, in bytes of UTF-8. */
export function bytesOf(body: Body): number {
  return Buffer.byteLength(body.format === 'text' ? body.text : body.html);
}

/** Sorts by time; unguessable enough to be no oracle for the messages of others. */
export function mintMessageId(now: number, random: Uint8Array): MessageId {
  const time = now.toString(36).padStart(9, '0');
  return `m${time}${Buffer.from(random).toString('hex')}` as MessageId;
}
