import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createOperations } from './operations.ts';

describe('joining requests with the events that end them', () => {
  it('joins by operation id, by address, and whichever of answer and event comes first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.boolean(), fc.boolean(), async (named, eventFirst, works) => {
        const operations = createOperations();
        using operation = operations.begin('op');
        const end = works
          ? ({ kind: 'succeeded' } as const)
          : ({ kind: 'failed', reason: { code: 'RemoteFailure' } } as const);
        const steps = [
          () => operation.located('/messages/2'),
          () => operations.complete('/messages/2', named ? 'op' : undefined, end),
        ];
        if (eventFirst) steps.reverse();
        for (const step of steps) step();
        assert.deepEqual(await operation.completion, end);
      }),
    );
  });

  it('does not take the end of one operation for that of another', async () => {
    const operations = createOperations();
    using first = operations.begin('first');
    using second = operations.begin('second');
    operations.complete('/2', undefined, { kind: 'failed', reason: undefined });
    first.located('/1');
    operations.complete('/1', undefined, { kind: 'succeeded' });
    second.located('/2');
    assert.equal((await first.completion).kind, 'succeeded');
    assert.equal((await second.completion).kind, 'failed');
  });

  it('remembers early ends only while they can be meant', async () => {
    const operations = createOperations();
    operations.complete('/1', undefined, { kind: 'succeeded' });
    using operation = operations.begin('late');
    operation.located('/1');
    operations.loseAll();
    assert.equal((await operation.completion).kind, 'lost');
  });

  it('joins an early end with one request, and keeps no more of them than may be meant', async () => {
    const operations = createOperations();
    using first = operations.begin('first');
    using second = operations.begin('second');
    using third = operations.begin('third');
    for (let n = 0; n < 2_000; n++) operations.complete(`/${n}`, undefined, { kind: 'succeeded' });
    first.located('/1999');
    second.located('/1999');
    third.located('/0');
    assert.equal((await first.completion).kind, 'succeeded');
    operations.loseAll();
    assert.equal((await second.completion).kind, 'lost');
    assert.equal((await third.completion).kind, 'lost');
  });

  it('loses what belongs to one conversation, and nothing else', async () => {
    const operations = createOperations();
    using here = operations.begin('here', 'c1');
    using there = operations.begin('there', 'c2');
    operations.loseAll('c1');
    operations.complete('/x', 'there', { kind: 'succeeded' });
    assert.equal((await here.completion).kind, 'lost');
    assert.equal((await there.completion).kind, 'succeeded');
  });
});
