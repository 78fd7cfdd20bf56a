import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import type { SkypeEvent } from '../../../test/kit/skype-actor.ts';
import { conversationOf, type MessageId } from '../../core/ids.ts';
import { offline } from '../../core/presence/presence.ts';
import { systemClock } from '../../gateway/clock.ts';
import {
  alice,
  available,
  bob,
  carol,
  dave,
  nobody,
  openSkypeWorld,
  reasonOf,
} from './connector.test-kit.ts';
import { holdMs } from './refused-passwords.ts';

describe('bringing messages to SfB', { timeout: 30_000 }, () => {
  it('crosses from one pool to the other', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(carol);
    const { outcome } = there.send(alice, carol, 'Hello over there');
    await sip.accept(await sip.invitation('Hello over there'));
    assert.equal(reasonOf(await outcome), 'delivered');
  });

  it('writes through its own account, naming the author, where the author has none', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const { outcome } = there.send(dave, bob, 'Hello');
    const conversation = await sip.accept(await sip.invitation('Dave (Teams): Hello'));
    const done = await outcome;
    assert.equal(done.kind === 'delivered' && done.as, 'gateway');
    await sip.say(conversation, 'Hi Dave');
    const answer = await eventually('the answer', () => there.sink.taken[0]);
    assert.deepEqual([answer.author, answer.recipient], [bob.id, dave.id]);
    assert.equal(done.kind === 'delivered' && done.thread, answer.thread);
  });

  it('says why when the person declines, is offline or is not known, or does not want to be disturbed', async () => {
    await using there = await openSkypeWorld();
    assert.equal(reasonOf(await there.send(alice, bob, 'Hello').outcome), 'refused offline');
    assert.equal(reasonOf(await there.send(alice, nobody, 'Hello').outcome), 'refused no-such-person');
    assert.equal(reasonOf(await there.send(alice, dave, 'Hello').outcome), 'refused not-enabled');
    const sip = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'Please');
    await sip.decline(await sip.invitation('Please'));
    assert.equal(reasonOf(await outcome), 'refused declined');
    await sip.setPresence('DoNotDisturb');
    assert.equal(reasonOf(await there.send(alice, bob, 'Now').outcome), 'refused do-not-disturb');
  });

  it('takes the invitation back at the deadline, and says that nobody answered', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const { outcome, deadline } = there.send(alice, bob, 'Anybody?');
    const ring = await sip.invitation('Anybody?');
    deadline.abort();
    assert.equal(reasonOf(await outcome), 'refused no-answer');
    await sip.event(
      'the end of the ringing',
      (event) => event.type === 'completed' && event.link.href === ring.link.href,
    );
  });

  it('refuses a body that is empty or longer than the pool takes', async () => {
    await using there = await openSkypeWorld();
    assert.equal(reasonOf(await there.send(alice, bob, '  ').outcome), 'refused empty');
    assert.equal(reasonOf(await there.send(alice, bob, 'x'.repeat(9_000)).outcome), 'refused too-long');
  });

  it('takes back what rings when its writer signs out, and brings it again without showing them', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    await there.connector.publish(alice, available);
    const { outcome } = there.send(alice, bob, 'Hello');
    const first = await sip.invitation('Hello');
    await there.connector.publish(alice, offline);
    assert.equal(reasonOf(await outcome), 'transient session-ended');
    const again = there.send(alice, bob, 'Hello');
    const isAnother = (event: SkypeEvent): boolean =>
      event !== first && event.type === 'started' && event._embedded?.['messagingInvitation'] !== undefined;
    await sip.accept(await sip.event('another ring', isAnother));
    assert.equal(reasonOf(await again.outcome), 'delivered');
    assert.equal(await sip.presenceOf('alice@contoso.example'), 'Offline');
  });

  it('calls a pool that is down unreachable, and works again when it is back', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    there.pools.online.setFault({ kind: 'down' });
    assert.equal(reasonOf(await there.send(alice, bob, 'Hello').outcome), 'transient unreachable');
    assert.ok(there.connector.status().some(({ state }) => state === 'disconnected'));
    there.pools.online.setFault({ kind: 'none' });
    await sip.close();
    const again = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'Hello again');
    await again.accept(await again.invitation('Hello again'));
    assert.equal(reasonOf(await outcome), 'delivered');
    assert.ok(there.connector.status().every(({ state }) => state === 'connected'));
  });

  it('says that a link is refused, and takes a new one up', async () => {
    let password = 'wrong';
    await using there = await openSkypeWorld({
      links: {
        get: async () => ({ kind: 'password', username: alice.id, password }),
        put: async () => undefined,
        remove: async () => undefined,
      },
    });
    const sip = await there.actor(bob);
    const outcome = await there.send(alice, bob, 'Hello').outcome;
    assert.equal(reasonOf(outcome), 'refused link-refused');
    assert.equal(outcome.kind !== 'delivered' && outcome.refusal.person, 'Alice');
    password = 'demo';
    const again = there.send(alice, bob, 'Hello again');
    await sip.accept(await sip.invitation('Hello again'));
    assert.equal(reasonOf(await again.outcome), 'delivered');
  });

  it('tries a wrong password once in a quarter of an hour, whatever wants to be brought or shown', async () => {
    let ahead = 0;
    let password = 'wrong';
    await using there = await openSkypeWorld({
      clock: { ...systemClock, now: () => Date.now() + ahead },
      links: {
        get: async () => ({ kind: 'password', username: alice.id, password }),
        put: async () => undefined,
        remove: async () => undefined,
      },
    });
    const sip = await there.actor(bob);
    const before = there.signIns;
    const attempts = () => there.signIns - before;
    const bring = async () => reasonOf(await there.send(alice, bob, 'Hello').outcome);
    for (let message = 0; message < 5; message++) {
      assert.equal(await bring(), 'refused link-refused');
      const shown = await there.connector.publish(alice, available);
      assert.equal(shown.kind !== 'published' && shown.refusal.id, 'link-refused');
    }
    assert.equal(attempts(), 1);
    ahead = holdMs;
    assert.equal(await bring(), 'refused link-refused');
    assert.equal(attempts(), 2);
    password = 'demo';
    const { outcome } = there.send(alice, bob, 'Hello at last');
    await sip.accept(await sip.invitation('Hello at last'));
    assert.equal(reasonOf(await outcome), 'delivered');
  });

  it('tells a sender in their own session that a message failed, and why', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    await sip.invite(alice.id, 'Lunch?');
    const taken = there.sink.taken[0];
    assert.ok(taken);
    const outcome = await there.connector.tell(
      {
        message: 'm' as MessageId,
        conversation: conversationOf(alice.id, bob.id),
        to: bob,
        about: alice,
        refusal: { id: 'throttled', side: 'teams' },
        thread: taken.thread,
        remoteId: taken.remoteId,
        body: taken.body,
      },
      AbortSignal.timeout(5_000),
    );
    assert.equal(reasonOf(outcome), 'delivered');
    await sip.message('Not delivered to Alice: Teams is limiting');
    await sip.message('Lunch?');
  });
});
