import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GraphError } from '../../errors.ts';
import { maxMessageBytes, readDraft, readMessageChange } from './message-body.ts';

function refusal(body: unknown): GraphError {
  try {
    readDraft(body);
  } catch (error) {
    assert.ok(error instanceof GraphError);
    return error;
  }
  return assert.fail('nothing was refused');
}

const bobIdentity = { user: { id: 'bob', displayName: 'Bob', userIdentityType: 'aadUser' } };

describe('the body of a message', () => {
  it('is text unless it says html', () => {
    assert.deepEqual(readDraft({ body: { content: 'hi' } }).body, { contentType: 'text', content: 'hi' });
    assert.deepEqual(
      readDraft({ body: { content: '<b>hi</b>', contentType: 'html' } }).body.contentType,
      'html',
    );
  });

  it('takes 28 KB of UTF-8 and not a byte more', () => {
    assert.ok(readDraft({ body: { content: 'x'.repeat(maxMessageBytes) } }));
    assert.equal(refusal({ body: { content: 'x'.repeat(maxMessageBytes + 1) } }).status, 413);
    assert.equal(refusal({ body: { content: 'ä'.repeat(maxMessageBytes / 2 + 1) } }).status, 413);
  });

  it('counts mentions', () => {
    const content = `<at id="0">Bob</at>${'x'.repeat(maxMessageBytes - 100)}`;
    const mentions = [{ id: 0, mentionText: 'Bob', mentioned: bobIdentity }];
    assert.equal(refusal({ body: { contentType: 'html', content }, mentions }).status, 413);
  });

  it('keeps mentions that stand in the text', () => {
    const draft = readDraft({
      body: { contentType: 'html', content: 'Hi <at id="0">Bob</at>' },
      mentions: [{ id: 0, mentionText: 'Bob', mentioned: bobIdentity }],
    });
    assert.equal(draft.mentions[0]?.mentioned.user?.id, 'bob');
  });

  for (const [what, body, field] of [
    ['no body', {}, /body/],
    ['nothing at all', undefined, /Empty Payload/],
    ['null', null, /must be object/],
    ['content that is no text', { body: { content: 5 } }, /body\.content/],
    ['an unknown content type', { body: { content: 'x', contentType: 'rtf' } }, /body\.contentType/],
    ['an empty text', { body: { content: ' ' } }, /body\.content/],
    ['an author', { body: { content: 'x' }, from: { user: { id: 'eve' } } }, /'from'/],
    [
      'a mention without the type of identity',
      {
        body: { content: '<at id="0">B</at>', contentType: 'html' },
        mentions: [{ id: 0, mentionText: 'B', mentioned: { user: { id: 'b' } } }],
      },
      /userIdentityType/,
    ],
    [
      'a mention that stands nowhere in the text',
      {
        body: { content: 'hi', contentType: 'html' },
        mentions: [{ id: 0, mentionText: 'B', mentioned: bobIdentity }],
      },
      /mentions\.0/,
    ],
    [
      'eleven attachments',
      { body: { content: 'x' }, attachments: Array.from({ length: 11 }, () => ({})) },
      /attachments/,
    ],
  ] as const) {
    it(`refuses ${what} and names the field`, () => {
      const error = refusal(body);
      assert.equal(error.status, 400);
      assert.match(error.message, field);
    });
  }

  it('is read or refused, never anything worse', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          readDraft(body);
        } catch (error) {
          assert.ok(error instanceof GraphError);
        }
      }),
    );
  });

  it('changes only what a change names', () => {
    assert.deepEqual(readMessageChange({ subject: null }), { subject: null });
    assert.deepEqual(readMessageChange({ body: { content: 'new' } }), {
      body: { contentType: 'text', content: 'new' },
    });
  });
});
