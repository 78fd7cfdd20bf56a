import { parentPort, workerData } from 'node:worker_threads';
import type { Operation } from '../operations.ts';
import { type Answer, createBatchRunner } from './batch.ts';
import { openDatabase } from './database.ts';
import { createStore } from './store.ts';

export type ToWorker =
  | { readonly kind: 'run'; readonly operations: readonly Operation[] }
  | { readonly kind: 'close' };
export type FromWorker =
  | { readonly kind: 'open' }
  | { readonly kind: 'cannot-open'; readonly message: string }
  | { readonly kind: 'ran'; readonly answers: readonly Answer[]; readonly syncs: number };

const port = parentPort;
if (!port) throw new Error('this file is the ledger’s own thread');
const answer = (message: FromWorker): void => port.postMessage(message);

try {
  const { file } = workerData as { readonly file: string };
  const db = openDatabase(file);
  const batch = createBatchRunner(db, createStore(db));
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'run':
        answer({ kind: 'ran', answers: batch.run(message.operations), syncs: batch.syncs });
        return;
      case 'close':
        db.close();
        port.close();
        return;
    }
  });
  answer({ kind: 'open' });
} catch (error) {
  answer({ kind: 'cannot-open', message: error instanceof Error ? error.message : String(error) });
  port.close();
}
