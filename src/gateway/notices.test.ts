import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import { ScriptedConnector } from '../../test/kit/scripted-connector.ts';
import { defaultRetry } from '../core/conversation/delivery.ts';
import type { Refusal } from '../core/refusals.ts';
import { sampleMessage } from '../ledger/conformance.test-kit.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import { createDirectory } from './directory.ts';
import type { GatewayEvent } from './events.ts';
import { LedgerUnavailable, type NewMessage, type StoredMessage } from './ledger.ts';
import { createNotices } from './notices.ts';

const offline: Refusal = { id: 'offline', side: 'skype', person: 'Bob' };

async function world(
  people = [somebody('alice'), somebody('bob')],
  ledger = openMemoryLedger(),
  opened = Promise.resolve(),
) {
  const clock = new ManualClock();
  const teams = new ScriptedConnector('teams');
  const skype = new ScriptedConnector('skype');
  const events: GatewayEvent[] = [];
  const notices = createNotices({
    ledger,
    connectors: { teams, skype },
    directory: createDirectory(people),
    clock,
    random: () => 0.5,
    retry: defaultRetry,
    keepTryingMs: 60_000,
    mostAtOnce: 4,
    opened,
    report: (event) => events.push(event),
  });
  async function failed(n: number, changes: Partial<NewMessage> = {}): Promise<StoredMessage> {
    const sample = sampleMessage(n, changes);
    await ledger.take(sample);
    await ledger.end(sample.id, { kind: 'failed', refusal: offline }, clock.now());
    return { ...sample, attempts: 1, firstAttemptAt: 1, end: { kind: 'failed', refusal: offline } };
  }
  const message = await failed(1);
  return {
    clock,
    failed,
    ledger,
    teams,
    skype,
    events,
    notices,
    message,
    async passTime(ms: number) {
      for (let passed = 0; passed < ms; passed += 100) {
        for (let n = 0; n < 6; n++) await turn();
        clock.advance(100);
      }
      for (let n = 0; n < 6; n++) await turn();
    },
    async [Symbol.asyncDispose]() {
      await notices[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}

describe('a notice', () => {
  it('reaches the author in the client the message was written in', async () => {
    await using w = await world();
    w.notices.tell(w.message, offline);
    await w.notices.settled();
    const [notice] = w.teams.told;
    assert.equal(notice?.to.id, 'alice@contoso.example');
    assert.equal(notice?.about.id, 'bob@contoso.example');
    assert.deepEqual(notice?.refusal, offline);
    assert.equal(w.skype.told.length, 0);
    assert.deepEqual(await w.ledger.untold(10), []);
  });

  it('is tried again while the side is away', async () => {
    await using w = await world();
    let answers = 0;
    w.teams.onTell = (notice) =>
      ++answers < 4
        ? { kind: 'transient', refusal: { id: 'unreachable', side: 'teams' } }
        : w.teams.shown(`notice ${notice.message}`);
    w.notices.tell(w.message, offline);
    await w.passTime(10_000);
    assert.equal(answers, 4);
    assert.deepEqual(await w.ledger.untold(10), []);
  });

  it('waits for a sender who is away for a moment', async () => {
    await using w = await world();
    let answers = 0;
    w.teams.onTell = (notice) =>
      ++answers < 3
        ? { kind: 'refused', refusal: { id: 'offline', side: 'teams' } }
        : w.teams.shown(`notice ${notice.message}`);
    w.notices.tell(w.message, offline);
    await w.passTime(10_000);
    assert.deepEqual((await w.ledger.trace(w.message.id))?.telling, { kind: 'told' });
  });

  it('is told once though the ledger cannot record it at first', async () => {
    const ledger = openMemoryLedger();
    let refusals = 3;
    await using w = await world(undefined, {
      ...ledger,
      told: (...record) =>
        refusals-- > 0 ? Promise.reject(new LedgerUnavailable('full')) : ledger.told(...record),
    });
    w.notices.tell(w.message, offline);
    await w.passTime(10_000);
    assert.equal(w.teams.told.length, 1);
    assert.deepEqual(await w.ledger.untold(10), []);
  });

  it('is given up, and that is recorded, when the side refuses it or stays away', async () => {
    for (const kind of ['refused', 'transient'] as const) {
      await using w = await world();
      w.teams.onTell = () => ({ kind, refusal: { id: 'not-allowed', side: 'teams' } });
      w.notices.tell(w.message, offline);
      await w.passTime(70_000);
      const trace = await w.ledger.trace(w.message.id);
      assert.deepEqual(trace?.telling, { kind: 'cannot-be-told', reason: 'not-allowed' });
      assert.equal(w.events.at(-1)?.kind, 'sender-not-told');
    }
  });

  it('is given up at its own time, however many of the same sender wait with it', async () => {
    await using w = await world();
    w.teams.onTell = () => ({ kind: 'refused', refusal: { id: 'offline', side: 'teams' } });
    for (const message of [w.message, await w.failed(2), await w.failed(3)]) w.notices.tell(message, offline);
    await w.passTime(70_000);
    assert.equal(w.events.filter(({ kind }) => kind === 'sender-not-told').length, 3);
    assert.deepEqual(await w.ledger.untold(10), []);
  });

  it('waits in the ledger while there are too many, and reaches its sender in the end', async () => {
    const senders = Array.from({ length: 10 }, (_, n) => somebody(`sender${n}`));
    await using w = await world([...senders, somebody('bob')]);
    const pool = Promise.withResolvers<void>();
    let asked = 0;
    w.teams.onTell = async (notice) => {
      asked += 1;
      await pool.promise;
      return w.teams.shown(`notice ${notice.message}`);
    };
    for (const [n, { id }] of senders.entries())
      w.notices.tell(await w.failed(n + 2, { author: id }), offline);
    assert.equal(asked, 4);
    pool.resolve();
    await w.notices.settled();
    assert.deepEqual(w.teams.told.map(({ to }) => to.id).sort(), senders.map(({ id }) => id).sort());
    assert.deepEqual(await w.ledger.untold(20), []);
  });

  it('of an earlier run is told by the next one, though there are more than it holds at once', async () => {
    await using w = await world();
    for (let n = 2; n <= 11; n++) await w.failed(n);
    assert.equal(await w.notices.resume(), 4);
    await w.notices.settled();
    assert.equal(w.teams.told.length, 11);
    assert.deepEqual(await w.ledger.untold(20), []);
  });

  it('of an earlier run waits until the networks can be used', async () => {
    const opened = Promise.withResolvers<void>();
    await using w = await world(undefined, undefined, opened.promise);
    await w.notices.resume();
    await w.passTime(1_000);
    assert.equal(w.teams.told.length, 0);
    opened.resolve();
    await w.notices.settled();
    assert.equal(w.teams.told.length, 1);
  });

  it('is given up when its author has left the directory', async () => {
    await using w = await world([somebody('bob')]);
    w.notices.tell(w.message, offline);
    await w.notices.settled();
    assert.deepEqual((await w.ledger.trace(w.message.id))?.telling, {
      kind: 'cannot-be-told',
      reason: 'no-such-person',
    });
  });

  it('waits for the next start when the gateway stops', async () => {
    const w = await world();
    w.teams.onTell = () => ({ kind: 'transient', refusal: { id: 'unreachable', side: 'teams' } });
    w.notices.tell(w.message, offline);
    for (let n = 0; n < 6; n++) await turn();
    await w.notices[Symbol.asyncDispose]();
    assert.equal((await w.ledger.untold(10)).length, 1);
    await w.ledger[Symbol.asyncDispose]();
  });
});
