import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toEdits } from './fromApi.ts';
import type { Edit } from './model.ts';
import { editLines, undoWords } from './words.ts';

const removed: Edit = {
  id: 'bob@contoso.example',
  name: 'Bob Brown',
  kind: 'removed',
  at: 1,
  given: {},
  source: { displayName: 'Bob Brown', mode: 'Legacy' },
};

describe('what operators did about people', () => {
  it('is told fact by fact, beside what the sources say', () => {
    const edit: Edit = {
      ...removed,
      kind: 'edited',
      given: { mode: 'TeamsOnly', sip: 'sip:b@contoso.example' },
      source: { mode: 'Legacy' },
    };
    assert.deepEqual(editLines(edit), [
      'Mode: TeamsOnly (the sources: Legacy)',
      'SIP address: sip:b@contoso.example (the sources: nothing)',
    ]);
    assert.deepEqual(editLines({ ...edit, given: { mode: 'TeamsOnly' }, source: undefined }), [
      'Mode: TeamsOnly',
      'No source names this person, so it has no effect.',
    ]);
    assert.deepEqual(editLines(removed), ['The sources say Mode: Legacy']);
  });

  it('says before it is taken back who will be there', () => {
    assert.match(undoWords(removed), /^Bob Brown will be back/);
    const added: Edit = { ...removed, kind: 'added', name: 'Dora', given: {}, source: undefined };
    assert.equal(undoWords(added), 'No source names Dora: the person will be gone.');
    assert.equal(toEdits({ edits: [{ person: 'bob@contoso.example' }] })[0]?.name, 'bob@contoso.example');
  });

  it('is read whatever it is, a time that is none as unknown', () => {
    assert.equal(toEdits({ edits: [{ at: 'yesterday' }] })[0]?.at, undefined);
    fc.assert(
      fc.property(fc.anything(), (edits) => {
        for (const edit of toEdits({ edits })) assert.ok(editLines(edit).join() + undoWords(edit));
      }),
    );
    fc.assert(fc.property(fc.anything(), (value) => void toEdits(value)));
  });
});
