import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LinkSecret, Links } from '../gateway/links.ts';
import * as world from '../sandbox/world.ts';
import { checkedConfig } from './checked-config.ts';
import type { Config } from './config/config.ts';
import { readSettings } from './config/load.ts';
import { expectedAddresses, linkSandboxPeople, sandboxAnswer } from './sandbox-config.ts';

describe('the configuration of the sandbox', () => {
  let data: string;
  let config: Config;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'isthmus-sandbox-'));
    config = await checkedConfig(readSettings({ folder: data, data, env: {} }));
  });
  after(() => rm(data, { recursive: true }));

  it('is one that an operator could have written: it passes the same checks', () => {
    assert.equal(config.teams.graph, 'https://localhost:7481');
    assert.equal(config.listen.tls?.port, 7480);
    assert.deepEqual(
      config.skype.pools.map(({ name, discovery, gatewayAccount }) => [
        name,
        discovery,
        gatewayAccount?.username,
      ]),
      [
        ['online', 'https://localhost:7482', 'isthmus@contoso.example'],
        ['onPrem', 'https://localhost:7483', 'isthmus-onprem@contoso.example'],
      ],
    );
    assert.deepEqual(
      config.teams.tenants.map(({ domain }) => domain),
      ['contoso.example', 'fabrikam.example'],
    );
    assert.equal(config.people.length, 13);
  });

  it('gives way to what the file, the environment and the command line say', async () => {
    const env = {
      ISTHMUS_LISTEN_TLS_PORT: '1',
      ISTHMUS_POLICY: 'microsoft',
      ISTHMUS_SANDBOX_PORTS_ONLINE: '2',
    };
    const changed = await checkedConfig(readSettings({ folder: data, data, env }));
    assert.deepEqual([changed.listen.tls?.port, changed.policies.everybody], [1, 'microsoft']);
    assert.equal(changed.skype.pools[0]?.discovery, 'https://localhost:402');
  });

  it('links everybody but frank, once: what an operator unlinks stays unlinked', async () => {
    const secrets = new Map<string, LinkSecret>();
    const links: Links = {
      get: async (person, side) => secrets.get(`${person} ${side}`),
      put: async (person, side, secret) => void secrets.set(`${person} ${side}`, secret),
      remove: async (person, side) => void secrets.delete(`${person} ${side}`),
    };
    await linkSandboxPeople(data, config.people, links);
    assert.deepEqual(secrets.get('bob@contoso.example skype'), {
      kind: 'password',
      username: 'bob@contoso.example',
      password: 'demo',
    });
    assert.ok(secrets.has('dave@contoso.example teams') && !secrets.has('dave@contoso.example skype'));
    assert.ok([...secrets.keys()].every((name) => !name.startsWith('frank')));
    secrets.clear();
    await linkSandboxPeople(data, config.people, links);
    assert.equal(secrets.size, 0);
  });

  it('tells the pages plain HTTP addresses and the humans alone', () => {
    const answer = sandboxAnswer(expectedAddresses(config.sandbox.ports));
    assert.equal(answer.graph, 'http://localhost:7081');
    assert.deepEqual(answer.pools[1], { name: 'onPrem', home: 'onPrem', discovery: 'http://localhost:7083' });
    assert.ok(answer.people.every(({ address }) => !address.startsWith('isthmus')));
    assert.equal(answer.people.length, 13);
  });
});

describe('docs/sandbox.md', () => {
  const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');

  it('names every account as it is', () => {
    for (const { address, home, objectId } of world.people)
      assert.match(page, new RegExp(`^\\| \`${address}\` .*\\| ${home} \\| \`${objectId}\` \\|$`, 'm'));
    for (const { address, mode, kind } of world.people)
      if (kind === 'person') assert.match(page, new RegExp(`^\\| \`${address}\` .*\\| ${mode} \\|`, 'm'));
  });

  it('names every tenant and application as it is', () => {
    for (const { domain, id } of world.tenants)
      assert.ok(page.includes(`| \`${domain}\` | \`${id}\` |`), domain);
    for (const { clientId, secret, roles } of world.apps)
      for (const word of [clientId, ...(secret === undefined ? [] : [secret]), ...roles])
        assert.ok(page.includes(`\`${word}\``), word);
  });
});
