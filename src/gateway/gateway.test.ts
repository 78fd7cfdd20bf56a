import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../test/kit/eventually.ts';
import { alice, bob, dave, heidi, of, openGatewayWorld as world } from '../../test/kit/gateway-world.ts';
import type { ThreadKey } from '../core/ids.ts';
import { settleMs } from '../core/presence/mirror.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { Ledger } from './ledger.ts';

describe('the gateway', () => {
  it('owns no timer before it is started, so that a program that never comes to that ends', async () => {
    await using w = await world();
    assert.equal(w.timersBeforeStart, 0);
  });

  it('brings messages both ways, in order', async () => {
    await using w = await world();
    for (const n of [1, 2, 3]) {
      await w.teams.sink.take(w.message('teams', alice.id, bob.id, `to skype ${n}`));
      await w.skype.sink.take(w.message('skype', bob.id, alice.id, `to teams ${n}`));
    }
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.delivered.map(({ body }) => body),
      [1, 2, 3].map((n) => ({ format: 'text', text: `to skype ${n}` })),
    );
    assert.deepEqual(
      w.teams.delivered.map(({ body }) => body.format === 'html' && body.html),
      [1, 2, 3].map((n) => `to teams ${n}`),
    );
  });

  it('drops the echo of its own write, though it comes before the answer to the write', async () => {
    await using w = await world();
    const answer = Promise.withResolvers<void>();
    w.teams.onDeliver = async (order) => {
      await answer.promise;
      return w.teams.shown(order.message);
    };
    await w.skype.sink.take(w.message('skype', bob.id, alice.id, 'hello'));
    await eventually('the write is under way', () => w.teams.delivered.length === 1);
    const order = w.teams.delivered[0];
    assert.ok(order);
    const echo = w.message('teams', bob.id, alice.id, 'hello', w.teams.shown(order.message).remoteId);
    assert.equal(await w.teams.sink.take({ ...echo, thread: 'teams thread' as ThreadKey }), 'taken');
    answer.resolve();
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.equal(await w.teams.sink.take(echo), 'echo');
  });

  it('leaves a message that Teams itself shows to its recipient where it is', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, dave.id, 'hello'));
    w.seen('teams', bob.id, of('Available'));
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'hello'));
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.deepEqual(
      (await w.gateway.recent(10)).map(({ state }) => state),
      ['native', 'native'],
    );
  });

  it('tells the sender in the client the message was written in', async () => {
    await using w = await world();
    w.skype.onDeliver = () => ({
      kind: 'refused',
      refusal: { id: 'offline', side: 'skype', person: 'Heidi' },
    });
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'hello'));
    await w.gateway.settled();
    assert.deepEqual(w.teams.told[0]?.refusal, { id: 'offline', side: 'skype', person: 'Heidi' });
    const [summary] = await w.gateway.recent(1);
    assert.deepEqual([summary?.state, summary?.telling], ['failed', { kind: 'told' }]);
  });

  it('refuses what the other network cannot take, before it is tried', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'x'.repeat(9_000)));
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.equal(w.teams.told[0]?.refusal.id, 'too-long');
  });

  it('holds up nobody else when one conversation waits', async () => {
    await using w = await world();
    const answer = Promise.withResolvers<void>();
    w.skype.onDeliver = async (order) => {
      if (order.recipient.id === heidi.id) await answer.promise;
      return w.skype.shown(order.message);
    };
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'slow'));
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'quick'));
    await eventually('the quick one is there', async () =>
      (await w.gateway.recent(10)).some(({ state }) => state === 'delivered'),
    );
    answer.resolve();
    await w.gateway.settled();
  });

  it('takes up what an earlier run left, asks about what that run began, and keeps the order', async () => {
    const ledger = openMemoryLedger();
    const kept: Ledger = { ...ledger, [Symbol.asyncDispose]: () => Promise.resolve() };
    {
      await using first = await world(kept);
      first.skype.onDeliver = (_, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () =>
            resolve({ kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } }),
          ),
        );
      for (const n of [1, 2]) await first.teams.sink.take(first.message('teams', alice.id, bob.id, `${n}`));
      await eventually('the first is being sent', () => first.skype.delivered.length === 1);
    }
    const second = await world(kept);
    await eventually('both are delivered', async () => {
      second.clock.advance(300);
      await turn();
      return (await second.gateway.recent(10)).every(({ state }) => state === 'delivered');
    });
    assert.equal(second.skype.asked.length, 1);
    assert.deepEqual(
      second.skype.delivered.map(({ body }) => body.format === 'text' && body.text),
      ['1', '2'],
    );
    await second[Symbol.asyncDispose]();
    await ledger[Symbol.asyncDispose]();
  });
});

describe('presence through the gateway', () => {
  it('signs a person in to SfB with Teams, follows, and signs them out at once', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Available'));
    await w.gateway.settled();
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    w.seen('teams', alice.id, of('Offline'));
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.published.map(({ person, presence }) => `${person.displayName} ${presence.availability}`),
      ['Alice Available', 'Alice Busy', 'Alice Offline'],
    );
  });

  it('goes on trying while a network is away, and only the latest state counts', async () => {
    await using w = await world();
    w.skype.onPublish = () => ({ kind: 'failed', refusal: { id: 'unreachable', side: 'skype' } });
    w.seen('teams', alice.id, of('Available'));
    await turn();
    w.seen('teams', alice.id, of('Busy'));
    await turn();
    w.skype.onPublish = () => ({ kind: 'published' });
    await eventually('the latest is published', () => {
      w.clock.advance(settleMs);
      return w.skype.published.at(-1)?.presence.availability === 'Busy';
    });
    await w.gateway.settled();
  });
});
