import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { backUp } from '../../ledger/sqlite/backup.ts';
import { checkLedger, type Finding } from '../../ledger/sqlite/check.ts';
import { type ExportOptions, exportMessages } from '../../ledger/sqlite/export.ts';
import { CommandError, defineCommand, type Terminal, UsageError } from '../command.ts';
import { readSettings } from '../config/load.ts';
import { ledgerFile } from '../data-folder.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'ledger',
  summary: 'Check, export or back up the record of messages, also while the gateway runs.',
  usage: 'check | export [--since DATE] [--until DATE] [--text] | backup FILE',
  options: {
    since: {
      type: 'string',
      value: 'DATE',
      help: 'export: taken then or later, such as 2026-01-31 or 2026-01-31T08:00Z',
    },
    until: { type: 'string', value: 'DATE', help: 'export: taken before then' },
    text: { type: 'boolean', help: 'export: with the text of messages, as far as it has not been erased' },
  },
  async run(values, [task, ...words], terminal) {
    const { data } = readSettings({ ...terminal, ...values, file: values.config });
    const json = values.json === true;
    switch (task ?? '') {
      case 'check':
        refuseMore(words);
        return check(data, json, terminal);
      case 'export':
        refuseMore(words);
        return exportTo(terminal, data, {
          since: instant(values.since, '--since') ?? 0,
          until: instant(values.until, '--until') ?? Number.MAX_SAFE_INTEGER,
          text: values.text === true,
        });
      case 'backup':
        return backup(data, words, json, terminal);
      default:
        throw new UsageError('say what to do: check, export or backup');
    }
  },
});

function check(data: string, json: boolean, terminal: Terminal): number {
  const findings = reading(data, checkLedger);
  terminal.out(json ? JSON.stringify({ ok: findings.length === 0, findings }) : describe(findings));
  return findings.length === 0 ? 0 : 1;
}

function exportTo(terminal: Terminal, data: string, options: ExportOptions): number {
  return reading(data, (db) => {
    for (const line of exportMessages(db, options)) {
      terminal.out(line);
      if (terminal.stop.aborted) return 1;
    }
    return 0;
  });
}

function backup(data: string, [name, ...more]: readonly string[], json: boolean, terminal: Terminal): number {
  if (name === undefined || more.length > 0) throw new UsageError('give one file to back up to');
  const file = resolve(terminal.folder, name);
  if (existsSync(file))
    throw new CommandError('file-exists', `${file} is there already`, 'Name another file.');
  const { bytes, messages, schema, findings } = reading(data, (db) => backUp(db, file));
  const ok = findings.length === 0;
  terminal.out(
    json
      ? JSON.stringify({ ok, file, bytes, messages, schema, findings })
      : `${file}: ${messages} messages, ${bytes} bytes, schema ${schema}. ${describe(findings)}`,
  );
  return ok ? 0 : 1;
}

/** Opened beside a gateway that may be writing; nothing is changed. */
function open(data: string): DatabaseSync {
  const file = ledgerFile(data);
  if (!existsSync(file))
    throw new CommandError(
      'no-ledger',
      `there is no ledger in ${data}`,
      'Name the data folder with --data; a ledger is made at the first start of the gateway.',
    );
  try {
    return new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  } catch (error) {
    throw unreadable(error);
  }
}

function reading<T>(data: string, work: (db: DatabaseSync) => T): T {
  using db = open(data);
  try {
    return work(db);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): CommandError {
  const words = error instanceof Error ? error.message : String(error);
  return new CommandError('ledger-refused', words, 'See docs/operations.md for what can be done.');
}

function describe(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'The ledger is sound.';
  const rows = findings.map(({ id, count, meaning, examples }) => [
    id,
    String(count),
    meaning,
    examples.join(', '),
  ]);
  return `${findings.length} findings\n\n${table(['finding', 'cases', 'meaning', 'such as'], rows)}`;
}

/** ISO 8601; a date alone is its beginning in UTC. */
function instant(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const found = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(found))
    throw new UsageError(
      `${option} ${text}: give a date such as 2026-01-31, or with a time and zone 2026-01-31T08:00Z`,
    );
  return found;
}

function refuseMore(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`${words.join(' ')}: not expected here`);
}
