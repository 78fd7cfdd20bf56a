import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { Agent, request } from 'undici';
import { generateStoredKeys, openSigningKeys } from '../../src/protocols/entra/signing-keys.ts';
import { systemClock } from '../../src/sandbox/clock.ts';
import { startTeamsService, type TeamsService } from '../../src/sandbox/teams-service.ts';
import { apps, password } from '../../src/sandbox/world.ts';
import { encryptionCertificate } from './graph-encryption.ts';
import { localCertificates, Subscriber } from './graph-subscriber.ts';
import { alice, bob, gatewayApp, oneOnOne, pageApp, type Reply } from './graph-world.ts';

/** Nothing faked: tokens from the sign-in service, over HTTPS, to a subscriber that checks who notifies it. */
describe('Graph behind real sign-in', () => {
  let service: TeamsService;
  let subscriber: Subscriber;
  let agent: Agent;

  before(async () => {
    const certificates = await localCertificates();
    agent = new Agent({ connect: { ca: certificates.ca } });
    subscriber = await Subscriber.start(certificates);
    service = await startTeamsService({
      clock: systemClock,
      keys: await openSigningKeys(await generateStoredKeys()),
      host: '127.0.0.1',
      port: 0,
      tls: { port: 0, key: certificates.key, cert: certificates.cert },
      ca: certificates.ca,
    });
  });

  after(async () => {
    await service[Symbol.asyncDispose]();
    await subscriber[Symbol.asyncDispose]();
    await agent.destroy();
  });

  const address = (path: string) => `${service.https?.url}${path}`;

  async function token(form: Readonly<Record<string, string>>): Promise<string> {
    const { body } = await request(address(`/${alice.tenant.id}/oauth2/v2.0/token`), {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    const answer = (await body.json()) as { access_token?: string };
    assert.ok(answer.access_token, JSON.stringify(answer));
    return answer.access_token;
  }
  const asUser = (username: string) =>
    token({
      grant_type: 'password',
      client_id: pageApp,
      username,
      password,
      scope: 'https://graph.microsoft.com/.default',
    });
  const asGateway = () =>
    token({
      grant_type: 'client_credentials',
      client_id: gatewayApp,
      client_secret: apps.find(({ clientId }) => clientId === gatewayApp)?.secret ?? '',
      scope: 'https://graph.microsoft.com/.default',
    });

  async function ask(bearer: string, method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
    const answer = await request(address(`/v1.0${path}`), {
      method,
      dispatcher: agent,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: await answer.body.json(), headers: answer.headers };
  }

  it('tells the gateway of a message, encrypted, and proves who tells it', async () => {
    const gateway = await asGateway();
    const [alices, bobs] = [await asUser(alice.address), await asUser(bob.address)];
    const { certificate, decrypt } = await encryptionCertificate();
    const subscribed = await ask(gateway, 'POST', '/subscriptions', {
      changeType: 'created',
      resource: '/chats/getAllMessages',
      notificationUrl: subscriber.url(),
      expirationDateTime: new Date(Date.now() + 3_500_000).toISOString(),
      clientState: 'state',
      includeResourceData: true,
      encryptionCertificate: certificate,
      encryptionCertificateId: 'mine',
    });
    assert.equal(subscribed.status, 201);
    const chat = (await ask(alices, 'POST', '/chats', oneOnOne(alice, bob))).body.id;
    const sent = await ask(bobs, 'POST', `/chats/${chat}/messages`, { body: { content: 'Hello' } });
    assert.equal(sent.status, 201);
    assert.equal(sent.body.from.user.id, bob.objectId);

    await subscriber.until(({ notifications }) => notifications.length === 1);
    const [batch] = subscriber.batches;
    const content = batch?.value[0]?.encryptedContent;
    assert.ok(content);
    assert.equal((decrypt(content) as { id: string }).id, sent.body.id);

    const metadata = await request(address(`/${alice.tenant.id}/v2.0/.well-known/openid-configuration`), {
      dispatcher: agent,
    });
    const { jwks_uri: keys } = (await metadata.body.json()) as { jwks_uri: string };
    const published = await request(keys, { dispatcher: agent });
    const set = createLocalJWKSet((await published.body.json()) as Parameters<typeof createLocalJWKSet>[0]);
    const { payload } = await jwtVerify(batch?.validationTokens?.[0] ?? '', set, {
      audience: gatewayApp,
      issuer: `https://sts.windows.net/${alice.tenant.id}/`,
    });
    assert.equal(payload['appid'], '0bf30f3b-4a52-48df-9a82-234910c4a086');
  });

  it('lets the gateway write in nobody’s name', async () => {
    const chat = (await ask(await asUser(alice.address), 'POST', '/chats', oneOnOne(alice, bob))).body.id;
    const { status, body } = await ask(await asGateway(), 'POST', `/chats/${chat}/messages`, {
      body: { content: 'x' },
    });
    assert.equal(status, 403);
    assert.equal(body.error.message, 'Requested API is not supported in application-only context');
  });
});
