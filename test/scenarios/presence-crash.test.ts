import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { addressOf, Whole } from '../kit/whole.ts';

describe('the gateway is killed while people are on show, and started again', async () => {
  const world = await Whole.open({}, 'inProcess');
  after(() => world[Symbol.asyncDispose]());
  const watcher = world.skype('heidi');
  await watcher.signIn();
  const [alice, erin] = [world.teams('alice'), world.teams('erin')];
  const bob = world.skype('bob');
  const inSkype = (name: string) => watcher.presenceOf(addressOf(name));
  const inTeams = async () =>
    `${(await erin.presenceOf(addressOf('bob'))).availability} ${await erin.statusOf(addressOf('bob'))}`.trim();

  it('shows again who still is there, and ends within a second who signed out meanwhile', async () => {
    await Promise.all([alice.signIn(), erin.signIn(), bob.signIn()]);
    await bob.setPresence('DoNotDisturb');
    await bob.setNote('Do not knock');
    await eventually('alice in SfB', async () => (await inSkype('alice')) === 'Online');
    await eventually('erin in SfB', async () => (await inSkype('erin')) === 'Online');
    await eventually('bob in Teams', async () => (await inTeams()) === 'DoNotDisturb Do not knock');

    await world.killGateway();
    await alice.signOut();
    await bob.signOut();
    assert.deepEqual(
      [await inSkype('alice'), await inTeams()],
      ['Online', 'DoNotDisturb Do not knock'],
      'nobody was left to say so',
    );

    await world.startGateway('inProcess');
    await eventually('alice is Offline in SfB', async () => (await inSkype('alice')) === 'Offline', 1_000);
    await eventually('bob is gone from Teams', async () => (await inTeams()) === 'Offline', 1_000);
    await eventually('erin is in SfB', async () => (await inSkype('erin')) === 'Online', 1_000);
  });

  it('follows them as before', async () => {
    await erin.signOut();
    await eventually('erin is Offline in SfB', async () => (await inSkype('erin')) === 'Offline', 2_000);
    await alice.signIn();
    await eventually('alice in SfB', async () => (await inSkype('alice')) === 'Online');
  });
});
