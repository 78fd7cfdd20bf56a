import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TroubleError } from '../shared/trouble.ts';
import { createApi, TokenWanted } from './api.ts';
import { createTokenKeeper } from './token.ts';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** A gateway that answers those who know its token. */
function openGateway(right: string) {
  const asked: (string | null)[] = [];
  const fetch = async (_url: string, init: RequestInit = {}): Promise<Response> => {
    const given = new Headers(init.headers).get('authorization');
    asked.push(given);
    return given === `Bearer ${right}`
      ? Response.json({ fine: true })
      : Response.json({ error: { cause: 'No token.', cure: 'Give it.' } }, { status: 401 });
  };
  return { fetch, asked };
}

describe('the operators’ token', () => {
  const { signal } = new AbortController();

  it('is asked for when the gateway wants one, and sent from then on', async () => {
    const { fetch, asked } = openGateway('right');
    const token = createTokenKeeper(() => memory());
    const api = createApi(fetch, token);
    await assert.rejects(api.get('/api/status', signal), TokenWanted);
    token.set('right');
    assert.deepEqual(await api.get('/api/status', signal), { fine: true });
    assert.deepEqual(asked, [null, 'Bearer right']);
  });

  it('outlives a reload, until it is taken back', () => {
    const storage = memory();
    createTokenKeeper(() => storage).set('right');
    assert.equal(createTokenKeeper(() => storage).get(), 'right');
    createTokenKeeper(() => storage).set(undefined);
    assert.equal(createTokenKeeper(() => storage).get(), undefined);
  });

  it('does without a storage that may not be used', () => {
    const token = createTokenKeeper(() => {
      throw new Error('forbidden');
    });
    token.set('right');
    assert.equal(token.get(), 'right');
  });

  it('is not what other failures are about', async () => {
    const fetch = async (): Promise<Response> => new Response('oops', { status: 503 });
    const failed = createApi(
      fetch,
      createTokenKeeper(() => memory()),
    ).get('/api/status', signal);
    await assert.rejects(failed, (error) => error instanceof TroubleError && !(error instanceof TokenWanted));
  });
});
