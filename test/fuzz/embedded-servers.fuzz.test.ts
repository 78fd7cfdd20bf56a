import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createPools, type EmbeddedPools } from '../../src/sandbox/skype/pools.ts';
import { TestClient } from '../../src/sandbox/skype/test-client.ts';
import { alice, bob, GraphWorld, oneOnOne } from '../conformance/graph-world.ts';
import { mutatedBytes, mutatedJson, mutatedText } from '../kit/fuzz.ts';
import { ManualClock } from '../kit/manual-clock.ts';

interface Sample {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** One of the samples, with its address or its body damaged. */
function damaged(samples: readonly Sample[]): fc.Arbitrary<Sample> {
  return fc.constantFrom(...samples).chain((sample) => {
    const path = fc.oneof(
      { weight: 2, arbitrary: fc.constant(sample.path) },
      { weight: 1, arbitrary: mutatedText(sample.path).map((text) => `/${text.replace(/^\/+/, '')}`) },
    );
    const body = sample.body === undefined ? fc.constant(undefined) : mutatedJson(sample.body);
    return fc.record({ method: fc.constant(sample.method), path, body });
  });
}

/** As an address goes over the wire. */
function wire(path: string): string {
  return encodeURI(path.toWellFormed()).slice(0, 6_000);
}

describe('the embedded Graph', () => {
  let world: GraphWorld;
  let chat: string;
  before(async () => {
    world = new GraphWorld();
    chat = await world.chat();
    await world.say(alice, chat, 'hello');
  });
  after(() => world[Symbol.asyncDispose]());

  const samples = (): readonly Sample[] => [
    { method: 'POST', path: '/chats', body: oneOnOne(alice, bob) },
    {
      method: 'GET',
      path: `/chats/${chat}/messages?$top=5&$orderby=lastModifiedDateTime desc&$filter=lastModifiedDateTime gt 2026-01-01T00:00:00Z`,
    },
    {
      method: 'POST',
      path: `/chats/${chat}/messages`,
      body: {
        body: { contentType: 'html', content: '<p>hi <at id="0">Bob</at></p>' },
        mentions: [
          {
            id: 0,
            mentionText: 'Bob',
            mentioned: { user: { id: bob.objectId, userIdentityType: 'aadUser' } },
          },
        ],
      },
    },
    { method: 'GET', path: `/users/${alice.objectId}/chats?$expand=members&$top=2` },
    {
      method: 'POST',
      path: `/users/${alice.objectId}/presence/setPresence`,
      body: { sessionId: 'x', availability: 'Busy', activity: 'InACall', expirationDuration: 'PT1H' },
    },
    {
      method: 'POST',
      path: '/communications/getPresencesByUserId',
      body: { ids: [alice.objectId, bob.objectId] },
    },
    {
      method: 'POST',
      path: '/$batch',
      body: {
        requests: [
          { id: '1', method: 'GET', url: '/me' },
          { id: '2', method: 'GET', url: '/users', dependsOn: ['1'] },
        ],
      },
    },
    {
      method: 'GET',
      path: `/users?$filter=startswith(displayName,'A') and (mail eq 'a''b' or not (accountEnabled eq true))&$select=id`,
    },
    {
      method: 'POST',
      path: '/subscriptions',
      body: {
        changeType: 'created',
        notificationUrl: 'ftp://nowhere',
        resource: '/chats/getAllMessages',
        expirationDateTime: '2026-01-05T10:00:00Z',
        clientState: 'x',
      },
    },
  ];

  it('answers every damaged request, as a mistake of its sender', async () => {
    const tokens = [world.user(alice), world.application()];
    await fc.assert(
      fc.asyncProperty(damaged(samples()), fc.nat(1), async ({ method, path, body }, who) => {
        const answer = await world.app.inject({
          method,
          url: wire(`/v1.0${path}`),
          headers: { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json' },
          ...(method === 'GET' ? {} : { payload: JSON.stringify(body) ?? '' }),
        });
        assert.ok(answer.statusCode < 500, `${method} ${path}: ${answer.statusCode} ${answer.body}`);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the embedded pool', () => {
  let pools: EmbeddedPools;
  let client: TestClient;
  before(async () => {
    pools = createPools({ clock: new ManualClock() });
    client = await TestClient.signIn(pools.online.ucwa, 'alice@contoso.example');
    await client.makeAvailable();
  });
  after(() => pools[Symbol.asyncDispose]());

  const samples = (): readonly Sample[] => [
    {
      method: 'POST',
      path: client.at('/communication/messagingInvitations'),
      body: {
        to: 'sip:bob@contoso.example',
        operationId: '5028e824',
        subject: 'Hi',
        threadId: 'AdM',
        importance: 'Normal',
        _links: { message: { href: 'data:text/plain;base64,SGk=' } },
      },
    },
    {
      method: 'POST',
      path: client.at('/me/makeMeAvailable'),
      body: {
        signInAs: 'Busy',
        supportedModalities: ['Messaging'],
        supportedMessageFormats: ['Plain', 'Html'],
      },
    },
    { method: 'POST', path: client.at('/me/presence'), body: { availability: 'Away' } },
    { method: 'POST', path: client.at('/me/note'), body: { type: 'Personal', message: 'at home' } },
    {
      method: 'POST',
      path: client.at('/people/presenceSubscriptions'),
      body: { duration: 11, uris: ['sip:bob@contoso.example', 'sip:erin@contoso.example'] },
    },
    { method: 'GET', path: client.at('/people/search?query=bob&limit=10') },
    { method: 'GET', path: client.at('/people/bob@contoso.example/presence') },
    {
      method: 'PUT',
      path: client.at('/communication'),
      body: { supportedModalities: ['Messaging'], simultaneousRingNumberMatch: null },
    },
    {
      method: 'POST',
      path: '/ucwa/oauth/v1/applications',
      body: { UserAgent: 'x', EndpointId: 'e', Culture: 'en-US' },
    },
  ];

  it('answers every damaged request, as a mistake of its sender', async () => {
    await fc.assert(
      fc.asyncProperty(damaged(samples()), async ({ method, path, body }) => {
        // A P-GET waits, and who has left is answered nothing but that.
        fc.pre(!/events/i.test(path) && method !== 'DELETE');
        const answer = await pools.online.ucwa.inject({
          method,
          url: wire(path),
          headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' },
          ...(method === 'GET' ? {} : { payload: JSON.stringify(body) ?? '' }),
        });
        assert.ok(answer.statusCode < 500, `${method} ${path}: ${answer.statusCode} ${answer.body}`);
      }),
      { numRuns: 300 },
    );
  });

  it('answers every damaged batch', async () => {
    const boundary = '77f2569d';
    const batch = [
      `--${boundary}`,
      'Content-Type: application/http; msgtype=request',
      '',
      `GET ${client.at('/me')} HTTP/1.1`,
      'Accept: application/json',
      '',
      '',
      `--${boundary}`,
      'Content-Type: application/http; msgtype=request',
      '',
      `POST ${client.at('/me/note')} HTTP/1.1`,
      'Content-Type: application/json',
      '',
      '{"message":"hi"}',
      `--${boundary}--`,
      '',
    ].join('\r\n');
    const post = (payload: Buffer | string) =>
      pools.online.ucwa.inject({
        method: 'POST',
        url: client.at('/batch'),
        headers: {
          authorization: `Bearer ${client.token}`,
          'content-type': `multipart/batching;boundary="${boundary}"`,
        },
        payload,
      });
    assert.equal((await post(batch)).statusCode, 200);
    await fc.assert(
      fc.asyncProperty(mutatedBytes(batch), async (bytes) => {
        fc.pre(!/events/i.test(bytes.toString('latin1')));
        const { statusCode, body } = await post(bytes);
        assert.ok(statusCode < 500, `${statusCode} ${body}`);
      }),
      { numRuns: 150 },
    );
  });
});
