import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { memoryKept } from '../../../test/kit/kept.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { sandboxPerson } from '../../../test/kit/teams-connector.ts';
import type { KeptStore } from '../../gateway/ledger.ts';
import type { GraphRequest } from '../../protocols/graph/client/graph-client.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import { type Cursor, keepCursor, loadCursor } from './cursor.ts';
import type { ToldMessage } from './incoming.ts';
import { Pace } from './pace.ts';
import { ReadBack } from './read-back.ts';
import type { Tenant } from './tenants.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
const carol = sandboxPerson('carol');
const idOf = (person: typeof alice): string => (person.teams.kind === 'account' ? person.teams.objectId : '');
const dayMs = 24 * 60 * 60_000;

/** What a person wrote, by when; Graph gives the newest first, a page at a time. */
type Written = ReadonlyMap<string, readonly number[]>;

/** One tenant's read-back at a Graph that is made up. */
function world(kept: KeptStore = memoryKept()) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const asked: { readonly user: string; readonly at: number; readonly path: string }[] = [];
  const taken: number[] = [];
  let most = 0;
  const script: { written: Written; failing: Map<string, GraphFailure>; keeping: boolean } = {
    written: new Map(),
    failing: new Map(),
    keeping: true,
  };

  function page(path: string): unknown {
    const url = new URL(path, 'https://graph.example');
    const user = decodeURIComponent(url.pathname.split('/')[2] ?? '');
    const [after = '', before = ''] = (url.searchParams.get('$filter') ?? '').match(/\d{4}-[^ ]+/g) ?? [];
    const skip = Number(url.searchParams.get('$skiptoken') ?? 0);
    const all = (script.written.get(user) ?? [])
      .filter((at) => at > Date.parse(after) && at < Date.parse(before))
      .toSorted((a, b) => b - a);
    url.searchParams.set('$skiptoken', String(skip + 50));
    return {
      value: all.slice(skip, skip + 50).map((at) => ({
        id: String(at),
        messageType: 'message',
        chatId: '19:chat',
        createdDateTime: new Date(at).toISOString(),
        body: { contentType: 'text', content: 'x' },
      })),
      ...(all.length > skip + 50
        ? { '@odata.nextLink': `https://graph.example${url.pathname}${url.search}` }
        : {}),
    };
  }

  const tenant = {
    id: 'tenant',
    domain: 'contoso.example',
    accounts: { application: {} },
    graph: {
      baseUrl: 'https://graph.example',
      async call<T>(_as: unknown, { path, answer }: GraphRequest<T>) {
        const user = decodeURIComponent(path.split('/')[2] ?? '');
        asked.push({ user, at: clock.now(), path });
        const failure = script.failing.get(user);
        if (failure) return { ok: false, failure };
        const value = answer(page(path));
        assert.ok(value !== undefined);
        return { ok: true, value };
      },
    },
  } as unknown as Tenant;

  const readBack = new ReadBack({
    tenant,
    people: () => [alice, bob, carol],
    async take(told: readonly ToldMessage[]) {
      if (!script.keeping) throw new Error('the ledger is full');
      most = Math.max(most, told.length);
      const fresh = told.map(({ messageId }) => Number(messageId)).filter((at) => !taken.includes(at));
      taken.push(...fresh.toSorted((a, b) => a - b));
      return fresh.length;
    },
    onFound: () => undefined,
    kept,
    roundMs: 60_000,
    pace: new Pace(clock, stop.signal),
    clock,
    signal: stop.signal,
  });
  return {
    clock,
    kept,
    asked,
    taken,
    script,
    readBack,
    get most() {
      return most;
    },
    async pass(ms: number): Promise<void> {
      for (const end = clock.now() + ms; clock.now() < end; ) {
        clock.advance(Math.min(50, end - clock.now()));
        for (let n = 0; n < 6; n++) await turn();
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await readBack[Symbol.asyncDispose]();
    },
  };
}

async function behind(clock: ManualClock, ms: number): Promise<KeptStore> {
  const kept = memoryKept();
  const at = clock.now() - ms;
  const cursor: Cursor = { since: 0, readUpTo: at, behind: {} };
  await keepCursor(kept, 'tenant', cursor);
  return kept;
}

const throttled: GraphFailure = {
  kind: 'answered',
  status: 429,
  code: 'TooManyRequests',
  message: '',
  retryAfterMs: 40_000,
};

describe('a round of reading back', () => {
  it('begins at once where the last run ended', async () => {
    await using w = world(await behind(new ManualClock(), 3 * dayMs));
    const first = w.clock.now() - 2 * dayMs;
    w.script.written = new Map([[idOf(alice), [first, first + 1, w.clock.now() - 5]]]);
    await w.readBack.open();
    assert.ok(w.readBack.gap);
    w.readBack.start();
    await w.pass(1_000);
    assert.deepEqual(w.taken, [first, first + 1, w.clock.now() - 1_005]);
    assert.equal(w.readBack.gap, undefined);
    const kept = await loadCursor(w.kept, 'tenant');
    assert.equal(kept?.readUpTo, w.clock.now() - 1_000);
  });

  it('reads what is too much for once in parts, oldest first, leaves nothing out, and asks 20 times a second at most', async () => {
    await using w = world(await behind(new ManualClock(), dayMs));
    const begun = w.clock.now();
    const begin = begun - dayMs + 60_000;
    const times = Array.from({ length: 5_000 }, (_, n) => begin + n * 10_000);
    w.script.written = new Map([[idOf(bob), times]]);
    await w.readBack.open();
    w.readBack.start();
    await w.pass(60_000);
    assert.deepEqual(w.taken, times);
    assert.ok(w.most <= 2_100, `${w.most} at once`);
    const lastAt = w.asked.at(-1)?.at ?? 0;
    assert.ok(w.asked.length > 100);
    assert.ok(w.asked.length <= (lastAt - begun) / 50 + 1, `${w.asked.length} in ${lastAt - begun} ms`);
  });

  it('never reaches farther back than 30 days, nor before the gateway was first there', async () => {
    await using w = world(await behind(new ManualClock(), 400 * dayMs));
    w.script.written = new Map([[idOf(alice), [w.clock.now() - 31 * dayMs, w.clock.now() - 29 * dayMs]]]);
    await w.readBack.open();
    w.readBack.start();
    await w.pass(500);
    assert.equal(w.taken.length, 1);

    await using fresh = world();
    fresh.script.written = new Map([[idOf(alice), [fresh.clock.now() - 1_000]]]);
    await fresh.readBack.open();
    fresh.readBack.start();
    await fresh.pass(70_000);
    assert.ok(fresh.asked.length > 0);
    assert.deepEqual(fresh.taken, []);
  });

  it('waits as long as Graph asks, and the gap stays open meanwhile', async () => {
    await using w = world(await behind(new ManualClock(), dayMs));
    w.script.failing.set(idOf(alice), throttled);
    await w.readBack.open();
    w.readBack.start();
    await w.pass(39_000);
    assert.equal(w.asked.length, 1);
    assert.ok(w.readBack.gap);
    w.script.failing.clear();
    await w.pass(3_000);
    assert.ok(w.asked.length > 1);
    assert.equal(w.readBack.gap, undefined);
  });

  it('goes on with the others when one person cannot be read, and comes back to that one', async () => {
    await using w = world(await behind(new ManualClock(), dayMs));
    const early = w.clock.now() - dayMs / 2;
    w.script.written = new Map([
      [idOf(alice), [early]],
      [idOf(bob), [early + 1]],
    ]);
    w.script.failing.set(idOf(alice), { kind: 'answered', status: 403, code: 'Forbidden', message: '' });
    await w.readBack.open();
    w.readBack.start();
    await w.pass(1_000);
    assert.deepEqual(w.taken, [early + 1]);
    const cursor = await loadCursor(w.kept, 'tenant');
    assert.ok(cursor && (cursor.behind[idOf(alice)] ?? Infinity) < early);
    w.script.failing.clear();
    await w.pass(65_000);
    assert.deepEqual(w.taken, [early + 1, early]);
    assert.deepEqual((await loadCursor(w.kept, 'tenant'))?.behind, {});
  });

  it('passes over who is no more, and gives up where nobody can be read', async () => {
    await using w = world(await behind(new ManualClock(), dayMs));
    w.script.failing.set(idOf(alice), { kind: 'answered', status: 404, code: 'NotFound', message: '' });
    await w.readBack.open();
    w.readBack.start();
    await w.pass(1_000);
    assert.equal(w.readBack.gap, undefined);

    await using down = world(await behind(new ManualClock(), dayMs));
    for (const person of [alice, bob, carol])
      down.script.failing.set(idOf(person), { kind: 'unreachable', detail: 'ECONNREFUSED' });
    const before = await loadCursor(down.kept, 'tenant');
    await down.readBack.open();
    down.readBack.start();
    await down.pass(4_000);
    assert.equal(down.asked.length, 3);
    assert.deepEqual(await loadCursor(down.kept, 'tenant'), before);
  });

  it('keeps its place while what is read cannot be kept', async () => {
    await using w = world(await behind(new ManualClock(), dayMs));
    const early = w.clock.now() - dayMs / 2;
    w.script.written = new Map([[idOf(alice), [early]]]);
    w.script.keeping = false;
    await w.readBack.open();
    w.readBack.start();
    await w.pass(2_000);
    assert.ok(w.readBack.gap);
    w.script.keeping = true;
    await w.pass(65_000);
    assert.deepEqual(w.taken, [early]);
    assert.equal(w.readBack.gap, undefined);
  });
});
