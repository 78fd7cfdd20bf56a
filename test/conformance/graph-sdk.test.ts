import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { BatchRequestContent, Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client';
import { type Served, serve } from '../../src/sandbox/listen.ts';
import { localCertificates } from './graph-subscriber.ts';
import { alice, bob, carol, GraphWorld, oneOnOne, pageApp } from './graph-world.ts';

/** Microsoft's own client, over HTTPS, with nothing changed but its address. */
describe("Microsoft's Graph client", () => {
  const graph = new GraphWorld();
  let served: Served;
  let client: (token: string) => Client;
  const trusted = tls.getCACertificates();

  before(async () => {
    const { ca, key, cert } = await localCertificates();
    tls.setDefaultCACertificates([...trusted, ca]);
    served = await serve(graph.app, { host: '127.0.0.1', port: 0, tls: { port: 0, key, cert } });
    client = (token) =>
      Client.init({
        baseUrl: served.https?.url ?? '',
        customHosts: new Set(['localhost']),
        authProvider: (done) => done(null, token),
      });
  });

  after(async () => {
    await served[Symbol.asyncDispose]();
    await graph[Symbol.asyncDispose]();
    tls.setDefaultCACertificates([...trusted]);
  });

  it('reads me and finds people', async () => {
    const me = client(graph.user(alice));
    assert.equal((await me.api('/me').select('id,displayName').get()).displayName, 'Alice Adams');
    const found = await me.api('/users').filter(`userPrincipalName eq '${bob.address}'`).get();
    assert.equal(found.value[0].id, bob.objectId);
  });

  it('opens a chat, writes, reads and changes', async () => {
    const [me, him] = [client(graph.user(alice)), client(graph.user(bob))];
    const chat = await me.api('/chats').post(oneOnOne(alice, bob));
    const path = `/chats/${encodeURIComponent(chat.id)}/messages`;
    const sent = await me.api(path).post({ body: { content: 'Hello' } });
    const { value } = await him.api(path).top(1).orderby('createdDateTime desc').get();
    assert.equal(value[0].id, sent.id);
    assert.equal(value[0].body.content, 'Hello');
    await me.api(`${path}/${sent.id}`).patch({ body: { content: 'Hello again' } });
    assert.equal((await him.api(`${path}/${sent.id}`).get()).body.content, 'Hello again');
    await me.api(`/me${path}/${sent.id}/softDelete`).post(undefined);
    assert.equal((await him.api(`${path}/${sent.id}`).get()).body.content, '');
  });

  it('follows next links to the end', async () => {
    const me = client(graph.user(alice));
    const chat = await me.api('/chats').post(oneOnOne(alice, carol));
    const path = `/chats/${chat.id}/messages`;
    for (let index = 0; index < 7; index += 1) await me.api(path).post({ body: { content: String(index) } });
    const texts: string[] = [];
    const pages = new PageIterator(
      me,
      await me.api(path).top(3).get(),
      (message: { body: { content: string } }) => {
        texts.push(message.body.content);
        return true;
      },
    );
    await pages.iterate();
    assert.deepEqual(texts, ['6', '5', '4', '3', '2', '1', '0']);
  });

  it('sets and reads presence', async () => {
    const me = client(graph.user(alice));
    await me.api('/me/presence/setPresence').post({
      sessionId: pageApp,
      availability: 'Available',
      activity: 'Available',
      expirationDuration: 'PT1H',
    });
    const { value } = await client(graph.application())
      .api('/communications/getPresencesByUserId')
      .post({ ids: [alice.objectId] });
    assert.equal(value[0].availability, 'Available');
  });

  it('sends batches', async () => {
    const me = client(graph.user(alice));
    const content = new BatchRequestContent([
      { id: '1', request: new Request('https://graph.microsoft.com/me', { method: 'GET' }) },
      { id: '2', request: new Request('https://graph.microsoft.com/users/nobody', { method: 'GET' }) },
    ]);
    const { responses } = await me.api('/$batch').post(await content.getContent());
    assert.deepEqual(
      responses.map(({ id, status }: { id: string; status: number }) => [id, status]),
      [
        ['1', 200],
        ['2', 404],
      ],
    );
  });

  it('understands refusals', async () => {
    const refused = client(graph.application()).api('/me').get();
    await assert.rejects(refused, (error: GraphError) => {
      assert.ok(error instanceof GraphError);
      assert.equal(error.statusCode, 400);
      assert.equal(error.code, 'BadRequest');
      assert.match(error.requestId ?? '', /^[0-9a-f-]{36}$/);
      return true;
    });
  });

  it('waits as long as 429 says, and tries again', async () => {
    graph.tenants.throttle.order({ count: 1, retryAfter: 1, operation: 'GET /me' });
    assert.equal((await client(graph.user(alice)).api('/me').get()).id, alice.objectId);
  });
});
