import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import type { Person } from '../../core/people.ts';
import { parseThreadKey } from './ids.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
describe('bringing a message into Teams', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  it('writes as the author where the account is linked, in the chat that the two have', async () => {
    teams.link(bob);
    const chat = await teams.actor(alice).chatWith(bob.id);
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'a < b\n& c'), teams.never);
    assert.ok(outcome.kind === 'delivered', JSON.stringify(outcome));
    assert.equal(outcome.as, 'author');
    assert.equal(outcome.thread, chat);
    const [seen] = await teams.actor(alice).messages(chat);
    assert.equal(seen?.from, bob.teams.kind === 'account' && bob.teams.objectId);
    assert.equal(seen?.id, outcome.remoteId);
    assert.equal(seen?.content, 'a &lt; b<br />&amp; c');
  });

  it('comes back as the echo of what it wrote, under the same names', async () => {
    teams.link(bob);
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'hi'), teams.never);
    assert.ok(outcome.kind === 'delivered');
    const [echo] = await eventually('the echo', () => teams.sink.taken.length > 0 && teams.sink.taken);
    assert.deepEqual([echo?.thread, echo?.remoteId], [outcome.thread, outcome.remoteId]);
  });

  it('writes in its own name, naming the author, where there is no link; one group a conversation', async () => {
    const first = await teams.connector.deliver(teams.order(bob, alice, 'one'), teams.never);
    assert.ok(first.kind === 'delivered' && first.as === 'gateway');
    const second = await teams.connector.deliver(
      teams.order(bob, alice, 'two', { thread: first.thread }),
      teams.never,
    );
    assert.ok(second.kind === 'delivered' && second.thread === first.thread);
    const [chat] = (await teams.actor(alice).chats()).filter(({ chatType }) => chatType === 'group');
    assert.equal(chat?.topic, 'Bob Brown (Skype for Business)');
    const seen = await teams.actor(alice).messages(chat?.id ?? '');
    assert.deepEqual(
      seen.map(({ content }) => content),
      ['<b>Bob Brown</b>: one', '<b>Bob Brown</b>: two'],
    );
  });

  it('takes an answer in such a group as one to the person it writes for', async () => {
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'one'), teams.never);
    assert.ok(outcome.kind === 'delivered');
    await teams.actor(alice).say(parseThreadKey(outcome.thread).chatId, 'back');
    const [answer] = await eventually('the answer', () => teams.sink.taken.length > 0 && teams.sink.taken);
    assert.deepEqual([answer?.author, answer?.recipient, answer?.thread], [alice.id, bob.id, outcome.thread]);
  });

  it('falls back to its own name when the link is refused, and says so', async () => {
    teams.link(bob, 'wrong');
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'hi'), teams.never);
    assert.ok(outcome.kind === 'delivered' && outcome.as === 'gateway');
    assert.equal(teams.sink.refusals[0]?.id, 'link-refused');
    const refused = teams.connector.status().find(({ state }) => state === 'refused');
    assert.equal(refused?.refusal?.detail, 'sign-in answered 400 invalid_grant AADSTS50126');
    teams.link(bob);
    teams.connector.linkChanged(bob.id);
    const again = await teams.connector.deliver(teams.order(bob, alice, 'hi again'), teams.never);
    assert.ok(again.kind === 'delivered' && again.as === 'author');
  });

  it('refuses a recipient without a Teams account, and a text that is too long', async () => {
    teams.link(bob);
    const outsider: Person = { ...alice, teams: { kind: 'none' } };
    const none = await teams.connector.deliver(teams.order(bob, outsider, 'hi'), teams.never);
    assert.ok(none.kind === 'refused' && none.refusal.id === 'not-enabled');
    const long = await teams.connector.deliver(teams.order(bob, alice, 'x'.repeat(30_000)), teams.never);
    assert.ok(long.kind === 'refused' && long.refusal.id === 'too-long');
  });

  it('leaves Graph alone for as long as it asks: the person who wrote, and all when a second one is asked to', async () => {
    const [heidi, ivan] = [sandboxPerson('heidi'), sandboxPerson('ivan')];
    for (const person of [bob, heidi, ivan]) teams.link(person);
    const bring = (author: Person) =>
      teams.connector.deliver(teams.order(author, alice, 'now?'), teams.never);
    teams.service.tenants.throttle.order({ count: 1, retryAfter: 9 });
    assert.equal((await bring(bob)).kind, 'transient');
    const again = await bring(bob);
    assert.ok(again.kind === 'transient' && again.afterMs === 9_000, 'without asking Graph');
    assert.equal((await bring(heidi)).kind, 'delivered');
    teams.service.tenants.throttle.order({ count: 1, retryAfter: 5 });
    assert.equal((await bring(heidi)).kind, 'transient');
    const third = await bring(ivan);
    assert.ok(third.kind === 'transient' && third.afterMs === 9_000);
    teams.clock.advance(9_000);
    for (const person of [bob, heidi, ivan]) assert.equal((await bring(person)).kind, 'delivered');
  });

  it('waits as long as Graph asks when it is throttled', async () => {
    teams.link(bob);
    teams.service.tenants.throttle.order({ count: 1, retryAfter: 9 });
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'hi'), teams.never);
    assert.ok(outcome.kind === 'transient' && outcome.refusal.id === 'throttled');
    assert.equal(outcome.afterMs, 9000);
  });

  it('is unreachable, not uncertain, when nobody listens', async () => {
    teams.link(bob);
    await teams.service[Symbol.asyncDispose]();
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'hi'), teams.never);
    assert.ok(outcome.kind === 'transient' && outcome.refusal.id === 'unreachable');
  });

  it('refuses, naming the cure, where nobody is linked and the gateway has no account', async () => {
    await teams[Symbol.asyncDispose]();
    teams = await openTeamsWorld({ gatewayPassword: null });
    const outcome = await teams.connector.deliver(teams.order(bob, alice, 'hi'), teams.never);
    assert.ok(outcome.kind === 'refused' && outcome.refusal.id === 'not-linked');
    assert.equal(outcome.refusal.person, 'Bob Brown');
  });
});
