import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sanitise } from './sanitise.ts';

const html = (content: string) => sanitise({ contentType: 'html', content }).content;

describe('what Teams keeps of a message', () => {
  it('is all of a plain text, markup included', () => {
    const body = { contentType: 'text', content: '<script>1 < 2</script>' } as const;
    assert.equal(sanitise(body), body);
  });

  it('is formatting, mentions and attachments', () => {
    const content =
      '<p>Hi <at id="0">Bob</at>, <b>see</b> <a href="https://a.example/">this</a></p><attachment id="1"></attachment>';
    assert.equal(html(content), content);
  });

  for (const [what, content] of [
    ['scripts', '<p>a<script>alert(1)</script></p>'],
    ['handlers', '<p onclick="alert(1)">a</p>'],
    ['script links', '<a href="javascript:alert(1)">a</a>'],
    ['script links in disguise', '<a href="java\nscript:alert(1)">a</a>'],
    ['frames', '<iframe src="https://evil.example"></iframe>a'],
    ['styles', '<style>p{}</style><p style="background:url(https://evil.example/alert)">a</p>'],
    ['inline pictures that are code', '<img src="data:image/svg+xml,<svg onload=alert(1)>">a'],
  ] as const) {
    it(`is free of ${what}`, () =>
      assert.doesNotMatch(html(content), /script|onclick|iframe|alert|evil|data:/));
  }

  it('does not change when it is sanitised again', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<p>',
        '</p>',
        '<b onclick=x>',
        '<script>',
        '</script>',
        '<at id="0">',
        '&lt;',
        '<!--',
        '"',
        "'",
        '<a href="x:y">',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = html(pieces.join(''));
        assert.equal(html(once), once);
      }),
    );
  });
});
