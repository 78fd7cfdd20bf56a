import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dialogFromResponse } from '../../../protocols/sip/dialog/dialog.ts';
import { inDialogRequest } from '../../../protocols/sip/dialog/in-dialog.ts';
import {
  bodyText,
  header,
  type SipRequest,
  type SipResponse,
  textBody,
} from '../../../protocols/sip/message.ts';
import { batchSubscribeType, formatBatchSubscribe } from '../../../protocols/sip/ms/batch-subscribe.ts';
import type { Category } from '../../../protocols/sip/ms/categories.ts';
import {
  type ContactOperation,
  formatContactOperation,
  readAddedGroup,
  soapType,
} from '../../../protocols/sip/ms/contact-operation.ts';
import { parseMsFault } from '../../../protocols/sip/ms/fault.ts';
import { readPresenceBatch } from '../../../protocols/sip/ms/presence-batch.ts';
import { type CategoryPublication, formatPublish, publishType } from '../../../protocols/sip/ms/publish.ts';
import { parseContactDelta, parseContactList } from '../../../protocols/sip/ms/roaming-contacts.ts';
import { formatRoamingList, parseRoamingSelf } from '../../../protocols/sip/ms/roaming-self.ts';
import type { State } from '../../../protocols/sip/ms/state.ts';
import { TestClient } from '../test-client.ts';
import { openSipWorld, reasonOf, type SipClient, until } from './client.test-kit.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const carol = 'carol@contoso.example';

const piggyBack = [
  { name: 'Supported', value: 'ms-piggyback-first-notify' },
  { name: 'Supported', value: 'ms-benotify' },
];

/** A SUBSCRIBE to somebody's presence, in one batch. */
async function subscribing(client: SipClient, to: readonly string[], expires = '600') {
  const request = client.make('SUBSCRIBE', {
    headers: [
      client.contact,
      { name: 'Event', value: 'presence' },
      { name: 'Expires', value: expires },
      { name: 'Require', value: 'adhoclist, categoryList' },
      { name: 'Content-Type', value: batchSubscribeType },
      ...piggyBack,
    ],
    body: batchOf(client, to, 'subscribe'),
  });
  return { request, answer: await client.ask(request) };
}

function batchOf(client: SipClient, to: readonly string[], action: 'subscribe' | 'unsubscribe') {
  return textBody(
    formatBatchSubscribe({
      action,
      uri: `sip:${client.address}`,
      resources: to.map((address) => `sip:${address}`),
      categories: ['state', 'note', 'contactCard'],
    }),
  );
}

async function subscribe(client: SipClient, to: readonly string[], expires?: string) {
  return (await subscribing(client, to, expires)).answer;
}

function own(client: SipClient, event: string, body = ''): Promise<SipResponse> {
  const type = { name: 'Content-Type', value: 'application/vnd-microsoft-roaming-self+xml' };
  return client.ask(
    client.make('SUBSCRIBE', {
      headers: [
        client.contact,
        { name: 'Event', value: event },
        ...piggyBack,
        ...(body === '' ? [] : [type]),
      ],
      body: textBody(body),
    }),
  );
}

function publish(client: SipClient, publications: readonly CategoryPublication[]): Promise<SipResponse> {
  return client.ask(
    client.make('SERVICE', {
      headers: [{ name: 'Content-Type', value: publishType }],
      body: textBody(formatPublish({ uri: `sip:${client.address}`, publications })),
    }),
  );
}

const stateOf = (type: State['type'], availability: number, version = 0): CategoryPublication => ({
  category: 'state',
  instance: type === 'userState' ? 0x2000_0000 : 1,
  container: 2,
  version,
  expireType: type === 'userState' ? 'static' : 'endpoint',
  content: { kind: 'state', state: { type, manual: false, availability } },
});

/** What a watcher has been told of somebody, oldest first: availability, or the note. */
function told(client: SipClient, first: SipResponse, address: string): readonly (number | string)[] {
  const bodies: (SipRequest | SipResponse)[] = [first, ...client.notices.filter(isPresence)];
  return bodies.flatMap((message) => {
    const batch = readPresenceBatch(header(message, 'Content-Type') ?? '', message.body);
    return (batch?.resources ?? []).flatMap(({ uri, instance }) => {
      if (uri !== `sip:${address}` || instance.kind !== 'active') return [];
      return (instance.categories?.categories ?? []).flatMap(seen);
    });
  });
}

const isPresence = (request: SipRequest): boolean => header(request, 'Event') === 'presence';

function seen({ content }: Category): readonly (number | string)[] {
  if (content.kind === 'state') return [content.state.availability ?? 0];
  return content.kind === 'note' ? [content.note.text] : [];
}

describe('presence over SIP', { timeout: 20_000 }, () => {
  it('is subscribed to in one batch: all of it in the answer, each change behind it', async () => {
    await using world = await openSipWorld();
    const watcher = await world.signedIn(alice);
    const client = await world.signedIn(carol, { pool: 'onPrem' });
    const first = await subscribe(watcher, [bob, carol, 'nobody@contoso.example']);
    assert.deepEqual([first.status, header(first, 'ms-piggyback-cseq')], [200, '1']);
    assert.match(header(first, 'subscription-state') ?? '', /^active;expires=600$/);
    const batch = readPresenceBatch(header(first, 'Content-Type') ?? '', first.body);
    assert.deepEqual(
      batch?.resources.map(({ instance }) => instance.kind),
      ['active', 'active', 'terminated'],
    );
    await publish(client, [stateOf('machineState', 3500)]);
    await until(() => told(watcher, first, carol).length === 2);
    await publish(client, [stateOf('machineState', 3500, 1), stateOf('userState', 6500)]);
    await until(() => told(watcher, first, carol).length === 3);
    await client.close();
    await until(() => told(watcher, first, carol).length === 4);
    assert.deepEqual(told(watcher, first, carol), [18500, 3500, 6500, 18500]);
    assert.ok(watcher.notices.every(({ method }) => method === 'BENOTIFY'));
    assert.deepEqual(told(watcher, first, bob), [18500]);
  });

  it('may be asked for of others, and of fewer, inside the subscription', async () => {
    await using world = await openSipWorld();
    const [watcher, one, other] = [
      await world.signedIn(alice),
      await world.signedIn(bob),
      await world.signedIn(carol, { pool: 'onPrem' }),
    ];
    const { request, answer } = await subscribing(watcher, [bob]);
    const dialog = dialogFromResponse(request, answer);
    assert.ok(dialog);
    const made = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards']);
    const revise = async (action: 'subscribe' | 'unsubscribe', address: string, cseq: number) => {
      const headers = request.headers.filter(({ name }) => !made.has(name));
      const body = batchOf(watcher, [address], action);
      return watcher.ask(inDialogRequest(dialog, cseq, { method: 'SUBSCRIBE', headers, body }));
    };
    const more = await revise('subscribe', carol, dialog.localCSeq + 1);
    const all = readPresenceBatch(header(more, 'Content-Type') ?? '', more.body);
    assert.deepEqual(
      all?.resources.map(({ uri }) => uri),
      [`sip:${bob}`, `sip:${carol}`],
    );
    assert.equal((await revise('unsubscribe', bob, dialog.localCSeq + 2)).status, 200);
    await publish(one, [stateOf('machineState', 3500)]);
    await publish(other, [stateOf('machineState', 3500)]);
    await until(() => told(watcher, more, carol).length === 2);
    assert.deepEqual([told(watcher, more, bob), told(watcher, more, carol)], [[18500], [18500, 3500]]);
  });

  it('is the aggregate of a SIP client and a UCWA client of one person, for the watchers of both', async () => {
    await using world = await openSipWorld();
    const watcher = await world.signedIn(carol, { pool: 'onPrem' });
    const first = await subscribe(watcher, [alice]);
    const sip = await world.signedIn(alice);
    await publish(sip, [stateOf('machineState', 15500)]);
    await until(() => told(watcher, first, alice).at(-1) === 15500);
    const ucwa = await TestClient.signIn(world.pools.online.ucwa, alice);
    await ucwa.makeAvailable();
    await until(() => told(watcher, first, alice).at(-1) === 3500);
    const own = await ucwa.request('GET', ucwa.at('/me/presence'));
    assert.equal(own.body['availability'], 'Online');
    await publish(sip, [stateOf('userState', 9500)]);
    await until(() => told(watcher, first, alice).at(-1) === 9500);
    assert.equal((await ucwa.request('GET', ucwa.at('/me/presence'))).body['availability'], 'DoNotDisturb');
    await ucwa.request('DELETE', ucwa.self);
    await sip.close();
    await until(() => told(watcher, first, alice).at(-1) === 18500);
  });

  it('of oneself comes with versions; what another door changes is told, and is the version to give', async () => {
    await using world = await openSipWorld();
    const client = await world.signedIn(alice);
    await publish(client, [stateOf('machineState', 3500)]);
    const first = await own(
      client,
      'vnd-microsoft-roaming-self',
      formatRoamingList(['categories', 'containers']),
    );
    const all = parseRoamingSelf(bodyText(first));
    assert.deepEqual(
      all?.containers?.map(({ id }) => id),
      [100, 200, 300, 400, 32000],
    );
    assert.deepEqual(
      all?.categories?.categories.map(({ version, expireType }) => [version, expireType]),
      [[1, 'endpoint']],
    );
    const ucwa = await TestClient.signIn(world.pools.online.ucwa, alice);
    await ucwa.makeAvailable();
    await ucwa.request('POST', ucwa.at('/me/presence'), { availability: 'Busy' });
    await until(() => client.notices.length === 1);
    const changed = parseRoamingSelf(bodyText(client.notices[0] ?? first))?.categories?.categories ?? [];
    const mine = changed.filter(({ container, instance }) => container === 2 && instance === 0x2000_0000);
    assert.deepEqual(mine.map(seen), [[6500]]);
    const stale = await publish(client, [stateOf('userState', 3500)]);
    assert.equal(stale.status, 409);
    assert.deepEqual(parseMsFault(bodyText(stale))?.operations, [
      { index: 1, version: 0, currentVersion: mine[0]?.version },
    ]);
    assert.equal((await publish(client, [stateOf('userState', 3500, mine[0]?.version)])).status, 200);
    assert.equal((await ucwa.request('GET', ucwa.at('/me/presence'))).body['availability'], 'Online');
  });

  it('forgets what belonged to an endpoint with it, and keeps a note', async () => {
    await using world = await openSipWorld();
    const client = await world.signedIn(alice);
    const note: CategoryPublication = {
      category: 'note',
      instance: 0,
      container: 200,
      version: 0,
      expireType: 'static',
      content: { kind: 'note', note: { type: 'personal', text: 'in a tunnel' } },
    };
    await publish(client, [stateOf('machineState', 3500), note]);
    await client.close();
    await until(() => world.pools.online.core.signedIn === 0);
    const again = await world.signedIn(alice);
    const self = await own(again, 'vnd-microsoft-roaming-self', formatRoamingList(['categories']));
    const left = parseRoamingSelf(bodyText(self))?.categories?.categories ?? [];
    assert.deepEqual(left.map(seen), [['in a tunnel']]);
    const watcher = await world.signedIn(bob);
    assert.deepEqual(told(watcher, await subscribe(watcher, [alice]), alice), [18500, 'in a tunnel']);
  });

  it('ends by Expires: 0, by its time, and cannot be another’s own', async () => {
    await using world = await openSipWorld();
    const watcher = await world.signedIn(alice);
    const first = await subscribe(watcher, [bob], '60');
    world.clock.advance(61_000);
    const client = await world.signedIn(bob);
    await publish(client, [stateOf('machineState', 3500)]);
    const fetched = await subscribe(watcher, [bob], '0');
    assert.deepEqual([fetched.status, told(watcher, fetched, bob)], [200, [3500]]);
    await until(() => watcher.notices.length === 1);
    assert.match(header(watcher.notices[0] ?? first, 'subscription-state') ?? '', /^terminated/);
    const spied = await watcher.ask(
      watcher.make('SUBSCRIBE', {
        to: `<sip:${bob}>`,
        headers: [watcher.contact, { name: 'Event', value: 'vnd-microsoft-roaming-contacts' }],
      }),
    );
    assert.deepEqual([spied.status, reasonOf(spied)], [403, 'This is told to its owner alone']);
    const strange = await watcher.ask(
      watcher.make('SUBSCRIBE', { headers: [watcher.contact, { name: 'Event', value: 'weather' }] }),
    );
    assert.equal(strange.status, 489);
  });
});

describe('a contact list over SIP', { timeout: 20_000 }, () => {
  const change = (client: SipClient, operation: ContactOperation): Promise<SipResponse> =>
    client.ask(
      client.make('SERVICE', {
        headers: [{ name: 'Content-Type', value: soapType }],
        body: textBody(formatContactOperation(operation)),
      }),
    );

  it('is that of the pool, in numbers, and each change is told to every endpoint', async () => {
    await using world = await openSipWorld();
    const [one, other] = [await world.signedIn(alice), await world.signedIn(alice)];
    const first = parseContactList(bodyText(await own(other, 'vnd-microsoft-roaming-contacts')));
    assert.deepEqual(first?.groups, [{ id: 1, name: '~' }]);
    assert.ok(first?.contacts.some(({ uri }) => uri === bob));
    const added = await change(one, { kind: 'addGroup', delta: 1, name: 'Friends' });
    const friends = readAddedGroup(bodyText(added)) ?? 0;
    const peggy = 'peggy@fabrikam.example';
    const set = { kind: 'setContact', delta: 2, name: 'Peg', subscribed: true } as const;
    assert.equal((await change(one, { ...set, uri: `sip:${peggy}`, groups: [friends] })).status, 200);
    assert.equal((await change(one, { kind: 'deleteContact', delta: 3, uri: `sip:${peggy}` })).status, 200);
    assert.equal((await change(one, { kind: 'deleteGroup', delta: 4, groupId: friends })).status, 200);
    assert.equal((await change(one, { kind: 'deleteGroup', delta: 4, groupId: 99 })).status, 404);
    const deltas = () => other.notices.flatMap((notice) => parseContactDelta(bodyText(notice)) ?? []);
    const kinds = () => deltas().flatMap(({ changes }) => changes.map(({ kind }) => kind));
    await until(() => kinds().includes('deletedGroup'));
    assert.deepEqual(kinds().slice(0, 3), ['addedGroup', 'addedContact', 'deletedContact']);
    for (const [index, { delta, previous }] of deltas().entries())
      assert.ok(delta > previous && previous === (deltas()[index - 1]?.delta ?? first?.delta));
  });
});
