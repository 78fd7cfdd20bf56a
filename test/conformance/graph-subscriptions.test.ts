import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encryptionCertificate } from './graph-encryption.ts';
import { minute, state, subscribedWorld as world } from './graph-subscribed-world.ts';
import { alice, bob, carol, GraphWorld, grace, itAnswersAsPublished, pageApp } from './graph-world.ts';

describe('subscribing', () => {
  it('shows the subscription, its certificate never', async () => {
    await using w = await world();
    const { certificate } = await encryptionCertificate();
    const { status, body } = await w.subscribe(w.token, '/me/chats/getAllMessages?model=B', {
      includeResourceData: true,
      encryptionCertificate: certificate,
      encryptionCertificateId: 'mine',
    });
    assert.equal(status, 201);
    assert.equal(body.encryptionCertificate, null);
    assert.equal(body.encryptionCertificateId, 'mine');
    assert.equal(body.applicationId, pageApp);
    assert.equal(body.creatorId, alice.objectId);
    assert.match(body.expirationDateTime, /\.\d{7}Z$/);
    assert.equal((await w.graph.ask(w.token, 'GET', `/subscriptions/${body.id}`)).body.id, body.id);
    assert.equal((await w.graph.ask(w.token, 'GET', '/subscriptions')).body.value.length, 1);
    assert.equal((await w.graph.ask(w.graph.user(bob), 'GET', '/subscriptions')).body.value.length, 0);
    assert.equal((await w.graph.ask(w.graph.user(bob), 'DELETE', `/subscriptions/${body.id}`)).status, 404);
  });

  it('shakes hands with both addresses, even when they are the same, and keeps their query', async () => {
    await using w = await world();
    const address = w.subscriber.url('/hook?tenant=1');
    const { status, body } = await w.subscribe(w.app, '/chats/getAllMessages', {
      notificationUrl: address,
      lifecycleNotificationUrl: address,
      expirationDateTime: w.inMinutes(4320),
    });
    assert.equal(status, 201);
    assert.equal(body.notificationUrl, address);
    assert.equal(w.subscriber.handshakes.length, 2);
    for (const handshake of w.subscriber.handshakes)
      assert.match(handshake, /^\/hook\?tenant=1&validationToken=/);
  });

  for (const [what, answer] of [
    ['another token', (token: string) => [200, 'text/plain', `${token}x`] as const],
    ['the token still encoded', (token: string) => [200, 'text/plain', encodeURIComponent(token)] as const],
    ['JSON', (token: string) => [200, 'application/json', token] as const],
    ['202', (token: string) => [202, 'text/plain', token] as const],
    ['a flood', () => [200, 'text/plain', 'x'.repeat(100_000)] as const],
  ] as const) {
    it(`is refused when the address answers the handshake with ${what}`, async () => {
      await using w = await world();
      w.subscriber.onHandshake = (token, response) => {
        const [status, type, text] = answer(token);
        response.writeHead(status, { 'content-type': type }).end(text);
      };
      const { status, body } = await w.subscribe(w.token, '/me/chats/getAllMessages');
      assert.equal(status, 400);
      assert.equal(body.error.code, 'ValidationError');
      assert.match(body.error.message, /notificationUrl/);
    });
  }

  it('is refused when the address keeps silent for ten seconds', async () => {
    await using w = await world();
    const asked = new Promise<void>((resolve) => {
      w.subscriber.onHandshake = () => resolve();
    });
    const reply = w.subscribe(w.token, '/me/chats/getAllMessages');
    await asked;
    w.graph.clock.advance(10_000);
    const { status, body } = await reply;
    assert.equal(status, 400);
    assert.match(body.error.message, /10 seconds/);
  });

  it('is refused when nobody listens, or the certificate is not trusted', async () => {
    await using w = await world();
    const closed = await w.subscribe(w.token, '/me/chats/getAllMessages', {
      notificationUrl: 'https://localhost:9/',
    });
    assert.match(closed.body.error.message, /cannot be reached/);
    await using stranger = new GraphWorld();
    const reply = await stranger.ask(
      stranger.user(alice),
      'POST',
      '/subscriptions',
      w.body('/me/chats/getAllMessages'),
    );
    assert.equal(reply.status, 400);
    assert.match(reply.body.error.message, /cannot be reached/);
  });

  const bad: readonly (readonly [string, string, object, RegExp])[] = [
    ['plain http', '/me/chats/getAllMessages', { notificationUrl: 'http://localhost/' }, /notificationUrl/],
    [
      'plain http for lifecycle events',
      '/me/chats/getAllMessages',
      { lifecycleNotificationUrl: 'http://localhost/' },
      /lifecycleNotificationUrl/,
    ],
    ['no resource', '/me/chats/getAllMessages', { resource: undefined }, /resource/],
    ['a resource that cannot be subscribed to', '/me/messages', {}, /not supported/],
    ['a base address in the resource', 'https://graph.microsoft.com/v1.0/chats', {}, /base URL/],
    ['an unknown change', '/me/chats/getAllMessages', { changeType: 'created,moved' }, /'moved'/],
    [
      'created presence',
      `/communications/presences/${bob.objectId}`,
      { changeType: 'created' },
      /changeType/,
    ],
    [
      'a clientState of 129 characters',
      '/me/chats/getAllMessages',
      { clientState: 'x'.repeat(129) },
      /clientState/,
    ],
    ['a date that is none', '/me/chats/getAllMessages', { expirationDateTime: 'soon' }, /expirationDateTime/],
    [
      'a date that is past',
      '/me/chats/getAllMessages',
      { expirationDateTime: '2020-01-01T00:00:00Z' },
      /future/,
    ],
    [
      'resource data without a certificate',
      '/me/chats/getAllMessages',
      { includeResourceData: true },
      /encryptionCertificate'/,
    ],
    [
      'resource data without an id of the certificate',
      '/me/chats/getAllMessages',
      { includeResourceData: true, encryptionCertificate: 'x' },
      /encryptionCertificateId/,
    ],
    [
      'a certificate that is none',
      '/me/chats/getAllMessages',
      { includeResourceData: true, encryptionCertificate: 'eA==', encryptionCertificateId: 'x' },
      /encryptionCertificate'/,
    ],
    [
      'an unknown TLS version',
      '/me/chats/getAllMessages',
      { latestSupportedTlsVersion: 'v9' },
      /latestSupportedTlsVersion/,
    ],
  ];
  for (const [what, resource, extra, field] of bad) {
    it(`is refused with ${what}, naming the field`, async () => {
      await using w = await world();
      const { status, body } = await w.subscribe(w.token, resource, extra);
      assert.equal(status, 400);
      assert.match(body.error.message, field);
      assert.equal(w.subscriber.handshakes.length, 0);
    });
  }

  it('lasts at most three days for messages and an hour for presence', async () => {
    await using w = await world();
    const long = { lifecycleNotificationUrl: w.subscriber.url(), expirationDateTime: w.inMinutes(4321) };
    assert.match(
      (await w.subscribe(w.token, '/me/chats/getAllMessages', long)).body.error.message,
      /4320 minutes/,
    );
    const presence = `/communications/presences/${bob.objectId}`;
    const hour = await w.subscribe(w.token, presence, {
      expirationDateTime: w.inMinutes(61),
      lifecycleNotificationUrl: w.subscriber.url(),
    });
    assert.match(hour.body.error.message, /60 minutes/);
    assert.equal((await w.subscribe(w.token, presence, { expirationDateTime: w.inMinutes(60) })).status, 201);
  });

  it('lasts at least 45 minutes', async () => {
    await using w = await world();
    const { body } = await w.subscribe(w.token, '/me/chats/getAllMessages', {
      expirationDateTime: w.inMinutes(1),
    });
    assert.equal(Date.parse(body.expirationDateTime), w.graph.clock.now() + 45 * minute);
  });

  it('needs an address for lifecycle events beyond an hour', async () => {
    await using w = await world();
    const { status, body } = await w.subscribe(w.token, '/me/chats/getAllMessages', {
      expirationDateTime: w.inMinutes(61),
    });
    assert.equal(status, 400);
    assert.equal(
      body.error.message,
      'lifecycleNotificationUrl is a required property for subscription creation on this resource when the expirationDateTime value is set to greater than 1 hour.',
    );
  });

  it('is open to users and applications as the table of resources says', async () => {
    await using w = await world();
    const chat = await w.graph.chat();
    const status = async (token: string, resource: string) =>
      (
        await w.subscribe(
          token,
          resource,
          resource.startsWith('/communications') ? {} : { changeType: 'created' },
        )
      ).status;
    assert.equal(await status(w.app, `/communications/presences/${bob.objectId}`), 403);
    assert.equal(await status(w.token, '/chats/getAllMessages'), 403);
    assert.equal(await status(w.app, '/me/chats/getAllMessages'), 400);
    assert.equal(await status(w.graph.application(['User.Read.All']), '/chats/getAllMessages'), 403);
    assert.equal(await status(w.token, `/users/${bob.objectId}/chats/getAllMessages`), 403);
    assert.equal(await status(w.app, `/users/${grace.objectId}/chats/getAllMessages`), 404);
    assert.equal(await status(w.graph.user(carol), `/chats/${chat}/messages`), 403);
    assert.equal(await status(w.token, '/chats/19:none@thread.v2/messages'), 404);
    assert.equal(await status(w.token, `/chats/${chat}/messages`), 201);
    assert.equal(await status(w.app, `/chats/${chat}/messages`), 201);
    assert.equal(await status(w.app, `/users/${bob.address}/chats/getAllMessages`), 201);
    assert.equal(await status(w.app, '/chats/getAllMessages'), 201);
  });

  it('is refused with 403 beyond the quotas', async () => {
    await using w = await world();
    const chat = await w.graph.chat();
    const presence = `/communications/presences/${bob.objectId}`;
    assert.equal((await w.subscribe(w.token, `/chats/${chat}/messages`)).status, 201);
    assert.equal((await w.subscribe(w.token, `/chats('${chat}')/messages`)).status, 403);
    assert.equal((await w.subscribe(w.token, presence)).status, 201);
    const second = await w.subscribe(w.token, presence);
    assert.equal(second.status, 403);
    assert.match(second.body.error.message, /limit of '1'/);
    assert.equal((await w.subscribe(w.graph.user(bob), presence)).status, 201);
    for (let made = 0; made < 10; made += 1)
      assert.equal((await w.subscribe(w.token, '/me/chats/getAllMessages')).status, 201);
    assert.equal((await w.subscribe(w.token, '/me/chats/getAllMessages')).status, 403);
  });

  it('frees its place when it is deleted', async () => {
    await using w = await world();
    const presence = `/communications/presences/${bob.objectId}`;
    const { id } = (await w.subscribe(w.token, presence)).body;
    assert.equal((await w.graph.ask(w.token, 'DELETE', `/subscriptions/${id}`)).status, 204);
    assert.equal((await w.subscribe(w.token, presence)).status, 201);
  });
});

describe('the life of a subscription', () => {
  const resource = '/me/chats/getAllMessages';

  it('is renewed by PATCH, within the same limits', async () => {
    await using w = await world();
    const lifecycle = { lifecycleNotificationUrl: w.subscriber.url('/life') };
    const { id } = (await w.subscribe(w.token, resource, lifecycle)).body;
    const patch = (body: object) => w.graph.ask(w.token, 'PATCH', `/subscriptions/${id}`, body);
    const { status, body } = await patch({ expirationDateTime: w.inMinutes(4320) });
    assert.equal(status, 200);
    assert.equal(Date.parse(body.expirationDateTime), w.graph.clock.now() + 4320 * minute);
    assert.equal((await patch({ expirationDateTime: w.inMinutes(4321) })).status, 400);
    assert.equal((await patch({ expirationDateTime: 'x' })).status, 400);
    assert.equal((await patch({ lifecycleNotificationUrl: 'https://x/' })).status, 400);
    assert.equal((await patch({ resource: '/chats' })).status, 400);
    const handshakes = w.subscriber.handshakes.length;
    assert.equal(handshakes, 2);
  });

  it('cannot grow beyond an hour without an address for lifecycle events', async () => {
    await using w = await world();
    const { id } = (await w.subscribe(w.token, resource)).body;
    const { status } = await w.graph.ask(w.token, 'PATCH', `/subscriptions/${id}`, {
      expirationDateTime: w.inMinutes(61),
    });
    assert.equal(status, 400);
  });

  it('is announced fifteen minutes before its end, and ends', async () => {
    await using w = await world();
    const { id } = (
      await w.subscribe(w.token, resource, { lifecycleNotificationUrl: w.subscriber.url('/life') })
    ).body;
    w.graph.clock.advance(35 * minute - 1);
    await w.graph.notifier.idle();
    assert.equal(w.subscriber.lifecycle.length, 0);
    w.graph.clock.advance(1);
    await w.subscriber.until(({ lifecycle }) => lifecycle.length === 1);
    await w.graph.notifier.idle();
    const [event] = w.subscriber.lifecycle;
    assert.deepEqual(
      [event?.lifecycleEvent, event?.subscriptionId, event?.clientState],
      ['reauthorizationRequired', id, state],
    );
    assert.equal((await w.graph.ask(w.token, 'POST', `/subscriptions/${id}/reauthorize`)).status, 204);
    w.graph.clock.advance(15 * minute);
    assert.equal((await w.graph.ask(w.token, 'GET', `/subscriptions/${id}`)).status, 404);
    await w.graph.say(alice, await w.graph.chat(), 'x');
    await w.graph.notifier.idle();
    assert.equal(w.subscriber.notifications.length, 0);
  });

  it('goes on after a renewal', async () => {
    await using w = await world();
    const { id } = (await w.subscribe(w.token, resource)).body;
    w.graph.clock.advance(49 * minute);
    await w.graph.ask(w.token, 'PATCH', `/subscriptions/${id}`, { expirationDateTime: w.inMinutes(60) });
    w.graph.clock.advance(59 * minute);
    assert.equal((await w.graph.ask(w.token, 'GET', `/subscriptions/${id}`)).status, 200);
  });

  it('is ended by the service, which says so', async () => {
    await using w = await world();
    const { id } = (
      await w.subscribe(w.token, resource, { lifecycleNotificationUrl: w.subscriber.url('/life') })
    ).body;
    assert.equal(w.graph.notifier.revoke(id), true);
    await w.subscriber.until(({ lifecycle }) => lifecycle.length === 1);
    assert.equal(w.subscriber.lifecycle[0]?.lifecycleEvent, 'subscriptionRemoved');
    assert.equal((await w.graph.ask(w.token, 'GET', `/subscriptions/${id}`)).status, 404);
    assert.equal(w.graph.notifier.revoke(id), false);
  });

  it('leaves no timer behind', async () => {
    await using w = await world();
    const { id } = (await w.subscribe(w.token, resource)).body;
    await w.graph.ask(w.token, 'DELETE', `/subscriptions/${id}`);
    assert.equal(w.graph.clock.pending, 0);
  });

  it('rotates its certificate', async () => {
    await using w = await world();
    const [first, second] = [await encryptionCertificate(), await encryptionCertificate()];
    const { id } = (
      await w.subscribe(w.token, resource, {
        includeResourceData: true,
        encryptionCertificate: first.certificate,
        encryptionCertificateId: '1',
      })
    ).body;
    const rotated = await w.graph.ask(w.token, 'PATCH', `/subscriptions/${id}`, {
      encryptionCertificate: second.certificate,
      encryptionCertificateId: '2',
    });
    assert.equal(rotated.body.encryptionCertificateId, '2');
    await w.graph.say(alice, await w.graph.chat(), 'x');
    await w.subscriber.until(({ notifications }) => notifications.length === 1);
    const content = w.subscriber.notifications[0]?.encryptedContent;
    assert.equal(content?.encryptionCertificateId, '2');
    assert.ok(content && second.decrypt(content));
  });
});

itAnswersAsPublished();
