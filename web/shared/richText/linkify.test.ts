import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { webUrl } from '../../../test/kit/text.ts';
import { linkify } from './linkify.ts';
import { fromPlainText, textOf } from './tree.ts';

describe('web addresses in text', () => {
  it('become links, without the full stop that ends the sentence', () => {
    assert.deepEqual(linkify(fromPlainText('See https://contoso.example/a?b=c.')), [
      { kind: 'text', text: 'See ' },
      {
        kind: 'link',
        href: 'https://contoso.example/a?b=c',
        children: [{ kind: 'text', text: 'https://contoso.example/a?b=c' }],
      },
      { kind: 'text', text: '.' },
    ]);
  });

  it('leave the text as it is, and lead nowhere but to the web', () => {
    const part = fc.oneof(
      fc.string(),
      webUrl(),
      fc.constantFrom(' ', 'javascript:x', 'http://', 'https://x', '.'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const nodes = fromPlainText(parts.join(''));
        const linked = linkify(nodes);
        assert.equal(textOf(linked), textOf(nodes));
        for (const node of linked) if (node.kind === 'link') assert.match(node.href, /^https?:\/\//);
      }),
    );
  });
});
