import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('the gateway is killed in the middle of messages, and started again', async () => {
  const world = await Whole.open({}, 'inProcess');
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const bob = world.skype('bob');
  const written: { readonly id: string; readonly text: string }[] = [];
  let chat = '';

  const aliceSays = async (text: string) => {
    written.push({ id: await alice.say(chat, text), text });
  };
  const received = () => bob.received.filter((text) => text.startsWith('alice '));
  const endsOf = (list: typeof written) => Promise.all(list.map(({ id }) => world.ended(id, 40_000)));

  it('loses no message of alice, shows none twice, keeps their order, and ends each one', async () => {
    await bob.signIn();
    chat = await alice.chatWith('bob@contoso.example');
    await aliceSays('alice 0.');
    await bob.accept(await bob.invitation('alice 0.'));

    const writing = (async () => {
      for (let n = 1; n <= 40; n++) await aliceSays(`alice ${n}.`);
    })();
    await bob.message('alice 10.');
    await world.killGateway();
    await writing;
    const known = bob.events.length;
    await world.startGateway('inProcess');

    const again = await bob.event(
      'an invitation to a new session',
      (event) =>
        bob.events.indexOf(event) >= known &&
        event.type === 'started' &&
        event._embedded?.['messagingInvitation']?.['direction'] === 'Incoming',
      30_000,
    );
    await bob.accept(again);
    await bob.message('alice 40.', 30_000);

    const ends = await endsOf(written);
    const order = written.map(({ text }) => text);
    assert.deepEqual(
      received(),
      order.filter((text) => received().includes(text)),
    );
    for (const [index, end] of ends.entries()) {
      const text = order[index] ?? '';
      if (end.state === 'delivered') assert.ok(received().includes(text), `${text} was shown`);
      else assert.equal(end.end?.refusal?.id, 'uncertain', text);
    }
    const uncertain = ends.filter(({ state }) => state !== 'delivered');
    assert.ok(uncertain.length <= 1, 'no more than the one that was on its way');
    for (const { id } of written.filter((_, index) => ends[index]?.state !== 'delivered'))
      await alice.seesAnywhere(`Message ${id}`);
  });

  it('leaves nobody on show in SfB who is signed in to Teams no more', async () => {
    const aliceIs = (state: string) =>
      eventually(
        `alice is ${state} in SfB`,
        async () => (await bob.presenceOf('alice@contoso.example')) === state,
        10_000,
      );
    await alice.signIn();
    await aliceIs('Online');
    await world.killGateway();
    await world.startGateway('inProcess');
    await aliceIs('Online');
    await alice.signOut();
    await aliceIs('Offline');
  });

  it('what was written while no gateway ran is delivered by the next one', async () => {
    await world.killGateway();
    const text = 'alice while it was away.';
    const id = await alice.say(chat, text);
    await world.startGateway('inProcess');
    await bob.accept(await bob.invitation(text, 30_000));
    await bob.message(text);
    assert.equal((await world.ended(id)).state, 'delivered');
  });
});
