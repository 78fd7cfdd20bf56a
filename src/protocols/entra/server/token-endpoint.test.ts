import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import {
  daemon,
  openSignInWorld,
  page,
  type SignInWorld,
  scope,
  tenant,
} from '../../../../test/kit/sign-in.ts';

const form = { client_id: page.clientId, scope };

describe('the token endpoint', () => {
  let entra: SignInWorld;
  beforeEach(async () => {
    entra = await openSignInWorld();
  });

  describe('tokens', () => {
    it('name user, application, tenant, permissions and an hour of life', async () => {
      const { body } = await entra.signIn();
      const claims = decodeJwt(String(body['access_token']));
      assert.equal(claims['scp'], 'User.Read');
      assert.equal(claims['oid'], entra.alice.objectId);
      assert.equal(claims['tid'], tenant.id);
      assert.equal(claims['appid'], page.clientId);
      assert.equal(claims['idtyp'], 'user');
      assert.equal(claims['upn'], entra.alice.upn);
      assert.equal(claims.aud, 'https://graph.microsoft.com');
      assert.equal(claims.iss, `https://login.example/${tenant.id}/v2.0`);
      assert.equal(claims.exp, Math.floor(entra.clock.now() / 1000) + 3600);
      assert.equal(decodeJwt(String(body['id_token'])).aud, page.clientId);
    });

    it('come with an id token and a refresh token only when asked', async () => {
      const { body } = await entra.post({
        ...form,
        scope: 'User.Read',
        grant_type: 'password',
        username: entra.alice.upn,
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
        const answer = await entra.post(payload, `/${realm}/oauth2/v2.0/token`);
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
      const answer = await entra.server.inject({
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
        assert.deepEqual((await entra.signIn('wrong')).body['error_codes'], [50126]);
      }
      assert.deepEqual((await entra.signIn()).body['error_codes'], [50053]);
      entra.clock.advance(60_000);
      assert.equal((await entra.signIn()).status, 200);
    });

    it('locks longer with every further wrong password', async () => {
      for (let guess = 0; guess < 10; guess++) await entra.signIn('wrong');
      entra.clock.advance(60_000);
      await entra.signIn('wrong');
      entra.clock.advance(60_000);
      assert.deepEqual((await entra.signIn()).body['error_codes'], [50053]);
      entra.clock.advance(60_000);
      assert.equal((await entra.signIn()).status, 200);
    });
  });

  describe('refresh tokens', () => {
    const refresh = (token: unknown, more: Record<string, string> = {}) =>
      entra.post({
        client_id: page.clientId,
        grant_type: 'refresh_token',
        refresh_token: String(token),
        ...more,
      });

    it('bring tokens with the same permissions and a fresh refresh token', async () => {
      const first = (await entra.signIn()).body;
      entra.clock.advance(1000);
      const second = (await refresh(first['refresh_token'])).body;
      assert.equal(decodeJwt(String(second['access_token']))['scp'], 'User.Read');
      assert.notEqual(second['refresh_token'], first['refresh_token']);
      assert.equal((await refresh(second['refresh_token'])).status, 200);
    });

    it('end after 90 days without use', async () => {
      const { body } = await entra.signIn();
      entra.clock.advance(90 * 24 * 3600_000);
      const answer = await refresh(body['refresh_token']);
      assert.equal(answer.body['error'], 'invalid_grant');
      assert.deepEqual(answer.body['error_codes'], [700082]);
      assert.equal(answer.body['suberror'], 'bad_token');
    });

    it('are bound to their application', async () => {
      const { body } = await entra.signIn();
      const answer = await refresh(body['refresh_token'], {
        client_id: daemon.clientId,
        client_secret: 's3cret',
      });
      assert.deepEqual(answer.body['error_codes'], [700005]);
    });

    it('end when the user’s sessions are revoked or the account is disabled', async () => {
      const { body } = await entra.signIn();
      entra.alice = { ...entra.alice, tokensValidFrom: entra.clock.now() + 1 };
      assert.deepEqual((await refresh(body['refresh_token'])).body['error_codes'], [50173]);
      entra.alice = { ...entra.alice, disabled: true };
      assert.deepEqual((await refresh(body['refresh_token'])).body['error_codes'], [50057]);
    });
  });
});
