import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personId } from '../../core/ids.ts';
import { createProxies } from './proxies.ts';

const [bob, dave, erin, frank] = ['bob', 'dave', 'erin', 'frank'].map(personId);
assert.ok(bob && dave && erin && frank);

describe('in whose name the gateway wrote', () => {
  it('is known while one person can be meant, and not guessed when several can', () => {
    const proxies = createProxies();
    assert.equal(proxies.onlyAuthorFor(bob), undefined);
    proxies.note(bob, dave);
    proxies.note(bob, dave);
    assert.equal(proxies.onlyAuthorFor(bob), dave);
    proxies.note(bob, erin);
    proxies.note(bob, frank);
    assert.equal(proxies.onlyAuthorFor(bob), undefined);
    assert.equal(proxies.onlyAuthorFor(dave), undefined);
  });
});
