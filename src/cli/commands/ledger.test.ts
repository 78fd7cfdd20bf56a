import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, beforeEach, describe, it } from 'node:test';
import type { MessageId, RemoteId, ThreadKey } from '../../core/ids.ts';
import { cursorKind } from '../../gateway/ledger.ts';
import { sampleMessage } from '../../ledger/conformance.test-kit.ts';
import { openLedger } from '../../ledger/sqlite/open.ts';
import type { Terminal } from '../command.ts';
import { ledgerFile } from '../data-folder.ts';
import { command } from './ledger.ts';

const root = mkdtempSync(join(tmpdir(), 'isthmus-ledger-command-'));
after(() => rmSync(root, { recursive: true, force: true }));

describe('isthmus ledger', () => {
  let data: string;
  beforeEach(async () => {
    data = mkdtempSync(join(root, 'data-'));
    await using ledger = await openLedger(ledgerFile(data));
    for (const n of [1, 2, 3]) await ledger.take(sampleMessage(n));
    const write = { thread: 'session' as ThreadKey, remoteId: 'w1' as RemoteId };
    const end = { kind: 'delivered', side: 'skype', as: 'author', ...write } as const;
    await ledger.end('m1' as MessageId, end, 3_000);
    await ledger.kept.put(cursorKind, 'a place', { at: 1 });
    await ledger.kept.put('offer', 'alice', true);
  });

  async function run(...args: readonly string[]) {
    const lines: string[] = [];
    const terminal: Terminal = {
      env: {},
      folder: data,
      out: (line) => void lines.push(line),
      err: () => undefined,
      readInput: () => Promise.resolve(''),
      stop: new AbortController().signal,
    };
    const code = await command.run([...args, '--data', data], terminal);
    return { code, lines };
  }

  it('checks, and exits 1 with what it found by name', async () => {
    assert.deepEqual(await run('check'), { code: 0, lines: ['The ledger is sound.'] });
    const db = new DatabaseSync(ledgerFile(data));
    db.exec('DELETE FROM own_write');
    db.close();
    const { code, lines } = await run('check', '--json');
    assert.equal(code, 1);
    const { ok, findings } = JSON.parse(lines[0] ?? '') as {
      ok: boolean;
      findings: { id: string; examples: string[] }[];
    };
    assert.equal(ok, false);
    assert.deepEqual(
      findings.map(({ id, examples }) => [id, examples]),
      [['delivered-without-own-write', ['m1']]],
    );
    assert.match((await run('check')).lines[0] ?? '', /delivered-without-own-write +1 +a delivered message/);
  });

  it('finds a file that is damaged, and one that is no ledger', async () => {
    const file = ledgerFile(data);
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4_096 * 2, 4_096 * 6);
    writeFileSync(file, bytes);
    const damaged = await run('check', '--json').catch((error: unknown) => error);
    if (damaged instanceof Error) assert.equal(damaged.name, 'CommandError');
    else assert.equal((damaged as { code: number }).code, 1);
    writeFileSync(file, 'this is no database, and it never was one; it is only some words in a file');
    await assert.rejects(run('check'), { name: 'CommandError', id: 'ledger-refused' });
    await assert.rejects(run('export'), { name: 'CommandError', id: 'ledger-refused' });
    await assert.rejects(run('backup', 'copy'), { name: 'CommandError', id: 'ledger-refused' });
  });

  it('exports one message a line, with its text only if asked to', async () => {
    const { code, lines } = await run('export');
    assert.equal(code, 0);
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      records.map(({ id, state, takenAt, text }) => ({ id, state, takenAt, text })),
      [
        { id: 'm1', state: 'delivered', takenAt: '1970-01-01T00:00:02.001Z', text: undefined },
        { id: 'm2', state: 'under way', takenAt: '1970-01-01T00:00:02.002Z', text: undefined },
        { id: 'm3', state: 'under way', takenAt: '1970-01-01T00:00:02.003Z', text: undefined },
      ],
    );
    assert.ok(!lines.join().includes('text 2'));
    const some = await run(
      'export',
      '--text',
      '--since',
      '1970-01-01T00:00:02.002Z',
      '--until',
      '1970-01-01T00:00:02.003Z',
    );
    assert.deepEqual(
      some.lines.map((line) => (JSON.parse(line) as { text: string }).text),
      ['text 2'],
    );
  });

  it('says of an erased text that it was', async () => {
    {
      await using ledger = await openLedger(ledgerFile(data));
      await ledger.retain({ textBefore: 2_002, allBefore: 0, most: 10 });
      const file = ledgerFile(data);
      for (const name of [file, `${file}-wal`])
        assert.ok(!readFileSync(name).includes('text 1'), `it is left neither in ${name}`);
    }
    const { lines } = await run('export', '--text');
    const [first] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual([first?.['textErased'], first?.['text']], [true, undefined]);
    assert.ok(!readFileSync(ledgerFile(data)).includes('text 1'), 'it is not left in the file either');
  });

  it('backs up while the ledger is written on; the copy is sound, and ready to be put back', async () => {
    await using ledger = await openLedger(ledgerFile(data));
    let going = true;
    const writing = (async () => {
      for (let n = 10; going; n++) await ledger.take(sampleMessage(n));
    })();
    const { code, lines } = await run('backup', 'copy.sqlite', '--json');
    going = false;
    await writing;
    assert.equal(code, 0);
    const answer = JSON.parse(lines[0] ?? '') as { ok: boolean; file: string; messages: number };
    assert.ok(answer.ok && answer.messages >= 3);
    assert.equal(statSync(answer.file).mode & 0o777, 0o600);
    await using copy = await openLedger(answer.file);
    const unfinished = await copy.unfinished();
    assert.equal(unfinished.length, answer.messages - 1);
    assert.ok(
      unfinished.every(({ attempts }) => attempts === 1),
      'the network is asked before anything is sent',
    );
    assert.deepEqual(await copy.kept.list(cursorKind), []);
    assert.equal((await copy.kept.list('offer')).length, 1);
    assert.equal((await ledger.kept.list(cursorKind)).length, 1);
  });

  it('never writes over a file, and needs a name', async () => {
    writeFileSync(join(data, 'there'), 'mine');
    await assert.rejects(run('backup', 'there'), { name: 'CommandError', id: 'file-exists' });
    assert.equal(readFileSync(join(data, 'there'), 'utf8'), 'mine');
    await assert.rejects(run('backup'), { name: 'UsageError' });
  });

  it('says what is wrong with a command line', async () => {
    for (const args of [
      [],
      ['mend'],
      ['check', 'twice'],
      ['export', '--since', 'yesterday'],
      ['export', '--until', '2026-13-01'],
    ])
      await assert.rejects(run(...args), { name: 'UsageError' }, args.join(' '));
    rmSync(ledgerFile(data));
    await assert.rejects(run('check'), { name: 'CommandError', id: 'no-ledger' });
  });
});
