import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFailureReaction, noticeAbout, readNotice } from './notices.ts';

describe('a notice of the gateway', () => {
  it('tells which message was not delivered and why', () => {
    assert.deepEqual(
      readNotice([
        'Not delivered to Bob Brown: Bob Brown is offline in Skype for Business.',
        'Send the message again when the person is signed in.',
        'Lunch: at noon?',
        'Message 1700000000000',
      ]),
      {
        messageId: '1700000000000',
        reason:
          'Bob Brown is offline in Skype for Business. Send the message again when the person is signed in.',
      },
    );
  });

  it('names the person even where only its beginning is known', () => {
    assert.equal(noticeAbout('Not delivered to Bob Brown: Bob Brown is off…'), 'Bob Brown');
    assert.equal(noticeAbout('Delivered to Bob Brown: yes'), undefined);
  });

  it('is no other message, however much it looks like one', () => {
    assert.equal(readNotice([]), undefined);
    assert.equal(readNotice(['Not delivered to Bob: x']), undefined);
    assert.equal(readNotice(['Hello', 'Message 17']), undefined);
    fc.assert(fc.property(fc.array(fc.string()), (paragraphs) => void readNotice(paragraphs)));
  });

  it('comes with a warning sign on the message, in either of its forms', () => {
    assert.ok(isFailureReaction('⚠️'));
    assert.ok(isFailureReaction('⚠'));
    assert.ok(!isFailureReaction('👍'));
  });
});
