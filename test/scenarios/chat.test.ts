import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('alice in Teams and bob in Skype for Business', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const bob = world.skype('bob');
  let chat = '';
  let conversation = '';

  it('alice writes; bob gets an invitation with the text, accepts, and sees the message', async () => {
    await bob.signIn();
    chat = await alice.chatWith('bob@contoso.example');
    const id = await alice.say(chat, 'Hello Bob');
    const invitation = await bob.invitation('Hello Bob');
    conversation = await bob.accept(invitation);
    await bob.message('Hello Bob');
    assert.equal((await world.ended(id)).state, 'delivered');
  });

  it('bob answers in the same session; the answer stands in the same chat, written by bob', async () => {
    await bob.say(conversation, 'Hello Alice');
    const seen = await alice.sees(chat, 'Hello Alice');
    assert.equal(seen.from, await world.teams('bob').id());
  });

  it('both go on, in order, in the same chat and session', async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      await alice.say(chat, `from alice ${n}`);
      await bob.say(conversation, `from bob ${n}`);
    }
    await bob.message('from alice 5');
    await alice.sees(chat, 'from bob 5');
    const fromBob = (await alice.messages(chat)).filter(({ content }) => content.includes('from bob'));
    assert.deepEqual(
      fromBob.map(({ content }) => content.match(/\d/)?.[0]),
      ['1', '2', '3', '4', '5'],
    );
    assert.deepEqual(
      bob.received.filter((text) => text.startsWith('from alice')),
      [1, 2, 3, 4, 5].map((n) => `from alice ${n}`),
    );
    const invitations = bob.events.filter(
      ({ type, link }) => type === 'started' && link.rel === 'messagingInvitation',
    );
    assert.equal(invitations.length, 1);
    assert.equal((await alice.chats()).length, 1);
  });

  it('after bob stopped the session, the next message opens a new one under the same chat', async () => {
    await bob.call('POST', `${conversation}/messaging/terminate`);
    await alice.say(chat, 'Are you still there?');
    conversation = await bob.accept(await bob.invitation('still there'));
    await bob.message('still there');
    await bob.say(conversation, 'Yes, I am');
    await alice.sees(chat, 'Yes, I am');
  });

  it('shows HTML from Teams as safe words, and text from SfB as text', async () => {
    await alice.say(
      chat,
      '<p>Read <b>this</b> &amp; <a href="javascript:alert(1)">that</a></p><script>x()</script>',
      'html',
    );
    await bob.message('Read');
    const text = bob.received.at(-1) ?? '';
    assert.match(text, /this/);
    assert.doesNotMatch(text, /script|javascript/);
    await bob.say(conversation, 'a <img src=x onerror=alert(1)> b');
    const seen = await alice.sees(chat, '&lt;img');
    assert.doesNotMatch(seen.content, /<img/);
  });
});

describe('bob starts', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());

  it('his first message makes the one-to-one chat with alice, who is signed in to Teams', async () => {
    const alice = world.teams('alice');
    const bob = world.skype('bob');
    await alice.signIn();
    await bob.signIn();
    await eventually(
      'alice is shown',
      async () => (await bob.presenceOf('alice@contoso.example')) === 'Online',
    );
    const invited = await bob.invite('alice@contoso.example', 'Good morning');
    assert.equal(invited.status, 'Success');
    const seen = await alice.seesAnywhere('Good morning');
    assert.equal(seen.from, await world.teams('bob').id());
    assert.equal(seen.chat, await alice.chatWith('bob@contoso.example'));
    await alice.say(seen.chat, 'Good morning, Bob');
    await bob.message('Good morning, Bob');
  });
});
