import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codePoint } from '../../../test/kit/text.ts';
import { catalogue, type RefusalId } from '../../core/refusals.ts';
import { maxMessageBytes } from '../../protocols/graph/client/messages.ts';
import { htmlOf, namedMessage, noticeHtml, ownMessage, proxyTopic } from './to-graph.ts';

const elements = (html: string) => [...html.matchAll(/<\/?([a-z]+)[^>]*>/gi)].map(([, name]) => name);

describe('what the gateway writes into Teams', () => {
  it('is HTML in which a text stays text', () => {
    const written = ownMessage({ format: 'text', text: '<script>x</script>\n& more' });
    assert.equal(
      written.kind === 'body' && htmlOf(written.body),
      '&lt;script&gt;x&lt;/script&gt;<br>&amp; more',
    );
  });

  it('names the author, whose name is text as well', () => {
    const written = namedMessage('Bob <b>', { format: 'text', text: 'hi' });
    assert.equal(written.kind === 'body' && htmlOf(written.body), '<b>Bob &lt;b&gt;</b>: hi');
  });

  it('never exceeds what Graph takes, name and all', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        fc.string({ unit: codePoint, maxLength: 60 }),
        (name, unit) => {
          const text = unit.repeat(Math.floor(28_000 / Math.max(1, Buffer.byteLength(unit))));
          const written = namedMessage(name, { format: 'text', text });
          if (written.kind === 'body') assert.ok(Buffer.byteLength(htmlOf(written.body)) <= maxMessageBytes);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is refused when it is too long or empty', () => {
    assert.deepEqual(ownMessage({ format: 'text', text: 'x'.repeat(30_000) }), {
      kind: 'refused',
      id: 'too-long',
    });
    assert.deepEqual(namedMessage('Bob', { format: 'text', text: '  ' }), { kind: 'refused', id: 'empty' });
  });

  it('has a topic of at most 250 characters without what Graph refuses there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
        const topic = proxyTopic(name);
        assert.ok(Array.from(topic).length <= 250);
        assert.ok(topic.endsWith(' (Skype for Business)'));
        assert.doesNotMatch(topic, /[:\r\n]/);
      }),
    );
  });
});

describe('a notice of failure', () => {
  it('begins with the fixed line and ends with the failed message’s id', () => {
    assert.equal(
      noticeHtml({
        recipient: 'Bob Brown',
        refusal: { id: 'declined', side: 'skype', person: 'Bob Brown' },
        body: { format: 'html', html: 'are you <b>there</b>?' },
        messageId: '1767603600000',
      }),
      '<p><b>Not delivered to Bob Brown: Bob Brown declined the conversation.</b></p>' +
        '<p>Try again later, or reach the person in another way.</p>' +
        '<blockquote>are you there?</blockquote>' +
        '<p>Message 1767603600000</p>',
    );
  });

  it('keeps its shape whatever is written, quoted or named in it', () => {
    const ids = Object.keys(catalogue) as RefusalId[];
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.string(), fc.string({ maxLength: 2000 }), (id, name, text) => {
        const html = noticeHtml({
          recipient: name,
          refusal: { id, side: 'skype', person: name },
          body: { format: 'text', text },
          messageId: '1',
        });
        const shape = elements(html).join(' ');
        assert.match(shape, /^p b b p p p( blockquote blockquote)? p p$/);
        assert.ok(html.endsWith('<p>Message 1</p>'));
        assert.ok(Buffer.byteLength(html) < maxMessageBytes);
      }),
    );
  });
});
