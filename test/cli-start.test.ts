import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from './kit/eventually.ts';

const bin = fileURLToPath(new URL('../bin/isthmus', import.meta.url));
const env = {
  ...process.env,
  ISTHMUS_LISTEN_PORT: '0',
  ISTHMUS_LISTEN_TLS_PORT: '0',
  ISTHMUS_SANDBOX_PORTS: '{"graph":0,"online":0,"onPrem":0}',
};

interface Started {
  readonly console: string;
  readonly sandbox: { readonly graph: { readonly http: string } };
}

describe('isthmus start', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-start-'));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  async function start(data: string): Promise<{ child: ChildProcess; started: Started }> {
    const child = spawn(bin, ['start', '--json', '--data', join(folder, data)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    assert.ok(child.stdout);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, started: JSON.parse(line.toString()) as Started };
  }

  async function run(data: string, args: readonly string[], input = '') {
    const child = spawn(bin, [...args, '--data', join(folder, data)], { stdio: 'pipe' });
    child.stdin.end(input);
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { out, err, code: code as number };
  }

  const isUp = async (url: string): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    );

  it('runs a gateway that the other commands work on, and ends all of it when asked to', async () => {
    const { child, started } = await start('whole');

    const people = await run('whole', ['people']);
    assert.match(people.out, /^alice@contoso\.example +Alice Adams +Legacy +linked/m);
    assert.match(people.out, /^frank@contoso\.example .* not linked/m);

    const linked = await run(
      'whole',
      ['people', 'link', 'frank', '--side', 'skype', '--password-stdin'],
      'demo\n',
    );
    assert.deepEqual([linked.code, linked.out], [0, 'frank@contoso.example: linked in skype\n']);
    const after = JSON.parse((await run('whole', ['people', '--json'])).out);
    const frank = after.people.find(({ id }: { id: string }) => id === 'frank@contoso.example');
    assert.deepEqual(frank.links, { teams: 'not linked', skype: 'linked' });

    const sent = await run('whole', ['send', '--from', 'alice', '--to', 'bob', 'Hello', '--json']);
    const message = JSON.parse(sent.out);
    assert.deepEqual([sent.code, message.state, message.reason.id], [1, 'failed', 'offline']);

    const traced = await run('whole', ['trace', message.id]);
    assert.match(traced.out, /failed \(offline\): Bob Brown is offline/);
    assert.match(traced.out, /\+0 ms +taken/);
    const byNetworkId = JSON.parse((await run('whole', ['trace', message.remoteId, '--json'])).out);
    assert.equal(byNetworkId.id, message.id);
    assert.doesNotMatch(JSON.stringify(byNetworkId), /Hello/);

    const second = await run('whole', ['start']);
    assert.deepEqual([second.code, /runs on the data folder .* already/.test(second.err)], [1, true]);

    const unknown = await run('whole', ['send', '--from', 'alice', '--to', 'zoe', 'Hello']);
    assert.deepEqual([unknown.code, /Nobody is called zoe/.test(unknown.err)], [1, true]);
    assert.equal((await run('whole', ['trace', 'nothing'])).code, 1);

    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.deepEqual(await Promise.all([started.console, started.sandbox.graph.http].map(isUp)), [
      false,
      false,
    ]);
    assert.ok(!(await readdir(join(folder, 'whole'))).includes('gateway.json'));
  });

  it('leaves no embedded server behind when it is killed', async () => {
    const { child, started } = await start('killed');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await eventually(
      'the embedded servers end',
      async () => !(await isUp(started.sandbox.graph.http)) || undefined,
    );
  });

  it('names the port that it cannot have', async () => {
    const { child, started } = await start('first');
    const { port } = new URL(started.console);
    const second = spawn(bin, ['start', '--data', join(folder, 'second')], {
      env: { ...env, ISTHMUS_LISTEN_PORT: port },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(second);
    const [err, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`port ${port} \\(listen\\.port\\): another program uses it`));
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
