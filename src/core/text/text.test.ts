import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { codePoint } from '../../../test/kit/text.ts';
import type { Body } from '../message.ts';
import { cleanText, utf8Length } from './clean.ts';
import { quoteOf, readSkype, readTeams, type TextLimits, toPlainText, toSkype, toTeams } from './text.ts';

const plainOnly: TextLimits = { maxBodyBytes: 8000, formats: ['text'] };
const rich: TextLimits = { maxBodyBytes: 8000, formats: ['text', 'html'] };
const text = (content: string): Body => ({ format: 'text', text: content });

function plain(html: string): string {
  return toPlainText(html, 100_000);
}
function skype(body: Body, limits = rich): string {
  const converted = toSkype(body, limits);
  if (converted.kind === 'refused') return converted.id;
  return converted.body.format === 'text' ? converted.body.text : converted.body.html;
}
function teams(body: Body, maxBodyBytes = 28_000): string {
  const converted = toTeams(body, { maxBodyBytes });
  if (converted.kind === 'refused') return converted.id;
  return converted.body.format === 'text' ? 'text' : converted.body.html;
}

describe('a Teams message as plain text', () => {
  const cells: readonly (readonly [what: string, html: string, text: string])[] = [
    ['paragraphs', '<p>one</p>\n<p>two</p>', 'one\ntwo'],
    ['line breaks', '<div>one<br>two<br/>three<br></div><div>four</div>', 'one\ntwo\nthree\nfour'],
    ['an empty paragraph', '<p>one</p><p>&nbsp;</p><p>two</p>', 'one\n\ntwo'],
    ['blank space', '  <p> a \n\t b&nbsp;&nbsp;c </p> ', 'a b  c'],
    ['entities', '&lt;b&gt; &amp;amp; &eacute; &#x1F642;', '<b> &amp; é 🙂'],
    ['a mention', 'Hi <at id="0">Bob Brown</at>!', 'Hi @Bob Brown!'],
    ['an emoji', 'ok <emoji id="smile" alt="🙂" title="Smile"></emoji> then', 'ok 🙂 then'],
    ['an emoji as a picture', '<img itemtype="http://schema.skype.com/Emoji" alt="😀" src="x">', '😀'],
    ['a picture', '<p><img src="../hostedContents/1/$value" alt="image"></p>', '[picture]'],
    ['a named picture', '<img alt="a cat">', '[picture: a cat]'],
    [
      'a link',
      'see <a href="https://a.example/x?y=1&amp;z">this</a>.',
      'see this (https://a.example/x?y=1&z).',
    ],
    [
      'a link that says its address',
      '<a href="https://a.example/">https://a.example</a>',
      'https://a.example',
    ],
    ['a link to a script', '<a href="java&#10;script:alert(1)">x</a>', 'x'],
    ['a list', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>', '- a\n- b\n  - c'],
    ['a numbered list', '<ol><li><p>a</p></li><li>b</li></ol>', '1. a\n2. b'],
    ['a quote', '<blockquote><p>said</p><p>more</p></blockquote><p>answer</p>', '> said\n> more\nanswer'],
    ['a table', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a | b\nc'],
    ['preformatted text', '<pre>a  b\n  c</pre>', 'a  b\n  c'],
    ['a script', 'a<script>alert(1)</script>b<style>p{}</style>', 'ab'],
    ['comments and unknown elements', '<!-- c -->a<x-y z="1">b</x-y>', 'ab'],
    ['text that only looks like an element', 'a < b and 1<2', 'a < b and 1<2'],
  ];
  for (const [what, html, expected] of cells) it(`writes ${what}`, () => assert.equal(plain(html), expected));

  it('says in words what stands beside the text', () => {
    const attachments = [
      { id: '1', contentType: 'reference', name: 'plan.docx' },
      { id: '2', contentType: 'application/vnd.microsoft.card.adaptive', name: null },
      { id: '3', contentType: 'messageReference' },
    ];
    assert.deepEqual(
      readTeams(
        '<attachment id="3"></attachment><p>see</p><attachment id="1"></attachment>',
        'html',
        attachments,
      ),
      text('[quoted message]\nsee\n[file: plan.docx]\n[card]'),
    );
    assert.deepEqual(readTeams('<attachment id="9"></attachment>', 'html'), text('[attachment]'));
  });

  it('finds nothing in a system event', () => {
    const body = readTeams('<systemEventMessage/>', 'html');
    assert.deepEqual(toSkype(body, rich), { kind: 'refused', id: 'empty' });
  });

  it('takes text that is no HTML as it is', () => {
    assert.deepEqual(readTeams('1 < 2 &amp;\r\n<b>', 'text'), text('1 < 2 &amp;\n<b>'));
  });
});

describe('a message on its way to Skype for Business', () => {
  const body = readTeams('<p>a <strong>b</strong> <a href="https://a.example/">c</a></p><p>d</p>', 'html');

  it('keeps emphasis and links in one span where the peer takes HTML', () => {
    assert.equal(skype(body), '<span>a <b>b</b> <a href="https://a.example/">c</a><br/>d</span>');
  });
  it('becomes text where the peer takes text alone, or where it holds nothing else', () => {
    assert.equal(skype(body, plainOnly), 'a b c (https://a.example/)\nd');
    assert.equal(skype(text('<a> & b')), '<a> & b');
    assert.equal(skype(text('<a>'), { ...rich, formats: ['html'] }), '<span>&lt;a&gt;</span>');
  });
  it('gives up emphasis before it is too long, and is refused when the text alone is', () => {
    assert.equal(skype(body, { ...rich, maxBodyBytes: 40 }), 'a b c (https://a.example/)\nd');
    assert.equal(skype(body, { ...rich, maxBodyBytes: 20 }), 'too-long');
    assert.equal(skype(text('é'.repeat(10)), { ...plainOnly, maxBodyBytes: 20 }), 'é'.repeat(10));
    assert.equal(skype(text('é'.repeat(11)), { ...plainOnly, maxBodyBytes: 20 }), 'too-long');
  });
});

describe('a message on its way to Teams', () => {
  it('is HTML with its text escaped', () => {
    assert.equal(teams(text('a <b> & "c"\n  d')), 'a &lt;b&gt; &amp; &quot;c&quot;<br>\u00A0\u00A0d');
  });
  it('keeps what Skype for Business emphasised and nothing of its style', () => {
    const body = readSkype(
      '<span style="font-size:10pt" onclick="x()"><div>a <i>b</i></div><div>c</div></span>',
      'html',
    );
    assert.equal(teams(body), 'a <i>b</i><br>c');
  });
  it('is refused when it is empty or too long', () => {
    assert.equal(teams(text(' \n\u0000\u202E')), 'empty');
    assert.equal(teams(text('a'.repeat(28_001))), 'too-long');
  });
});

describe('a quote', () => {
  it('is one line, cut between graphemes', () => {
    assert.equal(quoteOf(text('one\n two'), 100), 'one two');
    assert.equal(quoteOf(text('ab👨‍👩‍👧cd'), 10), 'ab…');
    assert.equal(quoteOf(text('ab👨‍👩‍👧cd'), 22), 'ab👨‍👩‍👧cd');
    assert.equal(quoteOf(text(`e${'\u0301'.repeat(100)}`), 12), `e${'\u0301'.repeat(4)}…`);
  });
  it('never has more bytes than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), fc.nat(60), (content, max) => {
        const quote = quoteOf(text(content), max);
        assert.ok(utf8Length(quote) <= max);
        assert.ok(quote.isWellFormed());
      }),
    );
  });
});

const scrap = fc.oneof(
  fc.constantFrom(
    ...'<b> </b> <i> <p> </p> <br> <script> </script> <a href="https://x.example/?a&b"> <a href="javascript:x"> </a> <li> <ul> <ol> </ol> <pre> </pre> <blockquote> <img onerror=x alt="<b>"> <svg/onload=x> <at id=0> <style> </style> <!-- --> <![CDATA[ ]]> &lt;script&gt; &#0; &#x202e; &nbsp; &amp; < > " \' " > = / \u0000 \u202E \uD800 \r\n \t'.split(
      ' ',
    ),
    ' ',
    '\u00A0',
    '\n',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const soup = fc.array(scrap, { maxLength: 40 }).map((parts) => parts.join(''));
const anyBody = fc.oneof(
  soup.map(text),
  soup.map((html): Body => ({ format: 'html', html })),
  soup.map((html) => readTeams(html, 'html')),
  soup.map((html) => readSkype(html, 'html')),
);

const safeTag = /^<(?:\/?(?:span|b|i|u|s|code)|br\/?|a href="(?:https?|mailto):[^"<>]*"|\/a)>/;

function assertSafe(html: string): void {
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1))
    assert.match(html.slice(at), safeTag, html);
  assert.equal(cleanText(html), html);
}

describe('whatever is sent', () => {
  it('leaves nothing but the safe elements, well-formed, and no hidden characters', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const toward = toSkype(body, { maxBodyBytes: 1_000_000, formats: ['html'] });
        if (toward.kind === 'body' && toward.body.format === 'html') {
          assertSafe(toward.body.html);
          const xml = new SaxesParser();
          const roots: string[] = [];
          let depth = 0;
          xml.on('opentag', ({ name }) => void (depth++ === 0 && roots.push(name)));
          xml.on('closetag', () => void depth--);
          xml.write(toward.body.html).close();
          assert.deepEqual(roots, ['span']);
        }
        const back = toTeams(body);
        if (back.kind === 'body' && back.body.format === 'html') assertSafe(back.body.html);
      }),
      { numRuns: 500 },
    );
  });

  it('is converted once: converting again changes nothing', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const once = teams(body);
        assert.equal(teams({ format: 'html', html: once }), once);
        const there = toSkype(body, rich);
        if (there.kind === 'body') assert.deepEqual(toSkype(there.body, rich), there);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused as empty on both sides or on neither', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        assert.equal(teams(body) === 'empty', skype(body) === 'empty');
      }),
    );
  });

  it('comes back as it went when it is text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (content) => {
        const lines = cleanText(content).replaceAll('\t', '    ').replaceAll('\u00A0', ' ').split('\n');
        const expected = lines.map((line) => line.trimEnd()).join('\n');
        const html = toTeams(text(content));
        if (html.kind === 'body' && html.body.format === 'html')
          assert.equal(plain(html.body.html), expected.replace(/^\n+|\n+$/g, ''));
      }),
    );
  });

  it('takes time and room in proportion to its length', () => {
    const repeat = 40_000;
    const bombs = [
      '<b>'.repeat(repeat) + '</i>'.repeat(repeat),
      '<p><b>'.repeat(repeat),
      '<li>x'.repeat(repeat),
      `${'<ul><li>'.repeat(repeat)}x`,
      '<blockquote>x'.repeat(repeat),
      `<a href="https://x.example/${'y'.repeat(1900)}">${'x<br>'.repeat(repeat)}`,
      `<img alt="${'x'.repeat(repeat * 4)}">`,
      `<a ${'x=1 '.repeat(repeat)}>`,
      '<'.repeat(repeat),
      '&'.repeat(repeat),
      '&amp;'.repeat(repeat),
      '<!--'.repeat(repeat),
      ' '.repeat(repeat * 4),
      `x${' '.repeat(repeat * 4)}y`,
      '\u00A0'.repeat(repeat),
      '\u0000'.repeat(repeat),
      `e${'\u0301'.repeat(repeat)}`,
      '👨‍👩‍👧'.repeat(repeat),
      'x<i>y</i>'.repeat(repeat),
    ];
    const began = process.hrtime.bigint();
    for (const bomb of bombs) {
      const body = readTeams(bomb, 'html');
      const room = body.format === 'text' ? body.text.length : body.html.length;
      assert.ok(room < 40 * bomb.length + 3000, `${bomb.slice(0, 20)} became ${room}`);
      assert.ok(utf8Length(quoteOf(body, 200)) <= 200);
      skype(body);
      teams(body);
    }
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    assert.ok(seconds < 20, `${seconds} s`);
  });
});
