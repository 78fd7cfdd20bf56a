import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { Tokens, tokenLifetimeSeconds } from './tokens.ts';

describe('a web ticket', () => {
  it('holds for eight hours, and not a moment longer', () => {
    const clock = new ManualClock();
    const tokens = new Tokens(clock);
    const token = tokens.issue('alice@contoso.example');
    assert.match(token, /^cwt=/);
    clock.advance(tokenLifetimeSeconds * 1000 - 1);
    assert.equal(tokens.verify(token), 'alice@contoso.example');
    clock.advance(1);
    assert.equal(tokens.verify(token), undefined);
  });

  it('is another one each time', () => {
    const tokens = new Tokens(new ManualClock());
    assert.notEqual(tokens.issue('a@b'), tokens.issue('a@b'));
  });

  it('is void with another key, and with any character changed', () => {
    const clock = new ManualClock();
    const tokens = new Tokens(clock);
    const token = tokens.issue('alice@contoso.example');
    assert.equal(new Tokens(clock).verify(token), undefined);
    const changed = fc
      .tuple(fc.nat(token.length - 2), fc.constantFrom('A', 'b', '0', '-', '.', '='))
      .map(([at, char]) => token.slice(0, at) + char + token.slice(at + 1))
      .filter((other) => other !== token);
    fc.assert(fc.property(changed, (other) => assert.equal(tokens.verify(other), undefined)));
    fc.assert(fc.property(fc.string(), (other) => assert.equal(tokens.verify(other), undefined)));
  });
});
