import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { hasReference } from '../kit/reference.ts';
import { encryptionCertificate } from './graph-encryption.ts';
import { PublishedGraph } from './graph-schemas.ts';
import { minute, state, subscribedWorld as world } from './graph-subscribed-world.ts';
import type { Subscriber } from './graph-subscriber.ts';
import { alice, bob, carol, grace, group, itAnswersAsPublished, member, pageApp } from './graph-world.ts';

const seen: Subscriber['batches'] = [];
after(() => {
  if (!hasReference) return;
  const published = new PublishedGraph();
  assert.ok(seen.length > 0);
  for (const batch of seen)
    assert.deepEqual(published.check('microsoft.graph.changeNotificationCollection', batch), []);
});

describe('a notification', () => {
  it('of a message carries ids, the state and no content', async () => {
    await using w = await world();
    const chat = await w.graph.chat();
    const subscription = (await w.subscribe(w.app, `/users/${bob.objectId}/chats/getAllMessages`)).body;
    const { id, etag } = (await w.graph.say(alice, chat, 'nobody may read this on the way')).body;
    await w.subscriber.until(({ notifications }) => notifications.length === 1);
    seen.push(...w.subscriber.batches);
    const [notification] = w.subscriber.notifications;
    assert.deepEqual(notification, {
      subscriptionId: subscription.id,
      subscriptionExpirationDateTime: subscription.expirationDateTime,
      clientState: state,
      tenantId: alice.tenant.id,
      changeType: 'created',
      resource: `chats('${chat}')/messages('${id}')`,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.chatMessage',
        '@odata.id': `chats('${chat}')/messages('${id}')`,
        '@odata.etag': etag,
        id,
      },
    });
    assert.equal(w.subscriber.batches[0]?.validationTokens, undefined);
  });

  it('tells of edits, reactions and deletions, if they were asked for', async () => {
    await using w = await world();
    const chat = await w.graph.chat();
    await w.subscribe(w.token, `/chats/${chat}/messages`, { changeType: 'updated,deleted' });
    const { id } = (await w.graph.say(alice, chat, 'x')).body;
    const path = `/chats/${chat}/messages/${id}`;
    await w.graph.ask(w.token, 'PATCH', path, { body: { content: 'y' } });
    await w.graph.ask(w.graph.user(bob), 'POST', `${path}/setReaction`, { reactionType: '👍' });
    await w.graph.ask(w.token, 'POST', `/me${path}/softDelete`);
    await w.subscriber.until(({ notifications }) => notifications.length === 3);
    assert.deepEqual(
      w.subscriber.notifications.map(({ changeType }) => changeType),
      ['updated', 'updated', 'deleted'],
    );
  });

  it('is encrypted for the subscriber, beside a token for its application and tenant', async () => {
    await using w = await world();
    const { certificate, decrypt } = await encryptionCertificate();
    const chat = await w.graph.chat();
    await w.subscribe(w.app, '/chats/getAllMessages', {
      includeResourceData: true,
      encryptionCertificate: certificate,
      encryptionCertificateId: 'mine',
    });
    const sent = (await w.graph.say(alice, chat, 'Grüße')).body;
    await w.subscriber.until(({ notifications }) => notifications.length === 1);
    seen.push(...w.subscriber.batches);
    const [batch] = w.subscriber.batches;
    assert.deepEqual(batch?.validationTokens, [
      `validation 15700000-0000-4000-8000-000000000001 ${alice.tenant.id}`,
    ]);
    const content = batch?.value[0]?.encryptedContent;
    assert.ok(content);
    assert.equal(content.encryptionCertificateId, 'mine');
    const { '@odata.context': _, ...message } = decrypt(content) as Record<string, unknown>;
    const { '@odata.context': __, ...expected } = sent;
    assert.deepEqual(message, expected);
  });

  it('of presence names the person and what is shown', async () => {
    await using w = await world();
    const { certificate, decrypt } = await encryptionCertificate();
    await w.subscribe(
      w.token,
      `/communications/presences?$filter=id in ('${bob.objectId}','${carol.objectId}')`,
      {
        includeResourceData: true,
        encryptionCertificate: certificate,
        encryptionCertificateId: 'mine',
      },
    );
    const set = (who: typeof bob) =>
      w.graph.ask(w.graph.user(who), 'POST', '/me/presence/setPresence', {
        sessionId: pageApp,
        availability: 'Busy',
        activity: 'InACall',
      });
    await set(alice);
    await set(bob);
    await w.subscriber.until(({ notifications }) => notifications.length === 1);
    seen.push(...w.subscriber.batches);
    const [notification] = w.subscriber.notifications;
    assert.equal(notification?.resourceData.id, bob.objectId);
    assert.equal(notification?.resourceData['@odata.id'], `users/${bob.objectId}/presence`);
    assert.ok(notification?.encryptedContent);
    assert.deepEqual(decrypt(notification.encryptedContent), {
      id: bob.objectId,
      availability: 'Busy',
      activity: 'InACall',
    });
    await w.graph.notifier.idle();
    w.graph.clock.advance(5 * minute);
    await w.subscriber.until(({ notifications }) => notifications.length === 2);
    assert.equal(w.subscriber.notifications[1]?.resourceData.availability, 'Offline');
  });

  it('of a federated chat reaches the subscribers of both tenants, each in its own name', async () => {
    await using w = await world();
    const chat = await w.graph.chat(alice, grace);
    await w.subscribe(w.app, '/chats/getAllMessages');
    await w.subscribe(w.graph.application(['Chat.Read.All'], grace.tenant.id), '/chats/getAllMessages');
    await w.graph.say(grace, chat, 'hello');
    await w.subscriber.until(({ notifications }) => notifications.length === 2);
    assert.deepEqual(
      new Set(w.subscriber.notifications.map(({ tenantId }) => tenantId)),
      new Set([alice.tenant.id, grace.tenant.id]),
    );
  });

  it('of chats and members tells who came and went', async () => {
    await using w = await world();
    await w.subscribe(w.app, '/chats', { changeType: 'created,updated' });
    await w.subscribe(w.app, '/chats/getAllMembers', { changeType: 'created,deleted' });
    const { id } = (await w.graph.ask(w.token, 'POST', '/chats', group('Plans', alice, bob))).body;
    await w.graph.ask(w.token, 'POST', `/chats/${id}/members`, member(carol));
    await w.subscriber.until(({ notifications }) => notifications.length === 3);
    assert.deepEqual(
      new Set(
        w.subscriber.notifications.map(
          ({ resourceData, changeType }) => `${resourceData['@odata.type']} ${changeType}`,
        ),
      ),
      new Set([
        '#Microsoft.Graph.chat created',
        '#Microsoft.Graph.chat updated',
        '#Microsoft.Graph.aadUserConversationMember created',
      ]),
    );
  });

  it("ends with the user's membership", async () => {
    await using w = await world();
    const { id } = (await w.graph.ask(w.token, 'POST', '/chats', group('Plans', alice, bob))).body;
    await w.subscribe(w.graph.user(bob), `/chats/${id}/messages`);
    await w.subscribe(w.app, `/chats/${id}/messages`);
    const { value } = (await w.graph.ask(w.token, 'GET', `/chats/${id}/members`)).body;
    const membership = value.find(({ userId }: { userId: string }) => userId === bob.objectId);
    await w.graph.ask(w.token, 'DELETE', `/chats/${id}/members/${membership.id}`);
    await w.graph.say(alice, id, 'without bob');
    await w.graph.notifier.idle();
    const subscriptions = new Set(w.subscriber.notifications.map(({ subscriptionId }) => subscriptionId));
    assert.equal(subscriptions.size, 1);
  });

  it('comes in order, one POST at a time, those that waited together', async () => {
    await using w = await world();
    const chat = await w.graph.chat();
    await w.subscribe(w.token, `/chats/${chat}/messages`);
    let underWay = 0;
    let most = 0;
    const { promise: allWritten, resolve: release } = Promise.withResolvers<void>();
    w.subscriber.onNotification = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await allWritten;
      underWay -= 1;
      return 202;
    };
    const ids: string[] = [];
    for (let index = 0; index < 50; index += 1)
      ids.push((await w.graph.say(alice, chat, String(index))).body.id);
    release();
    await w.graph.notifier.idle();
    assert.deepEqual(
      w.subscriber.notifications.map(({ resourceData }) => resourceData.id),
      ids,
    );
    assert.equal(most, 1);
    assert.deepEqual(
      w.subscriber.batches.map(({ value }) => value.length),
      [1, 49],
    );
  });

  it('is repeated until the subscriber takes it', async () => {
    await using w = await world();
    const chat = await w.graph.chat();
    await w.subscribe(w.token, `/chats/${chat}/messages`);
    const refused = new Promise<void>((resolve) => {
      w.subscriber.onNotification = () => {
        resolve();
        w.subscriber.onNotification = () => 202;
        return 503;
      };
    });
    const { id } = (await w.graph.say(alice, chat, 'x')).body;
    await refused;
    while (w.graph.notifier.counts.failedAttempts === 0)
      await new Promise((resolve) => setImmediate(resolve));
    w.graph.clock.advance(1000);
    await w.subscriber.until(({ notifications }) => notifications.length === 1);
    assert.equal(w.subscriber.notifications[0]?.resourceData.id, id);
  });
});

itAnswersAsPublished();
