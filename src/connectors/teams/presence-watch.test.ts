import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import { RecordingSink } from '../../../test/kit/teams-connector.ts';
import type { Person } from '../../core/people.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { GraphClient } from '../../protocols/graph/client/graph-client.ts';
import type { GraphFailure, TokenSource } from '../../protocols/graph/client/result.ts';
import { createEncryptionKey, KeyRing } from '../../protocols/graph/webhook/key-ring.ts';
import { PresenceWatch } from './presence-watch.ts';
import { SubscriptionKeeper } from './subscriptions.ts';

const source: TokenSource = { token: async () => ({ ok: true, token: 't' }), rejected: () => {} };

/** A Graph that takes every subscription, and shows everybody as available. */
function openGraph() {
  const subscribed: string[] = [];
  const lost = new Set<string>();
  let asked: number[] = [];
  let there: Readonly<Record<string, unknown>> = { availability: 'Available', activity: 'Available' };
  let failAt: ((nth: number) => GraphFailure | undefined) | undefined;
  let whileReading = (): void => {};
  const client: GraphClient = {
    baseUrl: 'https://graph.example/v1.0',
    async call(_as, { method, path, body, answer }) {
      const reply = ((): unknown => {
        if (path === '/communications/getPresencesByUserId') {
          const { ids } = body as { ids: string[] };
          const nth = asked.push(ids.length);
          const failure = failAt?.(nth);
          const value = ids.map((id) => ({ id, ...there }));
          whileReading();
          return failure ?? { value };
        }
        if (body === undefined) return { value: [] };
        const order = body as { resource: string; expirationDateTime: string };
        if (method === 'PATCH') {
          const id = path.slice('/subscriptions/'.length);
          return lost.has(id) ? refusal(404) : { ...order, id, notificationUrl: 'n', resource: 'r' };
        }
        subscribed.push(order.resource);
        return { ...order, id: `s${subscribed.length}` };
      })();
      if (isFailure(reply)) return { ok: false, failure: reply };
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
    /** What becomes of reading, counted from 1 since `asked` was called last. */
    failReading(failing: typeof failAt) {
      failAt = failing;
    },
    /** Happens before every answer to a reading, which is of before. */
    meanwhile(happens: () => void) {
      whileReading = happens;
    },
    /** Forgets the subscriptions that there are, without a word. */
    lose() {
      for (let nth = 1; nth <= subscribed.length; nth += 1) lost.add(`s${nth}`);
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

function refusal(status: number, retryAfterMs?: number): GraphFailure {
  const code = status === 429 ? 'TooManyRequests' : 'NotFound';
  const rest = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { kind: 'answered', status, code, message: '', ...rest };
}

function isFailure(reply: unknown): reply is GraphFailure {
  return typeof reply === 'object' && reply !== null && 'kind' in reply;
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

/** Until all that is under way has come to its end: nothing here waits for anything outside. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
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

  for (const [many, subscriptions, swept] of [
    [649, [649], []],
    [650, [650], []],
    [651, [650], [1]],
    [1_300, [650], [650]],
    [1_301, [650], [650, 1]],
  ] as const) {
    it(`tells of ${many} by a subscription of ${subscriptions[0]}, and sweeps ${swept.join(' and ') || 'nobody'}`, async () => {
      const { clock, graph, watch } = await openWatch(people.slice(0, many), ['gateway']);
      await using _watch = watch;
      await watch.watch(people.slice(0, many));
      assert.deepEqual(graph.subscribed(), subscriptions);
      graph.asked();
      clock.advance(1_000);
      await settle();
      assert.deepEqual(graph.asked(), swept);
    });
  }

  it('names in its subscriptions exactly those who are watched', async () => {
    const { graph, watch } = await openWatch(people, ['gateway']);
    await using _watch = watch;
    await watch.watch(people.slice(0, 650));
    await watch.watch(people.slice(1, 650));
    assert.deepEqual(graph.subscribed(), [650, 649]);
    await watch.watch([]);
    assert.deepEqual(watch.status, []);
  });

  it('leaves Graph alone for as long as it asks in the middle of a sweep, and goes on where it stopped', async () => {
    const { clock, sink, graph, watch } = await openWatch(people, []);
    await using _watch = watch;
    await watch.watch(people);
    graph.asked();
    graph.failReading((nth) => (nth % 2 === 0 ? refusal(429, 60_000) : undefined));
    const seconds = async (many: number) => {
      for (let passed = 0; passed < many; passed += 1) {
        clock.advance(1_000);
        await settle();
      }
    };
    await seconds(2);
    assert.deepEqual(graph.asked(), [650, 650]);
    const before = sink.observed.length;
    await seconds(55);
    assert.deepEqual(graph.asked(), [], 'as it was asked');
    graph.failReading((nth) => (nth % 2 === 0 ? refusal(429, 10_000) : undefined));
    await seconds(40);
    const read = new Set(sink.observed.slice(before).map(({ person }) => person));
    assert.equal(read.size, people.length, 'although no round comes to its end');
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
    w.told({ ...away, sequenceNumber: '9998' });
    w.told({ ...busy, sequenceNumber: '10000' });
    w.told({ ...away, sequenceNumber: '9999' });
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

  it('is told again by its subscription as soon as it has been found out that that has died without a word', async () => {
    const w = await world();
    await using _watch = w.watch;
    const subscriptions = w.graph.subscribed().length;
    w.graph.lose();
    w.graph.show(busy);
    for (let passed = 0; passed < readBackMs + 10_000 && w.latest() !== 'Busy'; passed += 1_000) {
      w.clock.advance(1_000);
      await settle();
    }
    await settle();
    assert.equal(w.latest(), 'Busy');
    assert.equal(w.graph.subscribed().length, subscriptions + 1);
  });

  it('is read again where Graph did not answer, long before everybody’s turn comes round', async () => {
    const w = await world();
    await using _watch = w.watch;
    w.graph.show(busy);
    w.graph.failReading((nth) => (nth === 1 ? refusal(429) : undefined));
    w.told(undefined);
    for (let passed = 0; passed < 10; passed += 1) {
      w.clock.advance(1_000);
      await settle();
    }
    assert.equal(w.latest(), 'Busy');
  });

  it('is not taken back by the answer to an earlier question', async () => {
    const w = await world();
    await using _watch = w.watch;
    w.graph.show({ ...away, sequenceNumber: '0001' });
    w.graph.meanwhile(() => {
      w.clock.advance(1);
      w.told({ ...busy, sequenceNumber: '0002' });
    });
    w.watch.check();
    await settle();
    w.told({ ...away, sequenceNumber: '0001' });
    assert.equal(w.latest(), 'Busy');
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
