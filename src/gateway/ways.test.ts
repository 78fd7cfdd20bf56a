import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { somebody } from '../../test/kit/people.ts';
import { conversationOf } from '../core/ids.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { GatewayEvent } from './events.ts';
import { createWayMemory } from './ways.ts';

const alice = somebody('alice');
const bob = somebody('bob', { home: 'onPrem' });
const moved = somebody('bob', { home: 'online' });
const conversation = conversationOf(alice.id, bob.id);
const never = (event: GatewayEvent) => assert.fail(JSON.stringify(event));

describe('the way of a conversation', () => {
  it('keeps the homes that it was made with, whatever becomes of the people', async () => {
    await using ledger = openMemoryLedger();
    const ways = createWayMemory(ledger.kept, never);
    ways.note(conversation, [alice, bob], 1);
    ways.note(conversation, [alice, moved], 2);
    const way = await ways.of(conversation);
    assert.equal(way?.homes.get(bob.id), 'onPrem');
    assert.equal(way?.lastAt, 2);
  });

  it('is known after a restart by its homes, with its session ended', async () => {
    await using ledger = openMemoryLedger();
    createWayMemory(ledger.kept, never).note(conversation, [alice, bob], 1);
    const ways = createWayMemory(ledger.kept, never);
    const way = await ways.of(conversation);
    assert.deepEqual(
      [way?.homes.get(alice.id), way?.homes.get(bob.id), way?.lastAt],
      ['online', 'onPrem', undefined],
    );
    ways.note(conversation, [alice, moved], 3);
    assert.equal((await ways.of(conversation))?.homes.get(bob.id), 'onPrem');
  });

  it('is known after it was pushed out of memory', async () => {
    await using ledger = openMemoryLedger();
    const ways = createWayMemory(ledger.kept, never, 1);
    ways.note(conversation, [alice, bob], 1);
    ways.note(conversationOf(alice.id, somebody('carol').id), [alice], 1);
    assert.equal((await ways.of(conversation))?.homes.get(bob.id), 'onPrem');
  });

  it('is made anew once it was forgotten', async () => {
    await using ledger = openMemoryLedger();
    const ways = createWayMemory(ledger.kept, never);
    ways.note(conversation, [alice, bob], 1);
    ways.forget(conversation);
    assert.equal(await createWayMemory(ledger.kept, never).of(conversation), undefined);
    ways.note(conversation, [alice, moved], 2);
    assert.equal((await ways.of(conversation))?.homes.get(bob.id), 'online');
  });

  it('is as good as unknown where what was kept cannot be read', async () => {
    await using ledger = openMemoryLedger();
    await ledger.kept.put('way', conversation, { homes: { [bob.id]: 'attic' } });
    assert.equal(await createWayMemory(ledger.kept, never).of(conversation), undefined);
  });
});
