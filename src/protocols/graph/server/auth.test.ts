import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GraphError } from '../errors.ts';
import { authenticate, type TokenClaims } from './auth.ts';

const claims: TokenClaims = { kind: 'application', tenantId: 't', appId: 'a', roles: [] };

describe('a bearer token', () => {
  it('is whatever stands behind the scheme, in any case', async () => {
    for (const header of ['Bearer abc', 'bearer  abc']) {
      assert.equal(await authenticate(header, (token) => (token === 'abc' ? claims : undefined)), claims);
    }
  });

  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'abc']) {
    it(`is not '${header}'`, async () => {
      await assert.rejects(
        authenticate(header, () => claims),
        (error: GraphError) => error.status === 401,
      );
    });
  }

  it('is refused with a challenge when its verifier does not know it', async () => {
    await assert.rejects(
      authenticate('Bearer abc', async () => undefined),
      (error: GraphError) =>
        error.status === 401 && /invalid_token/.test(error.headers['www-authenticate'] ?? ''),
    );
  });
});
