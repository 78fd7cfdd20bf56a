import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import { openSignInWorld, page, type SignInWorld } from '../../../../test/kit/sign-in.ts';

const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');

describe('the browser’s sign-in', () => {
  let entra: SignInWorld;
  beforeEach(async () => {
    entra = await openSignInWorld();
  });

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
    return entra.server.inject({
      url: `/common/oauth2/v2.0/authorize?${query.toString()}`,
      headers: { cookie },
    });
  };
  const submit = (pageText: string, password: string, username = entra.alice.upn) =>
    entra.server.inject({
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
    for (const redirect of ['https://evil.example/back', 'http://localhost@evil.example/', 'javascript:1']) {
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
      return entra.post({
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
    entra.clock.advance(10 * 60_000);
    const answer = await entra.post({
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
    entra.clock.advance(24 * 3600_000);
    assert.match(
      back((await authorize({ prompt: 'none' }, cookie)).headers.location).search,
      /login_required/,
    );
  });

  it('forgets the user at logout', async () => {
    const answer = await entra.server.inject({ url: '/common/oauth2/v2.0/logout' });
    assert.match(String(answer.headers['set-cookie']), /Max-Age=0/);
  });
});
