import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { JWTPayload } from 'jose';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { generateStoredKeys, openSigningKeys, type SigningKeys } from './signing-keys.ts';
import {
  createValidationTokenVerifier,
  graphPublisherAppId,
  mintValidationToken,
} from './validation-token.ts';
import { createTokenVerifier } from './verify.ts';

const clock = new ManualClock();
const now = clock.now() / 1000;
const good = {
  iss: 'https://login.example/t1/v2.0',
  aud: 'https://graph.microsoft.com',
  exp: now + 60,
  tid: 't1',
  oid: 'u1',
  azp: 'a1',
  scp: 'Chat.Read User.Read',
};

describe('checking tokens', () => {
  let keys: SigningKeys;
  let strangers: SigningKeys;
  before(async () => {
    keys = await openSigningKeys(await generateStoredKeys());
    strangers = await openSigningKeys(await generateStoredKeys());
  });
  const check = async (claims: JWTPayload, by = keys) =>
    createTokenVerifier({
      clock,
      keys: { kind: 'set', set: keys.publicSet },
      audience: 'https://graph.microsoft.com',
      issuer: (tenant) => (tenant === 't1' ? 'https://login.example/t1/v2.0' : undefined),
    })(await by.sign(claims));

  it('tells a user in an application', async () => {
    assert.deepEqual(await check(good), {
      kind: 'delegated',
      tenantId: 't1',
      appId: 'a1',
      userId: 'u1',
      scopes: ['Chat.Read', 'User.Read'],
    });
  });

  it('tells an application in its own name', async () => {
    const { scp: _, ...own } = { ...good, idtyp: 'app', roles: ['Chat.Read.All'] };
    assert.deepEqual(await check(own), {
      kind: 'application',
      tenantId: 't1',
      appId: 'a1',
      roles: ['Chat.Read.All'],
    });
  });

  for (const [what, change, reason] of [
    ['expired', { exp: now - 60 }, 'expired'],
    ['not valid yet', { nbf: now + 60 }, 'expired'],
    ['for another audience', { aud: 'https://else.example' }, 'audience'],
    ['of another issuer', { iss: 'https://evil.example/t1/v2.0' }, 'issuer'],
    ['of a tenant not known', { tid: 't2', iss: 'https://login.example/t2/v2.0' }, 'issuer'],
    ['naming one tenant and issued by another', { tid: 't2' }, 'issuer'],
    ['without an application', { azp: undefined }, 'claims'],
    ['of a user who is not named', { oid: undefined }, 'claims'],
    ['with permissions of the wrong type', { scp: 7 }, 'claims'],
  ] as const) {
    it(`refuses a token ${what}`, async () => {
      await assert.rejects(check({ ...good, ...change } as JWTPayload), { name: 'TokenRejected', reason });
    });
  }

  it('refuses a token signed by somebody else', async () => {
    await assert.rejects(check(good, strangers), { reason: 'signature' });
  });

  it('refuses a remembered token once it has expired', async () => {
    const later = new ManualClock();
    const verify = createTokenVerifier({
      clock: later,
      keys: { kind: 'set', set: keys.publicSet },
      audience: 'https://graph.microsoft.com',
      issuer: () => good.iss,
    });
    const token = await keys.sign(good);
    assert.equal(await verify(token), await verify(token));
    later.advance(70_000);
    await assert.rejects(verify(token), { reason: 'expired' });
  });

  it('refuses any text that is no token, without failing otherwise', async () => {
    const verify = createTokenVerifier({
      clock,
      keys: { kind: 'set', set: keys.publicSet },
      audience: 'x',
      issuer: () => 'x',
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String().map((s) => `${s}.${s}.${s}`),
        ),
        (text) => assert.rejects(verify(text), { name: 'TokenRejected' }),
      ),
    );
  });

  describe('of notification batches', () => {
    const verifier = () =>
      createValidationTokenVerifier({
        clock,
        keys: { kind: 'set', set: keys.publicSet },
        appIds: ['a1', 'a2'],
      });

    it('gives the tenant that Graph’s publisher vouches for', async () => {
      const token = await mintValidationToken(keys, clock, { tenantId: 't1', appId: 'a2' });
      assert.deepEqual(await verifier()(token), { tenantId: 't1' });
    });

    it('takes one that is early or late by the usual tolerance, and none beyond', async () => {
      const claims = {
        iss: 'https://sts.windows.net/t1/',
        aud: 'a1',
        tid: 't1',
        appid: graphPublisherAppId,
      };
      for (const [seconds, taken] of [
        [290, true],
        [310, false],
      ] as const) {
        const early = await keys.sign({ ...claims, nbf: now + seconds, exp: now + 3600 });
        const late = await keys.sign({ ...claims, exp: now - seconds });
        for (const token of [early, late]) {
          const checked = verifier()(token);
          await (taken ? checked : assert.rejects(checked, { reason: 'expired' }));
        }
      }
    });

    it('refuses tokens for other applications, and of other publishers', async () => {
      const other = await mintValidationToken(keys, clock, { tenantId: 't1', appId: 'b' });
      await assert.rejects(verifier()(other), { reason: 'audience' });
      const claims = {
        iss: 'https://sts.windows.net/t1/',
        aud: 'a1',
        exp: now + 60,
        tid: 't1',
        appid: 'evil',
      };
      await assert.rejects(verifier()(await keys.sign(claims)), { reason: 'claims' });
      const access = await keys.sign({ ...good, aud: 'a1' });
      await assert.rejects(verifier()(access), { reason: 'issuer' });
    });
  });
});
