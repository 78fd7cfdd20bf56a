import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import { RecordingSink } from '../../../test/kit/teams-connector.ts';
import type { Person } from '../../core/people.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { GraphClient } from '../../protocols/graph/client/graph-client.ts';
import type { TokenSource } from '../../protocols/graph/client/result.ts';
import { createEncryptionKey, KeyRing } from '../../protocols/graph/webhook/key-ring.ts';
import { PresenceWatch } from './presence-watch.ts';
import { SubscriptionKeeper } from './subscriptions.ts';

const source: TokenSource = { token: async () => ({ ok: true, token: 't' }), rejected: () => {} };

/** A Graph that takes every subscription, and shows everybody as available. */
function openGraph() {
  const subscribed: string[] = [];
  let asked: number[] = [];
  let there: Readonly<Record<string, unknown>> = { availability: 'Available', activity: 'Available' };
  const client: GraphClient = {
    baseUrl: 'https://graph.example/v1.0',
    async call(_as, { path, body, answer }) {
      const reply = ((): unknown => {
        if (path === '/communications/getPresencesByUserId') {
          const { ids } = body as { ids: string[] };
          asked.push(ids.length);
          return { value: ids.map((id) => ({ id, ...there })) };
        }
        if (body === undefined) return { value: [] };
        const order = body as { resource: string; expirationDateTime: string };
        subscribed.push(order.resource);
        return { ...order, id: `s${subscribed.length}` };
      })();
      const value = answer(reply);
      assert.ok(value !== undefined);
      return { ok: true, value };
    },
  };
  return {
    client,
    /** What everybody shows from now on; it is told to nobody. */
    show(presence: Readonly<Record<string, unknown>>) {
      there = presence;
    },
    /** How many people each subscription names, in the order in which they were made. */
    subscribed: () => subscribed.map((resource) => (resource.match(/'/g)?.length ?? 0) / 2),
    /** How many people each request asked about, since this was called last. */
    asked() {
      const since = asked;
      asked = [];
      return since;
    },
  };
}

const readBackMs = 30_000;

async function openWatch(people: readonly Person[], subscribers: readonly string[]) {
  const clock = new ManualClock();
  const sink = new RecordingSink();
  const graph = openGraph();
  const keys = new KeyRing(await createEncryptionKey(clock));
  const open = async () => ({ kind: 'open', source }) as const;
  const watch = new PresenceWatch({
    tenant: {
      id: 't1',
      domain: 'contoso.example',
      clientId: 'c',
      graph: graph.client,
      accounts: {
        application: source,
        gateway: open,
        person: open,
        forget: () => {},
        refused: () => [],
      },
    },
    directory: createDirectory(people),
    sink,
    clock,
    random: () => 0.5,
    readBackMs,
    subscribers: async (most) => subscribers.slice(0, most).map((id) => ({ id, open })),
    keeper: (subscriber, resource, onGap) =>
      new SubscriptionKeeper({
        name: subscriber.id,
        graph: graph.client,
        open: subscriber.open,
        resource,
        changeType: 'updated',
        goesOn: false,
        lifeMs: 3_600_000,
        notificationUrl: 'https://gateway.example/n',
        clientState: 'state',
        keys,
        clock,
        random: () => 0.5,
        onGap,
      }),
  });
  return { clock, sink, graph, watch };
}

describe('watching more people than one subscription tells of', () => {
  const people = Array.from({ length: 1_400 }, (_, number) => somebody(`person${number}`));

  it('subscribes to 650, and reads the others every second, 650 at a time', async () => {
    const { clock, sink, graph, watch } = await openWatch(people, ['gateway']);
    await using _watch = watch;
    await watch.watch(people);
    assert.deepEqual(graph.subscribed(), [650]);
    assert.deepEqual(graph.asked(), [650, 650, 100]);
    assert.equal(new Set(sink.observed.map(({ person }) => person)).size, people.length);
    for (const wait of [1_000, 1_000]) {
      clock.advance(wait);
      const sweep: number[] = [];
      await eventually('a sweep', () => sweep.push(...graph.asked()) === 2 || undefined);
      assert.deepEqual(sweep, [650, 100]);
      await eventually('the time of the next', () => clock.pending > 1 || undefined);
    }
  });

  it('shares them out among the gateway’s account and linked people', async () => {
    const { graph, watch } = await openWatch(people, ['gateway', 'alice', 'bob', 'carol']);
    await using _watch = watch;
    await watch.watch(people);
    assert.deepEqual(graph.subscribed(), [650, 650, 100]);
    assert.equal(watch.status.length, 3);
  });

  it('makes only that subscription anew that a newcomer finds room in', async () => {
    const { graph, watch } = await openWatch(people, ['gateway', 'alice', 'bob']);
    await using _watch = watch;
    await watch.watch(people.slice(0, 1_399));
    await watch.watch(people);
    assert.deepEqual(graph.subscribed(), [650, 650, 99, 100]);
  });
});

describe('what Graph tells of presence', () => {
  const alice = somebody('alice');
  const id = alice.teams.kind === 'account' ? alice.teams.objectId : '';

  async function world() {
    const w = await openWatch([alice], ['gateway']);
    await w.watch.watch([alice]);
    w.graph.asked();
    return {
      ...w,
      latest: () => w.sink.latest(alice)?.availability,
      told: (content: Readonly<Record<string, unknown>> | undefined) =>
        w.watch.take({
          subscriptionId: 's1',
          tenantId: 't1',
          changeType: 'updated',
          resource: `communications/presences('${id}')`,
          content: content && { id, ...content },
        }),
    };
  }
  const busy = { availability: 'Busy', activity: 'Busy' };
  const away = { availability: 'Away', activity: 'Away' };

  it('is taken in the order in which it happened, where it says so', async () => {
    const w = await world();
    await using _watch = w.watch;
    w.told({ ...busy, sequenceNumber: '0002' });
    w.told({ ...away, sequenceNumber: '0001' });
    w.told({ ...busy, sequenceNumber: '0002' });
    assert.equal(w.latest(), 'Busy');
  });

  it('is taken at once and read a second later, where it does not: the newest stands', async () => {
    const w = await world();
    await using _watch = w.watch;
    w.graph.show(away);
    w.told(away);
    w.told(busy);
    assert.equal(w.latest(), 'Busy');
    w.clock.advance(1_000);
    await eventually('the truth', () => w.latest() === 'Away');
    assert.deepEqual(w.graph.asked(), [1], 'one request for all that was told');
  });

  it('is read where a notification names somebody without saying how they are', async () => {
    const w = await world();
    await using _watch = w.watch;
    w.graph.show(busy);
    w.told(undefined);
    w.clock.advance(1_000);
    await eventually('the presence', () => w.latest() === 'Busy');
  });

  it('is found out by itself where a subscription has died without a word', async () => {
    const w = await world();
    await using _watch = w.watch;
    w.graph.show({ ...busy, statusMessage: { message: { contentType: 'text', content: 'Hi' } } });
    for (let passed = 0; passed < readBackMs + 10_000 && w.latest() !== 'Busy'; passed += 1_000) {
      w.clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(w.latest(), 'Busy');
    assert.deepEqual(w.sink.remarked.at(-1)?.remarks.note, { kind: 'text', text: 'Hi' });
  });

  it('is not taken of people who are not watched', async () => {
    const w = await world();
    await using _watch = w.watch;
    const before = w.sink.observed.length;
    w.told({ ...busy, id: '00000000-0000-4000-8000-0000000000ff' });
    w.clock.advance(1_000);
    assert.equal(w.sink.observed.length, before);
    assert.deepEqual(w.graph.asked(), []);
  });
});
