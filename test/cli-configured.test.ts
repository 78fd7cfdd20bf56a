import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Finding } from '../src/cli/doctor/finding.ts';
import type { ServerAddresses } from '../src/cli/sandbox-config.ts';
import type { PeopleAnswer, StatusAnswer } from '../src/console/types.ts';
import { openAuthority } from '../src/sandbox/authority.ts';
import { systemClock } from '../src/sandbox/clock.ts';
import { apps, contoso, people } from '../src/sandbox/world.ts';
import { anyPorts, CommandLine } from './kit/command-line.ts';
import { eventually } from './kit/eventually.ts';

/**
 * The embedded servers stand in for Microsoft's: they run by themselves, and the gateway knows nothing of them but
 * what an operator writes into its configuration.
 */
describe('a gateway with a configuration file', () => {
  let folder: string;
  let url: string;
  let line: CommandLine;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-configured-'));
    const networks = join(folder, 'networks');
    line = new CommandLine(folder);
    const { said } = await line.start(['sandbox', '--data', networks], anyPorts);
    const { graph, pools } = said as ServerAddresses;
    const own = await (await openAuthority(networks, systemClock)).issueServer();
    await writeFile(join(folder, 'key.pem'), own.key);
    await writeFile(join(folder, 'cert.pem'), own.cert);
    const [app] = apps;
    await writeFile(join(folder, 'secret.txt'), app?.secret ?? '');
    const rows = people
      .filter(({ kind, tenant }) => kind === 'person' && tenant === contoso)
      .map((person) =>
        [person.address, person.displayName, person.objectId, person.home, person.mode].join(),
      );
    await writeFile(join(folder, 'people.csv'), `id,displayName,objectId,home,mode\n${rows.join('\n')}\n`);
    await writeFile(
      join(folder, 'isthmus.config.yaml'),
      `data: state
listen: { port: 0, tls: { port: 0, key: { file: key.pem }, cert: cert.pem } }
log: { level: error }
teams:
  graph: ${graph.https}
  authority: ${graph.https}
  ca: networks/ca.pem
  tenants:
    - id: ${contoso.id}
      domain: contoso.example
      clientId: ${app?.clientId}
      secret: { file: secret.txt }
      gatewayAccount: { upn: isthmus@contoso.example, password: { env: GATEWAY_PASSWORD } }
skype:
  pools:
    - name: cloud
      home: online
      discovery: ${pools.online.https}
      ca: networks/ca.pem
      gatewayAccount: { username: isthmus@contoso.example, password: demo }
    - { name: hq, home: onPrem, discovery: ${pools.onPrem.https}, ca: networks/ca.pem }
people: { file: people.csv }
`,
    );
    const started = await line.start(['start'], { GATEWAY_PASSWORD: 'demo' });
    url = (started.said as { console: string }).console;
  });
  after(async () => {
    await line[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  it('reaches its networks, and has itself notified over its own HTTPS', async () => {
    const status = await eventually(
      'every subscription is made',
      async () => {
        const answer = (await (await fetch(`${url}/api/status`)).json()) as StatusAnswer;
        const [teams] = answer.networks;
        return (
          teams && teams.links.length > 1 && teams.links.every(({ state }) => state === 'connected') && answer
        );
      },
      20_000,
    );
    assert.equal(status.sandbox, false);
    assert.equal((await fetch(`${url}/api/sandbox`)).status, 404);
  });

  it('lets nobody change a link without the token, which the command line finds in the data folder', async () => {
    const link = `${url}/api/people/bob@contoso.example/links/skype`;
    assert.equal((await fetch(link, { method: 'DELETE' })).status, 401);
    const linked = await line.run(['people', 'link', 'bob', '--side', 'skype', '--password-stdin'], {
      input: 'demo',
    });
    assert.deepEqual([linked.code, linked.err], [0, '']);
    assert.match((await line.run(['people'])).out, /^bob@contoso\.example .* online, linked/m);
  });

  it('changes a person at work, and says which field is wrong', async () => {
    const set = await line.run(['people', 'set', 'bob', '--mode', 'Islands', '--display-name', 'Robert']);
    assert.deepEqual([set.code, set.out.trim()], [0, 'bob@contoso.example: changed']);
    assert.match((await line.run(['people'])).out, /^bob@contoso\.example +Robert +Islands/m);
    const wrong = await line.run(['people', 'set', 'bob', '--mode', 'Island']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /mode: "Island" is no coexistence mode/);
    assert.match((await line.run(['people', 'set', 'bob'])).err, /give what changes/);
  });

  it('takes up a changed people file by itself; what an operator has changed stands above it', async () => {
    const file = join(folder, 'people.csv');
    const before = await readFile(file, 'utf8');
    const modeOf = async (name: string) => {
      const { people: shown } = (await (await fetch(`${url}/api/people`)).json()) as PeopleAnswer;
      return shown.find(({ id }) => id === `${name}@contoso.example`)?.mode;
    };
    await writeFile(file, before.replace(/^(alice@.*),\w+$/m, '$1,Islands'));
    await eventually('alice is in Islands', async () => (await modeOf('alice')) === 'Islands', 10_000);
    assert.equal(await modeOf('bob'), 'Islands');
  });

  it('looks its installation over, and names what is wrong with the cure', async () => {
    const env = { GATEWAY_PASSWORD: 'demo' };
    const seen = await line.run(['doctor', '--json'], { env });
    const { findings } = JSON.parse(seen.out) as { findings: readonly Finding[] };
    const stateOf = (subject: string) => findings.find((finding) => finding.subject === subject)?.state;
    assert.deepEqual(
      [
        'listen.tls.cert',
        'tenant contoso.example, permissions',
        'tenant contoso.example, Graph',
        'tenant contoso.example, gateway account',
        'clock against Graph',
        'pool cloud',
        'teams, graph',
      ].map((subject) => [subject, stateOf(subject)]),
      [
        ['listen.tls.cert', 'right'],
        ['tenant contoso.example, permissions', 'right'],
        ['tenant contoso.example, Graph', 'right'],
        ['tenant contoso.example, gateway account', 'right'],
        ['clock against Graph', 'right'],
        ['pool cloud', 'right'],
        ['teams, graph', 'right'],
      ],
    );
    assert.equal(stateOf('pool hq'), 'not checked');
    assert.equal(seen.code, 0);
    const locked = await line.run(['doctor'], { env: { GATEWAY_PASSWORD: 'other' } });
    assert.equal(locked.code, 1);
    assert.match(locked.out, /✗ +tenant contoso\.example, gateway account +isthmus@contoso\.example: /);
    assert.match(locked.out, /What to do:\n(.*\n)* .*Check the password/);
  });

  it('keeps linked accounts encrypted', async () => {
    const ledger = await readFile(join(folder, 'state', 'ledger.sqlite'));
    const journal = await readFile(join(folder, 'state', 'ledger.sqlite-wal')).catch(() => Buffer.alloc(0));
    for (const file of [ledger, journal]) assert.equal(file.includes('"password"'), false);
  });
});
