import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import type { SkypeActor } from '../kit/skype-actor.ts';
import { addressOf, Whole } from '../kit/whole.ts';

describe('people of every home and tenant', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const atSkype = new Map<string, SkypeActor>();

  async function inSkype(name: string): Promise<SkypeActor> {
    const known = atSkype.get(name);
    if (known) return known;
    const actor = world.skype(name);
    await actor.signIn();
    atSkype.set(name, actor);
    return actor;
  }

  /** Somebody writes in Teams; the other one takes it up in SfB and answers. */
  async function fromTeams(from: string, to: string) {
    const writer = world.teams(from);
    const reader = await inSkype(to);
    const chat = await writer.chatWith(addressOf(to));
    const id = await writer.say(chat, `${from} asks ${to}`);
    const conversation = await reader.accept(await reader.invitation(`${from} asks ${to}`));
    const shown = reader.incoming(await reader.message(`${from} asks ${to}`));
    const { end } = await world.ended(id);
    await reader.say(conversation, `${to} answers ${from}`);
    const answer = await writer.seesAnywhere(`${to} answers ${from}`);
    return { chat, conversation, shown, as: end?.as, answer };
  }

  /** Somebody starts in SfB with a person who is signed in to Teams and answers there. */
  async function fromSkype(from: string, to: string) {
    const starter = await inSkype(from);
    const reader = world.teams(to);
    await reader.signIn();
    await eventually(
      `${to} is shown in SfB`,
      async () => (await starter.presenceOf(addressOf(to))) === 'Online',
    );
    const invited = await starter.invite(addressOf(to), `${from} starts with ${to}`);
    assert.equal(invited.status, 'Success');
    const seen = await reader.seesAnywhere(`${from} starts with ${to}`);
    await reader.say(seen.chat, `${to} replies to ${from}`);
    await starter.message(`${to} replies to ${from}`);
    return { reader, seen, conversation: invited.conversation };
  }

  for (const [from, to, why] of [
    ['alice', 'carol', 'homed online to on-prem'],
    ['carol', 'bob', 'homed on-prem to online'],
    ['mallory', 'frank', 'both homed on-prem'],
    ['erin', 'heidi', 'TeamsOnly to SfBOnly'],
    ['alice', 'oscar@fabrikam.example', 'to another tenant, homed on-prem'],
    ['grace@fabrikam.example', 'carol', 'from another tenant'],
  ] as const)
    it(`${from} in Teams reaches ${to} in SfB in their own name: ${why}`, async () => {
      const { shown, as } = await fromTeams(from, to);
      assert.equal(shown, `${from} asks ${to}`);
      assert.equal(as, 'author');
    });

  it('who is linked answers in the same chat, in their own name', async () => {
    const { chat, answer } = await fromTeams('alice', 'peggy@fabrikam.example');
    assert.equal(answer.chat, chat);
    assert.equal(answer.from, await world.teams('peggy@fabrikam.example').id());
  });

  for (const [from, to] of [
    ['mallory', 'erin'],
    ['oscar@fabrikam.example', 'erin'],
    ['heidi', 'grace@fabrikam.example'],
  ] as const)
    it(`${from} in SfB starts with ${to} in Teams, in one chat of the two`, async () => {
      const { reader, seen } = await fromSkype(from, to);
      assert.equal(seen.from, await world.teams(from).id());
      assert.equal(seen.chat, await reader.chatWith(addressOf(from)));
    });

  it('dave, who has no SfB account, is written for by the gateway, and is reached by the answer', async () => {
    const { shown, as, answer, chat } = await fromTeams('dave', 'heidi');
    assert.equal(shown, 'Dave Davis (Teams): dave asks heidi');
    assert.equal(as, 'gateway');
    assert.equal(answer.chat, chat);
    assert.equal(answer.from, await world.teams('heidi').id());
  });

  it('what dave writes next comes in the same session', async () => {
    const heidi = await inSkype('heidi');
    const dave = world.teams('dave');
    await dave.say(await dave.chatWith('heidi@contoso.example'), 'one more question');
    await heidi.message('Dave Davis (Teams): one more question');
    const invitations = heidi.events.filter(
      (event) =>
        event.type === 'started' &&
        event._embedded?.['messagingInvitation']?.['subject'] === 'Dave Davis (Teams)',
    );
    assert.equal(invitations.length, 1);
  });

  it('frank, who is not linked, is written for by the gateway in a group that names him', async () => {
    const { reader, seen, conversation } = await fromSkype('frank', 'erin');
    const group = (await reader.chats()).find(({ id }) => id === seen.chat);
    assert.deepEqual([group?.chatType, group?.topic], ['group', 'Frank Fisher (Skype for Business)']);
    assert.match(seen.content, /^<b>Frank Fisher<\/b>: frank starts with erin$/);

    const frank = await inSkype('frank');
    await frank.say(conversation, 'frank goes on');
    const further = await reader.sees(seen.chat, 'frank goes on');
    assert.equal(further.from, seen.from);
    assert.equal((await reader.chats()).filter(({ topic }) => topic === group?.topic).length, 1);
  });
});
