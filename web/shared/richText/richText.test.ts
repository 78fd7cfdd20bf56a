import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codePoint, webUrl } from '../../../test/kit/text.ts';
import { type DomNode, fromDom, safeHref } from './fromDom.ts';
import { fromPlainText, paragraphsOf, preview, type RichNode, richTags, textOf } from './tree.ts';

function text(value: string): DomNode {
  return { nodeType: 3, nodeName: '#text', nodeValue: value, childNodes: [] };
}

function element(
  name: string,
  children: readonly DomNode[] = [],
  attributes: Readonly<Record<string, string>> = {},
): DomNode {
  return {
    nodeType: 1,
    nodeName: name.toUpperCase(),
    nodeValue: null,
    childNodes: children,
    getAttribute: (attribute) => attributes[attribute] ?? null,
  };
}

const anyName = fc.oneof(
  fc.constantFrom(
    ...richTags,
    'a',
    'b',
    'script',
    'style',
    'iframe',
    'svg',
    'img',
    'font',
    'constructor',
    '__proto__',
  ),
  fc.string(),
);
const anyDom = fc.letrec<{ node: DomNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.string().map(text),
    fc
      .tuple(
        anyName,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom('href', 'onclick', 'style', 'alt', 'src'),
          fc.oneof(fc.string(), webUrl()),
        ),
      )
      .map(([name, children, attributes]) => element(name, children, attributes)),
  ),
})).node;

function everyNode(nodes: readonly RichNode[]): readonly RichNode[] {
  return nodes.flatMap((node) => [node, ...('children' in node ? everyNode(node.children) : [])]);
}

describe('message markup', () => {
  it('keeps emphasis, lists, quotes and code under their plain names', () => {
    const nodes = fromDom([
      element('p', [text('a '), element('B', [text('b')]), element('i', [text('c')])]),
      element('ul', [element('li', [text('d')])]),
    ]);
    assert.deepEqual(nodes, [
      {
        kind: 'element',
        tag: 'p',
        children: [
          { kind: 'text', text: 'a ' },
          { kind: 'element', tag: 'strong', children: [{ kind: 'text', text: 'b' }] },
          { kind: 'element', tag: 'em', children: [{ kind: 'text', text: 'c' }] },
        ],
      },
      {
        kind: 'element',
        tag: 'ul',
        children: [{ kind: 'element', tag: 'li', children: [{ kind: 'text', text: 'd' }] }],
      },
    ]);
  });

  it('drops what is not for readers, and of anything else unknown keeps the words', () => {
    const nodes = fromDom([
      element('script', [text('alert(1)')]),
      element('style', [text('body{}')]),
      element('font', [text('kept')]),
      element('svg', [element('script', [text('alert(2)')])]),
    ]);
    assert.deepEqual(nodes, [{ kind: 'text', text: 'kept' }]);
  });

  it('names an image by its alternative text and never loads it', () => {
    assert.deepEqual(
      fromDom([element('img', [], { src: 'https://evil.example/x', alt: 'a cat', onerror: 'x()' })]),
      [{ kind: 'image', alt: 'a cat' }],
    );
  });

  it('makes a link of http, https and mailto alone', () => {
    assert.equal(safeHref('https://contoso.example/a?b=c'), 'https://contoso.example/a?b=c');
    assert.equal(safeHref(' mailto:bob@contoso.example'), 'mailto:bob@contoso.example');
    for (const href of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\tscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      '//evil.example',
      '/console',
      '',
      'file:///etc/passwd',
    ])
      assert.equal(safeHref(href), undefined, href);
    assert.deepEqual(fromDom([element('a', [text('x')], { href: 'javascript:alert(1)' })]), [
      { kind: 'text', text: 'x' },
    ]);
  });

  it('never yields a tag off the list or a link of another scheme, whatever came in', () => {
    fc.assert(
      fc.property(fc.array(anyDom, { maxLength: 4 }), (dom) => {
        for (const node of everyNode(fromDom(dom))) {
          if (node.kind === 'element') assert.ok(richTags.includes(node.tag));
          if (node.kind === 'link') assert.match(node.href, /^(https?|mailto):/);
        }
      }),
    );
  });

  it('ends at a depth that no person writes', () => {
    let node = text('deep');
    for (let depth = 0; depth < 5000; depth += 1) node = element('div', [node]);
    assert.ok(everyNode(fromDom([node])).length <= 33);
  });
});

describe('message text', () => {
  it('gives paragraphs in order, without the empty ones', () => {
    const nodes = fromDom([
      element('p', [text('Not delivered to Bob Brown: Bob Brown is offline.')]),
      element('p', []),
      element('blockquote', [element('p', [text('Hi'), element('br'), text('there')])]),
      element('p', [text('Message 1700000000000')]),
    ]);
    assert.deepEqual(paragraphsOf(nodes), [
      'Not delivered to Bob Brown: Bob Brown is offline.',
      'Hi',
      'there',
      'Message 1700000000000',
    ]);
  });

  it('keeps plain text as it is, line by line', () => {
    assert.deepEqual(fromPlainText('<b>a</b>\r\nb\n'), [
      { kind: 'text', text: '<b>a</b>' },
      { kind: 'break' },
      { kind: 'text', text: 'b' },
    ]);
    fc.assert(
      fc.property(fc.string(), (s) => {
        assert.equal(textOf(fromPlainText(s)), s.replace(/\r\n?/g, '\n').replace(/\n+$/, ''));
      }),
    );
  });

  it('has a preview of one line and no half characters', () => {
    assert.equal(preview(fromPlainText('a\nb   c')), 'a b c');
    fc.assert(
      fc.property(
        fc.string({ unit: codePoint, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (s, max) => {
          const line = preview(fromPlainText(s.toWellFormed()), max);
          assert.ok(line.length <= max);
          assert.ok(line.isWellFormed());
          assert.ok(!line.includes('\n'));
        },
      ),
    );
  });
});
