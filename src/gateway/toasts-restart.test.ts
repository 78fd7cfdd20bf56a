import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RemoteId, ThreadKey } from '../core/ids.ts';
import { mostKeptBytes } from './ledger.ts';
import { alice, heidi, world } from './toasts.test-kit.ts';

type World = ReturnType<typeof world>;

/** A run in which heidi's message lies in alice's Teams, unread, and is to come up in SfB in 20 s. */
async function waiting(): Promise<World> {
  const w = world();
  w.atBoth(alice);
  await w.ring(alice);
  await w.delivered();
  return w;
}

/** The gateway is killed, and starts again after a while. */
async function restarted({ left }: World, afterMs = 0): Promise<World> {
  left.clock.advance(afterMs);
  const w = world({ left });
  await w.resume();
  return w;
}

describe('a toast that waits in Teams when the gateway is killed', () => {
  it('comes up in SfB in its time, and goes on there', async () => {
    const before = await waiting();
    await before.pass(5_000);
    const w = await restarted(before);
    await w.pass(14_999);
    assert.deepEqual(w.rung(), []);
    await w.pass(1);
    assert.deepEqual(w.rung(), ['Heidi Alice hello']);
    assert.deepEqual(w.done, ['read by Alice']);
    assert.equal(w.traced.at(-1), 'answered-in-skype');
    const answer = { ...w.written('skype', alice, heidi, 'Here I am'), thread: 'skype thread' as ThreadKey };
    assert.ok(w.toasts.relays(answer), 'what she answers goes on to heidi in SfB');
  });

  it('comes up with what was written behind the first text', async () => {
    const before = await waiting();
    before.keep(before.written('skype', heidi, alice, 'more'));
    const w = await restarted(before);
    await w.pass(20_000);
    assert.deepEqual(w.rung(), ['Heidi Alice hello', 'Heidi Alice more']);
  });

  it('waits until the networks can be used again', async () => {
    const before = await waiting();
    const w = world({ left: before.left });
    const opened = Promise.withResolvers<void>();
    await w.toasts.resume(opened.promise);
    await w.pass(60_000);
    assert.deepEqual(w.rung(), []);
    opened.resolve();
    await w.pass(0);
    await w.pass(2_000);
    assert.deepEqual(w.rung(), ['Heidi Alice hello']);
  });

  it('does not come up in SfB any more when she has read or answered in Teams meanwhile', async () => {
    const read = await restarted(await waiting());
    read.read.add('shown' as RemoteId);
    const answered = await restarted(await waiting());
    answered.keep(answered.written('teams', alice, heidi, 'yes?'));
    for (const [w, end] of [
      [read, 'read-in-teams'],
      [answered, 'answered-in-teams'],
    ] as const) {
      await w.pass(20_000);
      assert.deepEqual([w.rung(), w.traced.at(-1)], [[], end]);
    }
  });

  it('was missed when that is long ago: a missed conversation in SfB, and not a ring', async () => {
    const w = await restarted(await waiting(), 3_600_000);
    let rang = 0;
    w.skype.onDeliver = (_order, signal) =>
      new Promise((resolve) => {
        const began = w.clock.now();
        signal.addEventListener('abort', () => {
          rang = w.clock.now() - began;
          resolve({ kind: 'refused', refusal: { id: 'no-answer', side: 'skype' } });
        });
      });
    await w.pass(2_000);
    await w.pass(10_000);
    assert.equal(rang, 300);
    assert.equal(w.skype.delivered.length, 1);
    assert.equal(w.traced.at(-1), 'missed');
  });

  it('waits for its message, where that was not in Teams yet', async () => {
    const before = world();
    before.atBoth(alice);
    await before.ring(alice);
    const w = await restarted(before);
    w.read.add('shown' as RemoteId);
    await w.delivered();
    await w.pass(20_000);
    assert.deepEqual([w.rung(), w.traced.at(-1)], [[], 'read-in-teams']);
  });

  it('is forgotten when it is over, and with people whom the gateway knows no more', async () => {
    const w = await waiting();
    w.keep(w.written('teams', alice, heidi, 'yes?'));
    await w.pass(0);
    assert.deepEqual(await w.left.kept.list('toast'), []);
    const before = await waiting();
    before.left.ends.clear();
    await restarted(before);
    assert.deepEqual(await before.left.kept.list('toast'), []);
  });

  it('is kept with as many of the texts behind it as there is room for', async () => {
    const w = await waiting();
    for (let nth = 0; nth < 20; nth += 1)
      w.keep({
        ...w.written('skype', heidi, alice, `n${nth}`),
        body: { format: 'text', text: 'ä'.repeat(4_000) },
      });
    await w.pass(0);
    const [entry] = await w.left.kept.list('toast');
    const bytes = Buffer.byteLength(JSON.stringify(entry?.value));
    assert.ok(bytes > mostKeptBytes - 12_000 && bytes <= mostKeptBytes, `${bytes} bytes`);
  });

  it('is no reason not to start when it cannot be read', async () => {
    const before = await waiting();
    await before.left.kept.put('toast', 'odd', { state: 'of another version' });
    const w = await restarted(before);
    await w.pass(20_000);
    assert.equal(w.rung().length, 1);
    assert.deepEqual(await before.left.kept.list('toast'), []);
  });
});

describe('a toast that rings when the gateway is killed', () => {
  const never = () => new Promise<never>(() => undefined);

  it('does not ring again: it was missed', async () => {
    const before = await waiting();
    before.skype.onDeliver = never;
    await before.pass(20_000);
    assert.equal(before.rung().length, 1);
    const w = await restarted(before);
    await w.pass(60_000);
    assert.deepEqual([w.rung(), w.traced], [[], ['missed']]);
  });

  it('in both clients is left to the pool', async () => {
    const before = world({ policy: 'dual' });
    before.atBoth(alice);
    await before.ring(alice, 'hello', 'yes');
    await before.delivered();
    const w = await restarted(before);
    assert.deepEqual(w.traced, ['left-to-skype']);
  });

  it('whenever that happens, rings once at most, and nothing waits in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('single' as const, 'dual' as const),
        fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (policy, passes, restarts, isSlow) => {
          let w = world({ policy });
          const rung: string[] = [];
          w.atBoth(alice);
          if (isSlow) w.skype.onDeliver = never;
          await w.ring(alice);
          await w.delivered();
          for (const ms of passes) await w.pass(ms);
          for (const ms of restarts) {
            rung.push(...w.rung());
            w = await restarted(w, ms);
            await w.pass(ms % 30_000);
          }
          for (let turn = 0; turn < 4; turn += 1) await w.pass(30_000);
          assert.ok([...rung, ...w.rung()].length <= 1);
          assert.equal(w.clock.pending, 0);
          assert.deepEqual(await w.left.kept.list('toast'), []);
        },
      ),
      { numRuns: 40 },
    );
  });
});
