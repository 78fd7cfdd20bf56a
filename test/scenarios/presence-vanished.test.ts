import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openTwoNetworks, type TwoNetworks } from '../kit/two-networks.ts';

const minute = 60_000;
const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';

/** The states that a watcher saw, each with the minute it began in. */
async function watch(w: TwoNetworks, ms: number, look: () => Promise<string>) {
  const seen: [minute: number, state: string][] = [];
  for (let passed = 0; passed <= ms; passed += minute / 4) {
    const state = await look();
    if (seen.at(-1)?.[1] !== state) seen.push([Math.floor(passed / minute), state]);
    await w.pass(minute / 4);
  }
  return seen;
}

/** As the report of 2016 found them: minutes of idleness, and third-party publications that last ten. */
const poolOfTheReport = { limits: { expireAfterMs: 10 * minute }, times: { awayAfterMs: minute } };

async function aliceInSkype(w: TwoNetworks) {
  const watcher = w.skype('heidi');
  await watcher.signIn();
  const client = w.teams('alice');
  await client.signIn();
  const look = () => watcher.presenceOf(alice);
  await w.until('alice is Online in SfB', async () => (await look()) === 'Online');
  return { client, look };
}

describe('somebody who signs out of Teams', () => {
  it('is Offline in SfB within a second', async () => {
    await using w = await openTwoNetworks({ pools: poolOfTheReport });
    const { client, look } = await aliceInSkype(w);
    await client.signOut();
    await w.until('alice is Offline in SfB', async () => (await look()) === 'Offline', 1_000);
    assert.deepEqual(await watch(w, 15 * minute, look), [[0, 'Offline']]);
  });

  it('with a lazy gateway stays Available for five minutes, is Away then, and Offline after ten', async () => {
    await using w = await openTwoNetworks({ presence: { signOut: 'lazy' }, pools: poolOfTheReport });
    const { client, look } = await aliceInSkype(w);
    await client.signOut();
    const seen = await watch(w, 15 * minute, look);
    assert.deepEqual(seen, [
      [0, 'Online'],
      [5, 'IdleOnline'],
      [6, 'Away'],
      [10, 'Offline'],
    ]);
    assert.equal((await client.presenceOf(alice)).availability, 'Offline');
  });
});

describe('a client that vanishes', () => {
  it('of Teams: Offline in SfB as soon as Graph lets its session end', async () => {
    await using w = await openTwoNetworks();
    const { client, look } = await aliceInSkype(w);
    await client.renew(5);
    assert.deepEqual(await watch(w, 10 * minute, look), [
      [0, 'Online'],
      [5, 'Offline'],
    ]);
  });

  it('of SfB: Offline in Teams as soon as the pool lets its application end', async () => {
    const lease = { expireAfterMs: minute, suspendAfterMs: minute };
    await using w = await openTwoNetworks({ pools: { limits: lease } });
    const watcher = w.teams('alice');
    const look = async () => (await watcher.presenceOf(bob)).availability;
    const client = w.skype('bob');
    await client.signIn();
    await w.until('bob is Available in Teams', async () => (await look()) === 'Available');
    await client.close();
    assert.deepEqual(await watch(w, 10 * minute, look), [
      [0, 'Available'],
      [1, 'Offline'],
    ]);
  });
});

describe('a gateway that vanishes', () => {
  it('leaves nothing in Teams after the five minutes that are the least Graph allows', async () => {
    await using w = await openTwoNetworks();
    const client = w.skype('bob');
    await client.signIn();
    await client.setPresence('DoNotDisturb');
    await client.setNote('In a workshop');
    const watcher = w.teams('alice');
    const look = async () =>
      `${(await watcher.presenceOf(bob)).availability} ${await watcher.statusOf(bob)}`.trim();
    await w.until('bob’s note is in Teams', async () => (await look()) === 'DoNotDisturb In a workshop');
    await w.pass(20 * minute, 15_000);
    assert.equal(await look(), 'DoNotDisturb In a workshop');
    w.freezeGateway();
    const seen = await watch(w, 10 * minute, look);
    assert.deepEqual(seen.at(-1)?.[1], 'Offline');
    assert.ok((seen.at(-1)?.[0] ?? 10) <= 5, JSON.stringify(seen));
  });
});
