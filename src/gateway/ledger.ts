import type { End } from '../core/conversation/delivery.ts';
import type { ConversationId, MessageId, Pair, PersonId, RemoteId, ThreadKey } from '../core/ids.ts';
import type { Body } from '../core/message.ts';
import type { Side } from '../core/people.ts';
import type { IncomingMessage, Taken } from './connector.ts';

/**
 * The durable record of messages, deliveries and conversations. Calls take effect in the order they are made.
 * `take`, and a link's `put`, resolve when the record is on disk; the others when it survives the end of the process.
 * A ledger that cannot write rejects with {@link LedgerUnavailable} and has kept nothing of the call.
 */
export interface Ledger extends AsyncDisposable {
  /** Keeps a message unless it, or a write of the gateway's own under the same name, is there already. */
  take(message: NewMessage): Promise<Taken>;

  /** An attempt is about to start. */
  attempt(attempt: AttemptRecord): Promise<void>;

  /** One more line in the message's trace; fire and forget. */
  note(message: MessageId, step: Step): void;

  /** The final state; for `delivered` also the gateway's own write, which is known as an echo from now on. */
  end(message: MessageId, end: End, at: number): Promise<void>;

  /** The sender of a failed message has been told (or cannot be, with the reason). */
  told(message: MessageId, telling: Telling, at: number): Promise<void>;

  /** Whether the gateway wrote this itself. */
  isOwnWrite(side: Side, thread: ThreadKey, remoteId: RemoteId): Promise<boolean>;

  /**
   * Whether the gateway wrote this itself, or took it as somebody's message and brought that to its end. A message under
   * way is not: it may turn out to be the echo of a write that has had no answer yet.
   */
  isAccountedFor(side: Side, thread: ThreadKey, remoteId: RemoteId): Promise<boolean>;

  /** The thread on each side that carried the conversation last. */
  threadsOf(conversation: ConversationId): Promise<Threads>;
  peopleOf(side: Side, thread: ThreadKey): Promise<Pair | undefined>;

  /** Of each thread in which a message was taken since then, the newest: for what comes up behind it. @param at Unix ms */
  newestSince(at: number): Promise<readonly NewestInThread[]>;

  /** Messages without a final state, in the order taken, whatever the clock said then: what a crash left. */
  unfinished(): Promise<readonly StoredMessage[]>;
  /** Failed messages whose sender has not been told yet, oldest first; at most `limit`. */
  untold(limit: number): Promise<readonly StoredMessage[]>;

  /** By the gateway's id, or a network's id of the message on either side. */
  trace(id: string): Promise<Trace | undefined>;
  /** The newest first; at most 1,000. */
  recent(limit: number): Promise<readonly MessageSummary[]>;
  counts(): Promise<LedgerCounts>;

  /** Erases texts and removes messages by age, a few at a time; never what has no end yet, or an untold failure. */
  retain(limits: RetentionLimits): Promise<Retained>;
  /** How much room is taken, as far as is known without asking. */
  size(): LedgerSize;

  readonly secrets: SecretStore;
  readonly kept: KeptStore;
}

export interface NewestInThread {
  readonly side: Side;
  readonly thread: ThreadKey;
  /** Unix ms. */
  readonly writtenAt: number;
}

export interface AttemptRecord {
  readonly message: MessageId;
  /** 1 for the first. */
  readonly attempt: number;
  readonly side: Side;
  /** The rule by which it goes to that side. */
  readonly rule: string;
  /** Unix ms. */
  readonly at: number;
}

/** Encrypted values by name; the ledger never sees them in clear. */
export interface SecretStore {
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, value: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** The kind under which positions in what a network holds are kept. A backup is without them: it knows nothing of later. */
export const cursorKind = 'cursor';

/**
 * Small state that a room keeps over restarts (cursors, offers, choices), by the room's kind and a key. What is read back
 * is checked by the schema of the room that keeps it: another version of the program may have written it.
 */
export interface KeptStore {
  /** Every entry of a kind, in no particular order. */
  list(kind: string): Promise<readonly KeptEntry[]>;
  /** The keys of a kind, in no particular order: no value is read. */
  keys(kind: string): Promise<readonly string[]>;
  get(kind: string, key: string): Promise<KeptEntry | undefined>;
  /**
   * Resolves when it survives the end of the process; not forced to disk. Rejects with a `RangeError` what is longer than
   * {@link mostKeptBytes}, with a key longer than {@link mostKeptKeyBytes}, and with a `TypeError` what is no JSON.
   */
  put(kind: string, key: string, value: unknown): Promise<void>;
  remove(kind: string, key: string): Promise<void>;
}

export interface KeptEntry {
  readonly key: string;
  readonly value: unknown;
}

/** As JSON in UTF-8. */
export const mostKeptBytes = 65_536;
export const mostKeptKeyBytes = 1_024;

export type Threads = Readonly<Partial<Record<Side, ThreadKey>>>;

export interface NewMessage extends IncomingMessage {
  readonly id: MessageId;
  readonly conversation: ConversationId;
  /** Unix ms. */
  readonly takenAt: number;
  /** Unix ms: `takenAt` plus the configured deadline. */
  readonly deadlineAt: number;
  /** It is shown with the time it was written, because its reader would take it for newer than it is. */
  readonly late: boolean;
}

export interface StoredMessage extends NewMessage {
  /** Attempts begun before now; after one the outcome is unknown. */
  readonly attempts: number;
  readonly firstAttemptAt: number | undefined;
  /** The rule by which the first attempt was made, where one is on record. */
  readonly rule?: string;
  readonly end: End | undefined;
}

export interface Step {
  /** Unix ms. */
  readonly at: number;
  /** A word for machines: `taken`, `routed`, `attempt`, `outcome`, `asked`, `wait`, `toast`, `end`, `told`. */
  readonly step: string;
  /** For people and administrators; never message text. */
  readonly detail?: string;
}

export type Telling =
  | { readonly kind: 'told' }
  | { readonly kind: 'cannot-be-told'; readonly reason: string };

export type MessageState = 'under way' | End['kind'];

/** A message without its text. */
export interface MessageSummary {
  readonly id: MessageId;
  readonly conversation: ConversationId;
  readonly side: Side;
  readonly author: PersonId;
  readonly recipient: PersonId;
  readonly writtenAt: number;
  readonly takenAt: number;
  readonly deadlineAt: number;
  readonly endedAt: number | undefined;
  readonly bytes: number;
  readonly state: MessageState;
  readonly end: End | undefined;
  readonly telling: Telling | undefined;
}

export interface Trace extends MessageSummary {
  readonly thread: ThreadKey;
  readonly remoteId: RemoteId;
  readonly format: Body['format'];
  readonly steps: readonly Step[];
}

export interface LedgerCounts {
  readonly messages: number;
  readonly underWay: number;
  readonly delivered: number;
  readonly failed: number;
  /** Commits that were forced to disk since the ledger was opened. */
  readonly syncs: number;
}

/** Times are of intake, Unix ms. */
export interface RetentionLimits {
  /** Texts of older messages are erased. */
  readonly textBefore: number;
  /** Older messages are removed, with their names and steps. No later than `textBefore`. */
  readonly allBefore: number;
  /** The most messages that are changed at once. */
  readonly most: number;
}

export interface Retained {
  readonly erased: number;
  readonly removed: number;
}

export interface LedgerSize {
  /** Taken up by records; room that was freed does not count. */
  readonly bytes: number;
  /** What it may grow to. */
  readonly mostBytes: number;
}

export class LedgerUnavailable extends Error {
  override name = 'LedgerUnavailable';
  /** `full`: no room on disk; `closed`: the ledger is shutting down; `broken`: anything else. */
  readonly reason: 'full' | 'closed' | 'broken';
  constructor(reason: LedgerUnavailable['reason'], cause?: unknown) {
    super(`the ledger cannot write (${reason})`, { cause });
    this.reason = reason;
  }
}
