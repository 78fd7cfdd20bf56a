import type { DatabaseSync } from 'node:sqlite';

/**
 * Numbered upgrades, oldest first. One that has been released is never edited: a ledger's `user_version` says how
 * many of them it has been through.
 */
const upgrades: readonly string[] = [
  `
  CREATE TABLE message (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    side TEXT NOT NULL,
    thread TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    author TEXT NOT NULL,
    recipient TEXT NOT NULL,
    format TEXT NOT NULL,
    body TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    deadline_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_attempt_at INTEGER,
    route TEXT,
    state TEXT NOT NULL DEFAULT 'under way',
    end TEXT,
    ended_at INTEGER,
    telling TEXT
  ) STRICT;
  CREATE UNIQUE INDEX message_by_name ON message (remote_id, thread, side);
  CREATE INDEX message_under_way ON message (taken_at) WHERE state = 'under way';
  CREATE INDEX message_untold ON message (taken_at) WHERE state = 'failed' AND telling IS NULL;

  CREATE TABLE own_write (
    side TEXT NOT NULL,
    thread TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (remote_id, thread, side)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE thread (
    side TEXT NOT NULL,
    thread TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (thread, side)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    teams TEXT,
    skype TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE step (
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    step TEXT NOT NULL,
    detail TEXT
  ) STRICT;
  CREATE INDEX step_of_message ON step (message);

  CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE kept (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE message ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE message ADD COLUMN text_erased INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX message_by_age ON message (text_erased, taken_at);
  `,
];

export const schemaVersion = upgrades.length;

export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Throws on a database that a newer version of the program has written. */
export function refuseNewer(db: DatabaseSync): void {
  const version = versionOf(db);
  if (version > schemaVersion)
    throw new Error(
      `the ledger has schema ${version} of a newer program, this one knows up to ${schemaVersion}: run that one`,
    );
}

/** Brings the database to the newest schema, one whole step after the other. Throws as {@link refuseNewer} does. */
export function upgrade(db: DatabaseSync): void {
  refuseNewer(db);
  const version = versionOf(db);
  for (const [index, statements] of upgrades.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${statements}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
