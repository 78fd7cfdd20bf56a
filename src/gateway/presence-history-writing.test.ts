import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { personId } from '../core/ids.ts';
import { type KeptStore, LedgerUnavailable } from './ledger.ts';
import { alice, available, bob, inCall, kind, world } from './presence-history.test-kit.ts';
import { writtenWithinMs } from './presence-history-kept.ts';

describe('keeping the history of presence', () => {
  it('reads nothing before it must, and then once a person', async () => {
    const w = world();
    const asked: string[] = [];
    const get: KeptStore['get'] = (of, key) => {
      asked.push(key);
      return w.kept.get(of, key);
    };
    await using run = w.run({ ...w.kept, get });
    run.see(inCall);
    await turn();
    assert.deepEqual(asked, []);
    await Promise.all([run.told(), run.told()]);
    w.clock.advance(writtenWithinMs);
    await turn();
    run.see(available);
    w.clock.advance(writtenWithinMs);
    await turn();
    assert.deepEqual(asked, [alice]);
  });

  it('writes a person a quarter of an hour after the first step that is not written, and each step once', async () => {
    const w = world();
    const written: string[] = [];
    const put: KeptStore['put'] = (of, key, value) => {
      written.push(`${key} ${(value as unknown[]).length}`);
      return w.kept.put(of, key, value);
    };
    await using run = w.run({ ...w.kept, put });
    run.see(inCall);
    w.clock.advance(writtenWithinMs / 2);
    run.see(available);
    run.see(available, 'teams', bob);
    w.clock.advance(writtenWithinMs / 2 - 1);
    await turn();
    assert.deepEqual(written, []);
    w.clock.advance(1);
    await turn();
    assert.deepEqual(written, [`${alice} 2`]);
    w.clock.advance(writtenWithinMs / 2);
    await turn();
    assert.deepEqual(written, [`${alice} 2`, `${bob} 1`]);
    run.see(available);
    w.clock.advance(10 * writtenWithinMs);
    await turn();
    assert.deepEqual(written, [`${alice} 2`, `${bob} 1`]);
    assert.equal(w.clock.pending, 1, 'only the sweep waits');
  });

  it('writes one after another what is due together, and stops when the one under way has ended', async () => {
    const w = world();
    const gates: (() => void)[] = [];
    const put: KeptStore['put'] = async (of, key, value) => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate.resolve);
      await gate.promise;
      await w.kept.put(of, key, value);
    };
    const run = w.run({ ...w.kept, put });
    run.see(inCall);
    run.see(inCall, 'teams', bob);
    w.clock.advance(writtenWithinMs);
    await turn();
    assert.equal(gates.length, 1);
    gates[0]?.();
    await turn();
    assert.equal(gates.length, 2);
    let hasStopped = false;
    const stopping = run.history[Symbol.asyncDispose]().then(() => {
      hasStopped = true;
    });
    await turn();
    assert.equal(hasStopped, false, 'a write is under way');
    gates[1]?.();
    await stopping;
    assert.equal((await w.kept.keys(kind)).length, 2);
  });

  it('writes everything that is not written when it stops, and leaves no timer', async () => {
    const w = world();
    const people = Array.from({ length: 450 }, (_, n) => personId(`p${n}@contoso.example`));
    for (const person of people) w.people.add(person);
    {
      await using run = w.run();
      for (const person of people) run.see(inCall, 'teams', person);
    }
    assert.deepEqual(new Set(await w.kept.keys(kind)), new Set(people));
    assert.equal(w.clock.pending, 0);
  });

  it('loses to a process that cannot stop what is not written, and nothing else', async () => {
    const w = world();
    const killed = w.run();
    killed.see(available);
    w.clock.advance(writtenWithinMs);
    await turn();
    killed.see(inCall);
    await using run = w.run();
    assert.deepEqual(await run.told(), ['teams seen Available/None']);
  });

  it('tries again what a ledger does not take, telling of it once each time', async () => {
    const w = world();
    let isFull = true;
    const put: KeptStore['put'] = async (of, key, value) => {
      if (isFull) throw new LedgerUnavailable('full');
      await w.kept.put(of, key, value);
    };
    await using run = w.run({ ...w.kept, put });
    run.see(inCall);
    run.see(inCall, 'teams', bob);
    w.clock.advance(writtenWithinMs);
    await turn();
    assert.deepEqual(w.faults(), ['keeping the history of presence']);
    isFull = false;
    w.clock.advance(writtenWithinMs);
    await turn();
    assert.deepEqual(new Set(await w.kept.keys(kind)), new Set([alice, bob]));
    assert.equal(w.faults().length, 1);
  });

  it('writes nothing over what it could not read, and tells what it has itself meanwhile', async () => {
    const w = world();
    {
      await using run = w.run();
      run.see(inCall);
    }
    let isBroken = true;
    const get: KeptStore['get'] = async (of, key) => {
      if (isBroken) throw new LedgerUnavailable('broken');
      return w.kept.get(of, key);
    };
    await using run = w.run({ ...w.kept, get });
    run.see(available);
    assert.deepEqual(await run.told(), ['teams seen Available/None']);
    w.clock.advance(writtenWithinMs);
    await turn();
    assert.equal(w.faults().length, 2);
    isBroken = false;
    assert.deepEqual(await run.told(), ['teams seen Busy/InACall', 'teams seen Available/None']);
  });

  it('stops all the same when nothing can be written, and tells of it once', async () => {
    const w = world();
    const put: KeptStore['put'] = () => Promise.reject(new LedgerUnavailable('closed'));
    {
      await using run = w.run({ ...w.kept, put });
      run.see(inCall);
      run.see(inCall, 'teams', bob);
    }
    assert.deepEqual(w.faults(), ['keeping the history of presence']);
    assert.equal(w.clock.pending, 0);
  });
});
