import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Ledger, type LedgerSize, LedgerUnavailable } from '../../gateway/ledger.ts';
import { createLedger, type Executor } from '../ledger.ts';
import type { Answer } from './batch.ts';
import type { FromWorker, ToWorker, WorkerInput } from './worker.ts';

export interface LedgerLimits {
  /** What the file may grow to (the log beside it apart); messages are refused from there on, ends still fit. */
  readonly mostBytes?: number;
}

/**
 * Opens the ledger in `file` (its folder is made if missing), in a thread of its own, so that no forced write
 * holds up the networks. Rejects with {@link LedgerUnavailable} when the file cannot be opened.
 */
export async function openLedger(file: string, { mostBytes = Infinity }: LedgerLimits = {}): Promise<Ledger> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { file, mostBytes } satisfies WorkerInput,
    execArgv: [],
  });
  const [opened] = (await once(worker, 'message')) as [FromWorker];
  if (opened.kind !== 'open') {
    const message = opened.kind === 'cannot-open' ? opened.message : 'unexpected first word';
    throw new LedgerUnavailable('broken', new Error(`${file}: ${message}`));
  }
  return createLedger(executorOf(worker, opened.size));
}

function executorOf(worker: Worker, opened: LedgerSize): Executor {
  const say = (message: ToWorker): void => worker.postMessage(message);
  let settle: { resolve: (answers: readonly Answer[]) => void; reject: (error: Error) => void } | undefined;
  let ended: Error | undefined;
  let syncs = 0;
  let size = opened;

  worker.on('message', (message: FromWorker) => {
    if (message.kind !== 'ran') return;
    syncs = message.syncs;
    size = message.size;
    settle?.resolve(message.answers);
    settle = undefined;
  });
  function stop(error: Error): void {
    ended = error;
    settle?.reject(error);
    settle = undefined;
  }
  worker.on('error', stop);
  worker.on('exit', () => stop(new Error('the ledger’s thread has ended')));

  return {
    run(operations) {
      if (ended) return Promise.reject(ended);
      const { promise, resolve, reject } = Promise.withResolvers<readonly Answer[]>();
      settle = { resolve, reject };
      say({ kind: 'run', operations });
      return promise;
    },
    get syncs() {
      return syncs;
    },
    get size() {
      return size;
    },
    async [Symbol.asyncDispose]() {
      if (ended) return;
      const exit = once(worker, 'exit');
      say({ kind: 'close' });
      await exit;
    },
  };
}
