import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  describeFederationRefusal,
  type FederationLists,
  type FederationSettings,
  federationRefusal,
  openFederation,
} from './federation.ts';

const contoso = { tenant: 'contoso.example' };
const fabrikam = { tenant: 'fabrikam.example' };

function lists(allow: readonly string[] | undefined, block: readonly string[] = []): FederationLists {
  return { allow: allow && new Set(allow), block: new Set(block) };
}

function settings(
  everybody: FederationLists,
  tenants: Readonly<Record<string, FederationLists>> = {},
): FederationSettings {
  return { everybody, tenants: new Map(Object.entries(tenants)) };
}

const domains = ['contoso.example', 'fabrikam.example', 'tailspin.example'] as const;
const someDomains = fc.subarray([...domains]);
const someLists = fc
  .record({ allow: fc.option(someDomains, { nil: undefined }), block: someDomains })
  .map(({ allow, block }) => lists(allow, block));
const someSettings = fc
  .record({
    everybody: someLists,
    tenants: fc.dictionary(fc.constantFrom(...domains), someLists, { maxKeys: 3 }),
  })
  .map(({ everybody, tenants }) => settings(everybody, tenants));
const someTenant = fc.constantFrom(...domains).map((tenant) => ({ tenant }));

describe('federation', () => {
  it('is open where nothing is configured', () => {
    assert.equal(federationRefusal(openFederation, contoso, fabrikam), undefined);
  });

  it('names the list that refuses', () => {
    const cases = [
      [settings(lists(undefined, ['fabrikam.example'])), 'the block list of everybody has fabrikam.example'],
      [settings(lists(['contoso.example'])), 'the allow list of everybody lacks fabrikam.example'],
      [
        settings(lists(undefined), { 'contoso.example': lists(undefined, ['fabrikam.example']) }),
        'the block list of contoso.example has fabrikam.example',
      ],
      [
        settings(lists(undefined), { 'fabrikam.example': lists(['tailspin.example']) }),
        'the allow list of fabrikam.example lacks contoso.example',
      ],
    ] as const;
    for (const [configured, words] of cases) {
      const refusal = federationRefusal(configured, contoso, fabrikam);
      assert.equal(refusal && describeFederationRefusal(refusal), words);
    }
  });

  it('lets a tenant’s own allow list stand in place of everybody’s, which must allow both ways', () => {
    const own = { 'contoso.example': lists(['fabrikam.example']) };
    assert.equal(federationRefusal(settings(lists(['contoso.example']), own), contoso, fabrikam), undefined);
    assert.ok(federationRefusal(settings(lists(['fabrikam.example']), own), contoso, fabrikam));
  });

  it('refuses in both directions or in none', () => {
    fc.assert(
      fc.property(someSettings, someTenant, someTenant, (configured, a, b) => {
        const there = federationRefusal(configured, a, b) === undefined;
        assert.equal(federationRefusal(configured, b, a) === undefined, there);
      }),
    );
  });

  it('never stands between people of one tenant, and never lets a blocked domain through', () => {
    fc.assert(
      fc.property(someSettings, someTenant, someTenant, (configured, a, b) => {
        const refusal = federationRefusal(configured, a, b);
        if (a.tenant === b.tenant) assert.equal(refusal, undefined);
        else if (configured.everybody.block.has(b.tenant)) assert.equal(refusal?.list, 'block');
      }),
    );
  });

  it('takes a subdomain for another domain', () => {
    const blocked = settings(lists(undefined, ['fabrikam.example']));
    assert.equal(federationRefusal(blocked, contoso, { tenant: 'eu.fabrikam.example' }), undefined);
  });
});
