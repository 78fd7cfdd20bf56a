import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Config } from './config.ts';
import { readSettings, resolveSettings } from './load.ts';
import { ConfigError } from './problems.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-config-'));
after(() => rmSync(folder, { recursive: true }));

const pem = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
writeFileSync(join(folder, 'key.pem'), pem('PRIVATE KEY'));
writeFileSync(join(folder, 'cert.pem'), pem('CERTIFICATE'));
writeFileSync(join(folder, 'secret.txt'), 'from a file\n');
writeFileSync(join(folder, 'empty.txt'), '\n');

const tenant = {
  id: '0C0A7050-0000-4000-8000-00000000C001',
  domain: 'contoso.example',
  clientId: '15700000-0000-4000-8000-000000000001',
  secret: 'a secret',
};
const pool = { name: 'hq', home: 'onPrem', discovery: 'https://lyncdiscover.contoso.example/' };
const bob = {
  id: 'bob@contoso.example',
  displayName: 'Bob',
  objectId: 'A11CE000-0000-4000-8000-000000000002',
  home: 'onPrem',
  mode: 'Legacy',
};
const whole = {
  listen: { tls: { key: { file: 'key.pem' }, cert: 'cert.pem' } },
  teams: { tenants: [tenant] },
  skype: { pools: [pool] },
  people: { list: [bob] },
};

let written = 0;
function load(config: unknown, env: Record<string, string> = {}): Config {
  written += 1;
  const file = join(folder, `config-${written}.json`);
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  return resolveSettings(readSettings({ folder, file, env }));
}

function problemsOf(config: unknown, env: Record<string, string> = {}): Record<string, string> {
  try {
    load(config, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
  return {};
}

describe('a configuration', () => {
  it('of a real organisation needs networks and people; the rest has a default', () => {
    const config = load(whole);
    assert.equal(config.data, join(folder, 'data'));
    assert.deepEqual(
      [config.listen.host, config.listen.port, config.listen.tls?.port],
      ['127.0.0.1', 7080, 7480],
    );
    assert.equal(config.teams.graph, 'https://graph.microsoft.com');
    assert.equal(config.delivery.deadlineMs, 30_000);
    assert.equal(config.sandbox.enabled, false);
    assert.equal(config.skype.pools[0]?.discovery, 'https://lyncdiscover.contoso.example');
    assert.deepEqual(config.people, [
      {
        id: 'bob@contoso.example',
        displayName: 'Bob',
        tenant: 'contoso.example',
        mode: 'Legacy',
        teams: {
          kind: 'account',
          objectId: 'a11ce000-0000-4000-8000-000000000002',
          upn: 'bob@contoso.example',
        },
        skype: { home: 'onPrem', sip: 'sip:bob@contoso.example', pool: 'hq' },
      },
    ]);
  });

  it('is not needed for the sandbox: without networks it is on', () => {
    assert.equal(readSettings({ folder, env: {} }).sandbox.enabled, true);
    assert.equal(readSettings({ folder, env: { ISTHMUS_SANDBOX_ENABLED: 'false' } }).sandbox.enabled, false);
    const idle = { ISTHMUS_SKYPE_SESSION_IDLE_MS: '60000' };
    assert.equal(readSettings({ folder, env: idle }).sandbox.enabled, true);
    assert.equal(readSettings({ folder, env: { ISTHMUS_SKYPE_POOLS: '[]' } }).sandbox.enabled, false);
  });

  it('takes what it leaves out from the layer beneath, section by section', () => {
    const settings = readSettings({ folder, env: { ISTHMUS_LISTEN_TLS_PORT: '7000' } });
    const config = resolveSettings(settings, whole);
    assert.equal(config.listen.tls?.port, 7000);
    assert.match(config.listen.tls?.key ?? '', /BEGIN PRIVATE KEY/);
  });

  it('takes a secret as text, from a file or from a variable', () => {
    const secretOf = (secret: unknown, env = {}) =>
      load({ ...whole, teams: { tenants: [{ ...tenant, secret }] } }, env).teams.tenants[0]?.credential;
    assert.deepEqual(secretOf('plain'), { kind: 'secret', secret: 'plain' });
    assert.deepEqual(secretOf({ file: 'secret.txt' }), { kind: 'secret', secret: 'from a file' });
    assert.deepEqual(secretOf({ env: 'THE_SECRET' }, { THE_SECRET: 'from a variable' }), {
      kind: 'secret',
      secret: 'from a variable',
    });
  });

  it('stands in the file that is named, or in one of the usual name', () => {
    const here = mkdtempSync(join(folder, 'usual-'));
    const policyOf = (env: Record<string, string>) => readSettings({ folder: here, env }).raw['policy'];
    assert.equal(policyOf({}), undefined);
    writeFileSync(join(here, 'isthmus.config.yml'), 'policy: microsoft # as in the tables');
    assert.equal(policyOf({}), 'microsoft');
    writeFileSync(join(here, 'other.json'), '{"policy": "bridged"}');
    assert.equal(policyOf({ ISTHMUS_CONFIG: 'other.json' }), 'bridged');
    assert.throws(() => policyOf({ ISTHMUS_CONFIG: 'none.json' }), /none\.json: cannot be read \(ENOENT\)/);
  });

  it('lets variables override the file by path, into lists and by type', () => {
    const config = load(whole, {
      ISTHMUS_DELIVERY_DEADLINE_MS: '5000',
      ISTHMUS_TEAMS_TENANTS_0_SECRET_FILE: 'secret.txt',
      ISTHMUS_SKYPE_SESSION_IDLE_MS: '1000',
      ISTHMUS_LOG_LEVEL: 'warn',
    });
    assert.equal(config.delivery.deadlineMs, 5000);
    assert.deepEqual(config.teams.tenants[0]?.credential, { kind: 'secret', secret: 'from a file' });
    assert.equal(config.skype.sessionIdleMs, 1000);
    assert.equal(config.log.level, 'warn');
  });
});

describe('a wrong configuration', () => {
  it('is told whole, each value by its path', () => {
    const problems = problemsOf(
      {
        ...whole,
        listen: { port: 70_000, hots: 'x' },
        skype: { pools: [{ ...pool, home: 'cloud', discovery: 'http://pool.example' }] },
        policy: 'mine',
        people: { list: [{ ...bob, displayName: undefined }] },
      },
      { ISTHMUS_DELIVERY_DEADLINE_MS: 'soon', ISTHMUS_LISTEN_PROT: '1' },
    );
    assert.deepEqual(Object.keys(problems).sort(), [
      'ISTHMUS_LISTEN_PROT',
      'delivery.deadlineMs',
      'listen.hots',
      'listen.port',
      'people.list[0].displayName',
      'policy',
      'skype.pools[0].discovery',
      'skype.pools[0].home',
    ]);
    assert.match(problems['listen.port'] ?? '', /70000 is not .* from 1 to 65535/);
    assert.match(problems['listen.hots'] ?? '', /known are host, port/);
    assert.match(problems['policy'] ?? '', /bridged or microsoft/);
  });

  it('suggests the name that was meant', () => {
    assert.match(
      problemsOf({ delivery: { deadline_ms: 1 } })['delivery.deadline_ms'] ?? '',
      /write deadlineMs/,
    );
  });

  it('never shows the value of a secret', () => {
    const problems = problemsOf({
      ...whole,
      teams: { tenants: [{ ...tenant, secret: { text: 'hunter2' } }] },
    });
    assert.match(problems['teams.tenants[0].secret'] ?? '', /\{ file: … \} or \{ env: … \}/);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });

  it('names files and variables that it cannot read', () => {
    const problems = problemsOf({
      ...whole,
      listen: { tls: { key: { env: 'NO_SUCH' }, cert: 'secret.txt' }, token: { file: 'empty.txt' } },
      teams: { tenants: [{ ...tenant, secret: { file: 'nowhere.txt' } }], ca: 'nowhere.pem' },
    });
    assert.match(problems['listen.tls.key'] ?? '', /NO_SUCH is not set/);
    assert.match(problems['listen.tls.cert'] ?? '', /not PEM/);
    assert.match(problems['listen.token'] ?? '', /empty/);
    assert.match(problems['teams.tenants[0].secret'] ?? '', /nowhere\.txt cannot be read/);
    assert.match(problems['teams.ca'] ?? '', /nowhere\.pem cannot be read/);
  });

  it('of tenants and pools: one credential each, and no name twice', () => {
    const problems = problemsOf({
      ...whole,
      teams: { tenants: [tenant, { ...tenant, secret: undefined }] },
      skype: { pools: [pool, { ...pool, name: 'HQ' }] },
    });
    assert.match(problems['teams.tenants[1]'] ?? '', /secret or certificate/);
    assert.match(problems['teams.tenants[1].domain'] ?? '', /teams\.tenants\[0\] already/);
    assert.match(problems['skype.pools[1].name'] ?? '', /skype\.pools\[0\] already/);
  });

  it('without a way for Graph to notify over HTTPS is refused', () => {
    assert.match(problemsOf({ ...whole, listen: {} })['listen'] ?? '', /HTTPS/);
    assert.deepEqual(problemsOf({ ...whole, listen: { publicUrl: 'https://gw.contoso.example' } }), {});
  });

  it('that is no YAML is told with the place', () => {
    const [[path, message] = ['', '']] = Object.entries(problemsOf('listen: {token: s3cret\nx'));
    assert.match(path, /config-\d+\.json, line \d$/);
    assert.match(message, /no YAML/);
    assert.doesNotMatch(message, /s3cret/);
    assert.match(Object.values(problemsOf('just words')).join(), /no sections/);
  });
});
