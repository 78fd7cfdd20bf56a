import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSandboxKeys } from './keys.ts';

describe('the sign-in keys of the sandbox', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'keys-')), 'made by need');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  it('are the same after a restart, so that tokens stay good, and nobody else’s to read', async () => {
    const clock = { now: () => 1_000_000 };
    const first = await openSandboxKeys(folder);
    const sealed = await first.seal('refresh', { oid: 'u' }, 2_000_000);
    const second = await openSandboxKeys(folder);
    assert.deepEqual(second.publicSet, first.publicSet);
    const opened = await second.unseal('refresh', sealed, clock);
    assert.ok(opened.kind === 'content' && opened.content['oid'] === 'u');
    assert.equal((await second.unseal('session', sealed, clock)).kind, 'unreadable');
    assert.equal((await stat(join(folder, 'sign-in-keys.json'))).mode & 0o777, 0o600);
  });

  it('name the file when it is damaged', async () => {
    await openSandboxKeys(folder);
    await writeFile(join(folder, 'sign-in-keys.json'), '{}');
    await assert.rejects(openSandboxKeys(folder), /sign-in-keys\.json does not hold the sign-in keys/);
  });
});
