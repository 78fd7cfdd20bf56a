import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import type { RemoteId, ThreadKey } from '../core/ids.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { IncomingMessage } from './connector.ts';
import type { GatewayEvent } from './events.ts';
import { createIntake, mintMessageId } from './intake.ts';
import { type Ledger, LedgerUnavailable, type NewMessage } from './ledger.ts';

const alice = somebody('alice');
const bob = somebody('bob');

function incoming(remoteId: string): IncomingMessage {
  return {
    side: 'teams',
    thread: 'chat' as ThreadKey,
    remoteId: remoteId as RemoteId,
    author: alice.id,
    recipient: bob.id,
    body: { format: 'text', text: 'hello' },
    writtenAt: 1,
  };
}

function world(ledger: Ledger, underWay = () => 0) {
  const accepted: NewMessage[] = [];
  const events: GatewayEvent[] = [];
  const clock = new ManualClock();
  let ids = 0;
  const intake = createIntake({
    ledger,
    clock,
    random: (bytes) => new Uint8Array(bytes).fill(++ids),
    deadlineMs: 30_000,
    mostUnderWay: 10,
    underWay,
    accept: (message) => accepted.push(message),
    report: (event) => events.push(event),
  });
  return { intake, accepted, events, clock };
}

describe('intake', () => {
  it('hands on what it has kept, with its deadline, once', async () => {
    await using ledger = openMemoryLedger();
    const { intake, accepted, clock } = world(ledger);
    assert.equal(await intake(incoming('1')), 'taken');
    assert.equal(await intake(incoming('1')), 'duplicate');
    assert.equal(accepted.length, 1);
    assert.equal(accepted[0]?.deadlineAt, clock.now() + 30_000);
    assert.equal(accepted[0]?.conversation, 'alice@contoso.example|bob@contoso.example');
  });

  it('hands on in the order of the call, although all are kept in one batch', async () => {
    await using ledger = openMemoryLedger();
    const { intake, accepted } = world(ledger);
    const names = ['1', '2', '3', '4', '5'];
    await Promise.all(names.map((name) => intake(incoming(name))));
    assert.deepEqual(
      accepted.map(({ remoteId }) => remoteId),
      names,
    );
  });

  it('refuses, and hands nothing on, when the ledger cannot write', async () => {
    await using memory = openMemoryLedger();
    const ledger: Ledger = { ...memory, take: () => Promise.reject(new LedgerUnavailable('full')) };
    const { intake, accepted, events } = world(ledger);
    await assert.rejects(intake(incoming('1')), (error: Error & { refusal?: unknown }) => {
      assert.deepEqual(error.refusal, { id: 'ledger-full', side: 'teams', detail: 'full' });
      return true;
    });
    assert.equal(accepted.length, 0);
    assert.equal(events[0]?.kind, 'intake-refused');
  });

  it('refuses when too many messages are under way', async () => {
    await using ledger = openMemoryLedger();
    const { intake } = world(ledger, () => 10);
    await assert.rejects(intake(incoming('1')), { name: 'IntakeRefused', message: 'overloaded' });
    assert.equal((await ledger.counts()).messages, 0);
  });
});

describe('a message id', () => {
  it('sorts by time', () => {
    fc.assert(
      fc.property(fc.nat(4e12), fc.nat(4e12), (a, b) => {
        const [first, second] = [mintMessageId(a, new Uint8Array(6)), mintMessageId(b, new Uint8Array(6))];
        assert.equal(a < b, first < second);
      }),
    );
  });
});
