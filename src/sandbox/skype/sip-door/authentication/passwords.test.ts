import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { Nonces } from '../../../../protocols/sip/auth/nonces.ts';
import { ntlmClient } from '../../../../protocols/sip/auth/ntlm-client.test-kit.ts';
import { header, headerLines, type SipRequest } from '../../../../protocols/sip/message.ts';
import { makeRequest } from '../../../../protocols/sip/request.ts';
import { respond } from '../../../../protocols/sip/respond.ts';
import { SignInGuard } from '../../sign-in.ts';
import type { ConnectionAuthentication, Verdict } from './authentication.ts';
import { byPassword, type PasswordScheme } from './passwords.ts';

const alice = 'alice@contoso.example';
const other = 'alice@fabrikam.example';
const fqdn = 'online.pool.example';

/** A connection, to a pool where both people called alice have a password of their own. */
function connection(schemes: readonly PasswordScheme[] = ['ntlm', 'digest']): ConnectionAuthentication {
  const clock = new ManualClock();
  const passwords = new Map([
    [alice, 'demo'],
    [other, 'secret'],
  ]);
  const open = byPassword({
    schemes,
    guard: new SignInGuard(clock, (address) => passwords.get(address)),
    nonces: new Nonces({
      clock,
      key: randomBytes(32),
      lifetimeMs: 1_000,
      max: 10,
      random: () => 'unguessable',
    }),
    fqdn,
    random: (size) => randomBytes(size),
  });
  return open({ address: '127.0.0.1', port: 1, security: { kind: 'none' } });
}

const request = (method: string, from = alice): SipRequest =>
  makeRequest({
    method,
    uri: 'sip:contoso.example',
    from: `<sip:${from}>;tag=1;epid=e1`,
    to: `<sip:${from}>`,
    callId: 'c1',
    cseq: 1,
  });

const client = (domain: string, password: string) =>
  ntlmClient({ user: 'alice', domain, password, targetName: fqdn });

function challengeOf(verdict: Verdict): string {
  assert.ok(verdict.kind === 'challenge');
  return verdict.headers.find(({ value }) => value.startsWith('NTLM'))?.value ?? '';
}

async function handshake(
  authentication: ConnectionAuthentication,
  who: ReturnType<typeof ntlmClient>,
  from = alice,
): Promise<Verdict> {
  const register = request('REGISTER', from);
  const challenge = challengeOf(await authentication.judge(who.begin(register), from));
  return authentication.judge(who.answer(register, challenge), from);
}

describe('passwords at the SIP door', () => {
  it('are asked for by every scheme that is offered, where SIPE and others look for it', async () => {
    const both = await connection().judge(request('REGISTER'), alice);
    assert.ok(both.kind === 'challenge');
    assert.equal(both.status, 401);
    assert.deepEqual(
      both.headers.map(({ name, value }) => `${name} ${value.split(' ')[0]}`),
      ['WWW-Authenticate NTLM', 'WWW-Authenticate Digest'],
    );
    const one = await connection(['digest']).judge(request('REGISTER'), alice);
    assert.ok(one.kind === 'challenge');
    assert.deepEqual([one.status, one.headers.map(({ name }) => name)], [407, ['Proxy-Authenticate']]);
  });

  it('by NTLM sign everything from then on, both ways, and nothing unsigned is taken', async () => {
    const authentication = connection();
    const who = client('', 'demo');
    assert.equal((await handshake(authentication, client('CONTOSO', 'demo'))).kind, 'granted');
    assert.equal((await handshake(authentication, who)).kind, 'granted');
    const message = request('MESSAGE');
    assert.equal((await authentication.judge(who.sign(message), alice)).kind, 'granted');
    for (const ours of [respond(message, 200, { toTag: 't' }), request('BENOTIFY')]) {
      const info = header(authentication.seal(ours), 'Authentication-Info') ?? '';
      assert.ok(who.verifies(ours, info));
    }
    const challenge = respond(message, 401, { toTag: 't' });
    assert.equal(authentication.seal(challenge), challenge);
    assert.equal((await authentication.judge(message, alice)).kind, 'challenge');
  });

  it('are asked for again when a client starts afresh, as SIPE does after hours', async () => {
    const authentication = connection();
    await handshake(authentication, client('', 'demo'));
    assert.equal((await authentication.judge(request('REGISTER'), alice)).kind, 'challenge');
    assert.deepEqual(headerLines(authentication.seal(request('BENOTIFY')), 'Authentication-Info'), []);
    assert.equal((await handshake(authentication, client('', 'demo'))).kind, 'granted');
  });

  it('of one alice are worth nothing for the other', async () => {
    const authentication = connection();
    const who = client('fabrikam.example', 'secret');
    const verdict = await handshake(authentication, who);
    assert.ok(verdict.kind === 'refused');
    assert.equal(verdict.refusal.reason, 'From is not the person who signed in');
    const later = await authentication.judge(who.sign(request('MESSAGE')), alice);
    assert.equal(later.kind, 'refused');
    assert.equal((await handshake(authentication, client('', 'demo'), other)).kind, 'refused');
    assert.equal((await handshake(authentication, client('', 'secret'), other)).kind, 'granted');
  });

  it('that are wrong are told so, and counted', async () => {
    const authentication = connection();
    const last = { reason: '' };
    for (let attempt = 0; attempt < 11; attempt++) {
      const verdict = await handshake(authentication, client('', 'wrong'));
      assert.ok(verdict.kind === 'refused');
      last.reason = verdict.refusal.reason;
      if (attempt < 10) assert.match(last.reason, /password is wrong/);
    }
    assert.match(last.reason, /Too many/);
    const right = await handshake(authentication, client('', 'demo'));
    assert.equal(right.kind, 'refused');
  });
});
