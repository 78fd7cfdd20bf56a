import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { createDirectory } from '../../gateway/directory.ts';
import { encodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { type SeenEvent, TestClient } from '../../sandbox/skype/test-client.ts';
import { alice, available, bob, dave, openSkypeWorld, reasonOf } from './connector.test-kit.ts';

describe('hearing messages from SfB', { timeout: 30_000 }, () => {
  it('hands the first text over once, before the invitation is taken up, then the others in order', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { conversation, status } = await sip.invite(alice.id, 'First');
    assert.equal(status, 'Success');
    assert.deepEqual(there.sink.texts(), ['First']);
    for (const text of ['Second', 'Third', 'Fourth']) await sip.say(conversation, text);
    await eventually('all four', () => there.sink.taken.length === 4);
    assert.deepEqual(there.sink.texts(), ['First', 'Second', 'Third', 'Fourth']);
    assert.equal(new Set(there.sink.taken.map(({ thread }) => thread)).size, 1);
    assert.equal(new Set(there.sink.taken.map(({ remoteId }) => remoteId)).size, 4);
    assert.deepEqual(there.sink.taken.map(({ author, recipient }) => [author, recipient])[0], [
      bob.id,
      alice.id,
    ]);
  });

  it('takes up an invitation that says nothing yet, and hands over what follows', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const caller = await TestClient.signIn(there.pools.online.ucwa, bob.id);
    await caller.makeAvailable();
    await caller.call(alice.id);
    const { href } = await caller.until(
      'messaging',
      'updated',
      ({ resource }) => resource['state'] === 'Connected',
    );
    await caller.say(href, 'Now I say it');
    await eventually('the text', () => there.sink.texts().includes('Now I say it'));
    assert.equal(there.sink.taken.length, 1);
  });

  it('hears, once, what was written while its connection was cut', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const caller = await TestClient.signIn(there.pools.online.ucwa, bob.id);
    await caller.makeAvailable();
    await caller.call(alice.id);
    const isConnected = ({ resource }: SeenEvent) => resource['state'] === 'Connected';
    const { href } = await caller.until('messaging', 'updated', isConnected);
    there.pools.online.setFault({ kind: 'down' });
    there.pools.online.setFault({ kind: 'none' });
    await caller.say(href, 'Did you hear that?');
    await caller.say(href, 'And that?');
    const proof = await caller.until('message', 'completed');
    assert.equal(proof.status, 'Success');
    await eventually('both', () => there.sink.taken.length === 2);
    assert.deepEqual(there.sink.texts(), ['Did you hear that?', 'And that?']);
  });

  it('reads HTML as its safe subset', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const caller = await TestClient.signIn(there.pools.online.ucwa, bob.id);
    await caller.makeAvailable();
    const html = '<span>Hello <b>you</b><script>alert(1)</script></span>';
    await caller.call(alice.id, {
      _links: { message: { href: encodeDataUri({ contentType: 'text/html', text: html }) } },
    });
    const taken = await eventually('the text', () => there.sink.taken[0]);
    assert.deepEqual(taken.body, { format: 'html', html: 'Hello <b>you</b>' });
  });

  it('declines what cannot be kept', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    there.sink.refuseNext = 1;
    const { status } = await sip.invite(alice.id, 'Lost?');
    assert.equal(status, 'Failure');
    assert.deepEqual(there.sink.refusals, ['ledger-full']);
  });

  it('does not acknowledge a later message before it is kept', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { conversation } = await sip.invite(alice.id, 'One');
    there.sink.refuseNext = 1;
    await sip.say(conversation, 'Two');
    await eventually('the second text, at the second try', () => there.sink.texts().includes('Two'));
    assert.deepEqual(there.sink.texts(), ['One', 'Two']);
  });

  it('tells the sender of a later message at once when it will never be kept', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { conversation } = await sip.invite(alice.id, 'One');
    there.sink.refuseNext = 1;
    there.sink.refuseAs = 'not-possible';
    await sip.say(conversation, 'Two');
    await sip.message('Not delivered to Alice: The coexistence rules refuse');
    await sip.say(conversation, 'Three');
    await eventually('the third text', () => there.sink.texts().includes('Three'));
    assert.deepEqual(there.sink.texts(), ['One', 'Three']);
  });

  it('does not take its own invitation for the peer’s, and calls somebody offline whom only it could answer for', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    await there.connector.publish(bob, available);
    assert.equal(reasonOf(await there.send(alice, bob, 'Hello').outcome), 'refused offline');
    assert.deepEqual(there.sink.texts(), []);
    const sip = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'Hello again');
    await sip.accept(await sip.invitation('Hello again'));
    assert.equal(reasonOf(await outcome), 'delivered');
    assert.deepEqual(there.sink.texts(), []);
  });

  it('routes a fresh call to its own account if only one person can be meant, else explains and leaves', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const lost = await sip.invite('isthmus@contoso.example', 'Who are you?');
    assert.equal(lost.status, 'Success');
    await sip.message('only carries messages');
    assert.deepEqual(there.sink.texts(), []);

    const told = there.send(dave, bob, 'Hello');
    const conversation = await sip.accept(await sip.invitation('Dave (Teams): Hello'));
    await told.outcome;
    await sip.call('POST', `${conversation}/messaging/terminate`);
    await sip.invite('isthmus@contoso.example', 'Dave?');
    const routed = await eventually('the text for Dave', () => there.sink.taken[0]);
    assert.equal(routed.recipient, dave.id);
  });

  it('refuses callers that the directory does not know', async () => {
    await using there = await openSkypeWorld({ directory: createDirectory([alice]) });
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { status } = await sip.invite(alice.id, 'Hello');
    assert.equal(status, 'Failure');
    assert.deepEqual(there.sink.refusals, ['no-such-person']);
  });
});
