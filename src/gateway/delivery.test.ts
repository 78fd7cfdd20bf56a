import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import { ScriptedConnector, untilAborted } from '../../test/kit/scripted-connector.ts';
import { defaultRetry } from '../core/conversation/delivery.ts';
import { conversationOf, type MessageId, type RemoteId, type ThreadKey } from '../core/ids.ts';
import type { Refusal } from '../core/refusals.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import { pause } from './clock.ts';
import { createDelivery, type DeliveryOptions, type Route } from './delivery.ts';
import { createDraining } from './draining.ts';
import { mintMessageId } from './intake.ts';
import { type Ledger, LedgerUnavailable, type StoredMessage } from './ledger.ts';
import { createOwnWrites } from './own-writes.ts';
import { createThreadMemory } from './threads.ts';

const alice = somebody('alice');
const bob = somebody('bob');
const body = { format: 'text', text: 'hello' } as const;
const toSkype: Route = { kind: 'bring', side: 'skype', author: alice, recipient: bob, body, rule: 'a rule' };
const unreachable: Refusal = { id: 'unreachable', side: 'skype' };
const running = new AbortController().signal;

/** A ledger that has no room for the first records of one kind. */
function fullFor(records: number, name: 'attempt' | 'end'): Ledger {
  const ledger = openMemoryLedger();
  let left = records;
  const full = () => Promise.reject(new LedgerUnavailable('full'));
  return {
    ...ledger,
    attempt: (record) => (name === 'attempt' && left-- > 0 ? full() : ledger.attempt(record)),
    end: (...record) => (name === 'end' && left-- > 0 ? full() : ledger.end(...record)),
  };
}

async function world(
  ledger = openMemoryLedger(),
  { clock = new ManualClock(), turns }: { clock?: ManualClock; turns?: DeliveryOptions['turns'] } = {},
) {
  const teams = new ScriptedConnector('teams');
  const skype = new ScriptedConnector('skype');
  const deliver = createDelivery({
    ledger,
    threads: createThreadMemory(ledger),
    ownWrites: createOwnWrites(),
    clock,
    connectors: { teams, skype },
    random: () => 0.5,
    retry: defaultRetry,
    ...(turns ? { turns } : {}),
    report: () => undefined,
  });
  const now = clock.now();
  const message: StoredMessage = {
    id: mintMessageId(now, new Uint8Array(6)),
    conversation: conversationOf(alice.id, bob.id),
    side: 'teams',
    thread: 'chat' as ThreadKey,
    remoteId: '1' as RemoteId,
    author: alice.id,
    recipient: bob.id,
    body,
    writtenAt: now,
    takenAt: now,
    late: false,
    deadlineAt: now + 30_000,
    attempts: 0,
    firstAttemptAt: undefined,
    end: undefined,
  };
  await ledger.take(message);
  return {
    clock,
    ledger,
    skype,
    deliver,
    message,
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
  };
}

/** Lets time pass in small steps while `work` goes on, until it ends. */
async function passTime<T>(clock: ManualClock, work: Promise<T>, limitMs = 60_000): Promise<T> {
  let over = false;
  void work.finally(() => {
    over = true;
  });
  for (let passed = 0; !over && passed < limitMs; passed += 50) {
    for (let n = 0; n < 8; n++) await turn();
    if (!over) clock.advance(50);
  }
  return work;
}

describe('delivery', () => {
  it('records the end and knows its own write afterwards', async () => {
    await using w = await world();
    const end = await w.deliver(w.message, toSkype, running);
    assert.equal(end.kind, 'delivered');
    const trace = await w.ledger.trace(w.message.id);
    assert.equal(trace?.state, 'delivered');
    assert.deepEqual(
      trace?.steps.map(({ step }) => step),
      ['taken', 'routed', 'attempt', 'end'],
    );
    const { thread, remoteId } = w.skype.shown(w.message.id);
    assert.equal(await w.ledger.isOwnWrite('skype', thread, remoteId), true);
  });

  it('tries again after a passing failure, inside the deadline', async () => {
    await using w = await world();
    let answers = 0;
    w.skype.onDeliver = (order) =>
      ++answers < 3 ? { kind: 'transient', refusal: unreachable } : w.skype.shown(order.message);
    const end = await passTime(w.clock, w.deliver(w.message, toSkype, running));
    assert.equal(end.kind, 'delivered');
    assert.deepEqual(
      w.skype.delivered.map(({ attempt }) => attempt),
      [1, 2, 3],
    );
  });

  it('storms no side that is there again: further attempts wait for a place', async () => {
    const clock = new ManualClock();
    const turns = createDraining({ clock, random: () => 0.5, places: 2, turnMs: 60_000 });
    await using w = await world(openMemoryLedger(), { clock, turns: { skype: turns, teams: turns } });
    let isBack = false;
    let atOnce = 0;
    let most = 0;
    w.skype.onDeliver = async (order) => {
      if (!isBack) return { kind: 'transient', refusal: unreachable };
      most = Math.max(most, ++atOnce);
      await pause(clock, 100, running);
      atOnce -= 1;
      return w.skype.shown(order.message);
    };
    const messages = Array.from({ length: 10 }, (_, n) => ({ ...w.message, id: `m${n}` as MessageId }));
    const delivering = Promise.all(messages.map((message) => w.deliver(message, toSkype, running)));
    await turn();
    isBack = true;
    const ends = await passTime(clock, delivering);
    assert.ok(ends.every(({ kind }) => kind === 'delivered'));
    assert.equal(most, 2);
  });

  it('says that there was too much to do when no place came free in time', async () => {
    const clock = new ManualClock();
    const turns = createDraining({ clock, random: () => 0.5, places: 1, turnMs: 600_000 });
    await using w = await world(openMemoryLedger(), { clock, turns: { skype: turns, teams: turns } });
    using _taken = await turns.turn(running);
    w.skype.onDeliver = () => ({ kind: 'transient', refusal: unreachable });
    const end = await passTime(clock, w.deliver(w.message, toSkype, running));
    assert.deepEqual(end, { kind: 'failed', refusal: { id: 'overloaded', side: 'skype' } });
    assert.ok(clock.now() <= w.message.deadlineAt);
  });

  it('fails by the deadline with the reason of the last attempt when a network stays away', async () => {
    await using w = await world();
    w.skype.onDeliver = () => ({ kind: 'transient', refusal: unreachable });
    const end = await passTime(w.clock, w.deliver(w.message, toSkype, running));
    assert.deepEqual(end, { kind: 'failed', refusal: unreachable });
    assert.ok(w.clock.now() <= w.message.deadlineAt);
  });

  it('stops an attempt that never answers, asks the network, and ends by the deadline', async () => {
    await using w = await world();
    w.skype.onDeliver = async (_, signal) => {
      await untilAborted(signal);
      return { kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } };
    };
    const end = await passTime(w.clock, w.deliver(w.message, toSkype, running));
    assert.deepEqual(end, { kind: 'failed', refusal: { id: 'deadline-passed', side: 'skype' } });
    assert.equal(w.skype.asked.length, 1);
    assert.ok(w.clock.now() <= w.message.deadlineAt + 100);
  });

  it('does not send again what the network says it has', async () => {
    await using w = await world();
    w.skype.onDeliver = () => ({ kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } });
    w.skype.onFind = (order) => ({ ...w.skype.shown(order.message), kind: 'found' });
    const end = await w.deliver(w.message, toSkype, running);
    assert.equal(end.kind, 'delivered');
    assert.equal(w.skype.delivered.length, 1);
  });

  it('asks also after the deadline, when a start comes late, and does not call failed what was shown', async () => {
    await using w = await world();
    w.clock.advance(3_600_000);
    w.skype.onFind = (order, signal) =>
      signal.aborted
        ? { kind: 'unknown', refusal: { id: 'uncertain', side: 'skype' } }
        : { ...w.skype.shown(order.message), kind: 'found' };
    const end = await w.deliver({ ...w.message, attempts: 1 }, toSkype, running);
    assert.equal(end.kind, 'delivered');
    assert.equal(w.skype.delivered.length, 0);
  });

  it('goes on asking for a while after a late start, when everything that was left is asked about at once', async () => {
    await using w = await world();
    w.skype.capabilities.canFind = true;
    w.clock.advance(3_600_000);
    let answers = 0;
    w.skype.onFind = (order) =>
      ++answers < 4
        ? { kind: 'unknown', refusal: unreachable }
        : { ...w.skype.shown(order.message), kind: 'found' };
    const end = await passTime(w.clock, w.deliver({ ...w.message, attempts: 1 }, toSkype, running));
    assert.equal(end.kind, 'delivered');
    assert.equal(answers, 4);
  });

  it('brings a message to a definite end although the connector throws', async () => {
    await using w = await world();
    w.skype.onDeliver = () => {
      throw new Error('a defect');
    };
    w.skype.onFind = () => {
      throw new Error('another');
    };
    const end = await w.deliver(w.message, toSkype, running);
    assert.equal(end.kind === 'failed' && end.refusal.id, 'uncertain');
  });

  it('leaves a message without an end when the gateway stops, so that the next start finds it', async () => {
    await using w = await world();
    const stopping = new AbortController();
    w.skype.onDeliver = async (_, signal) => {
      stopping.abort(new Error('stopping'));
      await untilAborted(signal);
      return { kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } };
    };
    await assert.rejects(w.deliver(w.message, toSkype, stopping.signal), { message: 'stopping' });
    const [left] = await w.ledger.unfinished();
    assert.equal(left?.attempts, 1);
  });

  it('makes no attempt that is not on record, where the network could not be asked about it', async () => {
    await using w = await world(fullFor(2, 'attempt'));
    const end = await passTime(w.clock, w.deliver(w.message, toSkype, running));
    assert.equal(end.kind, 'delivered');
    assert.equal(w.skype.delivered.length, 1);
  });

  it('fails by the deadline, and says why, when the ledger cannot write until then', async () => {
    await using w = await world(fullFor(1_000, 'attempt'));
    const end = await passTime(w.clock, w.deliver(w.message, toSkype, running));
    assert.deepEqual(end, { kind: 'failed', refusal: { id: 'ledger-full', side: 'skype' } });
    assert.equal(w.skype.delivered.length, 0);
  });

  it('does not wait for the record of what was shown, and makes it when the ledger can write', async () => {
    await using w = await world(fullFor(3, 'end'));
    const end = await w.deliver(w.message, toSkype, running);
    assert.equal(end.kind, 'delivered');
    assert.equal((await w.ledger.trace(w.message.id))?.state, 'under way');
    await passTime(w.clock, untilEnded(w.ledger, w.message));
    assert.equal((await w.ledger.trace(w.message.id))?.state, 'delivered');
  });

  it('is over for a failed message when the failure is on record: nobody is told before', async () => {
    await using w = await world(fullFor(3, 'end'));
    w.skype.onDeliver = () => ({ kind: 'refused', refusal: { id: 'offline', side: 'skype' } });
    const before = w.clock.now();
    const end = await passTime(w.clock, w.deliver(w.message, toSkype, running));
    assert.equal(end.kind, 'failed');
    assert.ok(w.clock.now() > before);
    assert.equal((await w.ledger.trace(w.message.id))?.state, 'failed');
  });
});

async function untilEnded(ledger: Ledger, { id }: StoredMessage): Promise<void> {
  while ((await ledger.trace(id))?.state === 'under way') await turn();
}
