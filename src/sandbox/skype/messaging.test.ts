import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { decodeDataUri, encodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { hrefOf, type ResourceInput } from '../../protocols/ucwa/hal.ts';
import { createPools, type EmbeddedPools, type PoolsOptions } from './pools.ts';
import { connect, TestClient } from './test-client.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const carol = 'carol@contoso.example';
const peggy = 'peggy@fabrikam.example';

function start(options: PoolsOptions = {}) {
  const clock = new ManualClock();
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 } }, ...options });
  return { clock, pools, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

async function available(pools: EmbeddedPools, address: string, input?: ResourceInput): Promise<TestClient> {
  const pool = pools.onPrem.core.has(address) ? pools.onPrem : pools.online;
  const client = await TestClient.signIn(pool.ucwa, address);
  await client.makeAvailable(input);
  return client;
}

function textIn(resource: ResourceInput, rel = 'plainMessage'): string | undefined {
  return decodeDataUri(hrefOf(resource, rel) ?? '')?.text;
}

/** The outcome of a call that does not come to be. */
async function outcomeOf(caller: TestClient) {
  const { status, subcode, resource } = await caller.until('messagingInvitation', 'completed');
  return { status, subcode, state: resource['state'] };
}

describe('a conversation', { timeout: 20_000 }, () => {
  for (const [name, to] of [
    ['of one pool', bob],
    ['across the pools', carol],
    ['across organisations', peggy],
  ] as const) {
    it(`${name} carries messages both ways, each told as delivered once it was fetched and proved`, async () => {
      await using world = start();
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
    await using world = start();
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
    await using world = start();
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
    await using world = start();
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
    await using world = start();
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
    await using world = start();
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
    await using world = start();
    const lurker = await TestClient.signIn(world.pools.online.ucwa, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(lurker, callee, bob);
    assert.equal((await lurker.say(ends.caller, 'psst')).status, 201);
    assert.equal(textIn((await callee.until('message', 'completed')).resource), 'psst');
  });

  it('is between two: nobody can be added', async () => {
    await using world = start();
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
    await using world = start({ limits: patient });
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
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await connect(caller, callee, bob);
    assert.equal((await callee.request('DELETE', callee.self)).status, 204);
    await caller.until('participant', 'deleted');
    await caller.until('conversation', 'deleted');
  });
});

describe('a call that comes to nothing says why', { timeout: 20_000 }, () => {
  it('nobody has the address, or has it and no home', async () => {
    await using world = start();
    const caller = await available(world.pools, alice);
    for (const to of ['nobody@contoso.example', 'dave@contoso.example', 'x@elsewhere.example']) {
      await caller.call(to);
      const outcome = await outcomeOf(caller);
      assert.equal(outcome.status, 'Failure');
      assert.ok(['DestinationNotFound', 'NotAllowed'].includes(outcome.subcode ?? ''), to);
    }
  });

  it('the callee is not signed in, or signed in and not available', async () => {
    await using world = start();
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
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob);
    await callee.until('messagingInvitation', 'started');
    await callee.request('DELETE', callee.self);
    assert.equal((await outcomeOf(caller)).subcode, 'TemporarilyUnavailable');
  });

  it('the callee does not want to be disturbed', async () => {
    await using world = start();
    const caller = await available(world.pools, alice);
    await available(world.pools, bob, { supportedModalities: ['Messaging'], signInAs: 'DoNotDisturb' });
    await caller.call(bob);
    assert.equal((await outcomeOf(caller)).subcode, 'DoNotDisturb');
  });

  it('the callee declines, for one endpoint or for all', async () => {
    await using world = start();
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
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob);
    await callee.until('messagingInvitation', 'started');
    world.clock.advance(30_000);
    assert.equal((await outcomeOf(caller)).subcode, 'Timeout');
    assert.equal((await outcomeOf(callee)).subcode, 'Missed');
  });

  it('the callee can take no further call', async () => {
    await using world = start({ limits: { conversations: 1, holds: { low: 0, medium: 0 } } });
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
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    await caller.call(bob);
    const begun = await caller.until('messagingInvitation', 'started');
    await caller.request('POST', hrefOf(begun.resource, 'cancel') ?? '');
    assert.deepEqual(await outcomeOf(caller), { status: 'Failure', subcode: 'Canceled', state: 'Cancelled' });
    assert.equal((await outcomeOf(callee)).subcode, 'Canceled');
  });

  it('the pool of the callee is down', async () => {
    await using world = start();
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

describe('a message', { timeout: 20_000 }, () => {
  it('that is not fetched for thirty seconds fails, and is never shown', async () => {
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    await caller.say(ends.caller, 'too slow');
    world.clock.advance(30_000);
    const failed = await caller.until('message', 'completed');
    assert.deepEqual([failed.status, failed.subcode], ['Failure', 'Timeout']);
    assert.equal(failed.resource['direction'], 'Outgoing');
    await caller.say(ends.caller, 'in time');
    assert.equal(textIn((await callee.until('message', 'completed')).resource), 'in time');
  });

  it('that is too long is refused with 413, in the conversation and in the invitation', async () => {
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    const long = 'x'.repeat(8_193);
    const refused = await caller.say(ends.caller, long);
    assert.deepEqual([refused.status, refused.body['code']], [413, 'EntityTooLarge']);
    assert.equal((await caller.say(ends.caller, long.slice(1))).status, 201);
    const href = encodeDataUri({ contentType: 'text/plain', text: long });
    assert.equal((await caller.call(carol, { _links: { message: { href } } })).status, 413);
  });

  it('may be HTML if both ends take it', async () => {
    await using world = start();
    const html = { supportedModalities: ['Messaging'], supportedMessageFormats: ['Plain', 'Html'] };
    const caller = await available(world.pools, alice, html);
    const plain = await available(world.pools, bob);
    const rich = await available(world.pools, carol, html);
    const post = (messaging: string) =>
      caller.request('POST', `${messaging}/messages`, '<span>Hi</span>', { 'content-type': 'text/html' });
    const toPlain = await connect(caller, plain, bob);
    assert.equal((await post(toPlain.caller)).status, 415);
    const toRich = await connect(caller, rich, carol);
    assert.equal((await post(toRich.caller)).status, 201);
    assert.equal(
      textIn((await rich.until('message', 'completed')).resource, 'htmlMessage'),
      '<span>Hi</span>',
    );
  });

  it('may be posted to the address of another message, and be read again at its own', async () => {
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    await caller.say(ends.caller, 'one');
    const got = await callee.until('message', 'completed');
    assert.equal(
      (await callee.request('POST', got.href, 'two', { 'content-type': 'text/plain' })).status,
      201,
    );
    assert.equal(textIn((await callee.request('GET', got.href)).body), 'one');
  });

  it('shows beforehand that its writer is typing, for ten seconds or until it comes', async () => {
    await using world = start();
    const caller = await available(world.pools, alice);
    const callee = await available(world.pools, bob);
    const ends = await connect(caller, callee, bob);
    const typing = ({ in: inside }: { in: string | undefined }) => inside === 'typingParticipants';
    assert.equal((await caller.request('POST', `${ends.caller}/typing`)).status, 204);
    await callee.until('participant', 'added', typing);
    world.clock.advance(9_000);
    await caller.request('POST', `${ends.caller}/typing`);
    world.clock.advance(9_000);
    assert.equal(callee.seen.length, 0);
    world.clock.advance(1_000);
    await callee.until('participant', 'deleted', typing);
    await caller.request('POST', `${ends.caller}/typing`);
    await callee.until('participant', 'added', typing);
    await caller.say(ends.caller, 'done');
    await callee.until('participant', 'deleted', typing);
    await callee.until('message', 'completed');
  });
});
