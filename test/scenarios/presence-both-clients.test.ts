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
    await w.pass(30_000);
    await showsInTeams('Available');
    assert.equal(await heidi.presenceOf(alice), 'Online');
    assert.equal((await looker.presenceOf(alice)).availability, 'Available');
  });

  it('is Offline everywhere when she has left both', async () => {
    await inSkype.signOut();
    await showsInSkype('Offline', 1_000);
    await showsInTeams('Offline');
  });
});

describe('bob, in Legacy, with a note of his own on both sides', async () => {
  const bob = 'bob@contoso.example';
  const w = await openTwoNetworks();
  after(() => w[Symbol.asyncDispose]());
  const heidi = w.skype('heidi');
  await heidi.signIn();
  const [inTeams, inSkype, looker] = [w.teams('bob'), w.skype('bob'), w.teams('alice')];
  const said = async () => ({ inTeams: await looker.statusOf(bob), inSkype: await heidi.noteOf(bob) });

  it('has the note of his SfB client in Teams, until he writes another there', async () => {
    await inSkype.signIn();
    await inSkype.setNote('Out for lunch');
    await w.pass(30_000);
    await w.until('Teams has the note', async () => (await said()).inTeams === 'Out for lunch');
    await inTeams.signIn();
    await inTeams.setStatus('Back at two');
    await w.pass(60_000);
    assert.deepEqual(await said(), { inTeams: 'Back at two', inSkype: 'Out for lunch' });
  });

  it('keeps it while the gateway holds his session', async () => {
    await w.pass(300_000);
    assert.equal((await said()).inTeams, 'Back at two');
  });

  it('keeps it when the gateway takes its session away', async () => {
    await inTeams.signIn('Busy', 'InACall');
    await w.until('Busy in SfB', async () => (await heidi.presenceOf(bob)) === 'Busy');
    assert.equal(w.gateway.presence(w.person('bob')).sides.teams.ours.availability, 'Offline');
    assert.deepEqual(await said(), { inTeams: 'Back at two', inSkype: 'Out for lunch' });
  });

  it('keeps the one in SfB when he leaves Teams', async () => {
    await inTeams.signOut();
    await w.until('what he is in SfB', async () => (await heidi.presenceOf(bob)) !== 'Busy');
    assert.equal((await said()).inSkype, 'Out for lunch');
  });
});
