import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { addressOf, Whole } from '../kit/whole.ts';

describe('a message that cannot be delivered', async () => {
  const world = await Whole.open({ ISTHMUS_DELIVERY_DEADLINE_MS: '4000' });
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');

  /** Posts as alice, and waits until the sender’s own client shows the failure. */
  async function fails(to: string, text: string, expected: string): Promise<string> {
    const chat = await alice.chatWith(addressOf(to));
    const id = await alice.say(chat, text);
    const ended = await world.ended(id, 10_000);
    assert.equal(ended.state, 'failed');
    assert.equal(ended.end?.refusal?.id, expected);
    const notice = await alice.seesAnywhere(`Message ${id}`, 10_000);
    await eventually('her message is marked', async () => {
      const marked = (await alice.messages(chat)).find((message) => message.id === id);
      return marked?.reactions.includes('⚠️');
    });
    return notice.content;
  }

  it('callee offline: alice reads so in Teams, and her message is marked', async () => {
    const notice = await fails('heidi', 'Are you there?', 'offline');
    assert.match(notice, /Not delivered to Heidi Hall: Heidi Hall is offline in Skype for Business\./);
  });

  it('callee declines', async () => {
    const heidi = world.skype('heidi');
    await heidi.signIn();
    const failing = fails('heidi', 'Please decline', 'declined');
    await heidi.decline(await heidi.invitation('Please decline'));
    await failing;
    await heidi.signOut();
  });

  it('callee does not answer by the deadline', async () => {
    const heidi = world.skype('heidi');
    await heidi.signIn();
    await fails('heidi', 'Nobody picks this up', 'no-answer');
    await heidi.signOut();
  });

  it('message too long for SfB', async () => {
    await fails('heidi', 'long '.repeat(5_000), 'too-long');
  });

  it('pool unreachable', async () => {
    world.servers.pools.onPrem.setFault({ kind: 'down' });
    await fails('frank', 'Is the pool there?', 'unreachable');
    world.servers.pools.onPrem.setFault({ kind: 'none' });
  });
});
