import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { sides } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';
import { presenceOf, presenceStates } from '../core/presence/states.ts';
import { type KeptStore, LedgerUnavailable, mostKeptBytes } from './ledger.ts';
import { alice, available, bob, inCall, kind, world } from './presence-history.test-kit.ts';
import { createPresenceHistory, historyMs, mostSteps } from './presence-history.ts';
import { orphansAfterMs, writtenWithinMs } from './presence-history-kept.ts';

describe('the history of presence over restarts', () => {
  it('has what earlier runs saw, showed and could not show, to the millisecond', async () => {
    const w = world();
    const began = w.clock.now();
    {
      await using run = w.run();
      run.see(inCall);
      w.clock.advance(250);
      run.show(inCall);
    }
    {
      await using run = w.run();
      w.clock.advance(1_000);
      run.refuse();
    }
    await using run = w.run();
    assert.deepEqual(await run.history.of(alice), [
      { at: began + 1_250, side: 'skype', kind: 'refused', presence: undefined },
      { at: began + 250, side: 'skype', kind: 'shown', presence: inCall },
      { at: began, side: 'teams', kind: 'seen', presence: inCall },
    ]);
  });

  it('takes the first report of a run for nothing new where it repeats the last one kept, whoever asks first', async () => {
    const w = world();
    {
      await using run = w.run();
      run.see(available);
      run.see(inCall);
      run.see(available, 'skype');
    }
    {
      await using run = w.run();
      run.see(inCall);
      run.see(inCall, 'skype');
      assert.equal((await run.told()).length, 4);
    }
    await using run = w.run();
    assert.equal((await run.told()).length, 4);
    run.see(inCall);
    run.see(available);
    assert.deepEqual((await run.told()).slice(-2), ['skype seen Busy/InACall', 'teams seen Available/None']);
  });

  it('is as if there had been no restart, however many there were', async () => {
    const step = fc.record({
      what: fc.constantFrom('seen', 'shown', 'refused', 'asked'),
      side: fc.constantFrom(...sides),
      state: fc.constantFrom(...presenceStates.slice(0, 3)),
      afterMs: fc.integer({ min: 0, max: 10 * 60_000 }),
    });
    const runs = fc.array(fc.array(step, { maxLength: 20 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(runs, async (all) => {
        const w = world();
        const unbroken = createPresenceHistory(w.clock);
        for (const steps of all) {
          await using run = w.run();
          for (const { what, side, state, afterMs } of steps) {
            w.clock.advance(afterMs);
            const presence = presenceOf(state);
            if (what === 'seen') {
              run.see(presence, side);
              unbroken.saw({ side, person: alice, presence, observedAt: w.clock.now() });
            } else if (what === 'shown') {
              run.show(presence, side);
              unbroken.happened({ kind: 'presence-published', person: alice, side, presence });
            } else if (what === 'refused') {
              run.refuse(side);
              unbroken.happened({
                kind: 'presence-not-published',
                person: alice,
                side,
                refusal: { id: 'unreachable', side, detail: '' },
              });
            } else assert.deepEqual(await run.history.of(alice), unbroken.of(alice));
          }
        }
        await using run = w.run();
        assert.deepEqual(await run.history.of(alice), unbroken.of(alice));
        assert.deepEqual(w.faults(), []);
      }),
      { numRuns: 100 },
    );
  });

  it('goes back a day', async () => {
    const w = world();
    {
      await using run = w.run();
      run.see(available);
      w.clock.advance(1);
      run.see(inCall);
    }
    w.clock.advance(historyMs);
    await using run = w.run();
    assert.deepEqual(await run.told(), ['teams seen Busy/InACall']);
  });

  it('lets the oldest make room, and what is kept of one person stays small', async () => {
    const w = world();
    const longest: Presence = { availability: 'DoNotDisturb', activity: 'UrgentInterruptionsOnly' };
    for (let restart = 0; restart < 3; restart++) {
      await using run = w.run();
      for (let n = 0; n < 100; n++) {
        w.clock.advance(1_000);
        run.show(longest);
      }
    }
    await using run = w.run();
    const steps = await run.history.of(alice);
    assert.equal(steps.length, mostSteps);
    assert.equal(steps[0]?.at, w.clock.now());
    const entry = await w.kept.get(kind, alice);
    assert.ok(JSON.stringify(entry?.value).length < mostKeptBytes / 2);
  });

  it('takes what has another shape for nothing, and writes over it', async () => {
    const good = [1_767_000_000_000, 'teams', 'seen', 'Available/None'];
    const strange: unknown[] = [
      null,
      'text',
      { steps: [good] },
      [good.slice(1)],
      [[...good, 1]],
      [good, [-1, 'teams', 'seen', 'Available/None']],
      [[2 ** 43, 'teams', 'seen', 'Available/None']],
      [[1.5, 'teams', 'seen', 'Available/None']],
      [[0, 'zoom', 'seen', 'Available/None']],
      [[0, 'teams', 'guessed', 'Available/None']],
      [[0, 'teams', 'seen', 'Available/InACall']],
      [[0, 'teams', 'seen', '']],
      [[0, 'teams', 'refused', 'Available/None']],
    ];
    for (const value of strange) {
      const w = world();
      await w.kept.put(kind, alice, value);
      {
        await using run = w.run();
        assert.deepEqual(await run.told(), [], JSON.stringify(value));
        run.see(inCall);
      }
      await using run = w.run();
      assert.deepEqual(await run.told(), ['teams seen Busy/InACall']);
      assert.deepEqual(w.faults(), []);
    }
  });

  it('has the newest of more steps than it holds, if another version kept more', async () => {
    const w = world();
    const at = w.clock.now();
    const many = Array.from({ length: 300 }, (_, n) => [at - 300 + n, 'teams', 'refused', '']);
    await w.kept.put(kind, alice, many);
    await using run = w.run();
    const steps = await run.history.of(alice);
    assert.deepEqual([steps.length, steps[0]?.at], [mostSteps, at - 1]);
  });
});

describe('the history of somebody who is removed', () => {
  it('is removed, also where they were to be written, or are being read', async () => {
    const w = world();
    {
      await using run = w.run();
      run.see(inCall);
    }
    {
      await using run = w.run();
      run.see(available);
      const reading = run.told();
      w.people.delete(alice);
      run.history.forget(alice);
      assert.deepEqual(await reading, []);
      run.show(available);
      w.clock.advance(writtenWithinMs);
      await turn();
    }
    assert.deepEqual(await w.kept.keys(kind), []);
    w.people.add(alice);
    await using run = w.run();
    assert.deepEqual(await run.told(), []);
  });

  it('is not written after it was removed by a write that was under way', async () => {
    const w = world();
    await using run = w.run();
    run.see(inCall);
    w.clock.advance(writtenWithinMs);
    w.people.delete(alice);
    run.history.forget(alice);
    await turn();
    assert.deepEqual(await w.kept.keys(kind), []);
  });

  it('is removed a day after the start where nobody was there to see it, and nobody else’s is', async () => {
    const w = world();
    {
      await using run = w.run();
      run.see(inCall);
      run.see(inCall, 'teams', bob);
    }
    await using _run = w.run();
    w.people.delete(alice);
    w.clock.advance(orphansAfterMs - 1);
    await turn();
    assert.equal((await w.kept.keys(kind)).length, 2);
    w.clock.advance(1);
    await turn();
    assert.deepEqual(await w.kept.keys(kind), [bob]);
  });

  it('stays for now where the ledger cannot remove it, which is told', async () => {
    const w = world();
    const remove: KeptStore['remove'] = () => Promise.reject(new LedgerUnavailable('broken'));
    const keys: KeptStore['keys'] = () => Promise.reject(new LedgerUnavailable('broken'));
    await using run = w.run({ ...w.kept, remove, keys });
    run.history.forget(alice);
    w.clock.advance(orphansAfterMs);
    await turn();
    assert.equal(w.faults().length, 2);
  });
});
