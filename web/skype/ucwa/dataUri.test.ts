import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codePoint } from '../../../test/kit/text.ts';
import { readDataUri, textToDataUri } from './dataUri.ts';

const text = fc.string({ unit: codePoint }).filter((s) => s.isWellFormed());

describe('a message as a data address', () => {
  it('keeps every text through writing and reading', () => {
    fc.assert(
      fc.property(text, (content) => {
        assert.deepEqual(readDataUri(textToDataUri(content)), { format: 'text', content });
      }),
    );
  });

  it('is read as UTF-8 from base64 too', () => {
    fc.assert(
      fc.property(text, (content) => {
        const href = `data:text/html;charset=utf-8;base64,${Buffer.from(content).toString('base64')}`;
        assert.deepEqual(readDataUri(href), { format: 'html', content });
      }),
    );
  });

  it('reads plus as a space, as pools write it', () => {
    assert.deepEqual(readDataUri('data:text/plain;charset=utf-8,Hi+Tosh%0d%0a'), {
      format: 'text',
      content: 'Hi Tosh\r\n',
    });
  });

  it('never throws, whatever stands there', () => {
    fc.assert(fc.property(fc.string(), (href) => void readDataUri(href)));
    assert.equal(readDataUri('https://contoso.example/'), undefined);
    assert.deepEqual(readDataUri('data:text/plain,100%'), { format: 'text', content: '100%' });
  });
});
