import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('a session that has been silent for its time', async () => {
  const idleMs = 1_000;
  const world = await Whole.open({ ISTHMUS_SKYPE_SESSION_IDLE_MS: String(idleMs) });
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const bob = world.skype('bob');
  let chat = '';
  let first = '';

  const silence = () => {
    const from = performance.now();
    return eventually('the session has been silent long enough', () => performance.now() - from > idleMs);
  };

  it('carries both ways while it is alive', async () => {
    await bob.signIn();
    chat = await alice.chatWith('bob@contoso.example');
    await alice.say(chat, 'Lunch?');
    first = await bob.accept(await bob.invitation('Lunch?'));
    await bob.say(first, 'At noon');
    await alice.sees(chat, 'At noon');
  });

  it('is over: the next message opens another under the same Teams chat, in the same SfB thread', async () => {
    await silence();
    await alice.say(chat, 'Or at one?');
    const invitation = await bob.invitation('Or at one?');
    const second = await bob.accept(invitation);
    assert.notEqual(second, first);
    const threads = [await bob.invitation('Lunch?'), invitation].map(
      (event) => event._embedded?.['messagingInvitation']?.['threadId'],
    );
    assert.equal(threads[1], threads[0]);
    assert.equal(typeof threads[0], 'string');
    await bob.message('Or at one?');
    await bob.say(second, 'One is fine');
    await alice.sees(chat, 'One is fine');
    assert.equal((await alice.chats()).length, 1);
  });

  it('is alive again when bob goes on in it: the answer of alice needs no other', async () => {
    const before = bob.events.filter(
      ({ type, link }) => type === 'started' && link.rel === 'messagingInvitation',
    );
    const conversation = before.at(-1)?._embedded?.['messagingInvitation']?._links?.['conversation'];
    assert.ok(conversation && !Array.isArray(conversation));
    await silence();
    await bob.say(conversation.href, 'I am late');
    await alice.sees(chat, 'I am late');
    await alice.say(chat, 'I wait');
    await bob.message('I wait');
    const after = bob.events.filter(
      ({ type, link }) => type === 'started' && link.rel === 'messagingInvitation',
    );
    assert.equal(after.length, before.length);
  });
});
