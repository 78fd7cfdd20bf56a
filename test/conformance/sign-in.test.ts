import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { ConfidentialClientApplication, CryptoProvider, PublicClientApplication } from '@azure/msal-node';
import * as x509 from '@peculiar/x509';
import { Agent } from 'undici';
import { createApplicationTokens } from '../../src/protocols/entra/client/application-tokens.ts';
import { type EntraAppOptions, redeem } from '../../src/protocols/entra/client/token-endpoint.ts';
import { createSignInServer } from '../../src/protocols/entra/server/sign-in-server.ts';
import {
  generateStoredKeys,
  openSigningKeys,
  type SigningKeys,
} from '../../src/protocols/entra/signing-keys.ts';
import { createTokenVerifier } from '../../src/protocols/entra/verify.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { systemClock } from '../../src/sandbox/clock.ts';
import { type Served, serve } from '../../src/sandbox/listen.ts';
import { createSandboxSignIn, delegatedScopes } from '../../src/sandbox/sign-in/backend.ts';
import * as world from '../../src/sandbox/world.ts';

const [gatewayApp, pageApp] = world.apps;
assert.ok(gatewayApp?.secret && pageApp);
const alice = world.people.find((person) => person.name === 'alice');
assert.ok(alice);

describe('the sign-in service, to Microsoft’s own client library', () => {
  let folder: string;
  let served: Served;
  let base: string;
  let keys: SigningKeys;
  let certificateKey: string;
  let certificate: X509Certificate;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sign-in-'));
    const authority = await openAuthority(folder, systemClock);
    tls.setDefaultCACertificates([authority.caPem]);
    ({ certificateKey, certificate } = await clientCertificate());
    keys = await openSigningKeys(await generateStoredKeys());
    const backend = createSandboxSignIn({
      ...world,
      certificates: { [gatewayApp.clientId]: [certificate.toString()] },
    });
    const app = createSignInServer({ clock: systemClock, keys, publicUrl: () => base }, backend);
    const server = await authority.issueServer();
    served = await serve(app, { host: '127.0.0.1', port: 0, tls: { port: 0, ...server } });
    assert.ok(served.https);
    base = served.https.url;
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const settings = (clientId: string, tenant: string) => ({
    clientId,
    authority: `${base}/${tenant}`,
    knownAuthorities: [new URL(base).host],
  });
  const verify = (token: string) =>
    createTokenVerifier({
      clock: systemClock,
      keys: { kind: 'url', url: new URL(`${base}/common/discovery/v2.0/keys`) },
      audience: 'https://graph.microsoft.com',
      issuer: (tenantId) => `${base}/${tenantId}/v2.0`,
    })(token);

  it('gives an application its token for a secret', async () => {
    const client = new ConfidentialClientApplication({
      auth: { ...settings(gatewayApp.clientId, world.contoso.id), clientSecret: gatewayApp.secret ?? '' },
    });
    const result = await client.acquireTokenByClientCredential({
      scopes: ['https://graph.microsoft.com/.default'],
    });
    assert.deepEqual(await verify(result?.accessToken ?? ''), {
      kind: 'application',
      tenantId: world.contoso.id,
      appId: gatewayApp.clientId,
      roles: gatewayApp.roles,
    });
  });

  it('gives an application its token for a certificate', async () => {
    const client = new ConfidentialClientApplication({
      auth: {
        ...settings(gatewayApp.clientId, world.fabrikam.domain),
        clientCertificate: {
          thumbprintSha256: certificate.fingerprint256.replaceAll(':', ''),
          privateKey: certificateKey,
        },
      },
    });
    const result = await client.acquireTokenByClientCredential({
      scopes: ['https://graph.microsoft.com/.default'],
    });
    assert.equal((await verify(result?.accessToken ?? '')).tenantId, world.fabrikam.id);
  });

  it('refuses a wrong secret with AADSTS7000215', async () => {
    const client = new ConfidentialClientApplication({
      auth: { ...settings(gatewayApp.clientId, world.contoso.id), clientSecret: 'wrong' },
    });
    await assert.rejects(
      client.acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] }),
      { errorCode: 'invalid_client', message: /AADSTS7000215/ },
    );
  });

  it('signs a user in by password, silently again from the cache, and with the refresh token', async () => {
    const client = new PublicClientApplication({ auth: settings(pageApp.clientId, 'organizations') });
    const scopes = [
      'https://graph.microsoft.com/Chat.ReadWrite',
      'https://graph.microsoft.com/ChatMessage.Send',
    ];
    const first = await client.acquireTokenByUsernamePassword({
      scopes,
      username: alice.address,
      password: world.password,
    });
    assert.ok(first?.account);
    assert.equal(first.account.username, alice.address);
    assert.equal(first.account.localAccountId, alice.objectId);
    assert.deepEqual(await verify(first.accessToken), {
      kind: 'delegated',
      tenantId: world.contoso.id,
      appId: pageApp.clientId,
      userId: alice.objectId,
      scopes: ['Chat.ReadWrite', 'ChatMessage.Send'],
    });
    const cached = await client.acquireTokenSilent({ scopes, account: first.account });
    assert.ok(cached.fromCache);
    const renewed = await client.acquireTokenSilent({ scopes, account: first.account, forceRefresh: true });
    assert.ok(!renewed.fromCache);
    assert.notEqual(renewed.accessToken, first.accessToken);

    const cache = JSON.parse(client.getTokenCache().serialize()) as {
      RefreshToken: Record<string, { secret: string }>;
    };
    const [refresh] = Object.values(cache.RefreshToken);
    const fresh = new PublicClientApplication({ auth: settings(pageApp.clientId, 'organizations') });
    const restored = await fresh.acquireTokenByRefreshToken({ scopes, refreshToken: refresh?.secret ?? '' });
    assert.equal(restored?.account?.username, alice.address);
  });

  it('grants everything of .default, and finds it in the cache again', async () => {
    const client = new PublicClientApplication({ auth: settings(pageApp.clientId, world.contoso.id) });
    const scopes = ['https://graph.microsoft.com/.default'];
    const first = await client.acquireTokenByUsernamePassword({
      scopes,
      username: alice.address,
      password: world.password,
    });
    assert.ok(first?.account);
    const caller = await verify(first.accessToken);
    assert.deepEqual(caller.kind === 'delegated' && caller.scopes, delegatedScopes);
    assert.ok((await client.acquireTokenSilent({ scopes, account: first.account })).fromCache);
  });

  for (const [what, username, password, message] of [
    ['a wrong password', alice.address, 'wrong', /AADSTS50126/],
    ['an unknown user', 'nobody@contoso.example', 'demo', /AADSTS50034/],
    ['a user of another tenant', 'grace@fabrikam.example', 'demo', /AADSTS50034/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const client = new PublicClientApplication({ auth: settings(pageApp.clientId, world.contoso.id) });
      await assert.rejects(
        client.acquireTokenByUsernamePassword({ scopes: ['User.Read'], username, password }),
        { errorCode: 'invalid_grant', message },
      );
    });
  }

  it('signs a user in through the browser form, with a code and PKCE', async () => {
    const client = new PublicClientApplication({ auth: settings(pageApp.clientId, world.contoso.id) });
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
    const request = {
      scopes: ['https://graph.microsoft.com/Chat.ReadWrite'],
      redirectUri: 'http://localhost:7080/signed-in',
    };
    const url = await client.getAuthCodeUrl({
      ...request,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      state: 'kept & <safe>',
      nonce: 'once',
      responseMode: 'query',
    });
    const form = await (await fetch(url)).text();
    const flow = /name="flow" value="([^"]+)"/.exec(form)?.[1] ?? '';
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
    const answer = await fetch(new URL(action, base), {
      method: 'POST',
      body: new URLSearchParams({ flow, username: alice.address, password: world.password }),
      redirect: 'manual',
    });
    assert.equal(answer.status, 302);
    const target = new URL(answer.headers.get('location') ?? '');
    assert.equal(target.origin + target.pathname, request.redirectUri);
    assert.equal(target.searchParams.get('state'), 'kept & <safe>');
    const code = target.searchParams.get('code') ?? '';
    const result = await client.acquireTokenByCode({
      ...request,
      code,
      codeVerifier: verifier,
      nonce: 'once',
    });
    assert.equal(result.account?.username, alice.address);
    assert.equal((await verify(result.accessToken)).kind, 'delegated');
    await assert.rejects(
      client.acquireTokenByCode({ ...request, code, codeVerifier: verifier }),
      /AADSTS54005/,
    );
  });

  describe('and to the product’s own client', () => {
    const agent = new Agent();
    after(() => agent.close());
    const app = (): EntraAppOptions => ({
      authority: base,
      tenant: world.contoso.id,
      clientId: gatewayApp.clientId,
      credential: { kind: 'certificate', key: certificateKey, cert: certificate.toString() },
      dispatcher: agent,
      clock: systemClock,
    });

    it('proves itself by certificate in a user’s name', async () => {
      const outcome = await redeem(app(), {
        grant_type: 'password',
        username: alice.address,
        password: world.password,
        scope: 'https://graph.microsoft.com/.default',
      });
      assert.ok(outcome.ok, JSON.stringify(outcome));
      assert.equal((await verify(outcome.tokens.accessToken)).kind, 'delegated');
    });

    it('keeps its application token, and gets another once it was refused', async () => {
      const tokens = createApplicationTokens(app());
      const [first, second] = await Promise.all([tokens.token(), tokens.token()]);
      assert.ok(first.ok);
      assert.deepEqual(second, first);
      assert.equal((await verify(first.token)).kind, 'application');
      tokens.rejected(first.token);
      const third = await tokens.token();
      assert.ok(third.ok && third.token !== first.token);
      assert.deepEqual(await tokens.token(), third);
    });

    it('says which code a refusal had, and no more', async () => {
      const wrong = createApplicationTokens({ ...app(), credential: { kind: 'secret', secret: 'wrong' } });
      assert.deepEqual(await wrong.token(), {
        ok: false,
        failure: { kind: 'refused', detail: 'sign-in: invalid_client AADSTS7000215' },
      });
    });

    it('refuses an assertion of a certificate that is not registered', async () => {
      const stranger = await clientCertificate();
      const outcome = await redeem(
        {
          ...app(),
          credential: {
            kind: 'certificate',
            key: stranger.certificateKey,
            cert: stranger.certificate.toString(),
          },
        },
        { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' },
      );
      assert.ok(!outcome.ok && outcome.failure.detail.includes('AADSTS700027'));
    });
  });
});

async function clientCertificate() {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=gateway',
    serialNumber: '41',
    signingAlgorithm: algorithm,
    keys,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    certificate: new X509Certificate(made.toString('pem')),
  };
}
