import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { textBody } from '../../src/protocols/sip/message.ts';
import { formatContainerChanges, setContainerMembersType } from '../../src/protocols/sip/ms/containers.ts';
import { SipClient } from '../../src/sandbox/skype/sip-door/client.test-kit.ts';
import { eventually } from '../kit/eventually.ts';
import { addressOf, Whole } from '../kit/whole.ts';

const blockedContainer = 32_000;

/** A person's own SfB client, open for as long as it takes to block somebody or to let them in again. */
async function changeBlocked(world: Whole, owner: string, action: 'add' | 'remove', whom: string) {
  const port = Number(world.addresses.pools.online.sip.tcp.split(':')[1]);
  const client = new SipClient(addressOf(owner), port, {});
  try {
    await client.opened;
    const members = [{ action, type: 'user', value: addressOf(whom) }];
    const version = action === 'add' ? 1 : 2;
    const answer = await client.askWithPassword('SERVICE', {
      from: `<sip:${client.address}>;tag=1`,
      headers: [{ name: 'Content-Type', value: setContainerMembersType }],
      body: textBody(formatContainerChanges([{ id: blockedContainer, version, members }])),
    });
    assert.equal(answer.status, 200);
  } finally {
    await client.close();
  }
}

describe('somebody who is blocked in SfB', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const [heidi, judy] = [world.skype('heidi'), world.skype('judy')];
  const seenBy = (watcher: typeof heidi, state: string, withinMs?: number) =>
    eventually(
      `alice is ${state} to ${watcher.address}`,
      async () => (await watcher.presenceOf(addressOf('alice'))) === state,
      withinMs,
    );

  it('sees Offline in SfB although the gateway shows the person there, and the truth when let in again', async () => {
    await Promise.all([heidi.signIn(), judy.signIn(), alice.signIn()]);
    await Promise.all([seenBy(heidi, 'Online'), seenBy(judy, 'Online')]);
    await changeBlocked(world, 'alice', 'add', 'heidi');
    assert.equal(await heidi.presenceOf(addressOf('alice')), 'Offline');
    await alice.prefer('Busy');
    await seenBy(judy, 'Busy');
    assert.equal(await heidi.presenceOf(addressOf('alice')), 'Offline');
    await changeBlocked(world, 'alice', 'remove', 'heidi');
    assert.equal(await heidi.presenceOf(addressOf('alice')), 'Busy');
  });

  it('is told that the person is offline, as their own client in SfB would say, when they write from Teams', async () => {
    await changeBlocked(world, 'heidi', 'add', 'alice');
    const chat = await alice.chatWith(addressOf('heidi'));
    const id = await alice.say(chat, 'Are you there?');
    const ended = await world.ended(id);
    assert.deepEqual([ended.state, ended.end?.refusal?.id], ['failed', 'offline']);
    assert.ok(!heidi.events.some(({ link }) => link.rel === 'messagingInvitation'));
    await changeBlocked(world, 'heidi', 'remove', 'alice');
    const again = await alice.say(chat, 'And now?');
    await heidi.accept(await heidi.invitation('And now?'));
    assert.equal((await world.ended(again)).state, 'delivered');
  });
});
