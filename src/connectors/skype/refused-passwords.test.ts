import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { DoorAccount } from './door.ts';
import { holdMs, RefusedPasswords } from './refused-passwords.ts';

const frank = {
  of: 'person',
  sip: 'sip:frank@contoso.example',
  username: 'frank@contoso.example',
  password: 'of last month',
} as const satisfies DoorAccount;

function start() {
  const clock = new ManualClock();
  return { clock, refused: new RefusedPasswords(clock) };
}

describe('a password that a pool has refused', () => {
  it('is not tried again for a while, counted from the refusal', () => {
    const { clock, refused } = start();
    assert.equal(refused.has(frank), false);
    refused.note(frank);
    clock.advance(holdMs - 1);
    refused.note(frank);
    assert.equal(refused.has(frank), true);
    clock.advance(1);
    assert.equal(refused.has(frank), false);
    refused.note(frank);
    assert.equal(refused.has(frank), true);
  });

  it('holds back neither another one of the same account, nor another account with the same', () => {
    const { refused } = start();
    refused.note(frank);
    assert.equal(refused.has({ ...frank, password: 'of this month' }), false);
    assert.equal(refused.has({ ...frank, username: 'CONTOSO\\frank' }), false);
    assert.equal(refused.has({ ...frank, sip: 'sip:carol@contoso.example' }), false);
  });

  it('is none where the pool trusts the gateway without one', () => {
    const { refused } = start();
    refused.note({ ...frank, password: '' });
    assert.equal(refused.has({ ...frank, password: '' }), false);
  });
});
