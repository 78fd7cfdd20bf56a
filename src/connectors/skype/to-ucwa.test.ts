import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { somebody } from '../../../test/kit/people.ts';
import { capabilities } from './capabilities.ts';
import { noticeText, proxyTitle, textInTheNameOf, textOf } from './to-ucwa.ts';

const dave = somebody('dave', { home: 'none' });

describe('what is written in SfB', () => {
  it('is the text alone, without the marks of its HTML', () => {
    assert.deepEqual(textOf({ format: 'html', html: 'Hello <b>you</b>' }), {
      kind: 'text',
      text: 'Hello you',
    });
  });

  it('names an author who cannot write in their own name, on one line', () => {
    const author = { ...dave, displayName: 'Dave\r\n(the other one)' };
    assert.deepEqual(textInTheNameOf(author, { format: 'text', text: 'Hello' }), {
      kind: 'text',
      text: 'Dave (the other one) (Teams): Hello',
    });
  });

  it('names them and where they write, but for who writes in SfB, by 64 characters at most', () => {
    const author = { ...dave, displayName: `  ${'D'.repeat(80)} ` };
    assert.equal(proxyTitle(author), `${'D'.repeat(64)} (Teams)`);
    assert.equal(proxyTitle(author, 'skype'), 'D'.repeat(64));
    assert.equal(proxyTitle({ ...dave, displayName: ' Dave ' }), 'Dave (Teams)');
  });

  it('is refused when nothing is left or too much', () => {
    assert.deepEqual(textOf({ format: 'text', text: ' \n ' }), { kind: 'refused', id: 'empty' });
    const long = 'x'.repeat(capabilities.maxBodyBytes + 1);
    assert.deepEqual(textInTheNameOf(dave, { format: 'text', text: long }), {
      kind: 'refused',
      id: 'too-long',
    });
  });

  it('stays below what pools take, name included', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (name, text) => {
          const outgoing = textInTheNameOf({ ...dave, displayName: name }, { format: 'text', text });
          if (outgoing.kind === 'text') assert.ok(Buffer.byteLength(outgoing.text) <= 8_192);
        },
      ),
    );
  });

  it('says who did not get what, and why', () => {
    const text = noticeText(
      dave,
      { id: 'offline', side: 'teams', person: 'Dave' },
      { format: 'text', text: 'Lunch?' },
    );
    assert.match(text, /^Not delivered to Dave: Dave is offline in Teams\. .*\n> Lunch\?$/);
  });
});
