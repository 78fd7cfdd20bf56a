import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fetch } from '../../shared/http.ts';
import type { TokenKeeper } from '../signIn/tokenKeeper.ts';
import { createGraph, GraphError, retryAfter } from './client.ts';

function keeper(): TokenKeeper & { readonly distrusted: string[] } {
  const distrusted: string[] = [];
  return {
    distrusted,
    fresh: async () => `token${distrusted.length}`,
    last: () => 'last',
    distrust: (token) => void distrusted.push(token),
  };
}

function answering(...answers: readonly Response[]): {
  readonly fetch: Fetch;
  readonly asked: RequestInit[];
} {
  const left = [...answers];
  const asked: RequestInit[] = [];
  return {
    asked,
    fetch: async (_url, init) => {
      asked.push(init ?? {});
      const answer = left.shift();
      if (!answer) throw new TypeError('fetch failed');
      return answer;
    },
  };
}

const refused = (): Response =>
  Response.json({ error: { code: 'InvalidAuthenticationToken' } }, { status: 401 });

describe('a call of Graph', () => {
  it('is repeated once with another token when the token is refused', async () => {
    const tokens = keeper();
    const { fetch, asked } = answering(refused(), Response.json({ ok: true }));
    assert.deepEqual(await createGraph(fetch, 'http://graph', tokens).get('/me'), { ok: true });
    assert.deepEqual(tokens.distrusted, ['token0']);
    assert.deepEqual(
      asked.map((init) => new Headers(init.headers).get('authorization')),
      ['Bearer token0', 'Bearer token1'],
    );
  });

  it('gives up when the second token is refused too', async () => {
    const { fetch } = answering(refused(), refused());
    await assert.rejects(createGraph(fetch, 'http://graph', keeper()).get('/me'), { status: 401 });
  });

  it('takes an answer without a body', async () => {
    const { fetch } = answering(new Response(null, { status: 204 }));
    assert.equal(await createGraph(fetch, 'http://graph', keeper()).post('/x', {}), undefined);
  });

  it('fails with Graph’s own words and the time it asks to wait', async () => {
    const busy = Response.json(
      { error: { code: 'TooManyRequests', message: 'slow down' } },
      { status: 429, headers: { 'retry-after': '7' } },
    );
    const { fetch } = answering(busy);
    await assert.rejects(createGraph(fetch, 'http://graph', keeper()).get('/me'), (error) => {
      assert.ok(error instanceof GraphError);
      assert.deepEqual([error.status, error.code, error.retryAfterMs], [429, 'TooManyRequests', 7000]);
      return true;
    });
  });

  it('says that Teams cannot be reached when nothing answers', async () => {
    const { fetch } = answering();
    await assert.rejects(createGraph(fetch, 'http://graph', keeper()).get('/me'), /Teams cannot be reached/);
  });

  it('reads Retry-After in seconds alone', () => {
    assert.deepEqual(
      [retryAfter('2'), retryAfter(null), retryAfter('-1'), retryAfter('soon')],
      [2000, 0, 0, 0],
    );
  });
});
