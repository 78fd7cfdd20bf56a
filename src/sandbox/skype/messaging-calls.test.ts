import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hrefOf } from '../../protocols/ucwa/hal.ts';
import { alice, available, bob, carol, openPools, outcomeOf } from './messaging.test-kit.ts';
import { connect, TestClient } from './test-client.ts';

describe('a call that comes to nothing says why', { timeout: 20_000 }, () => {
  it('nobody has the address, or has it and no home', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    for (const to of ['nobody@contoso.example', 'dave@contoso.example', 'x@elsewhere.example']) {
      await caller.call(to);
      const outcome = await outcomeOf(caller);
      assert.equal(outcome.status, 'Failure');
      assert.ok(['DestinationNotFound', 'NotAllowed'].includes(outcome.subcode ?? ''), to);
    }
  });

  it('the callee is not signed in, or signed in and not available', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    await caller.call(bob);
    assert.deepEqual(await outcomeOf(caller), {
      status: 'Failure',
      subcode: 'TemporarilyUnavailable',
      state: 'Failed',
    });
    await TestClient.signIn(world.pools.online.ucwa, bob);
    await caller.call(bob);
    assert.equal((await outcomeOf(caller)).subcode, 'TemporarilyUnavailable');
  });

  it('the callee signs out while it rings', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob);
    await callee.until('messagingInvitation', 'started');
    await callee.request('DELETE', callee.self);
    assert.equal((await outcomeOf(caller)).subcode, 'TemporarilyUnavailable');
  });

  it('the callee does not want to be disturbed', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    await available(world.pools, bob, { supportedModalities: ['Messaging'], signInAs: 'DoNotDisturb' });
    await caller.call(bob);
    assert.equal((await outcomeOf(caller)).subcode, 'DoNotDisturb');
  });

  it('the callee declines, for one endpoint or for all', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const desk = await available(world.pools, bob);
    const phone = await available(world.pools, bob);
    await caller.call(bob);
    const atDesk = await desk.until('messagingInvitation', 'started');
    const atPhone = await phone.until('messagingInvitation', 'started');
    await desk.request('POST', hrefOf(atDesk.resource, 'decline') ?? '', { reason: 'Local' });
    assert.equal((await phone.request('GET', atPhone.href)).body['state'], 'Connecting');
    await phone.request('POST', hrefOf(atPhone.resource, 'decline') ?? '', { reason: 'Global' });
    assert.deepEqual(await outcomeOf(caller), { status: 'Failure', subcode: 'Declined', state: 'Declined' });
  });

  it('nobody answers for thirty seconds', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob);
    await callee.until('messagingInvitation', 'started');
    world.clock.advance(30_000);
    assert.equal((await outcomeOf(caller)).subcode, 'Timeout');
    assert.equal((await outcomeOf(callee)).subcode, 'Missed');
  });

  it('the callee can take no further call', async () => {
    await using world = openPools({ limits: { conversations: 1, holds: { low: 0, medium: 0 } } });
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const third = await available(world.pools, carol);
    await connect(caller, callee, bob);
    await third.call(bob);
    assert.equal((await outcomeOf(third)).subcode, 'Busy');
    const refused = await caller.call(carol);
    assert.deepEqual([refused.status, refused.body['subcode']], [409, 'TooManyConversations']);
  });

  it('the caller gives up', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob);
    const begun = await caller.until('messagingInvitation', 'started');
    await caller.request('POST', hrefOf(begun.resource, 'cancel') ?? '');
    assert.deepEqual(await outcomeOf(caller), { status: 'Failure', subcode: 'Canceled', state: 'Cancelled' });
    assert.equal((await outcomeOf(callee)).subcode, 'Canceled');
  });

  it('the pool of the callee is down', async () => {
    await using world = openPools();
    const caller = await available(world.pools, alice);
    await available(world.pools, carol);
    world.pools.onPrem.setFault({ kind: 'down' });
    await caller.call(carol);
    assert.equal((await outcomeOf(caller)).subcode, 'Unreachable');
    world.pools.onPrem.setFault({ kind: 'none' });
    await caller.call(carol);
    assert.equal((await caller.until('messagingInvitation', 'started')).resource['state'], 'Connecting');
  });
});
