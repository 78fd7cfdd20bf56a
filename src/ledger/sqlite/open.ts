import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Ledger, LedgerUnavailable } from '../../gateway/ledger.ts';
import { createLedger, type Executor } from '../ledger.ts';
import type { Answer } from './batch.ts';
import type { FromWorker, ToWorker } from './worker.ts';

/**
 * Opens the ledger in `file` (its folder is made if missing), in a thread of its own, so that no forced write
 * holds up the networks. Rejects with {@link LedgerUnavailable} when the file cannot be opened.
 */
export async function openLedger(file: string): Promise<Ledger> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { file }, execArgv: [] });
  const [opened] = (await once(worker, 'message')) as [FromWorker];
  if (opened.kind !== 'open') {
    const message = opened.kind === 'cannot-open' ? opened.message : 'unexpected first word';
    throw new LedgerUnavailable('broken', new Error(`${file}: ${message}`));
  }
  return createLedger(executorOf(worker));
}

function executorOf(worker: Worker): Executor {
  const say = (message: ToWorker): void => worker.postMessage(message);
  let settle: { resolve: (answers: readonly Answer[]) => void; reject: (error: Error) => void } | undefined;
  let ended: Error | undefined;
  let syncs = 0;

  worker.on('message', (message: FromWorker) => {
    if (message.kind !== 'ran') return;
    syncs = message.syncs;
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
    async [Symbol.asyncDispose]() {
      if (ended) return;
      const exit = once(worker, 'exit');
      say({ kind: 'close' });
      await exit;
    },
  };
}
