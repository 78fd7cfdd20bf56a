import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundaryOf, decodeBatchResponse } from '../../src/protocols/ucwa/batch.ts';
import { encodeDataUri } from '../../src/protocols/ucwa/data-uri.ts';
import { hrefOf, isObject, type ResourceInput } from '../../src/protocols/ucwa/hal.ts';
import type { Answer, TestClient } from '../../src/sandbox/skype/test-client.ts';
import { withReference } from '../kit/reference.ts';
import { eventKeys, missingFrom, readWalkthrough, type Sample } from './ucwa-shapes.ts';
import { alice, carol, type RecordingClient, signIn, world } from './ucwa-world.ts';

/** Voice, sharing and meetings are not served, nor what only makes sense with them; so are these links left out. */
const leftOut = new Set([
  'phoneAudio',
  'applicationSharing',
  'audioVideo',
  'dataCollaboration',
  'startPhoneAudio',
  'startOnlineMeeting',
  'joinOnlineMeeting',
  'onlineMeetings',
  'callForwardingSettings',
  'myPrivacyRelationships',
  'contactPrivacyRelationship',
  // People of the sandbox have neither telephones nor offices.
  'department',
  'office',
  'title',
  'workPhoneNumber',
]);

withReference('UCWA server against the walkthroughs of its documentation', () => {
  const samples = readWalkthrough();

  function sampleOf(page: string, accept: (sample: Sample) => boolean): Sample {
    const found = samples.find((sample) => sample.page === page && accept(sample));
    assert.ok(found, `no such sample on ${page}`);
    return found;
  }

  /** The sample's own request, sent to this server: only ids and people are other ones. */
  async function play(
    client: TestClient,
    sample: Sample,
    replace: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    let path = pathOf(sample);
    path = path.replace(/^\/ucwa\/(?:oauth\/)?v1\/applications\/\d+/, client.self);
    for (const [from, to] of Object.entries(replace)) path = path.replace(from, to);
    path = path.replace(/[\w.]+@(?:contoso|metio)\.\w+(?:@contoso\.com)?/i, carol);
    const body = typeof sample.requestBody === 'string' ? sample.requestBody : withPeople(sample.requestBody);
    const type =
      typeof body === 'string' ? { 'content-type': 'text/plain' } : { 'content-type': 'application/json' };
    const method = (['GET', 'POST', 'PUT', 'DELETE'] as const).find((known) => known === sample.method);
    assert.ok(method);
    const answer = await client.request(method, path, body, body === undefined ? {} : type);
    if (sample.status !== null && sample.status !== undefined) {
      assert.equal(answer.status, sample.status, `${sample.source}: ${answer.text}`);
    }
    if (isObject(sample.responseBody) && !('sender' in sample.responseBody)) {
      assert.deepEqual(missingFrom(answer.body, sample.responseBody, leftOut), [], sample.source);
      assert.equal(answer.body['rel'], sample.responseBody['rel'], sample.source);
    }
    return answer;
  }

  function withPeople(body: unknown): ResourceInput | undefined {
    if (!isObject(body)) return undefined;
    return JSON.parse(JSON.stringify(body).replace(/sip:\w+@contoso\.com/gi, `sip:${carol}`));
  }

  /** Every event of the sample has come, embedding at least what the sample's embeds. */
  function assertEvents(client: RecordingClient, sample: Sample): void {
    assert.ok(isObject(sample.responseBody));
    const own = new Map(client.bodies.flatMap((body) => [...eventKeys(body)]));
    for (const [key, event] of eventKeys(sample.responseBody)) {
      const found = own.get(key);
      assert.ok(found, `${sample.source}: no ${key} among ${[...own.keys()].join(', ')}`);
      assert.deepEqual(missingFrom(found, event, leftOut), [], `${sample.source}: ${key}`);
    }
  }

  describe('the walkthroughs', { timeout: 20_000 }, () => {
    it('create an application', async () => {
      await using own = world();
      const { ucwa } = own.pools.online;
      for (const sample of samples.filter(
        ({ page, kind }) => page === 'CreateAnApplication' && kind === 'exchange',
      )) {
        const url = new URL(sample.url ?? '');
        if (/oauthtoken|applications/.test(url.pathname)) continue;
        const client =
          sample.status === 200 && sample.resource === 'user' ? await signIn(own.pools, alice) : undefined;
        const answer = await ucwa.inject({
          url: url.pathname + url.search,
          headers: client ? { authorization: `Bearer ${client.token}` } : {},
        });
        assert.equal(answer.statusCode, sample.status, sample.source);
        if (isObject(sample.responseBody)) {
          assert.deepEqual(missingFrom(answer.json(), sample.responseBody, leftOut), [], sample.source);
        }
      }
      const client = await signIn(own.pools, alice);
      const create = sampleOf(
        'CreateAnApplication',
        ({ method, resource }) => method === 'POST' && resource === 'application',
      );
      await play(client, create);
    });

    it('send an IM', async () => {
      await using own = world();
      const caller = await signIn(own.pools, alice);
      const callee = await signIn(own.pools, carol);
      await callee.makeAvailable();
      const on = (accept: (sample: Sample) => boolean) => sampleOf('SendAnIM', accept);
      await play(
        caller,
        on(({ resource }) => resource === 'startmessaging'),
      );
      const ring = await callee.until('messagingInvitation', 'started');
      await caller.fetch();
      await callee.request('POST', hrefOf(ring.resource, 'accept') ?? '');
      const connected = await caller.until('conversation', 'updated');
      await caller.until('messagingInvitation', 'completed');
      const id = { '21a1': connected.href.slice(connected.href.lastIndexOf('/') + 1) };
      await play(
        caller,
        on(({ resource }) => resource === 'conversation'),
        id,
      );
      await play(
        caller,
        on(({ resource }) => resource === 'messages'),
        id,
      );
      await callee.until('message', 'completed');
      const proof = callee.fetch();
      await caller.until('message', 'completed');
      await play(
        caller,
        on(({ resource }) => resource === 'terminate'),
        id,
      );
      await proof;
      for (const sample of samples.filter(
        ({ page, resource }) => page === 'SendAnIM' && resource === 'events',
      )) {
        assertEvents(caller, sample);
      }
    });

    it('receive an IM', async () => {
      await using own = world();
      const callee = await signIn(own.pools, alice);
      const caller = await signIn(own.pools, carol);
      const on = (accept: (sample: Sample) => boolean) => sampleOf('ReceiveAnIM', accept);
      await play(
        callee,
        on(({ resource }) => resource === 'makeMeAvailable'),
      );
      await callee.fetch();
      await play(
        callee,
        on(({ resource, status }) => resource === 'application' && status === 200),
      );
      const message = { href: encodeDataUri({ contentType: 'text/plain', text: 'Hi Tosh\r\n' }) };
      await caller.call(alice, { _links: { message } });
      const ring = await callee.until('messagingInvitation', 'started');
      const id = ring.href.slice(ring.href.lastIndexOf('/') + 1);
      await play(
        callee,
        on(({ resource }) => resource === 'accept'),
        { '64088d10047844518b75b392c5b04e39': id },
      );
      await callee.until('message', 'completed');
      const participant = await callee.request(
        'GET',
        callee.at('/communication/conversations?filter=active'),
      );
      const conversation = hrefOf(participant.body, 'conversation') ?? '';
      const remote = await callee.request('GET', `${conversation}/participants/${carol}`);
      assert.deepEqual(Object.keys(Object(remote.body['_links'])).slice(0, 5), [
        'self',
        'conversation',
        'contact',
        'contactPresence',
        'contactPhoto',
      ]);
      for (const sample of samples.filter(
        ({ page, responseBody }) =>
          page === 'ReceiveAnIM' && isObject(responseBody) && 'sender' in responseBody,
      )) {
        // The trace shows the conversation once more after the first message, with nothing changed.
        assertEvents(callee, sample);
      }
    });

    it('show and change what a person publishes', async () => {
      await using own = world();
      const client = await signIn(own.pools, alice);
      await client.makeAvailable();
      const pages = [
        'GetMyPresenceInformation',
        'GetMyNoteInformation',
        'ResetMyNoteInfo',
        'ResetMyPresenceInformation',
      ];
      for (const sample of samples.filter(({ page }) => pages.includes(page))) {
        if (sample.kind === 'exchange' && sample.resource !== 'makeMeAvailable') await play(client, sample);
      }
      await play(
        client,
        sampleOf('SetMyPresenceInformation', ({ resource }) => resource === 'presence'),
      );
      await play(
        client,
        sampleOf('Setmynoteinformation', ({ resource }) => resource === 'note'),
      );
    });

    it('find people and follow their presence', async () => {
      await using own = world();
      const client = await signIn(own.pools, alice);
      const other = await signIn(own.pools, carol);
      await other.makeAvailable();
      await other.request('DELETE', other.self);
      await client.request('POST', client.at('/people/groups'), { displayName: 'Team' });
      const inGroup = { groupId: 'default', group_id: 'default' };
      for (const page of ['SearchForUsersContact', 'GetAContactData', 'GetUsersContactList']) {
        for (const sample of samples.filter((one) => one.page === page && one.kind === 'exchange')) {
          await play(client, sample);
        }
      }
      for (const sample of samples.filter(
        ({ page, kind }) => page === 'GetPresenceDataOfAContact' && kind === 'exchange',
      )) {
        await play(client, sample, { group_id: inGroup.group_id });
      }
      const groups = sampleOf(
        'SubscribeToThePresenceOfAGroupOfContacts',
        ({ resource }) => resource === 'myGroups',
      );
      await play(client, groups);
      await play(
        client,
        sampleOf(
          'SubscribeToThePresenceOfAGroupOfContacts',
          ({ resource }) => resource === 'presenceSubscription',
        ),
        { default_group_id: 'default' },
      );
      const selected = sampleOf(
        'SubscribeToThePresenceOfSelectedContacts',
        ({ resource }) => resource === 'presenceSubscription',
      );
      const created = await play(client, selected);
      const id = { '97b6bd66': String(created.body['id']) };
      await client.until('contactPresence', 'updated');
      await play(
        client,
        sampleOf('ExtendAPresenceSubscription', ({ resource }) => resource === 'presenceSubscription'),
        id,
      );
      await play(
        client,
        sampleOf('DeleteAPresenceSubscription', ({ kind }) => kind === 'exchange'),
        id,
      );
      await client.request('DELETE', client.at('/people/presenceSubscriptions/default'));
      await client.until('contact', 'deleted');
      for (const page of [
        'SubscribeToThePresenceOfAGroupOfContacts',
        'SubscribeToThePresenceOfSelectedContacts',
      ]) {
        assertEvents(
          client,
          sampleOf(page, ({ kind, status }) => kind === 'response' && status === 200),
        );
      }
      assertEvents(
        client,
        sampleOf('DeleteAPresenceSubscription', ({ kind }) => kind === 'event'),
      );
    });

    it('put requests into a batch', async () => {
      await using own = world();
      const client = await signIn(own.pools, alice);
      const sample = sampleOf('BatchingRequests', ({ resource }) => resource === 'batch');
      const body = String(sample.requestBody).replaceAll(
        /\/ucwa\/oauth\/v1\/applications\/\d+/g,
        client.self,
      );
      const boundary = /^--(\S+)/.exec(body)?.[1] ?? '';
      const answer = await client.request('POST', client.at('/batch'), body, {
        'content-type': `multipart/batching;boundary=${boundary}`,
      });
      assert.equal(answer.status, 200, answer.text);
      const parts = decodeBatchResponse(
        answer.text,
        boundaryOf(String(answer.headers['content-type'])) ?? '',
      );
      assert.ok(parts.length >= 2);
      for (const part of parts) assert.equal(part.status, 200, part.body);
    });
  });
});

function pathOf(sample: Sample): string {
  const { pathname, search } = new URL(sample.url ?? '', 'https://pool.example');
  return pathname + search;
}
