import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { hrefOf } from '../../protocols/ucwa/hal.ts';
import { alice, available, bob, carol, openPools, outcomeOf, peggy, textIn } from './messaging.test-kit.ts';
import { connect, TestClient } from './test-client.ts';

describe('a conversation', { timeout: 20_000 }, () => {
  for (const [name, to] of [
    ['of one pool', bob],
    ['across the pools', carol],
    ['across organisations', peggy],
  ] as const) {
    it(`${name} carries messages both ways, each told as delivered once it was fetched and proved`, async () => {
      await using world = openPools();
      const caller = await available(world.pools, alice);
      const callee = await available(world.pools, to);
      const ends = await connect(caller, callee, to);

      const sent = await caller.say(ends.caller, 'Soup – today?', '?operationId=op-2');
      assert.equal(sent.status, 201);
      const got = await callee.until('message', 'completed');
      assert.equal(textIn(got.resource), 'Soup – today?');
      assert.equal(got.resource['direction'], 'Incoming');
      const proof = callee.fetch();
      const receipt = await caller.until('message', 'completed');
      assert.equal(receipt.href, sent.headers['location']);
      assert.equal(receipt.status, 'Success');
      assert.equal(receipt.resource['operationId'], 'op-2');

      await caller.say(ends.caller, 'At noon?');
      await proof;
      await callee.say(ends.callee, 'Yes');
      const answered = await caller.until(
        'message',
        'completed',
        ({ resource }) => resource['direction'] === 'Incoming',
      );
      assert.equal(textIn(answered.resource), 'Yes');
    });
  }

  it('begins with the text of the invitation, told once more as its first message', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const href = encodeDataUri({ contentType: 'text/plain', text: 'Hungry?' });
    await caller.call(bob, { subject: 'Lunch', _links: { message: { href } } });
    const ring = await callee.until('messagingInvitation', 'started');
    assert.equal(textIn(ring.resource, 'message'), 'Hungry?');
    assert.equal(ring.resource['subject'], 'Lunch');
    await callee.request('POST', hrefOf(ring.resource, 'accept') ?? '');
    const first = await callee.until('message', 'completed');
    assert.equal(textIn(first.resource), 'Hungry?');
    assert.match(first.href, /\/messages\/2$/);
  });

  it('shares its thread id between both ends, and takes the one that the caller goes on with', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob, { threadId: 'thread-1' });
    const ring = await callee.until('messagingInvitation', 'started');
    assert.equal(ring.resource['threadId'], 'thread-1');
    const again = await caller.call(bob, { threadId: 'thread-1' });
    assert.equal(again.status, 409);
    assert.equal(again.body['subcode'], 'ThreadIdAlreadyExists');
  });

  it('rings at every endpoint; the first to accept has it, and the others learn so', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const desk = await available(world.pools, bob);
    const phone = await available(world.pools, bob);
    const lurker = await TestClient.signIn(world.pools.online.ucwa, bob);
    await caller.call(bob);
    const atDesk = await desk.until('messagingInvitation', 'started');
    const atPhone = await phone.until('messagingInvitation', 'started');
    await phone.request('POST', hrefOf(atPhone.resource, 'accept') ?? '');
    assert.deepEqual(await outcomeOf(desk), {
      status: 'Failure',
      subcode: 'ConnectedElsewhere',
      state: 'Failed',
    });
    const late = await desk.request('POST', hrefOf(atDesk.resource, 'accept') ?? '');
    assert.equal(late.status, 404);
    assert.deepEqual(await outcomeOf(caller), { status: 'Success', subcode: undefined, state: 'Connected' });
    assert.equal(lurker.seen.length, 0);
  });

  it('ends at both ends when one stops it, and what was on its way has failed', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    await caller.say(ends.caller, 'never fetched');
    const stopped = await callee.request('POST', `${ends.callee}/terminate`);
    assert.equal(stopped.status, 204);
    const lost = await caller.until('message', 'completed');
    assert.deepEqual([lost.status, lost.subcode], ['Failure', 'Ended']);
    const messaging = await caller.until('messaging', 'updated');
    assert.equal(messaging.resource['state'], 'Disconnected');
    assert.ok(hrefOf(messaging.resource, 'addMessaging'));
    await caller.until('conversation', 'deleted');
    await callee.until('conversation', 'deleted');
    const after = await caller.say(ends.caller, 'too late');
    assert.deepEqual([after.status, after.body['subcode']], [404, 'ConversationNotFound']);
  });

  it('can be taken up again in place', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    await callee.request('POST', `${ends.callee}/terminate`);
    const gone = await caller.until(
      'messaging',
      'updated',
      ({ resource }) => resource['state'] === 'Disconnected',
    );
    const again = await caller.request('POST', hrefOf(gone.resource, 'addMessaging') ?? '', {
      operationId: 'again',
    });
    assert.equal(again.status, 201, again.text);
    const ring = await callee.until('messagingInvitation', 'started');
    await callee.request('POST', hrefOf(ring.resource, 'accept') ?? '');
    const back = await caller.until(
      'messaging',
      'updated',
      ({ resource }) => resource['state'] === 'Connected',
    );
    assert.equal(back.href, ends.caller);
  });

  it('may be begun by an endpoint that is not available itself', async () => {
    await using world = openPools();
    const lurker = await TestClient.signIn(world.pools.online.ucwa, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(lurker, callee, bob);
    assert.equal((await lurker.say(ends.caller, 'psst')).status, 201);
    assert.equal(textIn((await callee.until('message', 'completed')).resource), 'psst');
  });

  it('is between two: nobody can be added', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    const { body } = await caller.request('GET', ends.caller.replace(/\/messaging$/, ''));
    const refused = await caller.request('POST', hrefOf(body, 'addParticipant') ?? '', {
      to: `sip:${carol}`,
    });
    assert.deepEqual([refused.status, refused.body['subcode']], [403, 'NotAllowed']);
  });

  it('ends after ten minutes without a word', async () => {
    const patient = { suspendAfterMs: 3_600_000, expireAfterMs: 7_200_000, holds: { low: 0, medium: 0 } };
    await using world = openPools({ limits: patient });
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    world.clock.advance(9 * 60_000);
    await caller.say(ends.caller, 'still here');
    world.clock.advance(10 * 60_000 - 1);
    assert.equal((await caller.request('GET', ends.caller)).body['state'], 'Connected');
    world.clock.advance(1);
    const ended = await callee.until('messaging', 'updated');
    assert.equal(ended.subcode, 'Expired');
  });

  it('ends when an end signs out', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await connect(caller, callee, bob);
    assert.equal((await callee.request('DELETE', callee.self)).status, 204);
    await caller.until('participant', 'deleted');
    await caller.until('conversation', 'deleted');
  });
});
