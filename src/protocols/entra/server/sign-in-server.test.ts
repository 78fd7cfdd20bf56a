import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openSignInWorld, type SignInWorld, tenant } from '../../../../test/kit/sign-in.ts';

describe('the sign-in server', () => {
  let entra: SignInWorld;
  beforeEach(async () => {
    entra = await openSignInWorld();
  });

  it('lets pages of other origins ask for tokens', async () => {
    const preflight = await entra.server.inject({
      method: 'OPTIONS',
      url: '/common/oauth2/v2.0/token',
      headers: { origin: 'http://localhost:7080', 'access-control-request-headers': 'client-request-id' },
    });
    assert.equal(preflight.statusCode, 204);
    assert.equal(preflight.headers['access-control-allow-headers'], 'client-request-id');
    const answer = await entra.server.inject({ method: 'POST', url: '/common/oauth2/v2.0/token' });
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  });

  it('names its endpoints under the address it was asked at, and its issuer under the public one', async () => {
    const answer = await entra.server.inject({
      url: '/contoso.example/v2.0/.well-known/openid-configuration',
      headers: { host: 'localhost:7081' },
    });
    const metadata = answer.json();
    assert.equal(metadata.token_endpoint, 'http://localhost:7081/contoso.example/oauth2/v2.0/token');
    assert.equal(metadata.issuer, `https://login.example/${tenant.id}/v2.0`);
    const jwks = (await entra.server.inject({ url: '/discovery/v2.0/keys' })).json();
    assert.deepEqual(Object.keys(jwks.keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5t']);
  });
});
