import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openTwoNetworks } from '../kit/two-networks.ts';

const alice = 'alice@contoso.example';

describe('alice, in Legacy, with a client of her own on both sides', async () => {
  const w = await openTwoNetworks();
  after(() => w[Symbol.asyncDispose]());
  const heidi = w.skype('heidi');
  await heidi.signIn();
  const [inTeams, inSkype, looker] = [w.teams('alice'), w.skype('alice'), w.teams('bob')];
  const showsInSkype = (state: string, withinMs?: number) =>
    w.until(`alice is ${state} in SfB`, async () => (await heidi.presenceOf(alice)) === state, withinMs);
  const showsInTeams = (state: string, withinMs?: number) =>
    w.until(
      `alice is ${state} in Teams`,
      async () => (await looker.presenceOf(alice)).availability === state,
      withinMs,
    );

  it('shows in SfB what Teams shows', async () => {
    await inSkype.signIn();
    await showsInSkype('Online');
    await inTeams.signIn('Busy', 'InACall');
    await showsInSkype('Busy');
  });

  it('shows what her SfB client shows by itself when she has left Teams, and that in Teams, too', async () => {
    await inTeams.signOut();
    await showsInSkype('Online', 1_000);
    await showsInTeams('Available', 30_000);
    await w.pass(30_000);
    assert.equal(await heidi.presenceOf(alice), 'Online');
    assert.equal((await looker.presenceOf(alice)).availability, 'Available');
  });

  it('is Offline everywhere when she has left both', async () => {
    await inSkype.signOut();
    await showsInSkype('Offline', 1_000);
    await showsInTeams('Offline');
  });
});
