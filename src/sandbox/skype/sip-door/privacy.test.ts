import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePidf } from '../../../protocols/sip/body/pidf.ts';
import { bodyText, header, type SipResponse, textBody } from '../../../protocols/sip/message.ts';
import { batchSubscribeType, formatBatchSubscribe } from '../../../protocols/sip/ms/batch-subscribe.ts';
import { type Category, parseCategories } from '../../../protocols/sip/ms/categories.ts';
import { formatContainerChanges, setContainerMembersType } from '../../../protocols/sip/ms/containers.ts';
import { readPresenceBatch } from '../../../protocols/sip/ms/presence-batch.ts';
import { type CategoryPublication, formatPublish, publishType } from '../../../protocols/sip/ms/publish.ts';
import { formatRoamingList, parseRoamingSelf } from '../../../protocols/sip/ms/roaming-self.ts';
import { TestClient } from '../test-client.ts';
import { openSipWorld, reasonOf, type SipClient, type SipWorld, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const carol = 'carol@contoso.example';
const peggy = 'peggy@fabrikam.example';

const blocked = 32_000;

async function move(
  client: SipClient,
  action: 'add' | 'remove',
  member: { readonly type: string; readonly value?: string },
  { id = blocked, version = action === 'add' ? 1 : 2 } = {},
): Promise<void> {
  const answer = await client.ask(
    client.make('SERVICE', {
      headers: [{ name: 'Content-Type', value: setContainerMembersType }],
      body: textBody(formatContainerChanges([{ id, version, members: [{ action, ...member }] }])),
    }),
  );
  assert.equal(answer.status, 200, String(reasonOf(answer)));
}

const user = (value: string) => ({ type: 'user', value });

/** Signed in, active, and with a note for each of these containers. */
async function shown(world: SipWorld, address: string, notes: Readonly<Record<number, string>> = {}) {
  const client = await world.signedIn(address, { pool: address === carol ? 'onPrem' : 'online' });
  const machine: CategoryPublication = {
    category: 'state',
    instance: 1,
    container: 2,
    version: 0,
    expireType: 'endpoint',
    content: { kind: 'state', state: { type: 'machineState', manual: false, availability: 3500 } },
  };
  const written = Object.entries(notes).map(
    ([container, text]): CategoryPublication => ({
      category: 'note',
      instance: 0,
      container: Number(container),
      version: 0,
      expireType: 'static',
      content: { kind: 'note', note: { type: 'personal', text } },
    }),
  );
  const answer = await client.ask(
    client.make('SERVICE', {
      headers: [{ name: 'Content-Type', value: publishType }],
      body: textBody(formatPublish({ uri: `sip:${address}`, publications: [machine, ...written] })),
    }),
  );
  assert.equal(answer.status, 200);
  return client;
}

interface Sight {
  readonly availability: number | undefined;
  readonly device: string | undefined;
  readonly note: string;
  readonly name: string | undefined;
  readonly company: string | undefined;
}

/** What the client has been told of somebody, oldest first. */
type Sights = () => readonly Sight[];

function sightOf(categories: readonly Category[]): Sight {
  let sight: Sight = { availability: 0, device: undefined, note: '', name: '', company: undefined };
  for (const { content } of categories) {
    if (content.kind === 'state')
      sight = { ...sight, availability: content.state.availability, device: content.state.device };
    if (content.kind === 'note') sight = { ...sight, note: content.note.text };
    if (content.kind === 'contactCard')
      sight = { ...sight, name: content.card.displayName, company: content.card.company };
  }
  return sight;
}

function sightsIn({ headers, body }: Pick<SipResponse, 'headers' | 'body'>, address: string): Sight[] {
  const type = headers.find(({ name }) => /^content-type$/i.test(name))?.value ?? '';
  if (!/^multipart/i.test(type)) {
    const single = parseCategories(new TextDecoder().decode(body));
    return single?.uri === `sip:${address}` ? [sightOf(single.categories)] : [];
  }
  return (readPresenceBatch(type, body)?.resources ?? []).flatMap(({ uri, instance }) =>
    uri === `sip:${address}` && instance.kind === 'active'
      ? [sightOf(instance.categories?.categories ?? [])]
      : [],
  );
}

/** Subscribes in one batch, or to one person alone. */
async function watch(client: SipClient, address: string, how: 'batch' | 'single' = 'batch'): Promise<Sights> {
  const batch = formatBatchSubscribe({
    action: 'subscribe',
    uri: `sip:${client.address}`,
    resources: [`sip:${address}`],
    categories: ['state', 'note', 'contactCard'],
  });
  const answer = await client.ask(
    client.make('SUBSCRIBE', {
      ...(how === 'single' && { to: `<sip:${address}>` }),
      headers: [
        client.contact,
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: '600' },
        { name: 'Supported', value: 'ms-piggyback-first-notify' },
        { name: 'Supported', value: 'ms-benotify' },
        ...(how === 'batch'
          ? [{ name: 'Content-Type', value: batchSubscribeType }]
          : [{ name: 'Accept', value: 'application/msrtc-event-categories+xml' }]),
      ],
      ...(how === 'batch' && { body: textBody(batch) }),
    }),
  );
  assert.equal(answer.status, 200, String(reasonOf(answer)));
  const isPresence = (message: { readonly headers: SipResponse['headers'] }) =>
    message.headers.some(({ name, value }) => name === 'Event' && value === 'presence');
  return () => [answer, ...client.notices.filter(isPresence)].flatMap((each) => sightsIn(each, address));
}

const availabilities = (sights: Sights) => sights().map(({ availability }) => availability);

describe('somebody who is blocked', { timeout: 20_000 }, () => {
  for (const [name, viewer, how, member] of [
    ['by name, in a batch', bob, 'batch', user(bob)],
    ['by name, in a subscription of one', bob, 'single', user(bob)],
    ['in the other pool', carol, 'batch', user(carol)],
    ['with their domain', peggy, 'batch', { type: 'domain', value: 'fabrikam.example' }],
    ['with everybody federated', peggy, 'single', { type: 'federated' }],
    ['with all colleagues', bob, 'batch', { type: 'sameEnterprise' }],
  ] as const) {
    it(`${name}: sees Offline at once, nothing of what changes, and the truth when unblocked`, async () => {
      await using world = await openSipWorld();
      const owner = await shown(world, alice, { 100: 'out', 200: 'out' });
      const watcher = await world.signedIn(viewer, { pool: viewer === carol ? 'onPrem' : 'online' });
      const sights = await watch(watcher, alice, how);
      await until(() => sights().at(-1)?.availability === 3500);
      assert.deepEqual([sights().at(-1)?.note, sights().at(-1)?.company], ['out', 'Contoso']);
      await move(owner, 'add', member);
      await until(() => sights().at(-1)?.availability === 18_500);
      const nothing = { availability: 18_500, device: undefined, note: '', name: 'Alice Adams' };
      assert.deepEqual(sights().at(-1), { ...nothing, company: undefined });
      const told = sights().length;
      const ucwa = await TestClient.signIn(world.pools.online.ucwa, alice);
      await ucwa.makeAvailable();
      await ucwa.request('POST', ucwa.at('/me/presence'), { availability: 'Busy' });
      await ucwa.request('POST', ucwa.at('/me/note?Message=secret'));
      const late = await watch(watcher, alice);
      assert.deepEqual(availabilities(late).at(-1), 18_500);
      assert.equal(sights().length, told, 'that something changes would say that she is there');
      await move(owner, 'remove', member);
      await until(() => sights().at(-1)?.availability === 6500);
      assert.deepEqual([sights().at(-1)?.note, sights().at(-1)?.company], ['secret', 'Contoso']);
    });
  }

  it('sees closed as PIDF, and open again', async () => {
    await using world = await openSipWorld();
    const owner = await shown(world, alice);
    const watcher = await world.signedIn(bob);
    const headers = [
      watcher.contact,
      { name: 'Event', value: 'presence' },
      { name: 'Accept', value: 'application/pidf+xml' },
    ];
    await watcher.ask(watcher.make('SUBSCRIBE', { to: `<sip:${alice}>`, headers }));
    const seen = () =>
      watcher.requests
        .filter(({ method }) => method === 'NOTIFY')
        .map((notify) => parsePidf(bodyText(notify))?.tuples[0]?.basic);
    await until(() => seen().length === 1);
    await move(owner, 'add', user(bob));
    await until(() => seen().length === 2);
    await move(owner, 'remove', user(bob));
    await until(() => seen().length === 3);
    assert.deepEqual(seen(), ['open', 'closed', 'open']);
  });

  it('sees Offline over UCWA, told by an event, without note, place and modalities', async () => {
    await using world = await openSipWorld();
    const owner = await shown(world, alice, { 200: 'out' });
    const watcher = await TestClient.signIn(world.pools.online.ucwa, bob);
    await watcher.request('POST', watcher.at('/people/presenceSubscriptions'), {
      duration: 30,
      Uris: [`sip:${alice}`],
    });
    const seen = async (part: string, key: string) =>
      (await watcher.request('GET', watcher.at(`/people/${alice}/${part}`))).body[key];
    await watcher.until('contactPresence', 'updated');
    watcher.seen.length = 0;
    assert.deepEqual(
      [await seen('presence', 'availability'), await seen('note', 'message')],
      ['Online', 'out'],
    );
    await move(owner, 'add', user(bob));
    const changed = await watcher.until('contactPresence', 'updated');
    assert.ok(changed.href.includes(alice));
    assert.deepEqual(
      [
        await seen('presence', 'availability'),
        await seen('presence', 'lastActive'),
        await seen('note', 'message'),
        await seen('supportedMedia', 'modalities'),
      ],
      ['Offline', undefined, '', []],
    );
    await move(owner, 'remove', user(bob));
    await watcher.until('contactPresence', 'updated');
    assert.deepEqual(
      [await seen('presence', 'availability'), await seen('note', 'message')],
      ['Online', 'out'],
    );
  });

  it('calls in vain, as if she were not there, from either door; she may call, and nobody else is hit', async () => {
    await using world = await openSipWorld();
    const owner = await shown(world, alice);
    owner.takesCalls();
    const [other, third] = [await shown(world, bob), await shown(world, carol)];
    other.takesCalls();
    await move(owner, 'add', user(bob));
    const refused = await other.ask(other.invite(alice));
    const absent = await other.ask(other.invite('judy@contoso.example'));
    assert.equal(refused.status, 480);
    assert.deepEqual(
      [reasonOf(refused), header(refused, 'ms-diagnostics')],
      [reasonOf(absent), header(absent, 'ms-diagnostics')],
    );
    const ucwa = await TestClient.signIn(world.pools.online.ucwa, bob);
    await ucwa.makeAvailable();
    await ucwa.call(alice);
    const { status, subcode } = await ucwa.until('messagingInvitation', 'completed');
    assert.deepEqual([status, subcode], ['Failure', 'TemporarilyUnavailable']);
    assert.equal(owner.count('INVITE'), 0);
    await ucwa.request('DELETE', ucwa.self);
    assert.equal((await (await third.call(alice)).say('still friends?')).status, 200);
    assert.equal((await (await owner.call(bob)).say('you are blocked')).status, 200);
    await move(owner, 'remove', user(bob));
    assert.equal((await (await other.call(alice)).say('thank you')).status, 200);
    assert.deepEqual(owner.texts, ['still friends?', 'thank you']);
  });

  it('goes on with a conversation that was open before', async () => {
    await using world = await openSipWorld();
    const [owner, other] = [await shown(world, alice), await shown(world, bob)];
    owner.takesCalls();
    const talk = await other.call(alice);
    await move(owner, 'add', user(bob));
    assert.equal((await talk.say('one more thing')).status, 200);
    assert.deepEqual(owner.texts, ['one more thing']);
  });
});

describe('somebody whom nothing of a person’s places', { timeout: 20_000 }, () => {
  it('sees Offline and may write', async () => {
    await using world = await openSipWorld();
    const [owner, stranger] = [await shown(world, alice), await world.signedIn(peggy)];
    owner.takesCalls();
    const sights = await watch(stranger, alice);
    await move(owner, 'remove', { type: 'federated' }, { id: 100, version: 1 });
    await until(() => sights().at(-1)?.availability === 18_500);
    assert.equal((await (await stranger.call(alice)).say('hello')).status, 200);
  });
});

describe('what others see of a person', { timeout: 20_000 }, () => {
  it('is the note of their own container, and to external contacts no device', async () => {
    await using world = await openSipWorld();
    const owner = await shown(world, alice, { 200: 'to all of us', 300: 'to my team', 400: 'to friends' });
    const [colleague, external] = [await world.signedIn(bob), await world.signedIn(peggy)];
    const [seenByBob, seenByPeggy] = [await watch(colleague, alice), await watch(external, alice)];
    const last = (sights: Sights) => [sights().at(-1)?.device, sights().at(-1)?.note];
    assert.deepEqual(last(seenByBob), ['computer', 'to all of us']);
    assert.deepEqual(last(seenByPeggy), [undefined, ''], 'nothing was written for them');
    await move(owner, 'add', user(bob), { id: 300 });
    await until(() => seenByBob().at(-1)?.note === 'to my team');
    await move(owner, 'add', user(peggy), { id: 400 });
    await until(() => seenByPeggy().at(-1)?.note === 'to friends');
    assert.deepEqual(last(seenByPeggy), ['computer', 'to friends']);
  });

  it('is told to the owner’s clients with the new version, to the one that changed it, too', async () => {
    await using world = await openSipWorld();
    const clients = [await world.signedIn(alice), await world.signedIn(alice)] as const;
    for (const client of clients) {
      const headers = [
        client.contact,
        { name: 'Event', value: 'vnd-microsoft-roaming-self' },
        { name: 'Supported', value: 'ms-piggyback-first-notify' },
        { name: 'Supported', value: 'ms-benotify' },
      ];
      const body = textBody(formatRoamingList(['categories', 'containers']));
      assert.equal((await client.ask(client.make('SUBSCRIBE', { headers, body }))).status, 200);
    }
    await move(clients[0], 'add', user(bob));
    for (const client of clients) {
      await until(() => client.notices.length === 1);
      const [notice] = client.notices;
      assert.ok(notice);
      assert.deepEqual(parseRoamingSelf(bodyText(notice)), {
        containers: [{ id: blocked, version: 2, members: [user(bob)] }],
      });
    }
  });
});
