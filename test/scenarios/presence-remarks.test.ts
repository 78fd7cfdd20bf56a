import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openTwoNetworks } from '../kit/two-networks.ts';

const address = (name: string) => `${name}@contoso.example`;

describe('what is said beside presence', async () => {
  const w = await openTwoNetworks();
  after(() => w[Symbol.asyncDispose]());
  const heidi = w.skype('heidi');
  await heidi.signIn();
  const alice = w.teams('alice');
  const bob = w.skype('bob');
  const aliceSays = (text: string) =>
    w.until(`an SfB watcher reads “${text}”`, async () => (await heidi.noteOf(address('alice'))) === text);
  const bobSays = (text: string) =>
    w.until(`a Teams watcher reads “${text}”`, async () => (await alice.statusOf(address('bob'))) === text);

  it('a status message of Teams is the note in SfB, changes with it, and goes with it', async () => {
    await alice.setStatus('At the dentist');
    await alice.signIn();
    await aliceSays('At the dentist');
    await alice.setStatus('Back <b>soon</b>');
    await aliceSays('Back <b>soon</b>');
    await alice.setStatus('');
    await aliceSays('');
  });

  it('it goes when she signs out, and nobody’s note is left', async () => {
    await alice.setStatus('Signing out');
    await aliceSays('Signing out');
    await alice.signOut();
    await aliceSays('');
    await w.until('alice is Offline', async () => (await heidi.presenceOf(address('alice'))) === 'Offline');
    await alice.signIn();
    await aliceSays('Signing out');
    await alice.setStatus('');
    await aliceSays('');
  });

  it('a note of SfB is the status message in Teams, and goes when he signs out', async () => {
    await bob.signIn();
    await bob.setNote('Writing');
    await bobSays('Writing');
    await bob.setNote('Still writing');
    await bobSays('Still writing');
    await bob.signOut();
    await bobSays('');
    await w.until(
      'bob is Offline',
      async () => (await alice.presenceOf(address('bob'))).availability === 'Offline',
    );
  });

  it('a status message that he wrote in Teams himself stays, although he has a note in SfB', async () => {
    const bobInTeams = w.teams('bob');
    await bobInTeams.setStatus('My own');
    await w.pass(2_000, 100);
    const again = w.skype('bob');
    await again.signIn();
    await again.setNote('Another');
    await w.until(
      'bob is shown',
      async () => (await alice.presenceOf(address('bob'))).availability === 'Available',
    );
    await w.pass(10_000, 100);
    assert.equal(await alice.statusOf(address('bob')), 'My own');
    await again.signOut();
    await w.pass(10_000, 100);
    assert.equal(await alice.statusOf(address('bob')), 'My own');
  });

  it('Do not disturb goes both ways', async () => {
    await alice.prefer('DoNotDisturb');
    const inSkype = () => heidi.presenceOf(address('alice'));
    await w.until('alice in SfB', async () => (await inSkype()) === 'DoNotDisturb');
    await heidi.setPresence('DoNotDisturb');
    const inTeams = async () => (await alice.presenceOf(address('heidi'))).availability;
    await w.until('heidi in Teams', async () => (await inTeams()) === 'DoNotDisturb');
  });

  it('when somebody last used a client is known of SfB, for who looks on', async () => {
    const shown = () => w.gateway.presence(w.person('heidi')).sides.skype;
    await w.until('the time', async () => shown().lastActiveAt !== undefined);
    assert.ok((shown().lastActiveAt ?? Infinity) <= w.clock.now());
  });
});
