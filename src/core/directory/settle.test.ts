import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { somebody } from '../../../test/kit/people.ts';
import type { PersonId } from '../ids.ts';
import type { Person } from '../people.ts';
import { settle } from './settle.ts';

const alice = somebody('alice');
const bob = somebody('bob');
const carol = somebody('carol');
const at = (person: Person, name: string): Person => ({
  ...person,
  skype: { home: 'online', sip: `sip:${name}@contoso.example`, pool: 'online' },
});
const among =
  (...people: readonly Person[]) =>
  (id: PersonId) =>
    people.find((person) => person.id === id);
const nobody = among();

describe('people named one by one and people read', () => {
  it('are everybody together where no two share a name', () => {
    assert.deepEqual(settle([alice], [bob, carol], nobody), { people: [alice, bob, carol], conflicts: [] });
  });

  it('keep out both of two new ones with one address, whatever their order, and take everybody else', () => {
    for (const read of [
      [at(alice, 'shared'), bob, at(carol, 'shared')],
      [at(carol, 'shared'), at(alice, 'shared'), bob],
    ]) {
      const { people, conflicts } = settle([], read, nobody);
      assert.deepEqual(people, [bob]);
      assert.deepEqual(
        conflicts.map(({ person, field, because }) => `${person}, ${field}: ${because}`).sort(),
        [
          'alice@contoso.example, sip: shared@contoso.example is also that of carol@contoso.example',
          'carol@contoso.example, sip: shared@contoso.example is also that of alice@contoso.example',
        ],
      );
    }
  });

  it('leave the address with whom it was, where somebody else claims it now', () => {
    const before = among(alice, bob);
    assert.deepEqual(settle([], [alice, at(bob, 'alice')], before).people, [alice, bob]);
    assert.deepEqual(settle([], [at(carol, 'alice'), alice], before).people, [alice]);
  });

  it('let two exchange their addresses', () => {
    const read = [at(alice, 'bob'), at(bob, 'alice')];
    const names = (people: readonly Person[]) =>
      people.map(({ skype }) => skype.home !== 'none' && skype.sip);
    // Of an address that is another's id nobody can tell whose it is.
    assert.deepEqual(names(settle([], read, among(alice, bob)).people), names([alice, bob]));
    const free = [at(alice, 'one'), at(bob, 'two')];
    const exchanged = [at(alice, 'two'), at(bob, 'one')];
    assert.deepEqual(settle([], exchanged, among(...free)), { people: exchanged, conflicts: [] });
  });

  it('leave those who were named as they are, also where one read was there before', () => {
    const named = at(alice, 'bob');
    assert.deepEqual(settle([named], [bob], among(bob)).people, [named]);
  });

  it('never share a name, and lose nobody whom no conflict concerns', () => {
    const names = ['alice', 'bob', 'carol', 'dave'].map((name) => somebody(name));
    const some = fc.array(
      fc.tuple(fc.constantFrom(...names), fc.constantFrom('one', 'two', 'alice', 'dave')),
      { maxLength: 6 },
    );
    const persons = (drawn: readonly (readonly [Person, string])[]) =>
      drawn.map(([person, name]) => at(person, name));
    fc.assert(
      fc.property(some, some, (read, before) => {
        const candidates = persons(read);
        const { people, conflicts } = settle([], candidates, among(...persons(before)));
        const owners = new Map<string, Person>();
        for (const person of people)
          for (const name of new Set([
            person.id,
            person.skype.home !== 'none' && person.skype.sip.slice(4),
          ])) {
            if (name === false) continue;
            assert.ok(!owners.has(name), `${name} twice`);
            owners.set(name, person);
          }
        const concerned = new Set<string>(conflicts.map(({ person }) => person));
        for (const candidate of candidates)
          assert.ok(concerned.has(candidate.id) || people.includes(candidate), candidate.id);
      }),
    );
  });
});
