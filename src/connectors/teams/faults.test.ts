import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  type Fault,
  openTeamsWorld,
  sandboxPerson,
  type TeamsWorld,
} from '../../../test/kit/teams-connector.ts';
import { threadKey } from './ids.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');

/** Does `what` to the first request of this kind. */
function first(kind: (method: string, url: string) => boolean, what: 'lose' | 'cut'): Fault {
  let done = false;
  return ({ method = '', url = '' }) => {
    if (done || !kind(method, url)) return 'pass';
    done = true;
    return what;
  };
}
const isPost = (method: string, url: string) => method === 'POST' && url.endsWith('/messages');
const isChat = (method: string, url: string) => method === 'POST' && url.endsWith('/chats');

describe('when the connection to Graph ends in the middle', () => {
  let teams: TeamsWorld;
  afterEach(() => teams[Symbol.asyncDispose]());

  it('the message is uncertain, and found if Graph took it', async () => {
    teams = await openTeamsWorld({ fault: first(isPost, 'lose') });
    teams.link(bob);
    const order = teams.order(bob, alice, 'did it arrive?');
    const outcome = await teams.connector.deliver(order, teams.never);
    assert.ok(outcome.kind === 'uncertain', JSON.stringify(outcome));
    const finding = await teams.connector.find(order, teams.never);
    assert.ok(finding.kind === 'found' && finding.as === 'author');
    const chat = await teams.actor(alice).chatWith(bob.id);
    const [only, ...more] = await teams.actor(alice).messages(chat);
    assert.equal(only?.id, finding.remoteId);
    assert.deepEqual(more, []);
  });

  it('the message is uncertain, and absent if Graph did not', async () => {
    teams = await openTeamsWorld({ fault: first(isPost, 'cut') });
    teams.link(bob);
    const order = teams.order(bob, alice, 'did it arrive?');
    assert.equal((await teams.connector.deliver(order, teams.never)).kind, 'uncertain');
    assert.deepEqual(await teams.connector.find(order, teams.never), { kind: 'absent' });
    const again = await teams.connector.deliver({ ...order, attempt: 2 }, teams.never);
    assert.equal(again.kind, 'delivered');
  });

  it('a message in the gateway’s own name is found in its group', async () => {
    teams = await openTeamsWorld({ fault: first(isPost, 'lose') });
    const order = teams.order(bob, alice, 'did it arrive?');
    assert.equal((await teams.connector.deliver(order, teams.never)).kind, 'uncertain');
    const finding = await teams.connector.find(order, teams.never);
    assert.ok(finding.kind === 'found' && finding.as === 'gateway');
  });

  it('and even after a crash, when nobody remembers that group', async () => {
    teams = await openTeamsWorld();
    const gateway = teams.actorOf('isthmus@contoso.example');
    const group = await gateway.call<{ id: string }>('POST', '/chats', {
      chatType: 'group',
      topic: 'Bob Brown (Skype for Business)',
      members: [gateway.address, alice.id].map((address) => ({
        '@odata.type': '#microsoft.graph.aadUserConversationMember',
        roles: ['owner'],
        'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${address}')`,
      })),
    });
    const id = await gateway.say(group.id, '<b>Bob Brown</b>: did it arrive?', 'html');
    const order = teams.order(bob, alice, 'did it arrive?');
    assert.deepEqual(await teams.connector.find(order, teams.never), {
      kind: 'found',
      thread: threadKey({ kind: 'proxy', chatId: group.id }),
      remoteId: id,
      as: 'gateway',
    });
    const other = teams.order(bob, alice, 'and this?');
    assert.deepEqual(await teams.connector.find(other, teams.never), { kind: 'absent' });
    const next = await teams.connector.deliver(other, teams.never);
    assert.ok(next.kind === 'delivered');
    assert.equal(next.thread, threadKey({ kind: 'proxy', chatId: group.id }));
  });

  it('nothing is uncertain while only the chat was being opened', async () => {
    teams = await openTeamsWorld({ fault: first(isChat, 'lose') });
    teams.link(bob);
    const order = teams.order(bob, alice, 'hi');
    const outcome = await teams.connector.deliver(order, teams.never);
    assert.ok(outcome.kind === 'transient' && outcome.refusal.id === 'unreachable');
    assert.equal((await teams.connector.deliver(order, teams.never)).kind, 'delivered');
  });

  it('a sender is told once, though the answer to the first notice was lost', async () => {
    teams = await openTeamsWorld({ fault: first(isPost, 'lose') });
    const notice = {
      message: teams.order(alice, bob, '').message,
      conversation: teams.order(alice, bob, '').conversation,
      to: alice,
      about: bob,
      refusal: { id: 'offline', side: 'skype', person: 'Bob Brown' },
      thread: '19:c' as never,
      remoteId: '1767603600000' as never,
      body: { format: 'text', text: 'lost' },
    } as const;
    assert.equal((await teams.connector.tell(notice, teams.never)).kind, 'uncertain');
    assert.equal((await teams.connector.tell(notice, teams.never)).kind, 'delivered');
    const chat = await teams.actor(alice).chatWith('isthmus@contoso.example');
    assert.equal((await teams.actor(alice).messages(chat)).length, 1);
  });
});
