import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { alice, available, bob, carol, openPools, textIn } from './messaging.test-kit.ts';
import { connect } from './test-client.ts';

describe('a message', { timeout: 20_000 }, () => {
  it('that is not fetched for thirty seconds fails, and is never shown', async () => {
    await using world = openPools();
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
    await using world = openPools();
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
    await using world = openPools();
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
    await using world = openPools();
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
    await using world = openPools();
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
