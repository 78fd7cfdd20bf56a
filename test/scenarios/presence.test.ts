import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('presence', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const heidi = world.skype('heidi');
  const shows = (state: string, withinMs?: number) =>
    eventually(
      `alice is ${state} in SfB`,
      async () => (await heidi.presenceOf('alice@contoso.example')) === state,
      withinMs,
    );

  it('alice signs in to Teams: an SfB watcher sees her Online', async () => {
    await heidi.signIn();
    assert.equal(await heidi.presenceOf('alice@contoso.example'), 'Offline');
    await alice.signIn();
    await shows('Online');
  });

  it('she sets Busy: Busy', async () => {
    await alice.prefer('Busy');
    await shows('Busy');
  });

  it('she signs out: Offline within a second', async () => {
    await alice.signOut();
    await shows('Offline', 1_000);
  });

  it('she signs out while a message of hers rings: Offline within a second, and it rings again', async () => {
    await alice.signIn();
    await shows('Busy');
    const chat = await alice.chatWith('heidi@contoso.example');
    const message = await alice.say(chat, 'One last thing');
    const first = await heidi.invitation('One last thing');
    await alice.signOut();
    await shows('Offline', 1_000);
    const again = await heidi.event(
      'another ring',
      (event) =>
        event !== first &&
        event.type === 'started' &&
        event._embedded?.['messagingInvitation']?.['direction'] === 'Incoming',
    );
    await heidi.accept(again);
    assert.equal((await world.ended(message)).state, 'delivered');
    assert.deepEqual(heidi.received, ['One last thing']);
    assert.equal(await heidi.presenceOf('alice@contoso.example'), 'Offline');
  });

  it('the presence of an SfB person shows in Teams, and goes with them', async () => {
    const shownInTeams = async () => (await alice.presenceOf('bob@contoso.example')).availability;
    const bob = world.skype('bob');
    await bob.signIn();
    await eventually('bob is Available in Teams', async () => (await shownInTeams()) === 'Available');
    for (const [inSkype, inTeams] of [
      ['Busy', 'Busy'],
      ['BeRightBack', 'BeRightBack'],
      ['DoNotDisturb', 'DoNotDisturb'],
      ['Away', 'Away'],
      ['Online', 'Available'],
    ] as const) {
      await bob.setPresence(inSkype);
      await eventually(`bob is ${inTeams} in Teams`, async () => (await shownInTeams()) === inTeams);
      assert.equal(await heidi.presenceOf('bob@contoso.example'), inSkype);
    }
    await bob.signOut();
    await eventually('bob is Offline in Teams', async () => (await shownInTeams()) === 'Offline', 1_500);
  });
});
