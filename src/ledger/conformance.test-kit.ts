import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { conversationOf, type MessageId, personId, type RemoteId, type ThreadKey } from '../core/ids.ts';
import { type Ledger, mostKeptBytes, type NewMessage } from '../gateway/ledger.ts';

const alice = personId('alice@contoso.example');
const bob = personId('bob@contoso.example');
const chat = 'chat-1' as ThreadKey;
const session = 'session-1' as ThreadKey;

export function sampleMessage(n: number, changes: Partial<NewMessage> = {}): NewMessage {
  return {
    id: `m${n}` as MessageId,
    conversation: conversationOf(alice, bob),
    side: 'teams',
    thread: chat,
    remoteId: `r${n}` as RemoteId,
    author: alice,
    recipient: bob,
    body: { format: 'text', text: `text ${n}` },
    writtenAt: 1_000 + n,
    takenAt: 2_000 + n,
    deadlineAt: 32_000 + n,
    late: false,
    ...changes,
  };
}

/** What every ledger must do, whatever it is made of. `open` gives an empty one. */
export function ledgerConformance(name: string, open: () => Promise<Ledger>): void {
  describe(`${name} ledger`, () => {
    it('keeps a message once, however often it is handed in', async () => {
      await using ledger = await open();
      assert.equal(await ledger.take(sampleMessage(1)), 'taken');
      assert.equal(await ledger.take(sampleMessage(1, { id: 'other' as MessageId })), 'duplicate');
      assert.deepEqual(await ledger.counts().then(({ messages }) => messages), 1);
    });

    it('knows what the gateway wrote itself, before and after it is reported', async () => {
      await using ledger = await open();
      await ledger.take(sampleMessage(1));
      const write = { thread: session, remoteId: 'w1' as RemoteId };
      assert.equal(await ledger.isOwnWrite('skype', write.thread, write.remoteId), false);
      await ledger.end(
        'm1' as MessageId,
        { kind: 'delivered', side: 'skype', as: 'author', ...write },
        3_000,
      );
      assert.equal(await ledger.isOwnWrite('skype', write.thread, write.remoteId), true);
      assert.equal(await ledger.take(sampleMessage(2, { side: 'skype', ...write })), 'echo');
      assert.equal(await ledger.isOwnWrite('teams', write.thread, write.remoteId), false);
    });

    it('leaves what is unfinished in the order taken, though the clock was put back: an echo stays behind its write', async () => {
      await using ledger = await open();
      await ledger.take(sampleMessage(1, { takenAt: 90_000 }));
      await ledger.take(sampleMessage(2, { takenAt: 10_000 }));
      assert.deepEqual(
        (await ledger.unfinished()).map(({ id }) => id),
        ['m1', 'm2'],
      );
    });

    it('accounts for its own writes and for what others wrote, once that has its end', async () => {
      await using ledger = await open();
      await ledger.take(sampleMessage(1));
      const { thread, remoteId } = sampleMessage(1);
      const write = { thread: session, remoteId: 'w1' as RemoteId };
      assert.equal(await ledger.isAccountedFor('teams', thread, remoteId), false);
      assert.equal(await ledger.isAccountedFor('skype', write.thread, write.remoteId), false);
      await ledger.end(
        'm1' as MessageId,
        { kind: 'delivered', side: 'skype', as: 'author', ...write },
        3_000,
      );
      assert.equal(await ledger.isAccountedFor('teams', thread, remoteId), true);
      assert.equal(await ledger.isAccountedFor('skype', write.thread, write.remoteId), true);
      assert.equal(await ledger.isAccountedFor('skype', thread, remoteId), false);
    });

    it('joins the threads of both sides to the conversation', async () => {
      await using ledger = await open();
      const conversation = conversationOf(alice, bob);
      assert.deepEqual(await ledger.threadsOf(conversation), {});
      await ledger.take(sampleMessage(1));
      assert.deepEqual(await ledger.threadsOf(conversation), { teams: chat });
      const write = { thread: session, remoteId: 'w1' as RemoteId };
      await ledger.end(
        'm1' as MessageId,
        { kind: 'delivered', side: 'skype', as: 'author', ...write },
        3_000,
      );
      assert.deepEqual(await ledger.threadsOf(conversation), { teams: chat, skype: session });
      assert.deepEqual(await ledger.peopleOf('skype', session), [alice, bob]);
      assert.equal(await ledger.peopleOf('teams', session), undefined);
    });

    it('tells when the newest of each thread was written, of what was taken lately', async () => {
      await using ledger = await open();
      const { side, thread } = sampleMessage(1);
      await ledger.take(sampleMessage(1, { takenAt: 100, writtenAt: 90 }));
      await ledger.take(sampleMessage(2, { takenAt: 200, writtenAt: 190 }));
      await ledger.take(sampleMessage(3, { takenAt: 300, writtenAt: 120 }));
      assert.deepEqual(await ledger.newestSince(100), [{ side, thread, writtenAt: 190 }]);
      assert.deepEqual(await ledger.newestSince(300), [{ side, thread, writtenAt: 120 }]);
      assert.deepEqual(await ledger.newestSince(301), []);
    });

    it('lists what is unfinished, in order, with the attempts made', async () => {
      await using ledger = await open();
      for (const n of [1, 2, 3]) await ledger.take(sampleMessage(n));
      await ledger.attempt({
        message: 'm2' as MessageId,
        attempt: 1,
        side: 'skype',
        rule: 'a rule',
        at: 5_000,
      });
      await ledger.end('m1' as MessageId, { kind: 'echo' }, 6_000);
      const left = await ledger.unfinished();
      assert.deepEqual(
        left.map(({ id, attempts, firstAttemptAt }) => ({ id, attempts, firstAttemptAt })),
        [
          { id: 'm2', attempts: 1, firstAttemptAt: 5_000 },
          { id: 'm3', attempts: 0, firstAttemptAt: undefined },
        ],
      );
      assert.deepEqual(left[0]?.body, { format: 'text', text: 'text 2' });
    });

    it('lists the failed messages whose sender is still to be told, as many as are asked for, in the order taken', async () => {
      await using ledger = await open();
      const refusal = { id: 'offline', side: 'skype', person: 'Bob' } as const;
      for (const n of [1, 2, 3, 4]) {
        await ledger.take(sampleMessage(n, { takenAt: 5_000 - n }));
        await ledger.end(`m${n}` as MessageId, { kind: 'failed', refusal }, 9_000);
      }
      await ledger.told('m1' as MessageId, { kind: 'told' }, 9_100);
      const untold = await ledger.untold(10);
      assert.deepEqual(
        untold.map(({ id, end }) => ({ id, end })),
        ['m2', 'm3', 'm4'].map((id) => ({ id, end: { kind: 'failed', refusal } })),
      );
      assert.deepEqual(await ledger.untold(2), untold.slice(0, 2));
    });

    it('traces a message by any of its names, step by step, without its text', async () => {
      await using ledger = await open();
      await ledger.take(sampleMessage(1));
      await ledger.attempt({
        message: 'm1' as MessageId,
        attempt: 1,
        side: 'skype',
        rule: 'a rule',
        at: 2_600,
      });
      const write = { thread: session, remoteId: 'w1' as RemoteId };
      await ledger.end(
        'm1' as MessageId,
        { kind: 'delivered', side: 'skype', as: 'author', ...write },
        3_000,
      );
      for (const id of ['m1', 'r1', 'w1']) {
        const trace = await ledger.trace(id);
        assert.deepEqual(
          trace?.steps.map(({ step }) => step),
          ['taken', 'routed', 'attempt', 'end'],
        );
        assert.equal(trace?.state, 'delivered');
        assert.equal(JSON.stringify(trace).includes('text 1'), false);
      }
      assert.equal(await ledger.trace('unknown'), undefined);
    });

    it('answers in the order it was asked, batched or not', async () => {
      await using ledger = await open();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }),
          fc.uuid(),
          async (names, prefix) => {
            const expected = names.map((n, index) => (names.indexOf(n) < index ? 'duplicate' : 'taken'));
            const answers = await Promise.all(
              names.map((n, index) =>
                ledger.take(
                  sampleMessage(n, {
                    id: `${prefix}${index}` as MessageId,
                    remoteId: `${prefix}/${n}` as RemoteId,
                  }),
                ),
              ),
            );
            assert.deepEqual(answers, expected);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('forgets texts first and messages later, and never what is not over', async () => {
      await using ledger = await open();
      for (const n of [1, 2, 3, 4, 5]) await ledger.take(sampleMessage(n));
      const write = { thread: session, remoteId: 'w1' as RemoteId };
      const delivered = { kind: 'delivered', side: 'skype', as: 'author', ...write } as const;
      const refusal = { id: 'offline', side: 'skype' } as const;
      await ledger.end('m1' as MessageId, delivered, 3_000);
      await ledger.end('m2' as MessageId, { kind: 'failed', refusal }, 3_000);
      await ledger.end('m3' as MessageId, { kind: 'failed', refusal }, 3_000);
      await ledger.told('m3' as MessageId, { kind: 'told' }, 3_000);
      const limits = { textBefore: 2_005, allBefore: 0, most: 10 };
      assert.deepEqual(await ledger.retain(limits), { erased: 2, removed: 0 });
      assert.deepEqual(await ledger.retain(limits), { erased: 0, removed: 0 });
      assert.equal((await ledger.trace('m1'))?.state, 'delivered');
      assert.deepEqual(
        (await ledger.untold(10)).map(({ body }) => body),
        [{ format: 'text', text: 'text 2' }],
      );
      assert.equal(await ledger.take(sampleMessage(1)), 'duplicate');
      const all = { ...limits, allBefore: 2_005 };
      assert.deepEqual(await ledger.retain({ ...all, most: 1 }), { erased: 0, removed: 1 });
      assert.deepEqual(await ledger.retain({ ...all, most: 1 }), { erased: 0, removed: 1 });
      assert.equal(await ledger.trace('m1'), undefined);
      assert.equal(await ledger.isOwnWrite('skype', write.thread, write.remoteId), false);
      assert.deepEqual(
        (await ledger.unfinished()).map(({ id, body }) => ({ id, body })),
        [4, 5].map((n) => ({ id: `m${n}`, body: { format: 'text', text: `text ${n}` } })),
      );
      assert.deepEqual(await ledger.peopleOf('teams', chat), [alice, bob]);
    });

    it('remembers that a message came late, and says how much room it takes', async () => {
      await using ledger = await open();
      const before = ledger.size().bytes;
      await ledger.take(
        sampleMessage(1, { late: true, body: { format: 'text', text: 'x'.repeat(100_000) } }),
      );
      await ledger.take(sampleMessage(2));
      assert.deepEqual(
        (await ledger.unfinished()).map(({ late }) => late),
        [true, false],
      );
      assert.ok(ledger.size().bytes >= before + 90_000);
      assert.ok(ledger.size().bytes <= ledger.size().mostBytes);
    });

    it('keeps secrets by name', async () => {
      await using ledger = await open();
      await ledger.secrets.put('a', new Uint8Array([1, 2]));
      await ledger.secrets.put('a', new Uint8Array([3]));
      assert.deepEqual([...((await ledger.secrets.get('a')) ?? [])], [3]);
      await ledger.secrets.remove('a');
      assert.equal(await ledger.secrets.get('a'), undefined);
    });

    it('keeps the state of each room by kind and key', async () => {
      await using ledger = await open();
      const { kept } = ledger;
      await kept.put('cursor', 'alice', { at: 1, seen: ['ä', null, true] });
      await kept.put('cursor', 'bob', 7);
      await kept.put('cursor', 'bob', 8);
      await kept.put('offer', 'alice', 'another kind');
      const cursors = await kept.list('cursor');
      assert.deepEqual(
        new Map(cursors.map(({ key, value }) => [key, value])),
        new Map<string, unknown>([
          ['alice', { at: 1, seen: ['ä', null, true] }],
          ['bob', 8],
        ]),
      );
      assert.deepEqual(new Set(await kept.keys('cursor')), new Set(['alice', 'bob']));
      assert.deepEqual(await kept.get('cursor', 'bob'), { key: 'bob', value: 8 });
      assert.equal(await kept.get('offer', 'bob'), undefined);
      await kept.remove('cursor', 'alice');
      await kept.remove('cursor', 'nobody');
      assert.deepEqual(await kept.list('cursor'), [{ key: 'bob', value: 8 }]);
      assert.deepEqual(await kept.keys('cursor'), ['bob']);
      assert.deepEqual(await kept.list('unheard of'), []);
      assert.deepEqual(await kept.keys('unheard of'), []);
    });

    it('keeps any JSON as it is', async () => {
      await using ledger = await open();
      await fc.assert(
        fc.asyncProperty(fc.string({ maxLength: 100 }), fc.jsonValue({ maxDepth: 4 }), async (key, value) => {
          await ledger.kept.put('any', key, value);
          const entries = await ledger.kept.list('any');
          assert.deepEqual(entries, [{ key, value: JSON.parse(JSON.stringify(value)) }]);
          await ledger.kept.remove('any', key);
        }),
        { numRuns: 50 },
      );
    });

    it('keeps nothing that is too long or no JSON, and says which kind it was', async () => {
      await using ledger = await open();
      const { kept } = ledger;
      await kept.put('cursor', 'fits', 'x'.repeat(mostKeptBytes - 2));
      await assert.rejects(kept.put('cursor', 'fits', 'x'.repeat(mostKeptBytes - 1)), {
        name: 'RangeError',
        message: /kept cursor: the value has 65537 bytes/,
      });
      await assert.rejects(kept.put('cursor', 'k'.repeat(2_000), 1), { name: 'RangeError' });
      const cycle: unknown[] = [];
      cycle.push(cycle);
      for (const value of [undefined, () => 1, 1n, cycle])
        await assert.rejects(kept.put('cursor', 'none', value), {
          name: 'TypeError',
          message: /kept cursor/,
        });
      const [entry] = await kept.list('cursor');
      assert.equal(entry?.key, 'fits');
      assert.equal(String(entry?.value).length, mostKeptBytes - 2);
    });

    it('refuses once it is closed', async () => {
      const ledger = await open();
      await ledger[Symbol.asyncDispose]();
      await assert.rejects(ledger.take(sampleMessage(1)), { name: 'LedgerUnavailable', reason: 'closed' });
    });
  });
}
