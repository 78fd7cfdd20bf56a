import { type Ledger, type LedgerSize, LedgerUnavailable } from '../gateway/ledger.ts';
import { keptJson } from './kept.ts';
import { durability, type Name, type Operation, type Results } from './operations.ts';
import type { Answer } from './sqlite/batch.ts';

/** Runs batches one after the other; the answers come in the order of the operations. */
export interface Executor extends AsyncDisposable {
  run(operations: readonly Operation[]): Promise<readonly Answer[]>;
  readonly syncs: number;
  readonly size: LedgerSize;
}

interface Waiting {
  readonly operation: Operation;
  readonly resolve: (result: never) => void;
  readonly reject: (error: LedgerUnavailable) => void;
}

/** Operations that may wait for the batch before; more are refused, so that memory stays bounded. */
const mostWaiting = 100_000;

/**
 * The ledger over an executor: whatever is asked while a batch is under way goes into the next one, in order
 * (group commit).
 */
export function createLedger(executor: Executor): Ledger {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const answers = await executor
        .run(batch.map(({ operation }) => operation))
        .catch((error: unknown) => error);
      batch.forEach((asked, index) => {
        const answer = Array.isArray(answers) ? (answers[index] as Answer | undefined) : undefined;
        if (answer?.ok) asked.resolve(answer.result as never);
        else asked.reject(new LedgerUnavailable(answer?.reason ?? 'broken', answer?.message ?? answers));
      });
    }
    running = undefined;
  }

  function ask<N extends Name>(operation: Operation & { readonly op: N }): Promise<Results[N]> {
    if (closed) return Promise.reject(new LedgerUnavailable('closed'));
    if (waiting.length >= mostWaiting && durability[operation.op] !== 'none')
      return Promise.reject(new LedgerUnavailable('full'));
    return new Promise((resolve, reject) => {
      waiting.push({ operation, resolve, reject });
      running ??= Promise.resolve().then(drain);
    });
  }

  return {
    take: (message) => ask({ op: 'take', message }),
    attempt: (attempt) => ask({ op: 'attempt', ...attempt }),
    note: (message, step) => void ask({ op: 'note', message, step }).catch(() => undefined),
    end: (message, end, at) => ask({ op: 'end', message, end, at }),
    told: (message, telling, at) => ask({ op: 'told', message, telling, at }),
    isOwnWrite: (side, thread, remoteId) => ask({ op: 'isOwnWrite', side, thread, remoteId }),
    isAccountedFor: (side, thread, remoteId) => ask({ op: 'isAccountedFor', side, thread, remoteId }),
    threadsOf: (conversation) => ask({ op: 'threadsOf', conversation }),
    peopleOf: (side, thread) => ask({ op: 'peopleOf', side, thread }),
    newestSince: (at) => ask({ op: 'newestSince', at }),
    unfinished: () => ask({ op: 'unfinished' }),
    untold: (limit) => ask({ op: 'untold', limit }),
    trace: (id) => ask({ op: 'trace', id }),
    recent: (limit) => ask({ op: 'recent', limit }),
    counts: async () => ({ ...(await ask({ op: 'counts' })), syncs: executor.syncs }),
    retain: (limits) => ask({ op: 'retain', limits }),
    size: () => executor.size,
    secrets: {
      get: (name) => ask({ op: 'getSecret', name }),
      put: (name, value) => ask({ op: 'putSecret', name, value }),
      remove: (name) => ask({ op: 'removeSecret', name }),
    },
    kept: {
      list: (kind) => ask({ op: 'listKept', kind }),
      keys: (kind) => ask({ op: 'keysKept', kind }),
      get: (kind, key) => ask({ op: 'getKept', kind, key }),
      put: async (kind, key, value) => ask({ op: 'putKept', kind, key, json: keptJson(kind, key, value) }),
      remove: (kind, key) => ask({ op: 'removeKept', kind, key }),
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      while (running) await running;
      await executor[Symbol.asyncDispose]();
    },
  };
}
