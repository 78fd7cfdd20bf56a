import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { alice, available, bob, openSkypeWorld, reasonOf } from './connector.test-kit.ts';

describe('the session that a pair writes in', { timeout: 30_000 }, () => {
  it('is opened once, in the author’s own name, and gone on in', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const first = there.send(alice, bob, 'Hello');
    const ring = await sip.invitation('Hello');
    await sip.accept(ring);
    const one = await first.outcome;
    const two = await there.send(alice, bob, 'Are you there?').outcome;
    assert.ok(one.kind === 'delivered' && two.kind === 'delivered');
    assert.equal(one.as, 'author');
    assert.equal(two.thread, one.thread);
    assert.notEqual(two.remoteId, one.remoteId);
    await sip.message('Are you there?');
    const rings = sip.events.filter(
      (event) => event.link.rel === 'messagingInvitation' && event.type === 'started',
    );
    assert.equal(rings.length, 1);
  });

  it('rings at all endpoints of the person, and goes on with the first to take it up', async () => {
    await using there = await openSkypeWorld();
    const [desk, phone] = [await there.actor(bob), await there.actor(bob)];
    const { outcome } = there.send(alice, bob, 'Hello');
    await desk.invitation('Hello');
    await phone.accept(await phone.invitation('Hello'));
    assert.equal(reasonOf(await outcome), 'delivered');
    assert.equal(reasonOf(await there.send(alice, bob, 'On the phone?').outcome), 'delivered');
    await phone.message('On the phone?');
    assert.ok(!desk.received.includes('On the phone?'));
  });

  it('brings many texts at once in their order', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const sent = ['1', '2', '3', '4', '5'].map((text) => there.send(alice, bob, text).outcome);
    await sip.accept(await sip.invitation('1'));
    assert.deepEqual(
      (await Promise.all(sent)).map(reasonOf),
      sent.map(() => 'delivered'),
    );
    await sip.message('5');
    assert.deepEqual(sip.received, ['1', '2', '3', '4', '5']);
  });

  it('is opened anew, in the same thread, after it was closed', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const first = there.send(alice, bob, 'One');
    const conversation = await sip.accept(await sip.invitation('One'));
    const before = await first.outcome;
    assert.ok(before.kind === 'delivered');
    await sip.call('POST', `${conversation}/messaging/terminate`);
    const second = there.send(alice, bob, 'Two', { thread: before.thread });
    await sip.accept(await sip.invitation('Two'));
    const after = await second.outcome;
    assert.equal(after.kind === 'delivered' && after.thread, before.thread);
  });

  it('counts as ended after the idle limit', async () => {
    const clock = new ManualClock(Date.now());
    await using there = await openSkypeWorld({ clock, sessionIdleMs: 600_000 });
    const sip = await there.actor(bob);
    const first = there.send(alice, bob, 'Morning');
    await sip.accept(await sip.invitation('Morning'));
    await first.outcome;
    clock.advance(601_000);
    const second = there.send(alice, bob, 'Noon');
    await sip.accept(await sip.invitation('Noon'));
    assert.equal(reasonOf(await second.outcome), 'delivered');
  });

  it('is the one that the peer opened, where there is one', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    await sip.invite(alice.id, 'Ping');
    const outcome = await there.send(alice, bob, 'Pong').outcome;
    assert.equal(outcome.kind === 'delivered' && outcome.thread, there.sink.taken[0]?.thread);
    await sip.message('Pong');
  });

  it('is the peer’s when both call at once, and each text is shown once', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'From Alice');
    await sip.invitation('From Alice');
    const theirs = await sip.invite(alice.id, 'From Bob');
    assert.equal(theirs.status, 'Success');
    assert.equal(reasonOf(await outcome), 'delivered');
    await sip.message('From Alice');
    assert.deepEqual(there.sink.texts(), ['From Bob']);
    assert.equal(sip.received.filter((text) => text === 'From Alice').length, 1);
  });
});
