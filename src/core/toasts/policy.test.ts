import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personId } from '../ids.ts';
import { defaultToasts, toastPolicyFor } from './policy.ts';

const alice = { id: personId('alice@contoso.example'), tenant: 'contoso.example' };
const bob = { id: personId('bob@contoso.example'), tenant: 'contoso.example' };
const grace = { id: personId('grace@fabrikam.example'), tenant: 'fabrikam.example' };

describe('the policy of toasts', () => {
  it('is the person’s own, else the tenant’s, else everybody’s', () => {
    const settings = {
      ...defaultToasts,
      tenants: new Map([['contoso.example', 'dual'] as const]),
      people: new Map([[bob.id, 'single'] as const]),
    };
    assert.deepEqual(
      [alice, bob, grace].map((who) => toastPolicyFor(settings, who)),
      ['dual', 'single', 'single'],
    );
  });

  it('is one toast unless configured, alone for 20 s, and none in Do not disturb', () => {
    const { everybody, fallOverMs, inDoNotDisturb } = defaultToasts;
    assert.deepEqual([everybody, fallOverMs, inDoNotDisturb], ['single', 20_000, false]);
    assert.equal(toastPolicyFor(defaultToasts, alice), 'single');
  });
});
