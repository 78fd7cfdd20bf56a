import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

/** As an operator does, through the API. */
async function change(world: Whole, person: string, edit: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(`${world.url}/api/people/${encodeURIComponent(person)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(edit),
  });
  assert.equal(answer.status, 200, await answer.text());
}

describe('bob is upgraded to TeamsOnly in the middle of a conversation', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const bob = world.skype('bob');
  const heidi = world.skype('heidi');
  let chat = '';

  it('before, what alice writes in Teams reaches him in SfB', async () => {
    await bob.signIn();
    chat = await alice.chatWith('bob@contoso.example');
    const id = await alice.say(chat, 'before the upgrade');
    await bob.accept(await bob.invitation('before the upgrade'));
    assert.equal((await world.ended(id)).state, 'delivered');
  });

  it('the next message stays in Teams, in the same chat, with no restart', async () => {
    await change(world, 'bob@contoso.example', { mode: 'TeamsOnly' });
    const ended = await world.ended(await alice.say(chat, 'after the upgrade'));
    assert.equal(ended.state, 'native');
    await world.teams('bob').sees(chat, 'after the upgrade');
    assert.ok(!bob.received.some((text) => text.includes('after the upgrade')));
  });

  it('his presence in Teams is shown in SfB from now on', async () => {
    await bob.signOut();
    await heidi.signIn();
    const inTeams = world.teams('bob');
    await inTeams.signIn();
    await inTeams.prefer('Busy');
    await eventually(
      'bob is Busy in SfB',
      async () => (await heidi.presenceOf('bob@contoso.example')) === 'Busy',
    );
  });

  it('he is as changed after a restart, too', async () => {
    await world.stopGateway();
    await world.startGateway();
    const { people } = await world.api<{ people: { id: string; mode: string }[] }>('/api/people');
    assert.equal(people.find(({ id }) => id === 'bob@contoso.example')?.mode, 'TeamsOnly');
  });
});

describe('carol is moved from the online pool to the on-prem one, under Microsoft’s own rules', async () => {
  const world = await Whole.open({ ISTHMUS_POLICY: 'microsoft' });
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const carol = world.skype('carol');
  let chat = '';

  it('before, what alice writes in Teams reaches her in SfB', async () => {
    await change(world, 'carol@contoso.example', { home: 'online' });
    await carol.signIn();
    chat = await alice.chatWith('carol@contoso.example');
    const id = await alice.say(chat, 'before the move');
    await carol.accept(await carol.invitation('before the move'));
    assert.equal((await world.ended(id)).state, 'delivered');
  });

  it('the next message finds the thread closed: alice is told what to do, and carol is not shown it', async () => {
    await change(world, 'carol@contoso.example', { home: 'onPrem' });
    const id = await alice.say(chat, 'into the old thread');
    assert.equal((await world.ended(id)).end?.refusal?.id, 'thread-closed');
    const notice = await alice.seesAnywhere(`Message ${id}`, 10_000);
    assert.match(notice.content, /Send the message again: that starts a new conversation/);
    assert.ok(!carol.received.some((text) => text.includes('into the old thread')));
  });

  it('sent again it arrives, and the conversation goes on', async () => {
    for (const text of ['sent again', 'and one more']) {
      const id = await alice.say(chat, text);
      await carol.message(text);
      assert.equal((await world.ended(id)).state, 'delivered');
    }
  });
});
