import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  keepToken,
  keepVaultKey,
  readAmendments,
  readRunFile,
  readToken,
  writeAmendments,
  writeRunFile,
} from './data-folder.ts';
import type { Amendments } from './people-amendments.ts';

describe('the data folder', () => {
  let data: string;
  beforeEach(async () => {
    data = join(await mkdtemp(join(tmpdir(), 'isthmus-data-')), 'made on demand');
  });
  afterEach(() => rm(join(data, '..'), { recursive: true }));

  it('keeps one key and one token, for its owner alone', async () => {
    const key = await keepVaultKey(data, 32);
    assert.equal(key.length, 32);
    assert.deepEqual(Buffer.from(await keepVaultKey(data, 32)), Buffer.from(key));
    const token = await keepToken(data, undefined);
    assert.equal(await keepToken(data, undefined), token);
    assert.equal(await readToken(data), token);
    for (const name of ['vault-key', 'console-token'])
      assert.equal((await stat(join(data, name))).mode & 0o777, 0o600, name);
  });

  it('lets a configured token take the place of the kept one', async () => {
    await keepToken(data, undefined);
    assert.equal(await keepToken(data, 'configured'), 'configured');
    assert.equal(await readToken(data), 'configured');
  });

  it('refuses a damaged key instead of making another one', async () => {
    await keepVaultKey(data, 32);
    await writeFile(join(data, 'vault-key'), 'short');
    await assert.rejects(keepVaultKey(data, 32), /damaged/);
  });

  it('tells the commands where a gateway runs, while it runs', async () => {
    assert.equal(await readRunFile(data), undefined);
    const run = await writeRunFile(data, { url: 'http://localhost:1', pid: 2 });
    assert.deepEqual(await readRunFile(data), { url: 'http://localhost:1', pid: 2 });
    await run[Symbol.asyncDispose]();
    assert.equal(await readRunFile(data), undefined);
  });

  it('takes a run file that cannot be read for none', async () => {
    await keepToken(data, undefined);
    await writeFile(join(data, 'gateway.json'), '{"url":');
    assert.equal(await readRunFile(data), undefined);
    await writeFile(join(data, 'gateway.json'), '{"url":1}');
    assert.equal(await readRunFile(data), undefined);
    assert.match(await readFile(join(data, 'gateway.json'), 'utf8'), /url/);
  });

  it('keeps what operators did about people, and reads what earlier versions kept', async () => {
    assert.deepEqual(await readAmendments(data), {});
    const done: Amendments = {
      'alice@contoso.example': { kind: 'edited', fields: { mode: 'TeamsOnly' }, at: 1 },
      'bob@contoso.example': { kind: 'removed', at: 2 },
      'carol@contoso.example': { kind: 'added', fields: { displayName: 'Carol' } },
    };
    await writeAmendments(data, done);
    assert.deepEqual(await readAmendments(data), done);
    const file = join(data, 'people-edits.json');
    await writeFile(file, '{"bob@contoso.example":{"mode":"SfBOnly"}}');
    assert.deepEqual(await readAmendments(data), {
      'bob@contoso.example': { kind: 'edited', fields: { mode: 'SfBOnly' } },
    });
    for (const damaged of ['{', '[]', '{"bob@contoso.example":{"kind":"gone","fields":{}}}']) {
      await writeFile(file, damaged);
      await assert.rejects(readAmendments(data), /damaged: restore it, or delete it/, damaged);
    }
  });
});
