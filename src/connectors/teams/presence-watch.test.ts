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
  const client: GraphClient = {
    baseUrl: 'https://graph.example/v1.0',
    async call(_as, { path, body, answer }) {
      const reply = ((): unknown => {
        if (path === '/communications/getPresencesByUserId') {
          const { ids } = body as { ids: string[] };
          asked.push(ids.length);
          return { value: ids.map((id) => ({ id, availability: 'Available', activity: 'Available' })) };
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
    readBackMs: 300_000,
    subscribers: async (most) => subscribers.slice(0, most).map((id) => ({ id, open })),
    keeper: (subscriber, resource, onGap) =>
      new SubscriptionKeeper({
        name: subscriber.id,
        graph: graph.client,
        open: subscriber.open,
        resource,
        changeType: 'updated',
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
    for (const wait of [5_000, 1_000]) {
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
