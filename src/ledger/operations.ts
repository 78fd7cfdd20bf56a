import type { End } from '../core/conversation/delivery.ts';
import type { ConversationId, MessageId, Pair, RemoteId, ThreadKey } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import type { Taken } from '../gateway/connector.ts';
import type {
  KeptEntry,
  LedgerCounts,
  MessageSummary,
  NewestInThread,
  NewMessage,
  Retained,
  RetentionLimits,
  Step,
  StoredMessage,
  Telling,
  Threads,
  Trace,
} from '../gateway/ledger.ts';

/** What a ledger is asked, as data: it crosses to the thread that owns the file. */
export type Operation =
  | { readonly op: 'take'; readonly message: NewMessage }
  | Attempt
  | { readonly op: 'note'; readonly message: MessageId; readonly step: Step }
  | { readonly op: 'end'; readonly message: MessageId; readonly end: End; readonly at: number }
  | { readonly op: 'told'; readonly message: MessageId; readonly telling: Telling; readonly at: number }
  | {
      readonly op: 'isOwnWrite' | 'isAccountedFor';
      readonly side: Side;
      readonly thread: ThreadKey;
      readonly remoteId: RemoteId;
    }
  | { readonly op: 'threadsOf'; readonly conversation: ConversationId }
  | { readonly op: 'peopleOf'; readonly side: Side; readonly thread: ThreadKey }
  | { readonly op: 'newestSince'; readonly at: number }
  | { readonly op: 'unfinished' }
  | { readonly op: 'untold'; readonly limit: number }
  | { readonly op: 'trace'; readonly id: string }
  | { readonly op: 'recent'; readonly limit: number }
  | { readonly op: 'counts' }
  | { readonly op: 'retain'; readonly limits: RetentionLimits }
  | { readonly op: 'getSecret'; readonly name: string }
  | { readonly op: 'putSecret'; readonly name: string; readonly value: Uint8Array }
  | { readonly op: 'removeSecret'; readonly name: string }
  | { readonly op: 'listKept' | 'keysKept'; readonly kind: string }
  | { readonly op: 'getKept'; readonly kind: string; readonly key: string }
  | { readonly op: 'putKept'; readonly kind: string; readonly key: string; readonly json: string }
  | { readonly op: 'removeKept'; readonly kind: string; readonly key: string };

export interface Attempt {
  readonly op: 'attempt';
  readonly message: MessageId;
  /** 1 for the first. */
  readonly attempt: number;
  readonly side: Side;
  /** The rule by which it goes to that side. */
  readonly rule: string;
  readonly at: number;
}

export interface Results {
  take: Taken;
  attempt: undefined;
  note: undefined;
  end: undefined;
  told: undefined;
  isOwnWrite: boolean;
  isAccountedFor: boolean;
  threadsOf: Threads;
  peopleOf: Pair | undefined;
  newestSince: readonly NewestInThread[];
  unfinished: readonly StoredMessage[];
  untold: readonly StoredMessage[];
  trace: Trace | undefined;
  recent: readonly MessageSummary[];
  counts: Omit<LedgerCounts, 'syncs'>;
  retain: Retained;
  getSecret: Uint8Array | undefined;
  putSecret: undefined;
  removeSecret: undefined;
  listKept: readonly KeptEntry[];
  keysKept: readonly string[];
  getKept: KeptEntry | undefined;
  putKept: undefined;
  removeKept: undefined;
}

export type Name = Operation['op'];
export type Result = Results[Name];

/**
 * How far an operation must reach before it is answered: `disk` survives a power cut, `file` the end of the
 * process (the operating system has it), `none` changes nothing.
 */
export const durability: Readonly<Record<Name, 'disk' | 'file' | 'none'>> = {
  take: 'disk',
  putSecret: 'disk',
  removeSecret: 'disk',
  attempt: 'file',
  note: 'file',
  end: 'file',
  told: 'file',
  retain: 'file',
  putKept: 'file',
  removeKept: 'file',
  isOwnWrite: 'none',
  isAccountedFor: 'none',
  threadsOf: 'none',
  peopleOf: 'none',
  newestSince: 'none',
  unfinished: 'none',
  untold: 'none',
  trace: 'none',
  recent: 'none',
  counts: 'none',
  getSecret: 'none',
  listKept: 'none',
  keysKept: 'none',
  getKept: 'none',
};
