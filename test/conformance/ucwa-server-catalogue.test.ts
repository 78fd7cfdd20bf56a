import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hrefOf, isObject, type ResourceInput } from '../../src/protocols/ucwa/hal.ts';
import { createPools } from '../../src/sandbox/skype/pools.ts';
import { connect } from '../../src/sandbox/skype/test-client.ts';
import { ManualClock } from '../kit/manual-clock.ts';
import { withReference } from '../kit/reference.ts';
import { listOf, readCatalog, resourcesIn } from './ucwa-shapes.ts';
import { alice, bob, carol, type RecordingClient, signIn, world } from './ucwa-world.ts';

withReference('UCWA server against the catalogue of its documentation', () => {
  const { resources, enumerations } = readCatalog();

  async function playEverything(): Promise<readonly ResourceInput[]> {
    await using own = world();
    const html = { supportedModalities: ['Messaging'], supportedMessageFormats: ['Html'], signInAs: 'Busy' };
    const caller = await signIn(own.pools, alice);
    const callee = await signIn(own.pools, carol);
    const other = await signIn(own.pools, bob);
    for (const client of [caller, callee]) await client.makeAvailable(html);
    await other.makeAvailable();
    await caller.request('POST', caller.at('/people/presenceSubscriptions'), {
      duration: 10,
      uris: [`sip:${carol}`],
    });
    await callee.request('POST', callee.at('/me/note'), { message: 'busy' });
    await callee.request('POST', callee.at('/me/location'), { location: 'here' });
    await callee.request('POST', callee.at('/me/presence'), { availability: 'Offwork' });
    await caller.request('POST', caller.at('/people/groups'), { displayName: 'Team' });
    await caller.request('POST', caller.at('/people/groupMemberships'), {
      contactUri: `sip:peggy@fabrikam.example`,
      groupId: 'pinned',
    });
    own.clock.advance(8 * 60_000);
    const ends = await connect(caller, callee, carol);
    await caller.request('POST', `${ends.caller}/messages`, '<b>x</b>', { 'content-type': 'text/html' });
    await callee.request('POST', `${ends.callee}/typing`);
    await caller.until('participant', 'added', ({ in: inside }) => inside === 'typingParticipants');
    const got = await callee.until('message', 'completed');
    const proof = callee.fetch();
    await caller.until('message', 'completed');
    await caller.say(ends.caller, 'lost');
    await proof;
    await caller.call('nobody@contoso.example');
    await caller.call(bob);
    await other.until('messagingInvitation', 'started');
    for (const path of [
      '',
      '/policies',
      '/me',
      '/me/presence',
      '/me/note',
      '/me/location',
      '/me/phones',
      '/people',
      '/people/contacts',
      '/people/contacts?groupId=default',
      '/people/groups',
      '/people/groups/pinned',
      '/people/groupMemberships',
      '/people/search?query=bob',
      '/people/subscribedContacts',
      '/people/presenceSubscriptions',
      '/people/presenceSubscriptionMemberships',
      `/people/${carol}`,
      `/people/${carol}/presence`,
      `/people/${carol}/note`,
      `/people/${carol}/location`,
      `/people/${carol}/supportedMedia`,
      '/communication',
      '/communication/conversations',
    ]) {
      assert.equal((await caller.request('GET', caller.at(path))).status, 200, path);
    }
    const conversation = hrefOf((await callee.request('GET', ends.callee)).body, 'conversation') ?? '';
    for (const path of [
      '',
      '/messaging',
      '/participants',
      `/participants/${alice}`,
      `/participants/${carol}`,
      `/participants/${alice}/messaging`,
      '/messaging/typingParticipants',
    ]) {
      assert.equal((await callee.request('GET', `${conversation}${path}`)).status, 200, path);
    }
    assert.equal((await callee.request('GET', got.href)).status, 200);
    await callee.request('DELETE', conversation);
    await caller.until('conversation', 'deleted', ({ href }) => ends.caller.startsWith(href));
    own.clock.advance(3 * 60_000);
    await caller.until('presenceSubscription', 'deleted');
    return [caller, callee, other].flatMap(({ bodies }) => bodies);
  }

  const recorded = playEverything();

  describe('every resource', { timeout: 20_000 }, () => {
    it('has only properties, links and parts that the catalogue knows', async () => {
      const unknown = new Set<string>();
      const seen = new Set<string>();
      for (const body of await recorded) {
        for (const { name, resource } of resourcesIn(body)) {
          seen.add(name);
          const entries = [name, `${name}2`, String(resource['rel'])].flatMap(
            (one) => resources.get(one) ?? [],
          );
          if (entries.length === 0) unknown.add(`resource ${name}`);
          const properties = new Set(entries.flatMap((entry) => entry.properties));
          const links = new Set(entries.flatMap((entry) => entry.links));
          for (const key of Object.keys(resource)) {
            if (
              ['rel', 'etag', '_links', '_embedded'].includes(key) ||
              /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(key)
            )
              continue;
            if (!properties.has(key)) unknown.add(`${name}.${key}`);
          }
          for (const rel of Object.keys({
            ...Object(resource['_links']),
            ...Object(resource['_embedded']),
          })) {
            if (rel !== 'self' && !links.has(rel) && !properties.has(rel))
              unknown.add(`${name}._links.${rel}`);
          }
        }
      }
      assert.ok(seen.size > 25, `only ${seen.size} kinds of resource were seen`);
      // Collections whose page lists no link, though the samples and their very purpose show them.
      const known = ['participants._links.self', 'typingParticipants._links.participant'];
      assert.deepEqual(
        [...unknown].filter((one) => !known.includes(one)),
        [],
      );
    });

    it('keeps to the catalogue’s words where it lists them', async () => {
      const lists = {
        availability: 'Availability',
        deviceType: 'ContactDeviceType',
        direction: 'Direction',
        importance: 'Importance',
        sourceNetwork: 'SourceNetwork',
      };
      let checked = 0;
      for (const body of await recorded) {
        for (const { name, resource } of resourcesIn(body)) {
          for (const [key, list] of Object.entries(lists)) {
            const value = resource[key];
            if (value === undefined) continue;
            checked++;
            assert.ok(typeof value === 'string', `${name}.${key}`);
            assert.ok(enumerations.get(list)?.includes(value), `${name}.${key} = ${value}`);
          }
          const states = { conversation: 'ConversationState', messagingInvitation: 'InvitationState' };
          const [list] = Object.entries(states).flatMap(([rel, one]) => (rel === name ? [one] : []));
          if (list)
            assert.ok(enumerations.get(list)?.includes(String(resource['state'])), String(resource['state']));
        }
      }
      assert.ok(checked > 60, String(checked));
    });
  });

  describe('every event', { timeout: 20_000 }, () => {
    it('comes from the sender that the catalogue says, as one of the types it lists', async () => {
      const listed = new Set<string>();
      for (const { events } of resources.values()) {
        for (const { sender, resource, type } of events) listed.add(`${sender} ${resource} ${type}`);
      }
      // The page says "started"; every sample and every client has "completed".
      listed.add('conversation message completed');
      const wrong = new Set<string>();
      const seen = new Set<string>();
      for (const body of await recorded) {
        for (const sender of listOf(body['sender'])) {
          for (const event of listOf(sender['events'])) {
            const link = isObject(event['link']) ? event['link'] : {};
            const key = `${String(sender['rel'])} ${String(link['rel'])} ${String(event['type'])}`;
            seen.add(key);
            if (!listed.has(key)) wrong.add(key);
            if (event['type'] === 'completed')
              assert.ok(['Success', 'Failure'].includes(String(event['status'])));
            if (event['status'] === 'Failure') assert.ok(isObject(event['reason']), key);
          }
        }
      }
      assert.deepEqual([...wrong], []);
      assert.ok(seen.size > 25, [...seen].join(', '));
    });

    it('waits as long as its urgency in the catalogue allows', async () => {
      const clock = new ManualClock();
      await using pools = createPools({ clock, limits: { holds: { low: 15, medium: 5 } } });
      const caller = await signIn(pools, alice);
      const callee = await signIn(pools, bob);
      await callee.makeAvailable();
      const arrived = async (client: RecordingClient, waitMs: number) => {
        const fetched = client.fetch();
        await client.request('GET', client.self);
        clock.advance(waitMs - 1);
        const early = await Promise.race([fetched, new Promise((resolve) => setImmediate(resolve, 'none'))]);
        assert.equal(early, 'none');
        clock.advance(1);
        return fetched;
      };
      const priorities = new Map(
        [...resources.values()].flatMap(({ events }) =>
          events.map(
            ({ sender, resource, type, priority }) => [`${sender} ${resource} ${type}`, priority] as const,
          ),
        ),
      );
      const medium = [...(await arrived(callee, 5_000))];
      await caller.request('POST', caller.at('/people/presenceSubscriptions'), {
        duration: 10,
        uris: [`sip:${bob}`],
      });
      medium.push(...(await arrived(caller, 5_000)));
      assert.ok(medium.length > 6);
      for (const { sender, rel, type, in: inside } of medium) {
        if (rel === 'contact') assert.equal(inside, 'subscribedContacts');
        else assert.equal(priorities.get(`${sender} ${rel} ${type}`), 'Medium', `${sender} ${rel} ${type}`);
      }
      const called = callee.fetch();
      await caller.call(bob);
      const high = await called;
      assert.ok(high.length > 2);
      for (const { sender, rel, type } of high) {
        assert.equal(priorities.get(`${sender} ${rel} ${type}`), 'High', `${sender} ${rel} ${type}`);
      }
    });
  });
});
