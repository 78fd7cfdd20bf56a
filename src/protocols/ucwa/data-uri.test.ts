import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codePoint } from '../../../test/kit/text.ts';
import { decodeDataUri, encodeDataUri } from './data-uri.ts';

const text = fc.string({ unit: codePoint }).map((value) => value.toWellFormed());
const contentType = fc.constantFrom('text/plain' as const, 'text/html' as const);

describe('text in a data URI', () => {
  it('is written as real pools write it', () => {
    assert.equal(
      encodeDataUri({ contentType: 'text/plain', text: 'Hi Tosh\r\n' }).toLowerCase(),
      'data:text/plain;charset=utf-8,hi+tosh%0d%0a',
    );
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(text, contentType, (value, type) => {
        const uri = encodeDataUri({ contentType: type, text: value });
        assert.match(uri, /^data:text\/(plain|html);charset=utf-8,[\w.*+%-]*$/);
        assert.deepEqual(decodeDataUri(uri), { contentType: type, text: value });
      }),
    );
  });

  it('is read from base64 too, with the charset before or after', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(';base64', ';charset=utf-8;base64', ';base64;charset=utf-8'),
        (value, how) => {
          const uri = `data:text/html${how},${Buffer.from(value).toString('base64')}`;
          assert.deepEqual(decodeDataUri(uri), { contentType: 'text/html', text: value });
        },
      ),
    );
  });

  it('is refused where it is no text, not encoded or no URI at all, and nothing throws', () => {
    for (const uri of [
      '',
      'http://x/',
      'data:image/png;base64,AAAA',
      'data:text/plain,%',
      'data:text/plain;base64,*',
    ]) {
      assert.equal(decodeDataUri(uri), undefined, uri);
    }
    assert.equal(decodeDataUri('data:text/plain;base64,/////w=='), undefined, 'not UTF-8');
    fc.assert(fc.property(fc.string(), (rest) => void decodeDataUri(`data:text/plain${rest}`)));
  });
});
