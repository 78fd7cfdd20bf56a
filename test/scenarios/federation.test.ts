import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

describe('contoso.example blocks fabrikam.example', async () => {
  const world = await Whole.open({
    ISTHMUS_FEDERATION: JSON.stringify({ tenants: { 'contoso.example': { block: ['fabrikam.example'] } } }),
  });
  after(() => world[Symbol.asyncDispose]());

  it('alice writes to oscar of fabrikam.example: she is told that a block list refuses it, and he sees nothing', async () => {
    const alice = world.teams('alice');
    const oscar = world.skype('oscar@fabrikam.example');
    await oscar.signIn();
    const chat = await alice.chatWith('oscar@fabrikam.example');
    const id = await alice.say(chat, 'Hello Oscar');
    const ended = await world.ended(id);
    assert.deepEqual([ended.state, ended.end?.refusal?.id], ['failed', 'domain-blocked']);
    const notice = await alice.seesAnywhere(`Message ${id}`, 10_000);
    assert.match(notice.content, /block list for federation/);
    assert.deepEqual(oscar.received, []);
    assert.ok(!oscar.events.some(({ link }) => link.rel === 'messagingInvitation'));
  });

  it('oscar writes to alice: the same list refuses it, he is told in the client he wrote in, and she sees nothing', async () => {
    const alice = world.teams('alice');
    const oscar = world.skype('oscar@fabrikam.example');
    await alice.signIn();
    await oscar.signIn();
    await eventually(
      'alice is shown',
      async () => (await oscar.presenceOf('alice@contoso.example')) === 'Online',
    );
    await oscar.invite('alice@contoso.example', 'Hello Alice');
    await oscar.message('Not delivered', 10_000);
    assert.match(oscar.received.at(-1) ?? '', /block list for federation/);
    const chats = await Promise.all((await alice.chats()).map(({ id }) => alice.messages(id)));
    assert.ok(!chats.flat().some(({ content }) => content.includes('Hello Alice')));
  });

  it('people of one organisation go on chatting', async () => {
    const alice = world.teams('alice');
    const heidi = world.skype('heidi');
    await heidi.signIn();
    const chat = await alice.chatWith('heidi@contoso.example');
    const id = await alice.say(chat, 'Hello Heidi');
    await heidi.accept(await heidi.invitation('Hello Heidi'));
    assert.equal((await world.ended(id)).state, 'delivered');
  });
});

describe('contoso.example allows tailspin.example alone', async () => {
  const world = await Whole.open({
    ISTHMUS_FEDERATION_TENANTS: JSON.stringify({ 'contoso.example': { allow: ['tailspin.example'] } }),
  });
  after(() => world[Symbol.asyncDispose]());

  it('peggy of fabrikam.example writes to carol: she is told that an allow list lacks a domain, though it is not her own list', async () => {
    const peggy = world.teams('peggy@fabrikam.example');
    const carol = world.skype('carol');
    await carol.signIn();
    const id = await peggy.say(await peggy.chatWith('carol@contoso.example'), 'Hello Carol');
    const ended = await world.ended(id);
    assert.deepEqual([ended.state, ended.end?.refusal?.id], ['failed', 'domain-not-allowed']);
    const { refusal } = (await world.api<{ end: { refusal: { detail: string } } }>(`/api/messages/${id}`))
      .end;
    assert.equal(refusal.detail, 'the allow list of contoso.example lacks fabrikam.example');
    const notice = await peggy.seesAnywhere(`Message ${id}`, 10_000);
    assert.match(notice.content, /allow list for federation/);
    assert.deepEqual(carol.received, []);
  });

  it('what is written from Teams to Teams across tenants passes the gateway by: it is not told to have failed', async () => {
    const alice = world.teams('alice');
    const chat = await alice.chatWith('grace@fabrikam.example');
    const id = await alice.say(chat, 'Hello Grace');
    assert.equal((await world.ended(id)).state, 'native');
    await world.teams('grace@fabrikam.example').sees(chat, 'Hello Grace');
  });
});
