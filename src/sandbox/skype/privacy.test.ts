import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultPrivacy, type Member, type Privacy, placements, relationshipOf } from './privacy.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';
const peggy = 'peggy@fabrikam.example';

const viewer = fc.constantFrom(bob, peggy, 'carol@contoso.example', 'zoe@tailspin.example');
const member: fc.Arbitrary<Member> = fc.oneof(
  fc.record({ kind: fc.constant('user' as const), address: viewer }),
  fc.record({
    kind: fc.constant('domain' as const),
    domain: fc.constantFrom('contoso.example', 'fabrikam.example'),
  }),
  fc.record({ kind: fc.constantFrom('sameEnterprise', 'federated', 'publicCloud', 'everyone') }),
);
const privacy: fc.Arbitrary<Privacy> = fc
  .array(fc.tuple(fc.constantFrom(...placements), fc.array(member, { maxLength: 4 })))
  .map((entries) => new Map(entries));

describe('what somebody is to a person', () => {
  it('is colleague or external contact, until the person says otherwise', () => {
    assert.equal(relationshipOf(defaultPrivacy, alice, bob), 'colleague');
    assert.equal(relationshipOf(defaultPrivacy, alice, peggy), 'external');
  });

  it('is closest to themselves, whomever they block', () => {
    const all: Privacy = new Map([['blocked', [{ kind: 'everyone' }]]]);
    assert.equal(relationshipOf(all, alice, alice), 'personal');
    assert.equal(relationshipOf(all, alice, bob), 'blocked');
  });

  it('goes by the narrowest that names them', () => {
    const placed: Privacy = new Map<(typeof placements)[number], readonly Member[]>([
      ['blocked', [{ kind: 'domain', domain: 'fabrikam.example' }, { kind: 'sameEnterprise' }]],
      ['workgroup', [{ kind: 'user', address: peggy }]],
      ['external', [{ kind: 'everyone' }]],
    ]);
    assert.equal(relationshipOf(placed, alice, peggy), 'workgroup');
    assert.equal(relationshipOf(placed, alice, 'oscar@fabrikam.example'), 'blocked');
    assert.equal(relationshipOf(placed, alice, bob), 'blocked');
    assert.equal(relationshipOf(placed, alice, 'zoe@tailspin.example'), 'external');
  });

  it('is none for whom nothing names', () => {
    assert.equal(relationshipOf(new Map(), alice, bob), 'none');
    const cloud: Privacy = new Map([['blocked', [{ kind: 'publicCloud' }]]]);
    assert.equal(relationshipOf(cloud, alice, peggy), 'none');
  });

  it('is blocked for whoever is blocked by name, wherever else they are', () => {
    fc.assert(
      fc.property(privacy, viewer, (given, who) => {
        const blocked = [...(given.get('blocked') ?? []), { kind: 'user' as const, address: who }];
        assert.equal(relationshipOf(new Map([...given, ['blocked', blocked]]), alice, who), 'blocked');
      }),
    );
  });

  it('does not change for others when one person is placed', () => {
    fc.assert(
      fc.property(privacy, viewer, viewer, fc.constantFrom(...placements), (given, who, other, placement) => {
        fc.pre(who !== other);
        const members = [...(given.get(placement) ?? []), { kind: 'user' as const, address: who }];
        assert.equal(
          relationshipOf(new Map([...given, [placement, members]]), alice, other),
          relationshipOf(given, alice, other),
        );
      }),
    );
  });
});
