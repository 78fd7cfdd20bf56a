import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sides } from './people.ts';
import { catalogue, explain, type RefusalId, type RefusalRule } from './refusals.ts';

const rules = Object.entries(catalogue) as readonly (readonly [RefusalId, RefusalRule])[];
const idsOf = (which: (rule: RefusalRule) => boolean): readonly RefusalId[] =>
  rules.flatMap(([id, rule]) => (which(rule) ? [id] : []));

describe('the catalogue of refusals', () => {
  it('leaves it open whether a message was shown for one reason alone', () => {
    assert.deepEqual(
      idsOf(({ certain }) => !certain),
      ['uncertain'],
    );
  });

  it('lets be tried again what passes by itself, and nothing that somebody has to change first', () => {
    assert.deepEqual(
      idsOf(({ retry }) => retry),
      ['unreachable', 'throttled', 'session-ended', 'uncertain', 'ledger-full', 'overloaded'],
    );
  });
});

describe('what a person reads of a refusal', () => {
  it('names the person and the product in words, in cause and cure', () => {
    assert.deepEqual(explain({ id: 'not-enabled', side: 'skype', person: 'Bob' }), {
      cause: 'Bob is not enabled for Skype for Business.',
      cure: 'Reach the person in another way, or ask your administrator to enable the account.',
    });
    assert.deepEqual(explain({ id: 'not-allowed', side: 'teams' }), {
      cause: 'Teams does not allow this message.',
      cure: 'Ask your administrator which policy of Teams forbids it.',
    });
  });

  it('speaks of the person where the name is not known', () => {
    const { cause } = explain({ id: 'offline', side: 'teams' });
    assert.equal(cause, 'The person is offline in Teams.');
  });

  it('has no gap left, and nothing that the network said', () => {
    for (const [id] of rules)
      for (const side of sides) {
        const { cause, cure } = explain({ id, side, detail: 'what it said' });
        assert.doesNotMatch(`${cause} ${cure}`, /[{}]|what it said|undefined/, id);
      }
  });
});
