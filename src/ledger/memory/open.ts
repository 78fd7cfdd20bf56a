import { DatabaseSync } from 'node:sqlite';
import type { Ledger } from '../../gateway/ledger.ts';
import { createLedger } from '../ledger.ts';
import { createBatchRunner } from '../sqlite/batch.ts';
import { upgrade } from '../sqlite/schema.ts';
import { createStore } from '../sqlite/store.ts';

/** A ledger that ends with the process: for tests. Keeps no promise of durability. */
export function openMemoryLedger(): Ledger {
  const db = new DatabaseSync(':memory:');
  upgrade(db);
  const batch = createBatchRunner(db, createStore(db));
  return createLedger({
    run: (operations) => Promise.resolve(batch.run(operations)),
    get syncs() {
      return batch.syncs;
    },
    get size() {
      return batch.size;
    },
    [Symbol.asyncDispose]() {
      db.close();
      return Promise.resolve();
    },
  });
}
