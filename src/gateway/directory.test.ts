import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { somebody } from '../../test/kit/people.ts';
import type { Person } from '../core/people.ts';
import { createDirectory, type Directory, type DirectoryChange, type PersonChange } from './directory.ts';

const alice = somebody('alice');
const bob = somebody('bob');
const carol = somebody('carol', { home: 'onPrem' });

function everything(directory: Directory) {
  return [...directory.people()].map((person) => ({
    person,
    byObjectId: person.teams.kind === 'account' ? directory.byObjectId(person.teams.objectId) : person,
    bySip: person.skype.home === 'none' ? person : directory.bySip(person.skype.sip),
  }));
}

describe('a directory whose people change', () => {
  it('knows a person by the new names from the change on, and by the old no longer', () => {
    const directory = createDirectory([alice, bob]);
    const moved: Person = {
      ...alice,
      skype: { home: 'onPrem', sip: 'sip:alice.new@contoso.example', pool: 'onPrem' },
    };
    directory.apply({ kind: 'put', person: moved });
    assert.equal(directory.person(alice.id), moved);
    assert.equal(directory.bySip('sip:Alice.New@contoso.example;gruu'), moved);
    assert.equal(directory.bySip('sip:alice@contoso.example'), undefined);
  });

  it('refuses a name that is another person’s, and says whose, and changes nothing', () => {
    const directory = createDirectory([alice, bob]);
    const before = everything(directory);
    const outcome = directory.apply({ kind: 'put', person: { ...alice, skype: bob.skype } });
    assert.deepEqual(outcome, {
      kind: 'refused',
      shared: [{ name: 'bob@contoso.example', people: [bob.id, alice.id] }],
    });
    assert.deepEqual(everything(directory), before);
  });

  it('replaces everybody or nobody', () => {
    const directory = createDirectory([alice, bob]);
    const twice = directory.apply({ kind: 'replace', people: [carol, { ...alice, skype: carol.skype }] });
    assert.equal(twice.kind, 'refused');
    assert.deepEqual([...directory.people()], [alice, bob]);
    directory.apply({ kind: 'replace', people: [carol, { ...bob, mode: 'TeamsOnly' }] });
    assert.deepEqual(
      [...directory.people()].map(({ id }) => id),
      [carol.id, bob.id],
    );
    assert.equal(directory.person(alice.id), undefined);
  });

  it('tells listeners who was added, changed and removed, and nothing of those who stay the same', () => {
    const directory = createDirectory([alice, bob]);
    const told: PersonChange[] = [];
    using listening = directory.listen((changed) => told.push(...changed));
    assert.ok(listening);
    const upgraded: Person = { ...bob, mode: 'TeamsOnly' };
    directory.apply({ kind: 'replace', people: [structuredClone(alice), upgraded, carol] });
    directory.apply({ kind: 'remove', person: alice.id });
    assert.deepEqual(told, [
      { kind: 'changed', before: bob, after: upgraded },
      { kind: 'added', after: carol },
      { kind: 'removed', before: alice },
    ]);
  });

  it('no longer tells a listener that has ended', () => {
    const directory = createDirectory([alice]);
    let told = 0;
    directory.listen(() => told++)[Symbol.dispose]();
    directory.apply({ kind: 'remove', person: alice.id });
    assert.equal(told, 0);
  });

  it('finds everybody by every name after any changes, as a directory made afresh would', () => {
    const names = ['a', 'b', 'c', 'd'] as const;
    const person = fc
      .record({ id: fc.constantFrom(...names), sip: fc.constantFrom(...names), object: fc.nat(3) })
      .map(({ id, sip, object }): Person => {
        const made = somebody(id);
        const objectId = `00000000-0000-4000-8000-00000000000${object}`;
        return {
          ...made,
          teams: { kind: 'account', objectId, upn: made.id },
          skype: { home: 'online', sip: `sip:${sip}@contoso.example`, pool: 'online' },
        };
      });
    const change: fc.Arbitrary<DirectoryChange> = fc.oneof(
      person.map((value): DirectoryChange => ({ kind: 'put', person: value })),
      person.map(({ id }): DirectoryChange => ({ kind: 'remove', person: id })),
      fc.array(person, { maxLength: 3 }).map((people): DirectoryChange => ({ kind: 'replace', people })),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const directory = createDirectory([]);
        for (const each of changes) {
          const before = everything(directory);
          const outcome = directory.apply(each);
          if (outcome.kind === 'refused') assert.deepEqual(everything(directory), before);
          for (const { person: one, byObjectId, bySip } of everything(directory)) {
            assert.equal(byObjectId, one);
            assert.equal(bySip, one);
          }
        }
        const afresh = createDirectory([...directory.people()]);
        for (const name of names)
          assert.equal(directory.bySip(`${name}@contoso.example`), afresh.bySip(`${name}@contoso.example`));
      }),
    );
  });
});
