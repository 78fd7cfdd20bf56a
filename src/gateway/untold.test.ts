import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { MessageId } from '../core/ids.ts';
import type { Refusal } from '../core/refusals.ts';
import { sampleMessage } from '../ledger/conformance.test-kit.ts';
import type { StoredMessage } from './ledger.ts';
import { createUntold } from './untold.ts';

const refusal: Refusal = { id: 'offline', side: 'skype' };

function failure(n: number): StoredMessage {
  return {
    ...sampleMessage(n),
    attempts: 1,
    firstAttemptAt: 1,
    end: { kind: 'failed', refusal },
  };
}

/** A ledger of untold failures alone; an answer is what was there when it was asked, and comes when the test lets it. */
function world(most: number) {
  const ledger = new Map<MessageId, StoredMessage>();
  const answers: (() => void)[] = [];
  const begun: MessageId[] = [];
  const underWay: MessageId[] = [];
  let count = 0;
  const untold = createUntold({
    most,
    read(limit) {
      const found = [...ledger.values()].slice(0, limit);
      return new Promise((resolve) => void answers.push(() => resolve(found)));
    },
    begin({ message }) {
      begun.push(message.id);
      underWay.push(message.id);
    },
  });
  return {
    untold,
    begun,
    underWay,
    answers,
    fails() {
      const message = failure(++count);
      ledger.set(message.id, message);
      untold.add({ message, refusal });
    },
    failedBefore() {
      const message = failure(++count);
      ledger.set(message.id, message);
    },
    told() {
      const message = underWay.shift();
      if (message === undefined) return;
      ledger.delete(message);
      untold.done(message);
    },
    async answer() {
      answers.shift()?.();
      await turn();
    },
    ids: () => Array.from({ length: count }, (_, n) => `m${n + 1}`),
  };
}

describe('failures that are untold', () => {
  it('are each told of once, the oldest first, and no more than the bound at once, whatever comes in between', async () => {
    const step = fc.constantFrom('fails', 'told', 'answer');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 6 }),
        fc.array(step, { maxLength: 60 }),
        async (most, steps) => {
          const w = world(most);
          for (const what of steps) {
            await w[what]();
            assert.ok(w.underWay.length <= most);
          }
          while (w.underWay.length + w.answers.length > 0) {
            w.told();
            await w.answer();
            assert.ok(w.underWay.length <= most);
          }
          assert.deepEqual(w.begun, w.ids());
          assert.equal(w.untold.takingUp, undefined);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of an earlier run are taken up as far as there is room, and the others when half of it is free', async () => {
    const w = world(4);
    for (let n = 0; n < 7; n++) w.failedBefore();
    const resumed = w.untold.takeUp();
    await w.answer();
    assert.equal(await resumed, 4);
    w.told();
    assert.equal(w.answers.length, 0);
    w.told();
    await w.answer();
    assert.equal(w.begun.length, 6);
    w.told();
    w.told();
    await w.answer();
    assert.deepEqual(w.begun, w.ids());
  });

  it('are looked for again after the ledger could not be read', async () => {
    let reads = 0;
    const begun: MessageId[] = [];
    const untold = createUntold({
      most: 2,
      read: async () => {
        if (++reads === 1) throw new Error('the disk is away');
        return [failure(2), failure(3)];
      },
      begin: ({ message }) => void begun.push(message.id),
    });
    await assert.rejects(untold.takeUp(), /the disk is away/);
    untold.add({ message: failure(3), refusal });
    assert.deepEqual(begun, []);
    assert.equal(await untold.takeUp(), 2);
    assert.deepEqual(begun, ['m2', 'm3']);
  });
});
