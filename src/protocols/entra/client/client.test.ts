import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Agent, request } from 'undici';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { SignInApp, SignInBackend, SignInUser } from '../server/backend.ts';
import { createSignInServer } from '../server/sign-in-server.ts';
import { generateStoredKeys, openSigningKeys } from '../signing-keys.ts';
import { finishSignIn, startSignIn } from './authorization-code.ts';
import { DelegatedTokens, type SignInSecret } from './delegated-tokens.ts';
import { type EntraAppOptions, redeem } from './token-endpoint.ts';

const tenant = { id: '11111111-0000-4000-8000-000000000001', domain: 'contoso.example' };
const alice: SignInUser = {
  objectId: '33333333-0000-4000-8000-000000000001',
  tenantId: tenant.id,
  upn: 'alice@contoso.example',
  displayName: 'Alice',
};
const gateway: SignInApp = {
  clientId: '22222222-0000-4000-8000-000000000002',
  displayName: 'Gateway',
  secrets: ['s3cret'],
  certificates: [],
  roles: [],
  defaultScopes: [],
  redirectUris: ['http://localhost/*'],
};

describe('tokens for many accounts', () => {
  const clock = new ManualClock();
  const agent = new Agent();
  let requests = 0;
  let user = alice;
  let app: EntraAppOptions;
  let stop: () => Promise<void>;
  let stored: SignInSecret | undefined;
  let rotations: string[];
  let tokens: DelegatedTokens;

  before(async () => {
    const keys = await openSigningKeys(await generateStoredKeys());
    const backend: SignInBackend = {
      tenant: (name) => (name === tenant.id ? tenant : undefined),
      userByName: () => user,
      userById: () => user,
      checkPassword: async (_user, password) => password === 'right',
      app: (id) => (id === gateway.clientId ? gateway : undefined),
    };
    const server = createSignInServer({ clock, keys, publicUrl: () => 'https://login.example' }, backend);
    server.addHook('onRequest', async () => {
      requests++;
    });
    const authority = await server.listen({ host: '127.0.0.1', port: 0 });
    app = {
      authority,
      tenant: tenant.id,
      clientId: gateway.clientId,
      credential: { kind: 'secret', secret: 's3cret' },
      dispatcher: agent,
      clock,
    };
    stop = async () => {
      await agent.close();
      await server.close();
    };
  });
  after(() => stop());
  beforeEach(async () => {
    user = alice;
    const first = await redeem(app, {
      grant_type: 'password',
      username: alice.upn,
      password: 'right',
      scope: 'offline_access Chat.Read',
    });
    assert.ok(first.ok && first.tokens.refreshToken);
    stored = { kind: 'refreshToken', token: first.tokens.refreshToken };
    rotations = [];
    tokens = new DelegatedTokens({
      ...app,
      scope: 'Chat.Read',
      secretOf: async () => stored,
      rotated: async (account, token) => {
        rotations.push(account);
        stored = { kind: 'refreshToken', token };
      },
    });
    requests = 0;
  });

  it('asks once for all who wait, and keeps the token until five minutes before its end', async () => {
    const results = await Promise.all([tokens.token('alice'), tokens.token('alice'), tokens.token('alice')]);
    assert.ok(results.every((result) => result.ok));
    clock.advance(54 * 60_000);
    await tokens.token('alice');
    assert.equal(requests, 1);
    clock.advance(60_000);
    await tokens.token('alice');
    assert.equal(requests, 2);
  });

  it('hands every rotated refresh token over to be stored', async () => {
    const before = stored;
    await tokens.token('alice');
    assert.deepEqual(rotations, ['alice']);
    assert.notDeepEqual(stored, before);
  });

  it('asks anew for a token that a resource refused', async () => {
    const first = await tokens.token('alice');
    assert.ok(first.ok);
    tokens.rejected('alice', 'another token');
    assert.deepEqual(await tokens.token('alice'), first);
    tokens.rejected('alice', first.token);
    const second = await tokens.token('alice');
    assert.ok(second.ok && second.token !== first.token);
  });

  it('goes on with the stored secret when the new one cannot be stored, and says when none can be read', async () => {
    const failing = new DelegatedTokens({
      ...app,
      scope: 'Chat.Read',
      secretOf: async () => stored,
      rotated: () => Promise.reject(new Error('the disk is full')),
    });
    assert.ok((await failing.token('alice')).ok);
    const blind = new DelegatedTokens({
      ...app,
      scope: 'Chat.Read',
      secretOf: () => Promise.reject(new Error('no key')),
      rotated: async () => {},
    });
    const result = await blind.token('alice');
    assert.ok(!result.ok && result.failure.kind === 'unavailable');
  });

  it('signs in by password where that is what is stored', async () => {
    stored = { kind: 'password', username: alice.upn, password: 'right' };
    assert.ok((await tokens.token('alice')).ok);
    assert.deepEqual(rotations, []);
  });

  it('tells a missing secret, a refused one, and a service that is away apart', async () => {
    stored = undefined;
    assert.deepEqual(await tokens.token('alice'), { ok: false, failure: { kind: 'absent' } });
    stored = { kind: 'password', username: alice.upn, password: 'wrong' };
    assert.deepEqual(await tokens.token('alice'), {
      ok: false,
      failure: { kind: 'refused', detail: 'sign-in answered 400 invalid_grant AADSTS50126' },
    });
    const away = await redeem({ ...app, authority: 'http://127.0.0.1:1' }, { grant_type: 'refresh_token' });
    assert.deepEqual(away, {
      ok: false,
      failure: { kind: 'unavailable', detail: 'sign-in: ECONNREFUSED' },
    });
  });

  it('links an account through the browser, once, and only with the verifier kept', async () => {
    const order = { redirectUri: 'http://localhost:7080/linked', scope: 'Chat.Read', state: 'browser 1' };
    const signIn = async () => {
      const started = startSignIn(app, { ...order, loginHint: alice.upn });
      const form = await request(started.url, { dispatcher: agent });
      const page = await form.body.text();
      assert.match(page, /value="alice@contoso\.example"/);
      const answer = await request(new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', app.authority), {
        method: 'POST',
        dispatcher: agent,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          flow: /name="flow" value="([^"]+)"/.exec(page)?.[1] ?? '',
          username: alice.upn,
          password: 'right',
        }).toString(),
      });
      await answer.body.dump();
      const back = new URL(String(answer.headers['location']));
      assert.equal(back.searchParams.get('state'), order.state);
      return { ...order, code: back.searchParams.get('code') ?? '', verifier: started.verifier };
    };
    const answer = await signIn();
    const linked = await finishSignIn(app, answer);
    assert.ok(linked.ok);
    assert.deepEqual([linked.tenantId, linked.userId], [tenant.id, alice.objectId]);
    stored = { kind: 'refreshToken', token: linked.refreshToken };
    assert.ok((await tokens.token('alice')).ok);
    const twice = await finishSignIn(app, answer);
    assert.ok(!twice.ok && twice.failure.detail.includes('AADSTS54005'));
    const stolen = await finishSignIn(app, { ...(await signIn()), verifier: 'x'.repeat(43) });
    assert.ok(!stolen.ok && stolen.failure.detail.includes('AADSTS501481'));
  });
});
