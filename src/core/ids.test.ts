import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { conversationOf, pairOf, personId } from './ids.ts';

const people = fc.stringMatching(/^[a-z0-9._-]{1,12}@[a-z0-9.-]{1,12}$/).map(personId);

describe('the conversation of two people', () => {
  it('is the same whoever is named first, and another one for any other two', () => {
    fc.assert(
      fc.property(people, people, people, (a, b, c) => {
        assert.equal(conversationOf(a, b), conversationOf(b, a));
        assert.equal(conversationOf(a, b) === conversationOf(a, c), b === c);
      }),
    );
  });

  it('says who the two are', () => {
    fc.assert(
      fc.property(people, people, (a, b) => {
        assert.deepEqual(pairOf(conversationOf(a, b)), [a, b].sort());
      }),
    );
  });
});

describe('a person', () => {
  it('is the same however their name is written', () => {
    assert.equal(personId(' Alice@Contoso.Example '), 'alice@contoso.example');
  });
});
