import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import type { MessageId } from '../../core/ids.ts';
import { ledgerConformance, sampleMessage } from '../conformance.test-kit.ts';
import type { Operation } from '../operations.ts';
import { createBatchRunner } from './batch.ts';
import { openLedger } from './open.ts';
import { schemaVersion, upgrade } from './schema.ts';
import { createStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-ledger-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, `${++files}.db`);

ledgerConformance('SQLite', () => openLedger(newFile()));

describe('a ledger in a file', () => {
  it('has everything after it is opened again', async () => {
    const file = newFile();
    {
      await using ledger = await openLedger(file);
      await ledger.take(sampleMessage(1));
      await ledger.take(sampleMessage(2));
      await ledger.end('m1' as MessageId, { kind: 'native', rule: 'in-tenant' }, 3_000);
      await ledger.kept.put('cursor', 'alice', { at: 1 });
    }
    await using again = await openLedger(file);
    assert.deepEqual(
      (await again.unfinished()).map(({ id }) => id),
      ['m2'],
    );
    assert.deepEqual(await again.kept.list('cursor'), [{ key: 'alice', value: { at: 1 } }]);
  });

  it('has everything that it acknowledged before its process was killed', async () => {
    const file = newFile();
    const program = `
      import { openLedger } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
      import { sampleMessage } from ${JSON.stringify(new URL('../conformance.test-kit.ts', import.meta.url).href)};
      const ledger = await openLedger(${JSON.stringify(file)});
      for (let n = 0; ; n++) { await ledger.take(sampleMessage(n)); process.stdout.write(n + '\\n'); }
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > 50) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = output
      .split('\n')
      .filter((line) => line !== '' && output.includes(`${line}\n`)).length;
    await using ledger = await openLedger(file);
    const kept = (await ledger.unfinished()).length;
    assert.ok(acknowledged >= 50, `${acknowledged} acknowledged`);
    assert.ok(kept >= acknowledged, `${acknowledged} acknowledged, ${kept} kept`);
  });

  it('treats what was under way as attempted once the machine has been restarted', async () => {
    const file = newFile();
    {
      await using ledger = await openLedger(file);
      await ledger.take(sampleMessage(1));
    }
    const db = new DatabaseSync(file);
    db.exec("UPDATE fact SET value = 'the start before' WHERE name = 'boot id'");
    db.close();
    await using ledger = await openLedger(file);
    assert.equal((await ledger.unfinished())[0]?.attempts, 1);
  });

  it('is for its owner alone, with the files beside it', async () => {
    const file = newFile();
    await using ledger = await openLedger(file);
    await ledger.take(sampleMessage(1));
    for (const name of [file, `${file}-wal`, `${file}-shm`])
      assert.equal(statSync(name).mode & 0o777, 0o600, name);
  });

  it('says which file cannot be opened', async () => {
    const file = newFile();
    writeFileSync(file, 'this is no database, however long it may be, and it never was one');
    await assert.rejects(openLedger(file), (error: Error) => String(error.cause).includes(file));
  });

  it('refuses a file of a newer program', async () => {
    const file = newFile();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    db.close();
    await assert.rejects(openLedger(file), (error: Error) => String(error.cause).includes('schema'));
  });
});

describe('a batch', () => {
  function open(maxPages?: number) {
    const db = new DatabaseSync(newFile());
    db.exec('PRAGMA journal_mode = WAL');
    upgrade(db);
    if (maxPages) db.exec(`PRAGMA max_page_count = ${maxPages}`);
    return createBatchRunner(db, createStore(db));
  }
  const take = (n: number, text = 'x'): Operation => ({
    op: 'take',
    message: sampleMessage(n, { body: { format: 'text', text } }),
  });

  it('is forced to disk once, however much is in it', () => {
    const batch = open();
    batch.run(Array.from({ length: 100 }, (_, n) => take(n)));
    assert.equal(batch.syncs, 1);
    batch.run([
      { op: 'attempt', message: 'm1' as MessageId, attempt: 1, side: 'skype', rule: 'a rule', at: 1 },
      { op: 'untold', limit: 10 },
    ]);
    assert.equal(batch.syncs, 1);
  });

  it('keeps nothing and says so when the disk is full, and goes on when there is room', () => {
    const batch = open(40);
    const answers = batch.run([take(1), take(2, 'x'.repeat(1_000_000))]);
    assert.deepEqual(
      answers.map((answer) => (answer.ok ? 'ok' : answer.reason)),
      ['full', 'full'],
    );
    const { thread, conversation } = sampleMessage(1);
    const [next, , people] = batch.run([
      take(1),
      { op: 'threadsOf', conversation },
      { op: 'peopleOf', side: 'teams', thread },
    ]);
    assert.deepEqual(next, { ok: true, result: 'taken' });
    assert.deepEqual(people, { ok: true, result: ['alice@contoso.example', 'bob@contoso.example'] });
  });

  it('lets one bad operation harm no other', () => {
    const batch = open();
    const bad = {
      op: 'end',
      message: { not: 'an id' },
      end: { kind: 'echo' },
      at: 1,
    } as unknown as Operation;
    const answers = batch.run([take(1), bad, take(2)]);
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [true, false, true],
    );
  });
});
