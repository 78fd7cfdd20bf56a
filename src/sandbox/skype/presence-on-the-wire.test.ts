import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { embeddedOf, hrefOf, type ResourceInput } from '../../protocols/ucwa/hal.ts';
import { createPools, type EmbeddedPools } from './pools.ts';
import { TestClient } from './test-client.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const carol = 'carol@contoso.example';
const minute = 60_000;

function start() {
  const clock = new ManualClock();
  const patient = { suspendAfterMs: 600 * minute, expireAfterMs: 1200 * minute };
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 }, ...patient } });
  return { clock, pools, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

function signIn(pools: EmbeddedPools, address: string): Promise<TestClient> {
  const pool = pools.onPrem.core.has(address) ? pools.onPrem : pools.online;
  return TestClient.signIn(pool.ucwa, address);
}

function subscribe(client: TestClient, addresses: readonly string[], duration = 30) {
  return client.request('POST', client.at('/people/presenceSubscriptions'), {
    duration,
    Uris: addresses.map((address) => `sip:${address}`),
  });
}

async function presenceOf(client: TestClient, address: string): Promise<ResourceInput> {
  const answer = await client.request('GET', client.at(`/people/${address}/presence`));
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

describe('the presence of the signed-in user', { timeout: 20_000 }, () => {
  it('is not to be had before the application was made available, which is done once', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    const me = embeddedOf(client.application, 'me')[0] ?? {};
    assert.ok(hrefOf(me, 'makeMeAvailable'));
    assert.equal(hrefOf(me, 'presence'), undefined);
    for (const path of ['/me/presence', '/me/note', '/me/location']) {
      const early = await client.request('GET', client.at(path));
      assert.deepEqual([early.status, early.body['subcode']], [409, 'MakeMeAvailableRequired'], path);
    }
    await client.makeAvailable({
      SupportedModalities: ['Messaging'],
      signInAs: 'Busy',
      inactiveTimeout: 'PT5M',
    });
    const after = embeddedOf((await client.request('GET', client.self)).body, 'me')[0] ?? {};
    assert.equal(hrefOf(after, 'makeMeAvailable'), undefined);
    for (const rel of ['presence', 'note', 'location', 'reportMyActivity'])
      assert.ok(hrefOf(after, rel), rel);
    assert.equal((await client.request('GET', client.at('/me/presence'))).body['availability'], 'Busy');
    const again = await client.request('POST', client.at('/me/makeMeAvailable'), {});
    assert.deepEqual([again.status, again.body['subcode']], [409, 'AlreadyExists']);
  });

  it('announces itself in the documented order', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    await client.makeAvailable();
    const events = await client.fetch();
    const told = events.map(({ sender, rel, type }) => `${sender} ${rel} ${type}`);
    assert.deepEqual(told, [
      'me me updated',
      'me presence added',
      'me note added',
      'me location added',
      'communication communication updated',
    ]);
  });

  it('is chosen, read back and taken back', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    await client.makeAvailable();
    const path = client.at('/me/presence');
    const choose = async (availability: string) => {
      assert.equal((await client.request('POST', path, { availability })).status, 204);
      const { body } = await client.request('GET', path);
      return [body['availability'], body['activity']];
    };
    assert.deepEqual(await choose('DoNotDisturb'), ['DoNotDisturb', undefined]);
    assert.deepEqual(await choose('Offwork'), ['Away', 'off-work']);
    const wrong = await client.request('POST', path, { availability: 'Sleeping' });
    assert.deepEqual([wrong.status, wrong.body['subcode']], [400, 'ParameterValidationFailure']);
    assert.ok('availability' in Object(wrong.body['parameters']));
    assert.equal((await client.request('POST', path)).status, 204);
    assert.equal((await client.request('GET', path)).body['availability'], 'Online');
  });

  it('fades to idle and away without activity, and returns with it', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    await client.makeAvailable();
    const own = async () => (await client.request('GET', client.at('/me/presence'))).body['availability'];
    world.clock.advance(5 * minute - 1);
    assert.equal(await own(), 'Online');
    world.clock.advance(1);
    assert.equal(await own(), 'IdleOnline');
    world.clock.advance(5 * minute);
    assert.equal(await own(), 'Away');
    assert.equal((await client.request('POST', client.at('/me/reportMyActivity'))).status, 204);
    assert.equal(await own(), 'Online');
    world.clock.advance(4 * minute);
    await client.request('POST', client.at('/me/reportMyActivity'));
    world.clock.advance(4 * minute);
    assert.equal(await own(), 'Online');
  });

  it('has the reply of the calendar in place of the note, for others and oneself, while out of office', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    const watcher = await signIn(world.pools, bob);
    await client.makeAvailable();
    await client.request('POST', client.at('/me/note'), { message: 'At my desk' });
    const notes = async () => {
      const own = await client.request('GET', client.at('/me/note'));
      const seen = await watcher.request('GET', watcher.at(`/people/${alice}/note`));
      return [own, seen].map(({ body }) => [body['type'], body['message']]);
    };
    const presentity = world.pools.online.core.presentity(alice);
    presentity?.setAutomaticReply('Until Monday');
    assert.deepEqual(await notes(), [
      ['OutOfOffice', 'Until Monday'],
      ['OutOfOffice', 'Until Monday'],
    ]);
    presentity?.setAutomaticReply(undefined);
    assert.deepEqual(await notes(), [
      ['Personal', 'At my desk'],
      ['Personal', 'At my desk'],
    ]);
  });

  it('has a note and a location, which may be cleared', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    const watcher = await signIn(world.pools, bob);
    await client.makeAvailable();
    await client.request('POST', client.at("/me/note?Message=I'm%20away%20today"));
    await client.request('POST', client.at('/me/location'), { Location: 'Oslo' });
    const note = await watcher.request('GET', watcher.at(`/people/${alice}/note`));
    assert.equal(note.body['message'], "I'm away today");
    const location = await watcher.request('GET', watcher.at(`/people/${alice}/location`));
    assert.equal(location.body['location'], 'Oslo');
    await client.request('POST', client.at('/me/note'));
    assert.equal((await client.request('GET', client.at('/me/note'))).body['message'], '');
    assert.equal(
      (await client.request('POST', client.at('/me/location'), { location: 'x'.repeat(61) })).status,
      400,
    );
  });
});

describe('the presence of others', { timeout: 20_000 }, () => {
  it('is read at once, in the other pool too', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    assert.equal((await presenceOf(watcher, carol))['availability'], 'Offline');
    const other = await signIn(world.pools, carol);
    await other.makeAvailable();
    const seen = await presenceOf(watcher, carol);
    assert.equal(seen['availability'], 'Online');
    assert.match(String(seen['lastActive']), /^\/Date\(\d+\)\/$/);
    assert.equal((await presenceOf(watcher, 'stranger@elsewhere.example'))['availability'], 'Offline');
  });

  it('is followed by a subscription, from first state to sign-out', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    const created = await subscribe(watcher, [carol, bob]);
    assert.equal(created.status, 201, created.text);
    const first = await watcher.fetch();
    assert.deepEqual(
      first.map(({ rel, type, in: inside }) => `${rel} ${type} ${inside}`),
      [
        'contact added subscribedContacts',
        'contact added subscribedContacts',
        'presenceSubscription added undefined',
        'contactPresence updated contact',
        'contactPresence updated contact',
      ],
    );
    watcher.seen.length = 0;
    const other = await signIn(world.pools, carol);
    await other.makeAvailable();
    const changed = await watcher.until('contactPresence', 'updated');
    assert.equal((await watcher.request('GET', changed.href)).body['availability'], 'Online');
    await other.request('DELETE', other.self);
    const gone = await watcher.until('contactPresence', 'updated');
    assert.equal((await watcher.request('GET', gone.href)).body['availability'], 'Offline');
  });

  it('reaches a watcher within a second of the sign-out', async () => {
    const clock = new ManualClock();
    await using pools = createPools({ clock });
    const watcher = await signIn(pools, alice);
    const other = await signIn(pools, carol);
    await other.makeAvailable();
    await subscribe(watcher, [carol]);
    const first = watcher.fetch();
    await watcher.request('GET', watcher.self);
    clock.advance(1000);
    await first;
    watcher.seen.length = 0;
    const told = watcher.fetch();
    await other.request('DELETE', other.self);
    clock.advance(1000);
    assert.ok((await told).some(({ rel }) => rel === 'contactPresence'));
    assert.equal((await presenceOf(watcher, carol))['availability'], 'Offline');
  });

  it('is the best of all endpoints of the person', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    const desk = await signIn(world.pools, bob);
    const phone = await signIn(world.pools, bob);
    await desk.makeAvailable();
    world.clock.advance(6 * minute);
    assert.equal((await presenceOf(watcher, bob))['availability'], 'IdleOnline');
    await phone.makeAvailable();
    assert.equal((await presenceOf(watcher, bob))['availability'], 'Online');
    await phone.request('DELETE', phone.self);
    assert.equal((await presenceOf(watcher, bob))['availability'], 'IdleOnline');
    await desk.request('DELETE', desk.self);
    assert.equal((await presenceOf(watcher, bob))['availability'], 'Offline');
  });

  it('is followed for the time asked, extended up to half an hour; the end is announced', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    const created = await subscribe(watcher, [bob], 11);
    const self = hrefOf(created.body, 'self') ?? '';
    await watcher.until('contactPresence', 'updated');
    world.clock.advance(9 * minute);
    const warning = await watcher.until('presenceSubscription', 'updated');
    assert.equal(warning.resource['id'], created.body['id']);
    assert.equal((await watcher.request('POST', `${self}?duration=30`)).status, 200);
    world.clock.advance(30 * minute - 1);
    assert.equal((await watcher.request('GET', self)).status, 200);
    world.clock.advance(1);
    assert.equal((await watcher.request('GET', self)).status, 404);
    await watcher.until('contact', 'deleted', ({ in: inside }) => inside === 'subscribedContacts');
    await watcher.until('presenceSubscription', 'deleted');
  });

  it('is watched once for several subscriptions, and let go with the last', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    const one = await subscribe(watcher, [bob]);
    const two = await subscribe(watcher, [bob, carol]);
    await watcher.fetch();
    watcher.seen.length = 0;
    await watcher.request('DELETE', hrefOf(one.body, 'self') ?? '');
    await watcher.until('presenceSubscription', 'deleted');
    const other = await signIn(world.pools, bob);
    await other.makeAvailable();
    await watcher.until('contactPresence', 'updated', ({ href }) => href.includes(bob));
    const listed = await watcher.request('GET', watcher.at('/people/subscribedContacts'));
    assert.equal(embeddedOf(listed.body, 'contact').length, 2);
    await watcher.request('DELETE', hrefOf(two.body, 'self') ?? '');
    const after = await watcher.request('GET', watcher.at('/people/subscribedContacts'));
    assert.equal(embeddedOf(after.body, 'contact').length, 0);
  });

  it('may be subscribed to by group, and members added later', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    const groups = await watcher.request('GET', watcher.at('/people/groups'));
    const all = embeddedOf(groups.body, 'defaultGroup')[0] ?? {};
    const byGroup = await watcher.request('POST', `${hrefOf(all, 'subscribeToGroupPresence')}&duration=11`);
    assert.equal(byGroup.status, 201, byGroup.text);
    const single = await subscribe(watcher, [bob]);
    const added = await watcher.request('POST', hrefOf(single.body, 'addToPresenceSubscription') ?? '', {
      contactUris: ['sip:peggy@fabrikam.example'],
    });
    assert.equal(added.status, 201, added.text);
    const members = await watcher.request('GET', hrefOf(single.body, 'memberships') ?? '');
    assert.equal(embeddedOf(members.body, 'presenceSubscriptionMembership').length, 2);
  });

  it('is refused with the fields that are wrong', async () => {
    await using world = start();
    const watcher = await signIn(world.pools, alice);
    const wrong = await watcher.request('POST', watcher.at('/people/presenceSubscriptions'), { duration: 9 });
    assert.equal(wrong.status, 400);
    assert.deepEqual(Object.keys(Object(wrong.body['parameters'])).sort(), ['duration', 'uris']);
    const noAddress = await subscribe(watcher, ['not an address']);
    assert.deepEqual(Object.keys(Object(noAddress.body['parameters'])), ['uris']);
  });
});

describe('the contact list', { timeout: 20_000 }, () => {
  it('begins with everybody of the organisation who has a home', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    const { body } = await client.request('GET', client.at('/people/contacts'));
    const uris = embeddedOf(body, 'contact').map((contact) => contact['uri']);
    for (const name of ['bob', 'carol', 'erin', 'frank', 'heidi', 'ivan', 'judy', 'mallory']) {
      assert.ok(uris.includes(`sip:${name}@contoso.example`), name);
    }
    assert.equal(uris.length, 8);
  });

  it('keeps groups that a person makes, and tells every endpoint', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    const groups = client.at('/people/groups');
    const follow = client.at('/people/contactsAndGroupsSubscription');
    assert.equal((await client.request('POST', `${follow}/startOrRefresh?duration=10`)).status, 204);
    assert.equal((await client.request('GET', follow)).body['state'], 'Connected');
    assert.equal((await client.request('POST', groups, { displayName: 'Team' })).status, 204);
    assert.equal((await client.request('POST', groups, { displayName: 'team' })).status, 409);
    await client.until('group', 'added');
    const team = embeddedOf((await client.request('GET', groups)).body, 'group')[0] ?? {};
    const self = hrefOf(team, 'self') ?? '';
    const member = { contactUri: 'sip:peggy@fabrikam.example', groupId: String(team['id']) };
    const joined = await client.request('POST', client.at('/people/groupMemberships'), member);
    assert.equal(joined.status, 201, joined.text);
    await client.until('contact', 'added');
    const members = await client.request('GET', hrefOf(team, 'groupContacts') ?? '');
    assert.equal(embeddedOf(members.body, 'contact')[0]?.['sourceNetwork'], 'Federated');
    assert.equal((await client.request('PUT', self, { name: 'Crew' })).status, 428);
    const etag = { 'if-match': `"${String(team['etag'])}"` };
    assert.equal((await client.request('PUT', self, { name: 'Crew' }, etag)).body['name'], 'Crew');
    assert.equal((await client.request('PUT', self, { name: 'Gang' }, etag)).status, 412);
    assert.equal((await client.request('DELETE', hrefOf(joined.body, 'self') ?? '')).status, 204);
    assert.equal((await client.request('DELETE', self)).status, 204);
    assert.equal((await client.request('DELETE', client.at('/people/groups/default'))).status, 403);
    world.clock.advance(10 * minute);
    assert.equal((await client.request('GET', follow)).body['state'], 'Disconnected');
  });

  it('is searched by name or address, and reaches strangers by their whole address', async () => {
    await using world = start();
    const client = await signIn(world.pools, alice);
    const search = async (query: string) => {
      const { body } = await client.request('GET', client.at(`/people/search?${query}`));
      return {
        uris: embeddedOf(body, 'contact').map((one) => one['uri']),
        more: body['moreResultsAvailable'],
      };
    };
    assert.deepEqual(await search('query=carol'), { uris: [`sip:${carol}`], more: false });
    assert.deepEqual(await search('query=sip:peggy@fabrikam.example'), {
      uris: ['sip:peggy@fabrikam.example'],
      more: false,
    });
    assert.deepEqual((await search('query=contoso&limit=2')).more, true);
    assert.equal((await client.request('GET', client.at('/people/search'))).status, 400);
  });
});
