import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tokens } from './grants.ts';
import { createTokenKeeper } from './tokenKeeper.ts';

function keeperAt(start: number, lifetimeMs: number) {
  let now = start;
  let minted = 0;
  const kept: Tokens[] = [];
  const used: string[] = [];
  const keeper = createTokenKeeper(
    { accessToken: 'a0', refreshToken: 'r0', expiresAt: start + lifetimeMs },
    async (refreshToken) => {
      used.push(refreshToken);
      minted += 1;
      return {
        accessToken: `a${minted}`,
        refreshToken: minted === 1 ? 'r1' : '',
        expiresAt: now + lifetimeMs,
      };
    },
    (tokens) => kept.push(tokens),
    () => now,
  );
  return { keeper, kept, used, advance: (ms: number) => (now += ms) };
}

describe('a token keeper', () => {
  it('hands out the token it has until two minutes before its end', async () => {
    const { keeper, used, advance } = keeperAt(0, 3_600_000);
    assert.equal(await keeper.fresh(), 'a0');
    advance(3_600_000 - 120_001);
    assert.equal(await keeper.fresh(), 'a0');
    advance(1);
    assert.equal(await keeper.fresh(), 'a1');
    assert.deepEqual(used, ['r0']);
  });

  it('refreshes once for all who ask at the same time', async () => {
    const { keeper, used, advance } = keeperAt(0, 3_600_000);
    advance(3_600_000);
    assert.deepEqual(await Promise.all([keeper.fresh(), keeper.fresh(), keeper.fresh()]), ['a1', 'a1', 'a1']);
    assert.equal(used.length, 1);
  });

  it('keeps the old refresh token when the answer brings none', async () => {
    const { keeper, kept, used, advance } = keeperAt(0, 3_600_000);
    advance(3_600_000);
    await keeper.fresh();
    advance(3_600_000);
    await keeper.fresh();
    advance(3_600_000);
    await keeper.fresh();
    assert.deepEqual(used, ['r0', 'r1', 'r1']);
    assert.equal(kept.at(-1)?.refreshToken, 'r1');
  });

  it('gets another token once the one it has was refused, but not for a refusal of an older one', async () => {
    const { keeper } = keeperAt(0, 3_600_000);
    keeper.distrust('older');
    assert.equal(await keeper.fresh(), 'a0');
    keeper.distrust('a0');
    assert.equal(await keeper.fresh(), 'a1');
  });
});
