import type { DatabaseSync } from 'node:sqlite';
import { refuseNewer, schemaVersion, versionOf } from './schema.ts';

/** What is wrong with a ledger, by a stable name. */
export interface Finding {
  readonly id: string;
  /** What it means, for an administrator. */
  readonly meaning: string;
  readonly count: number;
  /** Names of some of what it concerns; never text of a message. */
  readonly examples: readonly string[];
}

interface Rule {
  readonly id: string;
  readonly meaning: string;
  /** Gives a column `name` for each case. */
  readonly sql: string;
}

const rules: readonly Rule[] = [
  {
    id: 'message-without-conversation',
    meaning: 'a message is in no conversation',
    sql: `SELECT id AS name FROM message
          WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE conversation.id = message.conversation)`,
  },
  {
    id: 'message-without-thread',
    meaning: 'the thread of a message is not joined to a conversation',
    sql: `SELECT id AS name FROM message
          WHERE NOT EXISTS (SELECT 1 FROM thread WHERE thread.thread = message.thread AND thread.side = message.side)`,
  },
  {
    id: 'thread-without-conversation',
    meaning: 'a thread is joined to a conversation that is not there',
    sql: `SELECT thread AS name FROM thread
          WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE conversation.id = thread.conversation)`,
  },
  {
    id: 'conversation-without-thread',
    meaning: 'a conversation leads to a thread that is not joined to it',
    sql: `SELECT id AS name FROM conversation
          WHERE (teams IS NOT NULL AND NOT EXISTS (SELECT 1 FROM thread WHERE thread.thread = teams AND side = 'teams'))
             OR (skype IS NOT NULL AND NOT EXISTS (SELECT 1 FROM thread WHERE thread.thread = skype AND side = 'skype'))`,
  },
  {
    id: 'unknown-state',
    meaning: 'a message is in a state that this program does not know',
    sql: `SELECT id AS name FROM message
          WHERE state NOT IN ('under way', 'delivered', 'native', 'echo', 'failed')`,
  },
  {
    id: 'unreadable-end',
    meaning: 'the end or the notice of a message cannot be read',
    sql: `SELECT id AS name FROM message
          WHERE (end IS NOT NULL AND NOT json_valid(end)) OR (telling IS NOT NULL AND NOT json_valid(telling))`,
  },
  {
    id: 'end-and-state-differ',
    meaning: 'the state of a message is not that of its end',
    sql: `SELECT id AS name FROM message
          WHERE (state = 'under way') <> (end IS NULL) OR (end IS NULL) <> (ended_at IS NULL)
             OR (json_valid(end) AND json_extract(end, '$.kind') <> state)`,
  },
  {
    id: 'delivered-without-attempt',
    meaning: 'a message was delivered, and no attempt is on record',
    sql: "SELECT id AS name FROM message WHERE state = 'delivered' AND (attempts = 0 OR first_attempt_at IS NULL)",
  },
  {
    id: 'delivered-without-own-write',
    meaning: 'a delivered message would not be known as an echo',
    sql: `SELECT id AS name FROM message WHERE state = 'delivered' AND json_valid(end) AND NOT EXISTS (
            SELECT 1 FROM own_write WHERE own_write.remote_id = json_extract(message.end, '$.remoteId')
              AND own_write.thread = json_extract(message.end, '$.thread')
              AND own_write.side = json_extract(message.end, '$.side'))`,
  },
  {
    id: 'own-write-without-message',
    meaning: 'a write of the gateway belongs to no message',
    sql: `SELECT remote_id AS name FROM own_write
          WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.id = own_write.message)`,
  },
  {
    id: 'step-without-message',
    meaning: 'a step of a trace belongs to no message',
    sql: `SELECT DISTINCT message AS name FROM step
          WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.id = step.message)`,
  },
  {
    id: 'untold-success',
    meaning: 'a notice of failure is on record for a message that did not fail',
    sql: "SELECT id AS name FROM message WHERE telling IS NOT NULL AND state <> 'failed'",
  },
  {
    id: 'unreadable-state-of-a-room',
    meaning: 'what a room keeps over restarts cannot be read',
    sql: "SELECT kind || ' ' || key AS name FROM kept WHERE NOT json_valid(value)",
  },
];

const mostExamples = 5;

/**
 * Looks a ledger over and changes nothing: the file itself, then whether its records hang together. An empty list: all is
 * well. Throws on a ledger of a newer program, and on what is no database.
 */
export function checkLedger(db: DatabaseSync): readonly Finding[] {
  refuseNewer(db);
  const damage = damageOf(db);
  if (damage) return [damage];
  const version = versionOf(db);
  if (version < schemaVersion)
    return [
      {
        id: 'older-schema',
        meaning: 'an earlier program wrote it; the gateway brings it up to date at its next start',
        count: schemaVersion - version,
        examples: [`schema ${version}`],
      },
    ];
  return rules.flatMap((rule) => breachOf(db, rule) ?? []);
}

function damageOf(db: DatabaseSync): Finding | undefined {
  const lines = db
    .prepare('PRAGMA integrity_check(100)')
    .all()
    .map(({ integrity_check: line }) => String(line));
  if (lines.length === 1 && lines[0] === 'ok') return undefined;
  const meaning = 'the file itself is damaged: put a backup in its place';
  return { id: 'damaged', meaning, count: lines.length, examples: lines.slice(0, mostExamples) };
}

function breachOf(db: DatabaseSync, { id, meaning, sql }: Rule): Finding | undefined {
  const count = Number(db.prepare(`SELECT count(*) AS count FROM (${sql})`).get()?.['count']);
  if (count === 0) return undefined;
  const examples = db.prepare(`SELECT name FROM (${sql}) LIMIT ${mostExamples}`).all();
  return { id, meaning, count, examples: examples.map(({ name }) => String(name)) };
}
