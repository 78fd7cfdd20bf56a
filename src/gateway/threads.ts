import type { ConversationId, ThreadKey } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import { recent } from '../core/recent.ts';
import type { Ledger, Threads } from './ledger.ts';

/** The threads of the conversations that are talked in now, so that no message waits for the ledger to tell them. */
export interface ThreadMemory {
  of(conversation: ConversationId): Promise<Threads>;
  /** The ledger has been told the same. */
  note(conversation: ConversationId, side: Side, thread: ThreadKey): void;
  /** The thread on this side is over: the next message there starts a new one. */
  close(conversation: ConversationId, side: Side): void;
}

export function createThreadMemory(ledger: Pick<Ledger, 'threadsOf'>, most = 20_000): ThreadMemory {
  const known = recent<ConversationId, Threads>(most);
  return {
    async of(conversation) {
      const threads = known.get(conversation) ?? (await ledger.threadsOf(conversation));
      known.set(conversation, threads);
      return threads;
    },
    note(conversation, side, thread) {
      const threads = known.get(conversation);
      if (threads && threads[side] !== thread) known.set(conversation, { ...threads, [side]: thread });
    },
    close(conversation, side) {
      const threads = known.get(conversation);
      if (!threads) return;
      const { [side]: _, ...others } = threads;
      known.set(conversation, others);
    },
  };
}
