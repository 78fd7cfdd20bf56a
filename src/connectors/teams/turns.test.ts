import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Turns } from './turns.ts';

it('turns let so many in at a time, in order, and go on after a failure', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<void>>();
  const work = [0, 1, 2, 3, 4].map((n) => {
    const end = Promise.withResolvers<void>();
    ends.set(n, end);
    return turns
      .run(async () => {
        begun.push(n);
        await end.promise;
      })
      .catch(() => undefined);
  });
  await turn();
  assert.deepEqual(begun, [0, 1]);
  ends.get(1)?.reject(new Error('failed'));
  await turn();
  assert.deepEqual(begun, [0, 1, 2]);
  for (const { resolve } of ends.values()) resolve();
  await Promise.all(work);
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});
