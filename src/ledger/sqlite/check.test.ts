import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MessageId, RemoteId, ThreadKey } from '../../core/ids.ts';
import { sampleMessage } from '../conformance.test-kit.ts';
import type { Operation } from '../operations.ts';
import { createBatchRunner } from './batch.ts';
import { checkLedger } from './check.ts';
import { schemaVersion, upgrade } from './schema.ts';
import { createStore } from './store.ts';

function filled() {
  const db = new DatabaseSync(':memory:');
  upgrade(db);
  const batch = createBatchRunner(db, createStore(db));
  const end = {
    kind: 'delivered',
    side: 'skype',
    as: 'author',
    thread: 's' as ThreadKey,
    remoteId: 'w1' as RemoteId,
  } as const;
  batch.run([
    ...[1, 2, 3].map((n): Operation => ({ op: 'take', message: sampleMessage(n) })),
    { op: 'end', message: 'm1' as MessageId, end, at: 3_000 },
    { op: 'note', message: 'm2' as MessageId, step: { at: 1, step: 'asked' } },
  ]);
  return { db, batch };
}

describe('the check of a ledger', () => {
  it('finds nothing in a sound one', () => {
    assert.deepEqual(checkLedger(filled().db), []);
  });

  const breaches: Readonly<Record<string, string>> = {
    'message-without-conversation': "UPDATE message SET conversation = 'x|y' WHERE id = 'm2'",
    'message-without-thread': "UPDATE message SET thread = 'nowhere' WHERE id = 'm2'",
    'thread-without-conversation': "INSERT INTO thread VALUES ('teams', 'lonely', 'x|y')",
    'conversation-without-thread': "INSERT INTO conversation (id, skype) VALUES ('x|y', 'gone')",
    'unreadable-end': "UPDATE message SET telling = '{' WHERE id = 'm1'",
    'end-and-state-differ': "UPDATE message SET state = 'native' WHERE id = 'm1'",
    'delivered-without-attempt': "UPDATE message SET attempts = 0 WHERE id = 'm1'",
    'delivered-without-own-write': 'DELETE FROM own_write',
    'own-write-without-message': "INSERT INTO own_write VALUES ('teams', 't', 'w9', 'm9')",
    'step-without-message': "INSERT INTO step VALUES ('m9', 1, 'asked', NULL)",
    'untold-success': `UPDATE message SET telling = '{"kind":"told"}' WHERE id = 'm1'`,
    'unreadable-state-of-a-room': "INSERT INTO kept VALUES ('cursor', 'k', 'no json')",
    'unknown-state': "UPDATE message SET state = 'elsewhere', end = '{}', ended_at = 1 WHERE id = 'm2'",
  };
  for (const [id, sql] of Object.entries(breaches)) {
    it(`names ${id}, with what it concerns`, () => {
      const { db } = filled();
      db.exec(sql);
      const finding = checkLedger(db).find((each) => each.id === id);
      assert.ok(finding, JSON.stringify(checkLedger(db)));
      assert.equal(finding.count, 1);
      assert.equal(finding.examples.length, 1);
      assert.ok(!JSON.stringify(finding).includes('text 2'));
    });
  }

  it('tells a ledger of an earlier program, and refuses one of a newer', () => {
    const { db } = filled();
    db.exec(`PRAGMA user_version = ${schemaVersion - 1}`);
    assert.deepEqual(
      checkLedger(db).map(({ id }) => id),
      ['older-schema'],
    );
    db.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    assert.throws(() => checkLedger(db), /newer program/);
  });

  it('finds nothing whatever a gateway does, and forgets', () => {
    const ids = fc.constantFrom(1, 2, 3, 4, 5, 6);
    const message = ids.map((n) => `m${n}` as MessageId);
    const refusal = { id: 'offline', side: 'skype' } as const;
    const operation: fc.Arbitrary<Operation> = fc.oneof(
      ids.map(
        (n): Operation => ({
          op: 'take',
          message: sampleMessage(n, n % 2 ? {} : { thread: 'other' as ThreadKey }),
        }),
      ),
      message.map(
        (id): Operation => ({ op: 'attempt', message: id, attempt: 1, side: 'skype', rule: 'r', at: 5 }),
      ),
      fc.record({
        op: fc.constant('end' as const),
        message,
        at: fc.constant(9),
        end: fc.oneof(
          fc.constant({ kind: 'native', rule: 'r' } as const),
          fc.constant({ kind: 'failed', refusal } as const),
        ),
      }),
      message.map((id): Operation => {
        const name = { thread: 's' as ThreadKey, remoteId: `w ${id}` as RemoteId };
        return {
          op: 'end',
          message: id,
          at: 9,
          end: { kind: 'delivered', side: 'skype', as: 'author', ...name },
        };
      }),
      fc.record({
        op: fc.constant('retain' as const),
        limits: fc.record({
          textBefore: fc.integer({ min: 1_999, max: 2_010 }),
          allBefore: fc.integer({ min: 1_999, max: 2_010 }),
          most: fc.integer({ min: 1, max: 3 }),
        }),
      }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const db = new DatabaseSync(':memory:');
        upgrade(db);
        const batch = createBatchRunner(db, createStore(db));
        const ended = new Set<string>();
        const taken = new Set<string>();
        for (const each of operations) {
          // A gateway ends what it has taken, once.
          if (each.op === 'end' && (ended.has(each.message) || !taken.has(each.message))) continue;
          const [answer] = batch.run([each]);
          assert.ok(answer?.ok);
          if (each.op === 'take' && answer.result === 'taken') {
            taken.add(each.message.id);
            ended.delete(each.message.id);
          }
          if (each.op === 'end') ended.add(each.message);
        }
        assert.deepEqual(checkLedger(db), []);
        db.close();
      }),
      { numRuns: 60 },
    );
  });
});
