import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personId } from '../../core/ids.ts';
import { createGate } from './gate.ts';
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

describe('a gate', () => {
  it('lets so many in at a time, the others in their order, and forgets who has given up', async () => {
    const gate = createGate(1);
    const signal = new AbortController().signal;
    const first = await gate.enter(signal);
    const entered: string[] = [];
    const impatient = new AbortController();
    const gaveUp = gate.enter(impatient.signal);
    const second = gate.enter(signal).then((pass) => {
      entered.push('second');
      return pass;
    });
    const third = gate.enter(signal).then((pass) => {
      entered.push('third');
      return pass;
    });
    impatient.abort(new Error('gave up'));
    await assert.rejects(gaveUp, /gave up/);
    assert.deepEqual(entered, []);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    const pass = await second;
    assert.deepEqual(entered, ['second']);
    pass[Symbol.dispose]();
    await third;
    assert.deepEqual(entered, ['second', 'third']);
  });
});
