import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertKeepsNothing, assertNoBlowUp, mutatedText } from '../../../test/kit/fuzz.ts';
import type { Body } from '../message.ts';
import { quoteOf, readSkype, readTeams, toPlainText, toSkype, toTeams } from './text.ts';

const samples = [
  '<p>Hello <b>you</b>, <at id="0">Alice Adams</at> &amp; <i>all</i><br>next &#128512; line</p>',
  '<div><div itemprop="copy-paste-block">one<ul><li>two</li><li><a href="https://contoso.example/?a=1&amp;b=2">three</a></li></ul></div></div>',
  '<p>look: <img alt="a cat" src="../hostedContents/1/$value" itemtype="http://schema.skype.com/Emoji"><attachment id="1"></attachment></p>',
  '<blockquote><pre><code>let a = "&lt;b&gt;";</code></pre></blockquote><table><tr><td>x</td></tr></table>',
  '<span style="font-family:Segoe UI">Hi <script>alert(1)</script><style>p{}</style><!-- no --></span>',
];
const attachments = [{ id: '1', contentType: 'reference', name: 'plan.docx' }];
const skype = { maxBodyBytes: 8_000, formats: ['text', 'html'] } as const;
const allowed = /<(?!\/?(?:b|i|u|s|code|span|br ?\/?|a(?: href="[^"<>]*")?)>)/;

function everything(content: string): readonly Body[] {
  const read = [
    readTeams(content, 'html', attachments),
    readTeams(content, 'text'),
    readSkype(content, 'html'),
  ];
  const written = read.flatMap((body) => {
    quoteOf(body, 300);
    return [toSkype(body, skype), toTeams(body)].flatMap((out) => (out.kind === 'body' ? [out.body] : []));
  });
  toPlainText(content, 300);
  return [...read, ...written];
}

describe('any HTML', () => {
  it('becomes text or harmless HTML, whatever was done to it', () => {
    fc.assert(
      fc.property(mutatedText(...samples), (content) => {
        for (const body of everything(content))
          if (body.format === 'html') assert.doesNotMatch(body.html, allowed);
      }),
      { numRuns: 400 },
    );
  });

  const growing: Readonly<Record<string, (size: number) => string>> = {
    'deep nesting': (size) => `${'<b>'.repeat(size)}x${'</b>'.repeat(size)}`,
    'tags that never close': (size) => '<div><i>'.repeat(size),
    'ends of nothing': (size) => '</p></b>'.repeat(size),
    'many attributes': (size) => `<p ${'a="1" '.repeat(size)}>x</p>`,
    'a tag without end': (size) => `<p ${'<'.repeat(size)}`,
    entities: (size) => '&amp;&#x1F600;&'.repeat(size),
    'comments that never end': (size) => '<!--'.repeat(size),
    blanks: (size) => `${' '.repeat(size * 4)}x`,
    lists: (size) => '<ul><li>'.repeat(size),
    surrogates: (size) => '\ud83d'.repeat(size),
  };
  for (const [what, make] of Object.entries(growing))
    it(`takes no longer than its length explains: ${what}`, () => {
      assertNoBlowUp((size) => void everything(make(size)), 500);
    });

  it('leaves nothing behind', () => {
    assertKeepsNothing(() => {
      for (const sample of samples) everything(`${sample}${Math.random()}`);
    });
  });
});
