import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Message } from '../../protocols/graph/client/shapes.ts';
import { parseResource, readMessage, sameText } from './from-graph.ts';
import { htmlOf, ownMessage } from './to-graph.ts';

const message = (change: Partial<Message> = {}): Message => ({
  id: '1767603600000',
  messageType: 'message',
  createdDateTime: '2026-01-05T09:00:00Z',
  from: { user: { id: 'A11CE000-0000-4000-8000-000000000001' } },
  body: { contentType: 'html', content: '<p>hello</p>' },
  ...change,
});

describe('the resource of a notification', () => {
  for (const [text, chatId, messageId] of [
    ["chats('19:a_b@unq.gbl.spaces')/messages('161')", '19:a_b@unq.gbl.spaces', '161'],
    ['chats/19:a_b@unq.gbl.spaces/messages/161', '19:a_b@unq.gbl.spaces', '161'],
    ["/Chats('19%3Aa%40thread.v2')/Messages('161')", '19:a@thread.v2', '161'],
  ] as const) {
    it(`${text} is a message`, () => {
      assert.deepEqual(parseResource(text), { kind: 'message', chatId, messageId });
    });
  }

  it('of a presence names the user, where it does', () => {
    assert.deepEqual(parseResource("communications/presences('u1')"), { kind: 'presence', userId: 'u1' });
    assert.deepEqual(parseResource("communications/presences?$filter=id in ('u1')"), {
      kind: 'presence',
      userId: undefined,
    });
  });

  it('of anything else is left alone', () => {
    for (const text of ['', 'teams/x/channels/y/messages/z', "chats('19:a')", "chats('19:a')/members('m')"]) {
      assert.equal(parseResource(text).kind, 'other', text);
    }
    fc.assert(fc.property(fc.string(), (text) => void parseResource(text)));
  });
});

describe('a message of Graph', () => {
  it('has author, text and time', () => {
    assert.deepEqual(readMessage(message()), {
      messageId: '1767603600000',
      authorId: 'a11ce000-0000-4000-8000-000000000001',
      body: { format: 'text', text: 'hello' },
      writtenAt: Date.UTC(2026, 0, 5, 9),
    });
  });

  for (const [what, change] of [
    ['system', { messageType: 'unknownFutureValue' }],
    ['deleted', { deletedDateTime: '2026-01-05T09:00:01Z' }],
    ['no-author', { from: null }],
    ['no-author', { from: { application: { id: 'bot' } } }],
    ['no-date', { createdDateTime: 'yesterday' }],
  ] as const) {
    it(`is nothing that a person wrote: ${what} (${JSON.stringify(change)})`, () => {
      assert.equal(readMessage(message(change)), what);
    });
  }

  it('says what files came with it', () => {
    const read = readMessage(
      message({ attachments: [{ id: 'f', contentType: 'reference', name: 'plan.docx' }] }),
    );
    assert.ok(typeof read !== 'string');
    assert.match(JSON.stringify(read.body), /hello.*plan\.docx/);
  });
});

describe('two bodies say the same', () => {
  it('after a text went through Graph’s HTML', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const written = ownMessage({ format: 'text', text });
        if (written.kind === 'refused') return;
        const html = htmlOf(written.body).replaceAll('<br>', '<br />');
        const read = readMessage(message({ body: { contentType: 'html', content: `<p>${html}</p>` } }));
        assert.ok(typeof read !== 'string' && sameText(read.body, { format: 'text', text }));
      }),
    );
  });

  it('but not when their words differ', () => {
    assert.ok(!sameText({ format: 'text', text: 'a' }, { format: 'text', text: 'a b' }));
  });
});
