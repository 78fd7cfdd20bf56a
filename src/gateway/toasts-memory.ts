import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ConversationId, MessageId, PersonId, RemoteId, ThreadKey } from '../core/ids.ts';
import { sides } from '../core/people.ts';
import type { LastingToastState } from '../core/toasts/resume.ts';
import type { Report } from './events.ts';
import { type KeptStore, mostKeptBytes, type NewMessage } from './ledger.ts';

/** A toast as it was left: what rang, what followed it, where it is up, and until when. */
export interface LeftToast {
  readonly message: NewMessage;
  readonly following: readonly NewMessage[];
  readonly state: LastingToastState;
  /** Unix ms: when it was to go on. */
  readonly dueAt: number;
}

/** Toasts that are up, kept over restarts: one that waits in Teams would else never come up in SfB. */
export interface ToastMemory {
  /** What the last run left, the oldest first; read once, before anything is kept. */
  left(): Promise<readonly LeftToast[]>;
  /** Resolves when it survives the end of the process, or cannot be kept. */
  keeps(toast: LeftToast): Promise<void>;
  forgets(message: MessageId): void;
}

const kind = 'toast';
/** Kept beside the texts. */
const roomBytes = 1_024;

const keptMessage = Type.Object({
  id: Type.Unsafe<MessageId>(Type.String()),
  conversation: Type.Unsafe<ConversationId>(Type.String()),
  side: Type.Enum([...sides]),
  thread: Type.Unsafe<ThreadKey>(Type.String()),
  remoteId: Type.Unsafe<RemoteId>(Type.String()),
  author: Type.Unsafe<PersonId>(Type.String()),
  recipient: Type.Unsafe<PersonId>(Type.String()),
  body: Type.Union([
    Type.Object({ format: Type.Literal('text'), text: Type.String() }),
    Type.Object({ format: Type.Literal('html'), html: Type.String() }),
  ]),
  writtenAt: Type.Number(),
  takenAt: Type.Number(),
  deadlineAt: Type.Number(),
  late: Type.Boolean(),
});
const keptToast = Compile(
  Type.Object({
    message: keptMessage,
    following: Type.Array(keptMessage),
    state: Type.Union([
      Type.Object({ kind: Type.Literal('inBoth') }),
      Type.Object({ kind: Type.Literal('inTeams'), rang: Type.Boolean() }),
      Type.Object({ kind: Type.Literal('ringingBack') }),
    ]),
    dueAt: Type.Number(),
  }),
);

export function createToastMemory(
  kept: Pick<KeptStore, 'list' | 'put' | 'remove'>,
  report: Report,
): ToastMemory {
  const known = new Set<string>();
  const failed = (error: unknown): void => report({ kind: 'fault', where: 'keeping a toast', error });
  const remove = (key: string): void => void kept.remove(kind, key).catch(failed);

  return {
    async left() {
      const found: LeftToast[] = [];
      for (const { key, value } of await kept.list(kind)) {
        known.add(key);
        if (keptToast.Check(value)) found.push(value);
        else remove(key);
      }
      return found.toSorted((a, b) => a.message.takenAt - b.message.takenAt);
    },
    async keeps(toast) {
      const fitting = asKept(toast);
      if (!fitting) return;
      known.add(toast.message.id);
      await kept.put(kind, toast.message.id, fitting).catch(failed);
    },
    forgets(message) {
      if (known.delete(message)) remove(message);
    },
  };
}

/** With as many of the texts that followed as there is room for; undefined where the first alone is too long. */
function asKept({ message, following, state, dueAt }: LeftToast): LeftToast | undefined {
  let room = mostKeptBytes - roomBytes - bytesOf(message);
  if (room < 0) return undefined;
  const fitting: NewMessage[] = [];
  for (const next of following) {
    room -= bytesOf(next);
    if (room < 0) break;
    fitting.push(next);
  }
  return { message, following: fitting, state, dueAt };
}

const bytesOf = (message: NewMessage): number => Buffer.byteLength(JSON.stringify(message)) + 1;
