import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, beforeEach, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { decodeJwt } from 'jose';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { generateStoredKeys, openSigningKeys, type SigningKeys } from '../signing-keys.ts';
import type { SignInApp, SignInBackend, SignInUser } from './backend.ts';
import { createSignInServer } from './sign-in-server.ts';

const tenant = { id: '11111111-0000-4000-8000-000000000001', domain: 'contoso.example' };
const page: SignInApp = {
  clientId: '22222222-0000-4000-8000-000000000001',
  displayName: 'A <b>page</b>',
  secrets: [],
  certificates: [],
  roles: [],
  defaultScopes: ['Chat.Read'],
  redirectUris: ['http://localhost/*', 'https://page.example/back'],
};
const daemon: SignInApp = {
  ...page,
  clientId: '22222222-0000-4000-8000-000000000002',
  secrets: ['s3cret'],
  roles: ['Chat.Read.All'],
};
const form = { client_id: page.clientId, scope: 'openid offline_access User.Read' };
const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');

describe('the sign-in server', () => {
  let keys: SigningKeys;
  let clock: ManualClock;
  let server: FastifyInstance;
  let alice: SignInUser;

  before(async () => {
    keys = await openSigningKeys(await generateStoredKeys());
  });
  beforeEach(() => {
    clock = new ManualClock();
    alice = {
      objectId: '33333333-0000-4000-8000-000000000001',
      tenantId: tenant.id,
      upn: 'alice@contoso.example',
      displayName: 'Alice',
    };
    const backend: SignInBackend = {
      tenant: (name) => (name === tenant.id || name === tenant.domain ? tenant : undefined),
      userByName: (name) => (name.toLowerCase() === alice.upn ? alice : undefined),
      userById: (_tenant, id) => (id === alice.objectId ? alice : undefined),
      checkPassword: async (_user, password) => password === 'right',
      app: (id) => [page, daemon].find(({ clientId }) => clientId === id),
    };
    server = createSignInServer({ clock, keys, publicUrl: () => 'https://login.example' }, backend);
  });

  const post = async (payload: Record<string, string>, path = `/${tenant.id}/oauth2/v2.0/token`) => {
    const answer = await server.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': 'mine' },
      payload: new URLSearchParams(payload).toString(),
    });
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
  };
  const signIn = (password = 'right') =>
    post({ ...form, grant_type: 'password', username: 'Alice@contoso.example', password });

  describe('tokens', () => {
    it('name user, application, tenant, permissions and an hour of life', async () => {
      const { body } = await signIn();
      const claims = decodeJwt(String(body['access_token']));
      assert.equal(claims['scp'], 'User.Read');
      assert.equal(claims['oid'], alice.objectId);
      assert.equal(claims['tid'], tenant.id);
      assert.equal(claims['appid'], page.clientId);
      assert.equal(claims['idtyp'], 'user');
      assert.equal(claims['upn'], alice.upn);
      assert.equal(claims.aud, 'https://graph.microsoft.com');
      assert.equal(claims.iss, `https://login.example/${tenant.id}/v2.0`);
      assert.equal(claims.exp, Math.floor(clock.now() / 1000) + 3600);
      assert.equal(decodeJwt(String(body['id_token'])).aud, page.clientId);
    });

    it('come with an id token and a refresh token only when asked', async () => {
      const { body } = await post({
        ...form,
        scope: 'User.Read',
        grant_type: 'password',
        username: alice.upn,
        password: 'right',
      });
      assert.equal(body['id_token'], undefined);
      assert.equal(body['refresh_token'], undefined);
    });
  });

  describe('errors', () => {
    const cases: readonly [string, Record<string, string>, string, number, string, number][] = [
      ['no grant type', {}, tenant.id, 400, 'invalid_request', 900144],
      ['a strange grant', { ...form, grant_type: 'magic' }, tenant.id, 400, 'unsupported_grant_type', 70003],
      [
        'an unknown app',
        { grant_type: 'password', client_id: 'x' },
        tenant.id,
        400,
        'unauthorized_client',
        700016,
      ],
      ['an unknown tenant', { ...form, grant_type: 'password' }, 'nowhere', 400, 'invalid_tenant', 90002],
      [
        'a password at /common',
        { ...form, grant_type: 'password', username: 'a', password: 'b' },
        'common',
        400,
        'invalid_request',
        9001023,
      ],
      [
        'a wrong secret',
        { grant_type: 'client_credentials', client_id: daemon.clientId, client_secret: 'no' },
        tenant.id,
        401,
        'invalid_client',
        7000215,
      ],
      [
        'no secret',
        { grant_type: 'client_credentials', client_id: daemon.clientId },
        tenant.id,
        401,
        'invalid_client',
        7000218,
      ],
      [
        'a public client in its own name',
        {
          grant_type: 'client_credentials',
          client_id: page.clientId,
          scope: 'https://graph.microsoft.com/.default',
        },
        tenant.id,
        401,
        'invalid_client',
        7000218,
      ],
      [
        'an application scope that is not .default',
        {
          grant_type: 'client_credentials',
          client_id: daemon.clientId,
          client_secret: 's3cret',
          scope: 'User.Read',
        },
        tenant.id,
        400,
        'invalid_scope',
        1002012,
      ],
      [
        'an application in no tenant',
        {
          grant_type: 'client_credentials',
          client_id: daemon.clientId,
          client_secret: 's3cret',
          scope: 'https://graph.microsoft.com/.default',
        },
        'common',
        400,
        'invalid_request',
        50059,
      ],
      [
        'a resource that is not Graph',
        { ...form, grant_type: 'password', username: 'a', password: 'b', scope: 'https://else.example/Read' },
        tenant.id,
        400,
        'invalid_resource',
        500011,
      ],
      [
        'a scope of strange characters',
        { ...form, grant_type: 'password', username: 'a', password: 'b', scope: 'Chat<Read>' },
        tenant.id,
        400,
        'invalid_scope',
        70011,
      ],
      [
        'a forged refresh token',
        { ...form, grant_type: 'refresh_token', refresh_token: 'nonsense' },
        tenant.id,
        400,
        'invalid_grant',
        9002313,
      ],
    ];
    for (const [what, payload, realm, status, error, code] of cases) {
      it(`answers ${what} with AADSTS${code}`, async () => {
        const answer = await post(payload, `/${realm}/oauth2/v2.0/token`);
        assert.equal(answer.status, status);
        assert.equal(answer.body['error'], error);
        assert.deepEqual(answer.body['error_codes'], [code]);
        assert.match(String(answer.body['error_description']), new RegExp(`^AADSTS${code}: `));
        assert.equal(answer.body['timestamp'], '2026-01-05 09:00:00Z');
        assert.equal(answer.body['correlation_id'], 'mine');
        assert.ok(answer.body['trace_id']);
      });
    }

    it('refuses a field given twice, naming it', async () => {
      const answer = await server.inject({
        method: 'POST',
        url: `/${tenant.id}/oauth2/v2.0/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'scope=a&scope=b',
      });
      assert.equal(answer.statusCode, 400);
      assert.match(answer.json().error_description, /'scope'/);
    });
  });

  describe('guessing', () => {
    it('locks an account after ten wrong passwords, even for the right one, and opens it after a minute', async () => {
      for (let guess = 0; guess < 10; guess++) {
        assert.deepEqual((await signIn('wrong')).body['error_codes'], [50126]);
      }
      assert.deepEqual((await signIn()).body['error_codes'], [50053]);
      clock.advance(60_000);
      assert.equal((await signIn()).status, 200);
    });

    it('locks longer with every further wrong password', async () => {
      for (let guess = 0; guess < 10; guess++) await signIn('wrong');
      clock.advance(60_000);
      await signIn('wrong');
      clock.advance(60_000);
      assert.deepEqual((await signIn()).body['error_codes'], [50053]);
      clock.advance(60_000);
      assert.equal((await signIn()).status, 200);
    });
  });

  describe('refresh tokens', () => {
    const refresh = (token: unknown, more: Record<string, string> = {}) =>
      post({ client_id: page.clientId, grant_type: 'refresh_token', refresh_token: String(token), ...more });

    it('bring tokens with the same permissions and a fresh refresh token', async () => {
      const first = (await signIn()).body;
      clock.advance(1000);
      const second = (await refresh(first['refresh_token'])).body;
      assert.equal(decodeJwt(String(second['access_token']))['scp'], 'User.Read');
      assert.notEqual(second['refresh_token'], first['refresh_token']);
      assert.equal((await refresh(second['refresh_token'])).status, 200);
    });

    it('end after 90 days without use', async () => {
      const { body } = await signIn();
      clock.advance(90 * 24 * 3600_000);
      const answer = await refresh(body['refresh_token']);
      assert.equal(answer.body['error'], 'invalid_grant');
      assert.deepEqual(answer.body['error_codes'], [700082]);
      assert.equal(answer.body['suberror'], 'bad_token');
    });

    it('are bound to their application', async () => {
      const { body } = await signIn();
      const answer = await refresh(body['refresh_token'], {
        client_id: daemon.clientId,
        client_secret: 's3cret',
      });
      assert.deepEqual(answer.body['error_codes'], [700005]);
    });

    it('end when the user’s sessions are revoked or the account is disabled', async () => {
      const { body } = await signIn();
      alice = { ...alice, tokensValidFrom: clock.now() + 1 };
      assert.deepEqual((await refresh(body['refresh_token'])).body['error_codes'], [50173]);
      alice = { ...alice, disabled: true };
      assert.deepEqual((await refresh(body['refresh_token'])).body['error_codes'], [50057]);
    });
  });

  describe('the browser’s sign-in', () => {
    const authorize = (more: Record<string, string>, cookie = '') => {
      const query = new URLSearchParams({
        client_id: page.clientId,
        redirect_uri: 'http://localhost:5173/back',
        response_type: 'code',
        scope: 'openid User.Read',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state: 's',
        ...more,
      });
      return server.inject({ url: `/common/oauth2/v2.0/authorize?${query.toString()}`, headers: { cookie } });
    };
    const submit = (pageText: string, password: string, username = alice.upn) =>
      server.inject({
        method: 'POST',
        url: '/common/oauth2/v2.0/authorize',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({
          flow: /name="flow" value="([^"]+)"/.exec(pageText)?.[1] ?? '',
          username,
          password,
        }).toString(),
      });
    const back = (location: unknown) => new URL(String(location));

    it('shows a form in which nothing of the request becomes markup', async () => {
      const answer = await authorize({ login_hint: '"><script>alert(1)</script>' });
      assert.equal(answer.statusCode, 200);
      assert.doesNotMatch(answer.body, /<script|<b>page/);
      assert.match(answer.body, /A &lt;b&gt;page&lt;\/b&gt;/);
      assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/);
    });

    it('never redirects to an address that is not the application’s', async () => {
      for (const redirect of [
        'https://evil.example/back',
        'http://localhost@evil.example/',
        'javascript:1',
      ]) {
        const answer = await authorize({ redirect_uri: redirect, response_type: 'token' });
        assert.equal(answer.statusCode, 400);
        assert.equal(answer.headers.location, undefined);
        assert.match(answer.body, /AADSTS50011/);
      }
    });

    it('sends every other mistake back to the application', async () => {
      for (const [wrong, error] of [
        [{ response_type: 'token' }, 'unsupported_response_type'],
        [{ code_challenge_method: 'plain' }, 'invalid_request'],
        [{ scope: 'Chat<' }, 'invalid_scope'],
        [{ prompt: 'none' }, 'login_required'],
      ] as const) {
        const { searchParams } = back((await authorize(wrong)).headers.location);
        assert.equal(searchParams.get('error'), error);
        assert.equal(searchParams.get('state'), 's');
      }
    });

    it('shows the form again after a wrong password, and keeps the name', async () => {
      const again = await submit((await authorize({})).body, 'wrong');
      assert.equal(again.statusCode, 200);
      assert.match(again.body, /role="alert"[^>]*>AADSTS50126/);
      assert.match(again.body, /value="alice@contoso.example"/);
      assert.equal((await submit(again.body, 'right')).statusCode, 302);
    });

    it('gives a code that only the right verifier redeems', async () => {
      const redeem = async (code_verifier: string) => {
        const { searchParams } = back((await submit((await authorize({})).body, 'right')).headers.location);
        return post({
          client_id: page.clientId,
          grant_type: 'authorization_code',
          redirect_uri: 'http://localhost:5173/back',
          code: searchParams.get('code') ?? '',
          code_verifier,
        });
      };
      assert.equal((await redeem(verifier)).status, 200);
      assert.deepEqual((await redeem('x'.repeat(43))).body['error_codes'], [501481]);
    });

    it('lets a code end after ten minutes', async () => {
      const { searchParams } = back((await submit((await authorize({})).body, 'right')).headers.location);
      clock.advance(10 * 60_000);
      const answer = await post({
        client_id: page.clientId,
        grant_type: 'authorization_code',
        redirect_uri: 'http://localhost:5173/back',
        code: searchParams.get('code') ?? '',
        code_verifier: verifier,
      });
      assert.deepEqual(answer.body['error_codes'], [70008]);
    });

    it('signs in without asking while its cookie lives, and asks when told to', async () => {
      const signedIn = await submit((await authorize({})).body, 'right');
      const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
      assert.match(String(signedIn.headers['set-cookie']), /HttpOnly; SameSite=Lax/);
      const silent = await authorize({ prompt: 'none', response_mode: 'fragment' }, cookie);
      assert.match(back(silent.headers.location).hash, /code=/);
      assert.equal((await authorize({ prompt: 'login' }, cookie)).statusCode, 200);
      assert.equal((await authorize({ login_hint: 'bob@contoso.example' }, cookie)).statusCode, 200);
      clock.advance(24 * 3600_000);
      assert.match(
        back((await authorize({ prompt: 'none' }, cookie)).headers.location).search,
        /login_required/,
      );
    });

    it('forgets the user at logout', async () => {
      const answer = await server.inject({ url: '/common/oauth2/v2.0/logout' });
      assert.match(String(answer.headers['set-cookie']), /Max-Age=0/);
    });
  });

  it('lets pages of other origins ask for tokens', async () => {
    const preflight = await server.inject({
      method: 'OPTIONS',
      url: '/common/oauth2/v2.0/token',
      headers: { origin: 'http://localhost:7080', 'access-control-request-headers': 'client-request-id' },
    });
    assert.equal(preflight.statusCode, 204);
    assert.equal(preflight.headers['access-control-allow-headers'], 'client-request-id');
    const answer = await server.inject({ method: 'POST', url: '/common/oauth2/v2.0/token' });
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  });

  it('names its endpoints under the address it was asked at, and its issuer under the public one', async () => {
    const answer = await server.inject({
      url: '/contoso.example/v2.0/.well-known/openid-configuration',
      headers: { host: 'localhost:7081' },
    });
    const metadata = answer.json();
    assert.equal(metadata.token_endpoint, 'http://localhost:7081/contoso.example/oauth2/v2.0/token');
    assert.equal(metadata.issuer, `https://login.example/${tenant.id}/v2.0`);
    const jwks = (await server.inject({ url: '/discovery/v2.0/keys' })).json();
    assert.deepEqual(Object.keys(jwks.keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5t']);
  });
});
