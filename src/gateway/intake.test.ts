import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import type { RemoteId, ThreadKey } from '../core/ids.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { IncomingMessage } from './connector.ts';
import type { GatewayEvent } from './events.ts';
import { bytesOf, createIntake, mintMessageId } from './intake.ts';
import { createLateness } from './lateness.ts';
import { type Ledger, LedgerUnavailable, type NewMessage } from './ledger.ts';
import { createLoad } from './load.ts';

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

function world(ledger: Ledger, settings: { readonly full?: boolean; readonly keepsHistory?: boolean } = {}) {
  const accepted: NewMessage[] = [];
  const events: GatewayEvent[] = [];
  const clock = new ManualClock();
  let ids = 0;
  const load = createLoad({
    mostUnderWay: settings.full ? 0 : 10,
    mostBytesUnderWay: 1_000,
    ledgerSize: () => ledger.size(),
  });
  const intake = createIntake({
    ledger,
    clock,
    random: (bytes) => new Uint8Array(bytes).fill(++ids),
    deadlineMs: 30_000,
    load,
    lateness: createLateness(() => settings.keepsHistory ?? true),
    accept: (message) => accepted.push(message),
    report: (event) => events.push(event),
  });
  return { intake, accepted, events, clock, load };
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
    const { intake } = world(ledger, { full: true });
    await assert.rejects(intake(incoming('1')), { name: 'IntakeRefused', message: 'overloaded' });
    assert.equal((await ledger.counts()).messages, 0);
  });

  it('counts what is being taken, and no more than what was taken afterwards', async () => {
    await using ledger = openMemoryLedger();
    const { intake, accepted, load } = world(ledger);
    const ends = await Promise.allSettled(
      Array.from({ length: 25 }, (_, n) => intake(incoming(`${n % 20}`))),
    );
    assert.equal(ends.filter(({ status }) => status === 'rejected').length, 15);
    assert.equal(accepted.length, 10);
    assert.equal(load.pressure, 1);
    for (const { body } of accepted) load.release(bytesOf(body));
    await Promise.all(Array.from({ length: 5 }, () => intake(incoming('0'))));
    assert.equal(load.pressure, 0);
  });

  it('refuses by the bytes under way, too', async () => {
    await using ledger = openMemoryLedger();
    const { intake } = world(ledger);
    await intake({ ...incoming('1'), body: { format: 'text', text: 'x'.repeat(1_000) } });
    await assert.rejects(intake(incoming('2')), { message: 'overloaded' });
  });

  it('refuses before the ledger is as large as it may be', async () => {
    await using memory = openMemoryLedger();
    let bytes = 0;
    const ledger: Ledger = { ...memory, size: () => ({ bytes, mostBytes: 100 }) };
    const { intake, load } = world(ledger);
    bytes = 80;
    assert.equal(load.delayMs, 0);
    bytes = 95;
    assert.equal(await intake(incoming('1')), 'taken');
    assert.ok(load.delayMs > 0);
    bytes = 100;
    await assert.rejects(intake(incoming('2')), { message: 'overloaded' });
    bytes = 40;
    assert.equal(await intake(incoming('2')), 'taken');
    assert.equal(load.delayMs, 0);
  });

  it('marks what comes late, or after what was written later in its thread', async () => {
    await using ledger = openMemoryLedger();
    const { intake, accepted, clock } = world(ledger);
    const now = clock.now();
    const written = [now - 60_001, now - 1_000, now - 2_000, now];
    for (const [n, writtenAt] of written.entries()) await intake({ ...incoming(`${n}`), writtenAt });
    await intake({ ...incoming('4'), thread: 'another' as ThreadKey, writtenAt: now - 1_000 });
    assert.deepEqual(
      accepted.map(({ late }) => late),
      [true, false, true, false, false],
    );
  });

  it('marks nothing of a side that keeps no history', async () => {
    await using ledger = openMemoryLedger();
    const { intake, accepted } = world(ledger, { keepsHistory: false });
    await intake({ ...incoming('1'), writtenAt: 0 });
    assert.equal(accepted[0]?.late, false);
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
