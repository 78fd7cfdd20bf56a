import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { personId } from '../../core/ids.ts';
import { federationRefusal } from '../../core/routing/federation.ts';
import { policyFor } from '../../core/routing/policy.ts';
import { toastPolicyFor } from '../../core/toasts/policy.ts';
import { fit } from './fit.ts';
import { ConfigError, Problems } from './problems.ts';
import { type Known, resolveFederation, resolvePolicies, resolveToasts } from './rules.ts';
import { type ConfigFile, configSchema } from './schema.ts';

const alice = { id: personId('alice@contoso.example'), tenant: 'contoso.example' };
const grace = { id: personId('grace@fabrikam.example'), tenant: 'fabrikam.example' };
const known: Known = {
  domains: new Set(['contoso.example', 'fabrikam.example']),
  people: new Set([alice.id, grace.id]),
};

function read(given: unknown) {
  const problems = new Problems();
  const { policy, federation, toasts: givenToasts } = fit(configSchema, given, '', problems) as ConfigFile;
  problems.throwIfAny();
  const policies = resolvePolicies(policy, known, problems);
  const lists = resolveFederation(federation, known, problems);
  const toasts = resolveToasts(givenToasts, known, problems);
  problems.throwIfAny();
  return { policies, lists, toasts };
}

function problemsOf(given: unknown): readonly string[] {
  try {
    read(given);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('the rules of a configuration', () => {
  it('are bridged and open where nothing is said', () => {
    const { policies, lists } = read({});
    assert.equal(policyFor(policies, alice), 'bridged');
    assert.equal(federationRefusal(lists, alice, grace), undefined);
  });

  it('take one policy as a word, or several by tenant and person', () => {
    assert.equal(policyFor(read({ policy: 'microsoft' }).policies, alice), 'microsoft');
    const { policies } = read({
      policy: {
        tenants: { 'fabrikam.example': 'microsoft' },
        people: { 'Alice@contoso.example': 'microsoft' },
      },
    });
    assert.deepEqual(
      [alice, grace, { ...alice, id: personId('bob@contoso.example') }].map((who) =>
        policyFor(policies, who),
      ),
      ['microsoft', 'microsoft', 'bridged'],
    );
  });

  it('give a person one toast after the other, unless both at once are asked for', () => {
    const { toasts } = read({});
    assert.deepEqual([toastPolicyFor(toasts, alice), toasts.fallOverMs], ['single', 20_000]);
    assert.equal(toastPolicyFor(read({ toasts: { policy: 'dual' } }).toasts, grace), 'dual');
    const some = read({
      toasts: {
        policy: { tenants: { 'fabrikam.example': 'dual' }, people: { 'Alice@contoso.example': 'dual' } },
        fallOverMs: 5_000,
      },
    }).toasts;
    assert.deepEqual(
      [alice, grace, { ...alice, id: personId('bob@contoso.example') }].map((who) =>
        toastPolicyFor(some, who),
      ),
      ['dual', 'dual', 'single'],
    );
    assert.deepEqual(
      problemsOf({ toasts: { policy: { people: { 'alic@contoso.example': 'dual' } }, fallOverMs: 5_000 } }),
      ['toasts.policy.people.alic@contoso.example: nobody in the directory has this id'],
    );
    assert.match(problemsOf({ toasts: { policy: 'three' } })[0] ?? '', /^toasts\.policy: "three" is not/);
    assert.match(problemsOf({ toasts: { fallOverMs: 10 } })[0] ?? '', /^toasts\.fallOverMs: 10 is not/);
  });

  it('read as the documentation shows them', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    const [, example = ''] = /## Rules for some.*?```yaml\n(.*?)```/s.exec(page) ?? [];
    const { policies, lists } = read(parse(example));
    assert.equal(policyFor(policies, alice), 'microsoft');
    assert.equal(federationRefusal(lists, alice, grace), undefined);
    assert.equal(federationRefusal(lists, grace, { tenant: 'tailspin.example' })?.list, 'block');
    assert.equal(federationRefusal(lists, alice, { tenant: 'northwind.example' })?.list, 'allow');
  });

  it('are refused where a list names no domain as it is compared, or the tenant itself', () => {
    for (const domain of [
      'Fabrikam.example',
      'fabrikam.example.',
      'fabrikam',
      'f\u0430brikam.example',
      'fabri\u200bkam.example',
      'fabrikam.example/',
      'bob@fabrikam.example',
      '*.fabrikam.example',
    ])
      for (const list of ['allow', 'block'])
        assert.match(
          problemsOf({ federation: { [list]: [domain] } })[0] ?? '',
          new RegExp(`^federation\\.${list}\\[0\\]: .* is not a domain in lower case`),
          domain,
        );
    assert.deepEqual(
      problemsOf({
        federation: { tenants: { 'contoso.example': { allow: ['fabrikam.example', 'contoso.example'] } } },
      }),
      [
        'federation.tenants.contoso.example.allow[1]: contoso.example is the tenant itself, which is not federated with itself',
      ],
    );
  });

  it('are refused by path', () => {
    const problems = problemsOf({
      policy: { default: 'mine', tenants: { 'contoso.example': 'other' }, person: {} },
      federation: { block: ['Fabrikam.example'], alow: [] },
    });
    for (const expected of [
      /^policy\.default: "mine" is not bridged or microsoft/,
      /^policy\.tenants\.contoso\.example: "other" is not/,
      /^policy\.person: is not known here/,
      /^federation\.block\[0\]: "Fabrikam\.example" is not a domain in lower case/,
      /^federation\.alow: is not known here/,
    ])
      assert.ok(
        problems.some((problem) => expected.test(problem)),
        `${expected} in ${problems.join('; ')}`,
      );
  });

  it('about somebody who does not exist are refused: the name is mistaken', () => {
    assert.deepEqual(
      problemsOf({
        policy: {
          tenants: { 'contosso.example': 'microsoft' },
          people: { 'alic@contoso.example': 'microsoft' },
        },
        federation: { tenants: { 'fabrikan.example': {} } },
      }),
      [
        'policy.tenants.contosso.example: no tenant or person has this domain',
        'policy.people.alic@contoso.example: nobody in the directory has this id',
        'federation.tenants.fabrikan.example: no tenant or person has this domain',
      ],
    );
  });
});
