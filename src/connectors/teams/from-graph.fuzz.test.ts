import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertNoBlowUp, mutatedJson, mutatedText } from '../../../test/kit/fuzz.ts';
import { message as shape } from '../../protocols/graph/client/shapes.ts';
import { parseResource, readMessage } from './from-graph.ts';

const sample = {
  id: '1700000000000',
  messageType: 'message',
  createdDateTime: '2026-01-05T09:00:00.123Z',
  deletedDateTime: null,
  chatId: '19:x@unq.gbl.spaces',
  from: { user: { id: 'A11CE000-0000-4000-8000-000000000001', displayName: 'Alice' } },
  body: { contentType: 'html', content: '<p>look at <attachment id="1"></attachment></p>' },
  attachments: [
    { id: '1', contentType: 'reference', name: 'plan.docx' },
    { id: null, contentType: null, name: null },
  ],
};
const resources = [
  "chats('19:a@unq.gbl.spaces')/messages('1700000000000')",
  '/chats/19%3Aa%40thread.v2/messages/1700000000000',
  "communications/presences('a11ce000-0000-4000-8000-000000000001')",
];

describe('what Graph says', () => {
  it('is a message, or nothing that a person wrote, whatever was done to it', () => {
    let read = 0;
    fc.assert(
      fc.property(mutatedJson(sample), (value) => {
        if (!shape.Check(value)) return;
        const written = readMessage(value);
        if (typeof written === 'string') return;
        read += 1;
        assert.ok(Number.isFinite(written.writtenAt));
        assert.equal(written.authorId, written.authorId.toLowerCase());
        assert.equal(
          typeof (written.body.format === 'text' ? written.body.text : written.body.html),
          'string',
        );
      }),
      { numRuns: 400 },
    );
    assert.ok(read > 20, 'some of it can still be read');
  });

  it('names something, or nothing that is known', () => {
    fc.assert(
      fc.property(mutatedText(...resources), (text) => {
        const { kind } = parseResource(text);
        assert.ok(['message', 'presence', 'other'].includes(kind));
      }),
      { numRuns: 400 },
    );
    assertNoBlowUp((size) => void parseResource(`chats('${"('%".repeat(size)}/messages`), 2_000);
  });
});
