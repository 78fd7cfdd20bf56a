import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GraphError } from '../../errors.ts';
import type { Subscription } from '../../subscriptions.ts';
import { type Registered, SubscriptionRegistry } from './registry.ts';

function registered(id: string, topics: readonly string[], quota?: Registered['quota']): Registered {
  return {
    subscription: { id } as unknown as Subscription,
    tenantId: 'contoso',
    userId: undefined,
    topics,
    changeTypes: new Set(['created']),
    expiresAt: 0,
    target: undefined,
    quota,
  };
}
const ids = (found: Iterable<Registered>) => [...found].map(({ subscription }) => subscription.id).toSorted();

describe('the registry of subscriptions', () => {
  it('finds exactly those that listen, once each, whatever came and went', () => {
    const topic: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.record({ add: fc.boolean(), id: fc.nat({ max: 10 }), topics: fc.uniqueArray(topic) });
    fc.assert(
      fc.property(fc.array(step), fc.uniqueArray(topic), (steps, asked) => {
        const registry = new SubscriptionRegistry();
        const model = new Map<string, readonly string[]>();
        for (const { add, id, topics } of steps) {
          if (add && !model.has(`${id}`)) {
            registry.add(registered(`${id}`, topics));
            model.set(`${id}`, topics);
          } else if (!add) {
            assert.equal(registry.remove(`${id}`), model.delete(`${id}`));
          }
        }
        const expected = [...model]
          .filter(([, topics]) => topics.some((one) => asked.includes(one)))
          .map(([id]) => id);
        assert.deepEqual(ids(registry.listening(asked)), expected.toSorted());
      }),
    );
  });

  it('keeps to each quota, and frees a place when one goes', () => {
    const registry = new SubscriptionRegistry();
    const quota = { key: 'app and chat', limit: 1 };
    registry.add(registered('1', ['a'], quota));
    assert.throws(
      () => registry.add(registered('2', ['a'], quota)),
      (error: GraphError) => error.status === 403,
    );
    assert.deepEqual(ids(registry.all()), ['1']);
    registry.remove('1');
    registry.add(registered('2', ['a'], quota));
  });

  it('has room for ten thousand of one organisation', () => {
    const registry = new SubscriptionRegistry();
    for (let id = 0; id < 10_000; id += 1) registry.add(registered(`${id}`, []));
    assert.throws(() => registry.add(registered('one more', [])), GraphError);
    registry.requireRoom('fabrikam', undefined);
  });
});
