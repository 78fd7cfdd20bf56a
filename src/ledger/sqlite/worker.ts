import { parentPort, workerData } from 'node:worker_threads';
import type { LedgerSize } from '../../gateway/ledger.ts';
import type { Operation } from '../operations.ts';
import { type Answer, createBatchRunner } from './batch.ts';
import { openDatabase } from './database.ts';
import { createStore } from './store.ts';

export interface WorkerInput {
  readonly file: string;
  readonly mostBytes: number;
}
export type ToWorker =
  | { readonly kind: 'run'; readonly operations: readonly Operation[] }
  | { readonly kind: 'close' };
export type FromWorker =
  | { readonly kind: 'open'; readonly size: LedgerSize }
  | { readonly kind: 'cannot-open'; readonly message: string }
  | {
      readonly kind: 'ran';
      readonly answers: readonly Answer[];
      readonly syncs: number;
      readonly size: LedgerSize;
    };

const port = parentPort;
if (!port) throw new Error('this file is the ledger’s own thread');
const answer = (message: FromWorker): void => port.postMessage(message);

try {
  const { file, mostBytes } = workerData as WorkerInput;
  const db = openDatabase(file, mostBytes);
  const batch = createBatchRunner(db, createStore(db), mostBytes);
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'run':
        answer({ kind: 'ran', answers: batch.run(message.operations), syncs: batch.syncs, size: batch.size });
        return;
      case 'close':
        db.close();
        port.close();
        return;
    }
  });
  answer({ kind: 'open', size: batch.size });
} catch (error) {
  answer({ kind: 'cannot-open', message: error instanceof Error ? error.message : String(error) });
  port.close();
}
