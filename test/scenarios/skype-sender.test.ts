import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('a sender in Skype for Business whose message cannot be delivered', async () => {
  const world = await Whole.open({ ISTHMUS_DELIVERY_DEADLINE_MS: '4000' });
  after(() => world[Symbol.asyncDispose]());
  const bob = world.skype('bob');
  const frank = world.skype('frank');
  const erin = world.teams('erin');
  const { throttle } = world.servers.teams.tenants;
  let conversation = '';
  let chat = '';

  const erinIs = (state: string) =>
    eventually(`erin is ${state}`, async () => (await bob.presenceOf('erin@contoso.example')) === state);
  /** How the pool says that an invitation came to nothing. */
  const reasonOf = async (to: string) => {
    const { status, reason } = await bob.invite(to, 'Are you there?');
    return [status, reason?.code, reason?.subcode];
  };

  it('is told in the session it was written in: Teams takes no more for now', async () => {
    await Promise.all([bob.signIn(), frank.signIn(), erin.signIn()]);
    await erinIs('Online');
    ({ conversation } = await bob.invite('erin@contoso.example', 'First'));
    ({ chat } = await erin.seesAnywhere('First'));

    throttle.order({ count: 1_000, retryAfter: 2, operation: '/messages' });
    await bob.say(conversation, 'Second');
    const notice = bob.incoming(await bob.message('Not delivered to Erin Evans'));
    assert.match(notice ?? '', /Teams is limiting how much the gateway may send\. .*\n> Second$/);
  });

  it('is told in the session that the message opened, also where the gateway writes for them', async () => {
    await frank.invite('erin@contoso.example', 'Cold start');
    const notice = frank.incoming(await frank.message('Not delivered to Erin Evans'));
    assert.match(notice ?? '', /\n> Cold start$/);
    throttle.clear();
  });

  it('is told of a text that Teams cannot hold, since it grows there', async () => {
    await bob.say(conversation, '<'.repeat(8_000));
    await bob.message('Not delivered to Erin Evans: The message is longer than Teams takes.');
  });

  it('goes on in the same session and chat when the trouble is over', async () => {
    await bob.say(conversation, 'Third');
    await erin.sees(chat, 'Third');
    const texts = (await erin.messages(chat)).map(({ content }) => content);
    assert.deepEqual(texts, ['First', 'Third']);
  });

  it('is told by the pool itself: not signed in to Teams, nobody of that name, no SfB address', async () => {
    await erin.signOut();
    await erinIs('Offline');
    assert.deepEqual(await reasonOf('erin@contoso.example'), [
      'Failure',
      'RemoteFailure',
      'TemporarilyUnavailable',
    ]);
    for (const nobody of ['zoe@contoso.example', 'dave@contoso.example'])
      assert.deepEqual(await reasonOf(nobody), ['Failure', 'NotFound', 'DestinationNotFound']);
  });

  it('who writes to the gateway’s own account out of the blue is told what it is for', async () => {
    await bob.invite('isthmus@contoso.example', 'Hello?');
    await bob.message('This account only carries messages');
  });
});
