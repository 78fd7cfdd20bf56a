import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personId } from '../ids.ts';
import { describePolicies, type PolicySettings, policyFor, policyForAll } from './policy.ts';

const settings: PolicySettings = {
  everybody: 'bridged',
  tenants: new Map([['contoso.example', 'microsoft']]),
  people: new Map([[personId('alice@contoso.example'), 'bridged']]),
};
const of = (name: string, tenant: string) => ({ id: personId(`${name}@${tenant}`), tenant });

describe('the policy for a sender', () => {
  it('is their own, else that of their tenant, else everybody’s', () => {
    assert.equal(policyFor(settings, of('alice', 'contoso.example')), 'bridged');
    assert.equal(policyFor(settings, of('bob', 'contoso.example')), 'microsoft');
    assert.equal(policyFor(settings, of('grace', 'fabrikam.example')), 'bridged');
  });

  it('is told in words with its exceptions', () => {
    assert.equal(describePolicies(policyForAll('microsoft')), 'microsoft');
    assert.equal(describePolicies(settings), 'bridged (microsoft for 1 tenant)');
    const { tenants } = settings;
    const people = new Map([[personId('bob@contoso.example'), 'microsoft'] as const]);
    assert.equal(
      describePolicies({ everybody: 'bridged', tenants, people }),
      'bridged (microsoft for 1 tenant and 1 person)',
    );
    const [alice, bob] = [personId('alice@contoso.example'), personId('bob@contoso.example')];
    const own = new Map([alice, bob].map((id) => [id, 'bridged'] as const));
    assert.equal(
      describePolicies({ everybody: 'microsoft', tenants: new Map(), people: own }),
      'microsoft (bridged for 2 people)',
    );
  });
});
