import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../test/kit/eventually.ts';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import type { MessageId } from '../core/ids.ts';
import { sampleMessage } from '../ledger/conformance.test-kit.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { GatewayEvent } from './events.ts';
import type { Ledger } from './ledger.ts';
import { startRetention } from './retention.ts';

const dayMs = 24 * 60 * 60_000;

async function world(ledger: Ledger, many: number) {
  const clock = new ManualClock();
  const events: GatewayEvent[] = [];
  for (let n = 0; n < many; n++) {
    await ledger.take(sampleMessage(n, { takenAt: clock.now() }));
    await ledger.end(`m${n}` as MessageId, { kind: 'native', rule: 'r' }, clock.now());
  }
  const retention = startRetention({
    ledger,
    clock,
    keepTextDays: 7,
    keepDays: 31,
    report: (event) => events.push(event),
  });
  return { clock, events, [Symbol.asyncDispose]: () => retention[Symbol.asyncDispose]() };
}

describe('retention', () => {
  it('erases texts after their days, and messages after theirs, in small steps', async () => {
    await using ledger = openMemoryLedger();
    await using w = await world(ledger, 1_200);
    await turn();
    w.clock.advance(7 * dayMs + 60 * 60_000);
    await eventually('the texts are gone', () => {
      w.clock.advance(50);
      return w.events.length === 1;
    });
    assert.deepEqual(w.events, [{ kind: 'forgotten', erased: 1_200, removed: 0 }]);
    assert.equal((await ledger.counts()).messages, 1_200);
    w.clock.advance(24 * dayMs);
    await eventually('the messages are gone', () => {
      w.clock.advance(50);
      return w.events.length === 2;
    });
    assert.equal((await ledger.counts()).messages, 0);
  });

  it('tries again in an hour when the ledger cannot, and ends at once', async () => {
    const memory = openMemoryLedger();
    let asked = 0;
    const ledger: Ledger = {
      ...memory,
      retain: () => {
        asked += 1;
        return Promise.reject(new Error('not now'));
      },
    };
    {
      await using w = await world(ledger, 0);
      await eventually('a fault', () => w.events.length === 1);
      w.clock.advance(60 * 60_000);
      await eventually('another try', () => asked === 2);
    }
    await memory[Symbol.asyncDispose]();
  });
});
