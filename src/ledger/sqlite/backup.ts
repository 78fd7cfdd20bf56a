import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cursorKind } from '../../gateway/ledger.ts';
import { checkLedger, type Finding } from './check.ts';
import { versionOf } from './schema.ts';

export interface Backup {
  readonly bytes: number;
  readonly messages: number;
  readonly schema: number;
  /** What the copy was found to have wrong, after it was written: what the ledger itself has. */
  readonly findings: readonly Finding[];
}

/**
 * Copies a ledger as it stands at one moment, while it is written on, and looks the copy over. The file is there whole or
 * not at all, and never in place of another one. Throws where it cannot be written.
 *
 * The copy is made ready to be put back: what was under way counts as attempted, so that the network is asked before
 * anything is sent; and it has no cursors, because what came after it would be found again, and brought a second time.
 */
export function backUp(db: DatabaseSync, file: string): Backup {
  if (existsSync(file)) throw new Error(`${file} is there already`);
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part`;
  rmSync(part, { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(part);
    chmodSync(part, 0o600);
    const backup = makeReady(part);
    toDisk(part);
    renameSync(part, file);
    toDisk(dirname(file));
    return backup;
  } finally {
    rmSync(part, { force: true });
  }
}

function makeReady(file: string): Backup {
  const copy = new DatabaseSync(file);
  try {
    const schema = versionOf(copy);
    copy.exec('BEGIN');
    copy.exec("UPDATE fact SET value = 'a backup' WHERE name = 'boot id'");
    if (schema >= schemaWithKept) copy.prepare('DELETE FROM kept WHERE kind = ?').run(cursorKind);
    copy.exec('COMMIT');
    const count = (sql: string): number => Number(Object.values(copy.prepare(sql).get() ?? {})[0]);
    return {
      bytes: count('PRAGMA page_count') * count('PRAGMA page_size'),
      messages: count('SELECT count(*) FROM message'),
      schema,
      findings: checkLedger(copy),
    };
  } finally {
    copy.close();
  }
}

const schemaWithKept = 2;

function toDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
