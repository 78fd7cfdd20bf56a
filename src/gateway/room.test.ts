import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { alice, bob, heidi, openGatewayWorld } from '../../test/kit/gateway-world.ts';
import { openLedger } from '../ledger/sqlite/open.ts';
import { IntakeRefused } from './connector.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-room-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const dayMs = 24 * 60 * 60_000;

describe('the gateway with little room', () => {
  it('refuses what the ledger cannot keep, ends all that it took, and goes on when there is room again', async () => {
    const ledger = await openLedger(join(folder, 'small.sqlite'), { mostBytes: 400_000 });
    await using w = await openGatewayWorld(ledger);
    let taken = 0;
    let refusal: unknown;
    while (refusal === undefined && taken < 200) {
      try {
        await w.teams.sink.take(w.message('teams', alice.id, bob.id, `${taken} ${'x'.repeat(6_000)}`));
        taken += 1;
      } catch (error) {
        refusal = error;
      }
    }
    assert.ok(refusal instanceof IntakeRefused && refusal.refusal.id === 'overloaded');
    assert.ok(taken > 20);
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, taken);
    const { messages, delivered } = await ledger.counts();
    assert.deepEqual([messages, delivered], [taken, taken]);
    assert.ok(ledger.size().bytes <= 400_000 * 1.05 + 4_096, 'it is no larger than it may be');
    assert.ok((await w.gateway.status()).pressure >= 1);

    const now = w.clock.now() + dayMs;
    await ledger.retain({ textBefore: now, allBefore: 0, most: 1_000 });
    assert.equal(await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'room again')), 'taken');
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, taken + 1);
  });

  it('keeps nothing of what comes when not even the reserve is left, and loses nothing that it took', async () => {
    const ledger = await openLedger(join(folder, 'full.sqlite'), { mostBytes: 200_000 });
    await using w = await openGatewayWorld({ ...ledger, size: () => ({ bytes: 0, mostBytes: Infinity }) });
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) =>
        w.teams.sink.take(w.message('teams', alice.id, heidi.id, `${n} ${'x'.repeat(7_000)}`)),
      ),
    );
    const taken = results.filter(({ status }) => status === 'fulfilled').length;
    for (const result of results)
      if (result.status === 'rejected') {
        assert.ok(result.reason instanceof IntakeRefused);
        assert.deepEqual(result.reason.refusal, { id: 'ledger-full', side: 'teams', detail: 'full' });
      }
    assert.ok(taken < 60);
    assert.equal((await ledger.counts()).messages, taken);
    await w.gateway.settled();
    const { delivered, underWay } = await ledger.counts();
    assert.equal(w.skype.delivered.length, taken);
    assert.equal(delivered + underWay, taken);
  });
});

describe('a message that comes up late', () => {
  it('is shown with the time it was written', async () => {
    await using w = await openGatewayWorld();
    w.teams.capabilities.canFind = true;
    const late = {
      ...w.message('teams', alice.id, heidi.id, 'hello'),
      writtenAt: Date.UTC(2026, 0, 5, 8, 5),
    };
    await w.teams.sink.take(late);
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'now'));
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.delivered.map(({ body }) => body),
      ['[written at 08:05 UTC] hello', 'now'].map((text) => ({ format: 'text', text })),
    );
  });

  it('is not brought any more when it is older than the horizon, and its sender is told', async () => {
    await using w = await openGatewayWorld();
    const old = { ...w.message('teams', alice.id, heidi.id, 'hello'), writtenAt: w.clock.now() - dayMs - 1 };
    await w.teams.sink.take(old);
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.equal(w.teams.told[0]?.refusal.id, 'deadline-passed');
  });
});
