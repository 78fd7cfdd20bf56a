import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ServerAddresses } from '../src/cli/sandbox-config.ts';
import { answers, anyPorts, bin, CommandLine, end } from './kit/command-line.ts';

let folder: string;
let line: CommandLine;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isthmus-cli-'));
  line = new CommandLine(folder);
});
after(async () => {
  await line[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

describe('bin/isthmus', () => {
  it('works from any folder and through symbolic links', async () => {
    await symlink(bin, join(folder, 'first'));
    await symlink('first', join(folder, 'isthmus'));
    const { out, code } = await line.run(['--help'], { bin: join(folder, 'isthmus') });
    assert.equal(code, 0);
    for (const name of ['start', 'sandbox', 'people', 'send', 'trace', 'explain', 'config'])
      assert.match(out, new RegExp(`^  ${name} `, 'm'));
  });

  it('refuses what it does not know, with the usage', async () => {
    assert.equal((await line.run([])).code, 2);
    const unknown = await line.run(['strat']);
    assert.deepEqual([unknown.code, /no command strat/.test(unknown.err)], [2, true]);
    const missing = await line.run(['trace']);
    assert.deepEqual([missing.code, /isthmus trace ID/.test(missing.err)], [2, true]);
  });

  it('says that no gateway runs, for people and for programs', async () => {
    const { err, code } = await line.run(['people', '--data', folder]);
    assert.equal(code, 1);
    assert.match(err, /No gateway runs on the data folder .*\nStart it with/);
    const json = await line.run(['trace', 'x', '--json', '--data', folder]);
    assert.equal(JSON.parse(json.err).error.id, 'not-running');
  });

  it('tells every wrong value of a configuration before anything starts', async () => {
    const { err, code } = await line.run(['start'], {
      env: { ISTHMUS_LISTEN_PORT: 'x', ISTHMUS_POLICY: 'y' },
    });
    assert.equal(code, 2);
    assert.match(err, /listen\.port: "x" is not/);
    assert.match(err, /policy: "y" is not/);
  });
});

describe('isthmus sandbox', () => {
  it('runs the embedded servers alone until it is asked to end', async () => {
    const { child, said } = await line.start(['sandbox', '--data', folder], anyPorts);
    const { graph, pools } = said as ServerAddresses;
    assert.equal((await fetch(pools.online.http)).status, 200);
    assert.equal((await fetch(`${graph.http}/v1.0/me`)).status, 401);
    assert.deepEqual(await end(child), [0, null]);
    assert.equal(await answers(pools.online.http), false);
  });

  it('ends with the process that started it, however that one ends', async () => {
    const { child, said } = await line.startAsChild(['sandbox', '--data', folder], anyPorts);
    assert.equal((said as { kind: string }).kind, 'ready');
    const ended = once(child, 'exit');
    child.disconnect();
    assert.deepEqual(await ended, [0, null]);
  });
});
