import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import Fastify from 'fastify';
import { somebody } from '../../../test/kit/people.ts';
import type { Terminal } from '../command.ts';
import { writeRunFile } from '../data-folder.ts';
import { command } from './people.ts';

const quiet = { seen: undefined, ours: { availability: 'Offline', activity: 'None' } };
const listed = (name: string, more = {}) => ({
  ...somebody(name),
  links: { teams: 'linked', skype: 'linked' },
  presence: { authority: 'skype', sides: { teams: quiet, skype: quiet } },
  ...more,
});

describe('isthmus people', () => {
  const gateway = Fastify();
  let data: string;
  let asked: unknown[];
  let undone: unknown;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'isthmus-people-'));
    gateway.get('/api/people', async () => ({
      people: [listed('alice'), listed('bob', { amended: 'edited' })],
      removed: ['carol@contoso.example'],
    }));
    gateway.route({
      method: ['POST', 'PUT', 'DELETE'],
      url: '/api/people*',
      handler: async ({ method, url, body }) => {
        asked.push([method, decodeURIComponent(url), ...(body === undefined ? [] : [body])]);
        return url.endsWith('/undo') ? { person: undone } : {};
      },
    });
    const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
    await writeRunFile(data, { url, pid: process.pid });
  });
  after(async () => {
    await gateway.close();
    await rm(data, { recursive: true });
  });
  beforeEach(() => {
    asked = [];
    undone = listed('bob');
  });

  async function run(...args: readonly string[]): Promise<string> {
    let out = '';
    const terminal: Terminal = {
      env: {},
      folder: data,
      out: (text) => {
        out += text;
      },
      err: () => assert.fail(),
      readInput: async () => 'secret\n',
      stop: new AbortController().signal,
    };
    assert.equal(await command.run([...args, '--data', data], terminal), 0);
    return out;
  }

  it('lists everybody, whom operators changed, and whom they removed', async () => {
    const list = await run();
    assert.match(list, /^alice@contoso\.example +Alice/m);
    assert.match(list, /^bob@contoso\.example +Bob .* edited *$/m);
    assert.match(list, /Removed by an operator: carol@contoso\.example/);
    assert.deepEqual(JSON.parse(await run('--json')).removed, ['carol@contoso.example']);
  });

  it('changes a person', async () => {
    assert.equal(
      await run('set', 'bob', '--mode', 'Islands', '--object-id', 'x'),
      'bob@contoso.example: changed',
    );
    assert.deepEqual(asked, [['PUT', '/api/people/bob@contoso.example', { mode: 'Islands', objectId: 'x' }]]);
  });

  it('adds a person by whole address', async () => {
    await run(
      'add',
      'Dora@contoso.example',
      '--display-name',
      'Dora',
      '--mode',
      'SfBOnly',
      '--home',
      'online',
    );
    assert.deepEqual(asked, [
      [
        'POST',
        '/api/people',
        { id: 'Dora@contoso.example', mode: 'SfBOnly', home: 'online', displayName: 'Dora' },
      ],
    ]);
  });

  it('removes a person', async () => {
    assert.equal(
      await run('remove', 'alice', '--json'),
      '{"person":"alice@contoso.example","done":"remove"}',
    );
    assert.deepEqual(asked, [['DELETE', '/api/people/alice@contoso.example']]);
  });

  it('takes back what operators did, also about somebody who is not there', async () => {
    assert.match(await run('undo', 'bob'), /as the people file or the tenant says/);
    undone = null;
    assert.match(await run('undo', 'carol'), /gone/);
    assert.deepEqual(asked, [
      ['POST', '/api/people/bob@contoso.example/undo'],
      ['POST', '/api/people/carol@contoso.example/undo'],
    ]);
  });

  it('refuses what it does not know', async () => {
    for (const args of [['set', 'bob'], ['rename', 'bob'], ['set'], ['undo', 'a', 'b']])
      await assert.rejects(run(...args), { name: 'UsageError' });
    await assert.rejects(run('remove', 'nobody'), { name: 'CommandError', id: 'no-such-person' });
    assert.deepEqual(asked, []);
  });
});
