import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { somebody } from '../../test/kit/people.ts';
import { editsOf } from './people-edits.ts';

const bob = somebody('bob');

describe('what operators did about people', () => {
  it('is told the newest first, those of an unknown time last', () => {
    const edits = editsOf(
      {
        'bob@contoso.example': { kind: 'removed' },
        'carol@contoso.example': { kind: 'added', fields: { displayName: 'Carol' }, at: 1 },
        'dave@contoso.example': { kind: 'edited', fields: { mode: 'Islands' }, at: 2 },
      },
      [[bob]],
    );
    assert.deepEqual(
      edits.map(({ person, at }) => [person, at]),
      [
        ['dave@contoso.example', 2],
        ['carol@contoso.example', 1],
        ['bob@contoso.example', undefined],
      ],
    );
  });

  it('stands beside what the first source that names the person says of the same facts', () => {
    const [edit] = editsOf({ [bob.id]: { kind: 'edited', fields: { mode: 'Islands' }, at: 1 } }, [
      [{ ...bob, mode: 'SfBOnly' }],
      [bob],
    ]);
    assert.deepEqual([edit?.given, edit?.source], [{ mode: 'Islands' }, { mode: 'SfBOnly' }]);
    assert.equal(edit?.displayName, bob.displayName);
  });

  it('tells everything that a source says of somebody who was removed, and nothing where none names them', () => {
    const [removed] = editsOf({ [bob.id]: { kind: 'removed', at: 1 } }, [[bob]]);
    assert.equal(removed?.source?.['displayName'], bob.displayName);
    const [added] = editsOf({ [bob.id]: { kind: 'added', fields: { mode: 'Islands' }, at: 1 } }, [[]]);
    assert.deepEqual([added?.given, added?.source], [{ mode: 'Islands' }, undefined]);
  });
});
