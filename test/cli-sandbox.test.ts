import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bin/isthmus', import.meta.url));
const anyPorts = { ISTHMUS_SANDBOX_PORTS: '{"graph":0,"online":0,"onPrem":0}' };

async function run(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, code: code as number };
}

describe('bin/isthmus', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-cli-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('works from any folder and through symbolic links', async () => {
    await symlink(bin, join(folder, 'first'));
    await symlink('first', join(folder, 'isthmus'));
    const { out, code } = await run(join(folder, 'isthmus'), ['--help'], folder);
    assert.equal(code, 0);
    for (const name of ['start', 'sandbox', 'people', 'send', 'trace', 'explain', 'config'])
      assert.match(out, new RegExp(`^  ${name} `, 'm'));
  });

  it('refuses what it does not know, with the usage', async () => {
    assert.equal((await run(bin, [], folder)).code, 2);
    const unknown = await run(bin, ['strat'], folder);
    assert.deepEqual([unknown.code, /no command strat/.test(unknown.err)], [2, true]);
    const missing = await run(bin, ['trace'], folder);
    assert.deepEqual([missing.code, /isthmus trace ID/.test(missing.err)], [2, true]);
  });

  it('says that no gateway runs, for people and for programs', async () => {
    const { err, code } = await run(bin, ['people', '--data', folder], folder);
    assert.equal(code, 1);
    assert.match(err, /No gateway runs on the data folder .*\nStart it with/);
    const json = await run(bin, ['trace', 'x', '--json', '--data', folder], folder);
    assert.equal(JSON.parse(json.err).error.id, 'not-running');
  });

  it('tells every wrong value of a configuration before anything starts', async () => {
    const { err, code } = await run(
      'env',
      ['ISTHMUS_LISTEN_PORT=x', 'ISTHMUS_POLICY=y', bin, 'start'],
      folder,
    );
    assert.equal(code, 2);
    assert.match(err, /listen\.port: "x" is not/);
    assert.match(err, /policy: "y" is not/);
  });
});

describe('isthmus sandbox', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-cli-'));
  });
  const children: ChildProcess[] = [];
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  function start(ipc: boolean): ChildProcess {
    const child = spawn(bin, ['sandbox', '--json', '--data', folder], {
      env: { ...process.env, ...anyPorts },
      stdio: ipc ? ['ignore', 'ignore', 'inherit', 'ipc'] : ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  }

  it('runs the embedded servers alone until it is asked to end', async () => {
    const child = start(false);
    assert.ok(child.stdout);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { graph, pools } = JSON.parse(line.toString());
    assert.equal((await fetch(pools.online.http)).status, 200);
    assert.equal((await fetch(`${graph.http}/v1.0/me`)).status, 401);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    await assert.rejects(fetch(pools.online.http));
  });

  it('ends with the process that started it, however that one ends', async () => {
    const child = start(true);
    const [word] = (await once(child, 'message')) as [{ kind: string }];
    assert.equal(word.kind, 'ready');
    const ended = once(child, 'exit');
    child.disconnect();
    assert.deepEqual(await ended, [0, null]);
  });
});
