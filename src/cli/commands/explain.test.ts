import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import Fastify from 'fastify';
import { somebody } from '../../../test/kit/people.ts';
import { CommandError, UsageError } from '../command.ts';
import { writeRunFile } from '../data-folder.ts';
import { command } from './explain.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-explain-'));
after(() => rmSync(folder, { recursive: true }));

async function run(line: string): Promise<string> {
  const printed: string[] = [];
  const code = await command.run(line.split(' '), {
    env: {},
    folder,
    out: (text) => void printed.push(text),
    err: (text) => void printed.push(text),
    readInput: async () => '',
    stop: new AbortController().signal,
  });
  assert.equal(code, 0);
  return printed.join('\n');
}

async function json(line: string): Promise<Record<string, unknown>> {
  return JSON.parse(await run(`${line} --json`)) as Record<string, unknown>;
}

const toSkype =
  '--scope in-tenant --from-mode Islands --from-client teams --from-home onPrem --to-mode SfBOnly --to-home onPrem';

describe('isthmus explain, for bare facts', () => {
  it('prints where a message lands, and why', async () => {
    const { because, ...answer } = await json(`${toSkype} --policy bridged`);
    assert.deepEqual(answer, {
      possible: true,
      lands: ['skype'],
      conversation: 'interop',
      rule: 'bridged-on-prem-sender',
    });
    assert.match(String(because), /on-prem: the gateway reaches/);
    assert.deepEqual(await json(toSkype), { ...answer, because });
  });

  it('prints a refusal with its rule', async () => {
    const { because, ...answer } = await json(`${toSkype} --policy microsoft`);
    assert.deepEqual(answer, { possible: false, lands: [], conversation: null, rule: 'on-prem-sender' });
    assert.match(String(because), /homed on-prem/);
  });

  it('takes where the recipient is signed in', async () => {
    const legacy =
      '--scope in-tenant --from-mode Legacy --from-client skype --from-home online --to-mode Legacy --to-home online';
    assert.deepEqual((await json(`${legacy} --to-signed-in teams,skype`))['lands'], ['teams', 'skype']);
    assert.deepEqual((await json(`${legacy} --to-signed-in skype`))['lands'], ['skype']);
    assert.deepEqual((await json(legacy))['lands'], ['skype']);
  });

  it('says where it pops up for somebody with clients on both sides, and where it does then', async () => {
    const legacy =
      '--scope in-tenant --from-mode SfBOnly --from-client skype --from-home online --to-mode Legacy';
    const toast = async (more: string) =>
      (await json(`${legacy} --to-signed-in teams,skype ${more}`))['toast'];
    assert.deepEqual(await toast('--to-home online'), {
      policy: 'single',
      first: ['teams'],
      fallsOverTo: 'skype',
      afterMs: 20_000,
    });
    assert.deepEqual(await toast('--to-home onPrem'), {
      policy: 'single',
      first: ['skype'],
      fallsOverTo: 'teams',
      afterMs: 20_000,
    });
    const alone = { fallsOverTo: null, afterMs: null };
    assert.deepEqual(await toast('--to-home online --policy microsoft'), {
      policy: 'dual',
      first: ['teams', 'skype'],
      ...alone,
    });
    assert.deepEqual(await toast('--to-home onPrem --policy microsoft'), {
      policy: 'single',
      first: ['skype'],
      ...alone,
    });
    assert.equal((await json(`${legacy} --to-home online --to-signed-in skype`))['toast'], undefined);
    assert.match(
      await run(`${legacy} --to-home online --to-signed-in teams,skype`),
      /\nPops up in Teams, or in the client .*; after 20 s in the other one\.\nRule/,
    );
  });

  it('prints which presence a watcher is shown', async () => {
    const watch =
      '--from-mode Islands --from-client teams --from-home online --to-mode Islands --to-home online --presence';
    assert.deepEqual(await json(`--scope in-tenant ${watch}`), { shows: 'teams' });
    assert.deepEqual(await json(`--scope federated ${watch}`), { shows: 'skype' });
    assert.deepEqual(await json('--presence --scope in-tenant --from-client skype --to-mode TeamsOnly'), {
      shows: 'teams',
    });
  });

  it('prints sentences for a person', async () => {
    assert.match(
      await run(toSkype),
      /^Lands in Skype for Business \(interop\)\.\n.*\nRule .*, policy bridged\.$/,
    );
    assert.match(await run(`${toSkype} --policy microsoft`), /^Not possible\.\n/);
    assert.match(await run(`${toSkype} --presence`), /^Shows the presence in Skype for Business\.\n/);
  });

  it('refuses facts that no two people can have, in words', async () => {
    const impossible = [
      [toSkype.replace('Islands', 'SfBOnly'), /SfBOnly .* not from a Teams client/],
      [toSkype.replace('Islands', 'TeamsOnly'), /TeamsOnly .* cannot be homed on-prem/],
      [toSkype.replace('--to-mode SfBOnly', '--to-mode TeamsOnly'), /TeamsOnly .* cannot be homed on-prem/],
    ] as const;
    for (const [line, words] of impossible)
      await assert.rejects(run(line), (error) => {
        assert.ok(error instanceof CommandError);
        assert.equal(error.id, 'impossible-facts');
        assert.match(error.message, words);
        return true;
      });
  });

  it('names the option that is missing or wrong', async () => {
    const wrong = [
      [toSkype.replace('--scope in-tenant ', ''), /give --scope: in-tenant, federated/],
      [toSkype.replace('Islands', 'Island'), /--from-mode Island is none of Legacy/],
      [`${toSkype} --to-signed-in lync`, /--to-signed-in lync is none of teams, skype/],
      [`${toSkype} --policy other`, /--policy other is none of microsoft, bridged/],
      ['--scope constructor', /--scope constructor is none of/],
      ['--from alice', /both --from and --to/],
      [`--from alice --to bob --to-mode Islands`, /--to-mode cannot be given/],
      ['alice bob', /what is alice/],
    ] as const;
    for (const [line, words] of wrong)
      await assert.rejects(run(line), (error) => error instanceof UsageError && words.test(error.message));
  });
});

describe('isthmus explain, for two people of the directory', () => {
  const person = (name: string, objectId: number, mode: string) => ({
    id: `${name}@contoso.example`,
    displayName: name,
    objectId: `a11ce000-0000-4000-8000-00000000000${objectId}`,
    mode,
    home: 'onPrem',
  });
  const config = {
    teams: {
      tenants: [
        {
          id: '0c0a7050-0000-4000-8000-00000000c001',
          domain: 'contoso.example',
          clientId: '15700000-0000-4000-8000-000000000001',
          secret: 'a secret',
        },
      ],
    },
    skype: { pools: [{ name: 'hq', home: 'onPrem', discovery: 'https://lyncdiscover.contoso.example/' }] },
    people: { list: [person('alice', 1, 'Islands'), person('frank', 2, 'SfBOnly')] },
    listen: { publicUrl: 'https://isthmus.contoso.example' },
    policy: 'microsoft',
  };
  const file = join(folder, 'directory.json');
  writeFileSync(file, JSON.stringify(config));

  it('refuses by the federation lists of the configuration, and names the list', async () => {
    const lists = join(folder, 'lists.json');
    const oscar = { id: 'oscar@fabrikam.example', displayName: 'Oscar', home: 'onPrem', mode: 'SfBOnly' };
    const federation = { block: ['fabrikam.example'] };
    const people = { list: [...config.people.list, oscar] };
    writeFileSync(lists, JSON.stringify({ ...config, people, federation }));
    const { possible, rule, because } = await json(`--config ${lists} --from alice --to oscar`);
    assert.deepEqual([possible, rule], [false, 'federation-block-list']);
    assert.match(String(because), /block list of everybody has fabrikam\.example/);
    const shown = await json(`--from alice --to oscar --presence --config ${lists}`);
    assert.deepEqual([shown['shows'], shown['rule']], [null, 'federation-block-list']);
    assert.match(
      await run(`--from oscar --to alice --presence --config ${lists}`),
      /^Shows no presence\.\nThe two organisations see no presence of each other: the block list/,
    );
    const grace = {
      id: 'grace@fabrikam.example',
      displayName: 'Grace',
      objectId: 'a11ce000-0000-4000-8000-000000000009',
      mode: 'TeamsOnly',
    };
    const both = {
      ...config.teams.tenants[0],
      id: '0fab71ca-0000-4000-8000-00000000fab1',
      domain: 'fabrikam.example',
    };
    const teams = { tenants: [...config.teams.tenants, both] };
    writeFileSync(
      lists,
      JSON.stringify({ ...config, teams, people: { list: [...config.people.list, grace] }, federation }),
    );
    const native = await json(`--from alice --to grace --policy bridged --config ${lists}`);
    assert.equal(native['rule'], 'federation-block-list');
    assert.match(String(native['because']), /passes the gateway by: bar the domain in Teams, too/);
  });

  it('knows them as operators changed them', async () => {
    const data = mkdtempSync(join(folder, 'data-'));
    const line = `--from alice --to frank --config ${file} --data ${data}`;
    const done = (amendments: unknown) =>
      writeFileSync(join(data, 'people-edits.json'), JSON.stringify(amendments));
    done({ 'frank@contoso.example': { kind: 'edited', fields: { mode: 'Islands' } } });
    assert.equal((await json(line))['rule'], 'islands-same-client');
    done({ 'frank@contoso.example': { kind: 'removed' } });
    await assert.rejects(run(line), { name: 'CommandError', id: 'no-such-person' });
  });

  it('asks the gateway that runs on the data folder, which also knows who is signed in where', async () => {
    const data = mkdtempSync(join(folder, 'data-'));
    await using gateway = Fastify();
    gateway.get('/api/people', async () => ({
      people: [
        somebody('alice'),
        { ...somebody('bob'), signedIn: ['teams'] },
        { ...somebody('carol'), signedIn: [] },
      ],
      removed: [],
    }));
    const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
    await using _run = await writeRunFile(data, { url, pid: process.pid });
    const rule = async (to: string, more = '') =>
      (await json(`--from alice --to ${to} --config ${file} --data ${data}${more}`))['rule'];
    assert.equal(await rule('bob'), 'legacy-signed-in-to-teams');
    assert.equal(await rule('carol'), 'legacy-not-in-teams');
    assert.equal(await rule('bob', ' --to-signed-in skype'), 'legacy-not-in-teams');
  });

  it('goes by the policy of the tenant, and above it by that of the person who sends', async () => {
    const own = join(folder, 'policies.json');
    const rule = async (policy: unknown) => {
      writeFileSync(own, JSON.stringify({ ...config, policy }));
      return (await json(`--from alice --to frank --config ${own}`))['rule'];
    };
    const tenants = { 'contoso.example': 'microsoft' };
    assert.equal(await rule({ default: 'bridged', tenants }), 'on-prem-sender');
    assert.equal(
      await rule({ tenants, people: { 'alice@contoso.example': 'bridged' } }),
      'bridged-on-prem-sender',
    );
    assert.equal(await rule({ tenants, people: { 'frank@contoso.example': 'bridged' } }), 'on-prem-sender');
  });

  it('answers by the configured policy, from the client that the sender usually uses', async () => {
    assert.equal((await json(`--config ${file} --from alice --to frank`))['rule'], 'on-prem-sender');
    assert.deepEqual((await json(`--config ${file} --from alice --to frank --client skype`))['lands'], [
      'skype',
    ]);
    assert.deepEqual((await json(`--config ${file} --from alice --to frank --policy bridged`))['lands'], [
      'skype',
    ]);
    assert.deepEqual((await json(`--config ${file} --from frank --to alice`))['lands'], ['skype']);
    assert.deepEqual(await json(`--config ${file} --from alice --to frank --presence`), { shows: 'skype' });
  });

  it('says when nobody is called so', async () => {
    await assert.rejects(run(`--config ${file} --from alice --to nobody`), /Nobody is called nobody/);
  });
});
