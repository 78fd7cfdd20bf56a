import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import { contoso } from '../../sandbox/world.ts';
import { threadKey } from './ids.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
const grace = sandboxPerson('grace');
describe('what people write in Teams', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  it('is taken in with author, recipient, thread and text', async () => {
    const chat = await teams.actor(alice).chatWith(bob.id);
    const id = await teams.actor(alice).say(chat, '<p>hello <b>bob</b></p>', 'html');
    const [message] = await eventually('the message', () => teams.sink.taken.length > 0 && teams.sink.taken);
    assert.deepEqual(message, {
      side: 'teams',
      thread: chat,
      remoteId: id,
      author: alice.id,
      recipient: bob.id,
      body: { format: 'html', html: 'hello <b>bob</b>' },
      writtenAt: Number(id),
    });
  });

  it('comes in order within a chat, once, and none is lost in a burst', async () => {
    const chat = await teams.actor(alice).chatWith(bob.id);
    const writer = teams.actor(alice);
    for (let count = 0; count < 20; count++) await writer.say(chat, `message ${count}`);
    await teams.service.notifier.idle();
    assert.deepEqual(
      teams.sink.taken.map(({ body }) => body.format === 'text' && body.text),
      Array.from({ length: 20 }, (_, count) => `message ${count}`),
    );
  });

  it('is asked for again until the ledger has it', async () => {
    teams.sink.full = true;
    const chat = await teams.actor(alice).chatWith(bob.id);
    await teams.actor(alice).say(chat, 'kept');
    await eventually('a refusal', () => teams.service.notifier.counts.failedAttempts > 0);
    teams.sink.full = false;
    teams.clock.advance(2_000);
    await eventually('the message', () => teams.sink.taken.length === 1);
  });

  it('is left alone in groups, and in chats with people that the directory does not know', async () => {
    const writer = teams.actor(alice);
    const member = (address: string) => ({
      '@odata.type': '#microsoft.graph.aadUserConversationMember',
      roles: ['owner'],
      'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${address}')`,
    });
    const group = await writer.call<{ id: string }>('POST', '/chats', {
      chatType: 'group',
      members: [alice.id, bob.id].map(member),
    });
    await writer.say(group.id, 'to a group');
    await writer.say(await writer.chatWith('isthmus@contoso.example'), 'to the gateway');
    await teams.service.notifier.idle();
    assert.deepEqual(teams.sink.taken, []);
  });

  it('crosses tenants', async () => {
    const chat = await teams.actor(alice).chatWith(grace.id);
    await teams.actor(grace).say(chat, 'from elsewhere');
    await eventually('the message', () => teams.sink.taken.some(({ author }) => author === grace.id));
  });

  it('in a group that the gateway made before a restart is for the person it writes for', async () => {
    const group = await teams.actor(alice).call<{ id: string }>('POST', '/chats', {
      chatType: 'group',
      members: [alice.id, 'isthmus@contoso.example'].map((address) => ({
        '@odata.type': '#microsoft.graph.aadUserConversationMember',
        roles: ['owner'],
        'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${address}')`,
      })),
    });
    const thread = threadKey({ kind: 'proxy', chatId: group.id });
    teams.sink.met.set(thread, [alice.id, bob.id]);
    await teams.actor(alice).say(group.id, 'still there?');
    const [message] = await eventually('the message', () => teams.sink.taken.length > 0 && teams.sink.taken);
    assert.deepEqual([message?.thread, message?.recipient], [thread, bob.id]);
  });

  it('does not hold up the rest when something of a notification is forged', async () => {
    await teams.forge({
      value: [
        {
          subscriptionId: 's',
          tenantId: contoso.id,
          clientState: 'guess',
          changeType: 'created',
          resource: "chats('x')/messages('1')",
        },
      ],
    });
    assert.deepEqual(
      teams.sink.refusals.map(({ id }) => id),
      ['unauthenticated'],
    );
    assert.deepEqual(teams.sink.taken, []);
  });
});
