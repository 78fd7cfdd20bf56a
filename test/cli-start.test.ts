import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answers, anyPorts, CommandLine, end } from './kit/command-line.ts';
import { eventually } from './kit/eventually.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Started {
  readonly console: string;
  readonly sandbox: { readonly graph: { readonly http: string } };
}

describe('isthmus start', () => {
  let folder: string;
  let line: CommandLine;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-start-'));
    line = new CommandLine(folder);
  });
  after(async () => {
    await line[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  async function start(data: string) {
    const { child, said } = await line.start(['start', '--data', data], anyPorts);
    return { child, started: said as Started };
  }

  const run = (data: string, args: readonly string[], input?: string) =>
    line.run([...args, '--data', data], input === undefined ? {} : { input });

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
    const now = JSON.parse((await run('whole', ['people', '--json'])).out);
    const frank = now.people.find(({ id }: { id: string }) => id === 'frank@contoso.example');
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

    assert.deepEqual(await end(child, 'SIGINT'), [0, null]);
    assert.deepEqual(await Promise.all([started.console, started.sandbox.graph.http].map(answers)), [
      false,
      false,
    ]);
    assert.ok(!(await readdir(join(folder, 'whole'))).includes('gateway.json'));
  });

  it('is what npm start runs, and ends with npm', async () => {
    const args = ['--silent', '--prefix', root, 'start', '--', '--data', join(folder, 'npm')];
    const { child, said } = await line.start(args, anyPorts, 'npm');
    assert.deepEqual(await end(child), [0, null]);
    const { console, sandbox } = said as Started;
    assert.deepEqual(await Promise.all([console, sandbox.graph.http].map(answers)), [false, false]);
  });

  it('leaves no embedded server behind when it is killed', async () => {
    const { child, started } = await start('killed');
    await end(child, 'SIGKILL');
    await eventually('the embedded servers end', async () => !(await answers(started.sandbox.graph.http)));
  });

  it('names the port that it cannot have', async () => {
    const { child, started } = await start('first');
    const { port } = new URL(started.console);
    const second = await line.run(['start', '--data', 'second'], {
      env: { ...anyPorts, ISTHMUS_LISTEN_PORT: port },
    });
    assert.equal(second.code, 1);
    assert.match(second.err, new RegExp(`port ${port} \\(listen\\.port\\): another program uses it`));
    const { port: graph } = new URL(started.sandbox.graph.http);
    const third = await line.run(['start', '--data', 'third'], {
      env: {
        ...anyPorts,
        ISTHMUS_SANDBOX_PORTS: JSON.stringify({
          graph: Number(graph),
          online: 0,
          onPrem: 0,
          onlineSip: 0,
          onPremSip: 0,
        }),
      },
    });
    assert.equal(third.code, 1);
    assert.match(third.err, new RegExp(`port ${graph}: another program uses this port`));
    assert.deepEqual(await end(child), [0, null]);
  });
});
