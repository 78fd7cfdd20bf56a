import { closeSync, openSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { busyMs } from './batch.ts';
import { upgrade } from './schema.ts';

/**
 * Opens the file (made if missing) with the settings the promises rest on, and brings it to the newest schema.
 * After the machine itself went down, commits that had not been forced to disk may be gone: then every message
 * under way counts as attempted, so that the network is asked before anything is sent.
 */
export function openDatabase(file: string, mostBytes = Infinity): DatabaseSync {
  makeForOwner(file);
  const db = new DatabaseSync(file);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA foreign_keys = ON;
    PRAGMA busy_timeout = ${busyMs};
    PRAGMA secure_delete = ON;
  `);
  bound(db, mostBytes);
  upgrade(db);
  markMachineRestart(db);
  return db;
}

/** Texts of messages are in it. The files beside it are made as it is. */
function makeForOwner(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

/** Intake stops at `mostBytes`; what is under way then still has to be ended. */
const reserve = 1.05;

function bound(db: DatabaseSync, mostBytes: number): void {
  if (!Number.isFinite(mostBytes)) return;
  const pageBytes = Number(db.prepare('PRAGMA page_size').get()?.['page_size']);
  db.exec(`PRAGMA max_page_count = ${Math.ceil((mostBytes * reserve) / pageBytes)}`);
}

function markMachineRestart(db: DatabaseSync): void {
  const current = bootId();
  const known = db.prepare("SELECT value FROM fact WHERE name = 'boot id'").get()?.['value'];
  if (known === current) return;
  db.exec('BEGIN IMMEDIATE');
  if (known !== undefined)
    db.exec(
      "UPDATE message SET attempts = max(attempts, 1), first_attempt_at = coalesce(first_attempt_at, taken_at) WHERE state = 'under way'",
    );
  db.prepare(
    "INSERT INTO fact (name, value) VALUES ('boot id', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  ).run(current);
  db.exec('COMMIT');
}

/** Changes with each start of the machine; where the system has none, every opening counts as a new start. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `unknown ${process.pid} ${process.hrtime.bigint()}`;
  }
}
