import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openAuthority } from '../../sandbox/authority.ts';
import { systemClock } from '../../sandbox/clock.ts';
import { readSettings, resolveSettings } from './load.ts';
import { ConfigError } from './problems.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-pools-'));
after(() => rmSync(folder, { recursive: true }));

const authority = await openAuthority(folder, systemClock);
const issued = await authority.issueServer();
writeFileSync(join(folder, 'cert.pem'), issued.cert);
const certificate = { key: issued.key, cert: 'cert.pem' };

function poolOf(pool: object) {
  const settings = readSettings({ folder, env: { ISTHMUS_SKYPE_POOLS: JSON.stringify([pool]) } });
  return resolveSettings(settings).skype.pools[0];
}

function problemsOf(pool: object): readonly string[] {
  try {
    poolOf(pool);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.map(({ path }) => path.replace('skype.pools[0].', ''));
  }
}

describe('a pool that is reached over SIP', () => {
  it('is named by its front ends, or by a domain whose SRV records name them', () => {
    const named = poolOf({
      name: 'hq',
      home: 'onPrem',
      protocol: 'sip',
      sip: {
        servers: ['fe1.contoso.example', 'fe2.contoso.example:5065', '[2001:db8::1]:5061'],
        certificate,
      },
    });
    assert.ok(named?.protocol === 'sip');
    assert.deepEqual(named.sip.location, {
      kind: 'servers',
      servers: [
        { host: 'fe1.contoso.example', port: 5061 },
        { host: 'fe2.contoso.example', port: 5065 },
        { host: '2001:db8::1', port: 5061 },
      ],
    });
    const byDns = poolOf({
      name: 'hq',
      home: 'onPrem',
      protocol: 'sip',
      sip: { domain: 'contoso.example', certificate },
    });
    assert.ok(byDns?.protocol === 'sip');
    assert.deepEqual(byDns.sip.location, { kind: 'domain', domain: 'contoso.example' });
  });

  it('knows the gateway by the name of its certificate, unless another is given', () => {
    const sip = { servers: ['localhost'], certificate };
    const own = poolOf({ name: 'hq', home: 'onPrem', protocol: 'sip', sip });
    const given = poolOf({
      name: 'hq',
      home: 'onPrem',
      protocol: 'sip',
      sip: { ...sip, name: 'gw.example' },
    });
    assert.ok(own?.protocol === 'sip' && given?.protocol === 'sip');
    assert.deepEqual([own.sip.localName, given.sip.localName], ['localhost', 'gw.example']);
    assert.deepEqual([own.sip.dialect, own.sip.transport, own.sip.expiresSeconds], ['microsoft', 'tls', 60]);
  });

  it('goes without TLS only to servers on this machine', () => {
    const sip = { transport: 'tcp', dialect: 'simple' };
    const pool = { name: 'hq', home: 'onPrem', protocol: 'sip' };
    assert.deepEqual(problemsOf({ ...pool, sip: { ...sip, servers: ['127.0.0.1:5060'] } }), []);
    assert.deepEqual(problemsOf({ ...pool, sip: { ...sip, servers: ['sip.example'] } }), ['sip.transport']);
    assert.deepEqual(problemsOf({ ...pool, sip: { ...sip, domain: 'contoso.example' } }), ['sip.transport']);
  });
});

describe('a pool that is described wrongly', () => {
  const pool = { name: 'hq', home: 'onPrem' };

  it('is told by the field that is missing or of no use', () => {
    assert.deepEqual(problemsOf(pool), ['discovery']);
    assert.deepEqual(problemsOf({ ...pool, protocol: 'sip' }), ['sip']);
    const servers = ['127.0.0.1'];
    assert.deepEqual(problemsOf({ ...pool, discovery: 'https://hq.example', sip: { servers } }), ['sip']);
    assert.deepEqual(problemsOf({ ...pool, protocol: 'sip', sip: { servers } }), ['sip.certificate']);
    assert.deepEqual(problemsOf({ ...pool, protocol: 'sip', sip: { certificate } }), ['sip']);
    assert.deepEqual(
      problemsOf({ ...pool, protocol: 'sip', sip: { certificate, servers, domain: 'contoso.example' } }),
      ['sip'],
    );
  });

  it('is told by the value that is malformed', () => {
    const sip = { certificate, servers: ['not a host'] };
    assert.deepEqual(problemsOf({ ...pool, protocol: 'sip', sip }), ['sip.servers[0]']);
  });

  it('needs a password of the gateway’s account over UCWA alone', () => {
    const gatewayAccount = { username: 'isthmus@contoso.example' };
    assert.deepEqual(problemsOf({ ...pool, discovery: 'https://hq.example', gatewayAccount }), [
      'gatewayAccount.password',
    ]);
    const sip = { servers: ['127.0.0.1'], certificate };
    assert.deepEqual(problemsOf({ ...pool, protocol: 'sip', sip, gatewayAccount }), []);
  });
});
