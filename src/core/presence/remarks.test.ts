import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  fromSkypeNote,
  fromTeamsRemarks,
  longestSkypeNote,
  longestStatusMessage,
  noRemarks,
  noteOf,
  type Remarks,
  sameRemarks,
  toSkypeNote,
  toStatusMessage,
} from './remarks.ts';
import { renderedOn } from './remarks-mirror.ts';

const note = (text: string): Remarks => ({ ...noRemarks, note: noteOf(text) });
const status = (content: string, contentType: 'text' | 'html' = 'text') =>
  toSkypeNote(fromTeamsRemarks({ statusMessage: { content, contentType }, outOfOffice: undefined }));

describe('a status message of Teams as a note in SfB', () => {
  it('is its plain text', () => {
    assert.equal(status('At <b>lunch</b>'), 'At <b>lunch</b>');
    assert.equal(status('<p>At <b>lunch</b> &amp; back</p><p>at two</p>', 'html'), 'At lunch & back\nat two');
    assert.equal(status('<script>alert(1)</script>', 'html'), '');
  });

  it('is without the mark that Teams puts behind one that is to be shown to who writes', () => {
    assert.equal(status('Lunch<pinnednote></pinnednote>'), 'Lunch');
    assert.equal(status('<p>Lunch</p><pinnednote></pinnednote>', 'html'), 'Lunch');
  });

  it('is none where there is nothing in it', () => {
    for (const content of ['', '  \n ', '\u202E', '<pinnednote></pinnednote>'])
      assert.deepEqual(
        fromTeamsRemarks({ statusMessage: { content, contentType: 'text' }, outOfOffice: undefined }),
        noRemarks,
      );
  });
});

describe('out of office', () => {
  it('is put into words, above the person’s own, since neither network lets it be set', () => {
    const out = fromTeamsRemarks({
      statusMessage: { content: 'Lunch', contentType: 'text' },
      outOfOffice: '<div>Back on <b>Monday</b></div>',
    });
    assert.equal(toSkypeNote(out), 'Out of office: Back on Monday');
    assert.equal(
      toStatusMessage(fromSkypeNote('Back on Monday', 'OutOfOffice')),
      'Out of office: Back on Monday',
    );
    assert.equal(toStatusMessage(fromSkypeNote('', 'OutOfOffice')), 'Out of office');
  });
});

describe('a text that is too long for the other side', () => {
  it('is shortened between graphemes', () => {
    const family = '👨‍👩‍👧‍👦';
    const long = note(family.repeat(100));
    const short = toStatusMessage(long);
    assert.ok(short.length <= longestStatusMessage);
    assert.match(short, new RegExp(`^(?:${family})+…$`, 'u'));
  });

  it('never is longer than the side takes, whatever it is made of', () => {
    const odd = fc.constantFrom('a', ' ', '\n', 'é', '👨‍👩‍👧‍👦', '🇩🇪', '한', '\ud83d', '\ude00', '\u0301');
    const texts = fc.string({ unit: odd, maxLength: 700, size: 'max' });
    fc.assert(
      fc.property(texts, (text) => {
        const remarks = note(text);
        assert.ok(toStatusMessage(remarks).length <= longestStatusMessage);
        assert.ok(toSkypeNote(remarks).length <= longestSkypeNote);
        assert.ok(toSkypeNote(remarks).isWellFormed());
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a side shows of remarks', () => {
  it('reads as the same when it is read and said again', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 700 });
    fc.assert(
      fc.property(texts, fc.boolean(), fc.constantFrom('teams', 'skype'), (text, isOut, side) => {
        const remarks: Remarks = isOut ? fromSkypeNote(text, 'OutOfOffice') : note(text);
        const once = renderedOn(side, remarks);
        assert.ok(sameRemarks(renderedOn(side, once), once), JSON.stringify(once));
      }),
      { numRuns: 500 },
    );
  });
});
