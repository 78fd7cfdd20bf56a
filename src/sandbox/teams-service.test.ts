import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { generateStoredKeys, openSigningKeys } from '../protocols/entra/signing-keys.ts';
import { systemClock } from './clock.ts';
import { startTeamsService, type TeamsService } from './teams-service.ts';
import * as world from './world.ts';

describe('sign-in and Graph at one address', () => {
  let service: TeamsService;
  before(async () => {
    service = await startTeamsService({
      clock: systemClock,
      keys: await openSigningKeys(await generateStoredKeys()),
      host: '127.0.0.1',
      port: 0,
    });
  });
  after(() => service[Symbol.asyncDispose]());

  const signIn = async (username: string, tenant = 'organizations') => {
    const answer = await request(`${service.http.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: '99999999-0000-4000-8000-000000000009',
        scope: 'User.Read',
        username,
        password: world.password,
      }).toString(),
    });
    return ((await answer.body.json()) as { access_token: string }).access_token;
  };
  const me = async (token: string) => {
    const answer = await request(`${service.http.url}/v1.0/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  };

  it('takes a sign-in’s token in Graph, from anybody’s own script', async () => {
    const answer = await me(await signIn('alice@contoso.example'));
    assert.equal(answer.status, 200);
    assert.equal(answer.body['userPrincipalName'], 'alice@contoso.example');
  });

  it('refuses a token that sign-in did not give', async () => {
    const token = await signIn('alice@contoso.example');
    assert.equal((await me(`${token.slice(0, -4)}AAAA`)).status, 401);
    assert.equal((await me('nonsense')).status, 401);
  });

  it('keeps the two error shapes apart', async () => {
    const signInError = await request(`${service.http.url}/nowhere/oauth2/v2.0/token`, { method: 'POST' });
    assert.match(JSON.stringify(await signInError.body.json()), /AADSTS90002/);
    const graphError = await request(`${service.http.url}/v1.0/me`);
    assert.equal(
      ((await graphError.body.json()) as { error: { code: string } }).error.code,
      'InvalidAuthenticationToken',
    );
  });

  it('lets pages of other origins preflight both', async () => {
    for (const path of ['/common/oauth2/v2.0/token', '/v1.0/me']) {
      const answer = await request(`${service.http.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:7080',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
      assert.equal(answer.statusCode, 204, path);
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.headers['access-control-allow-headers'], 'authorization');
    }
  });
});
