import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isQuoted, readNotice } from './notices.ts';
import { endWords, failureWords } from './words.ts';

describe('why a message failed', () => {
  it('is told in words about the person', () => {
    const why = (code: string, subcode: string): string =>
      failureWords({ code, subcode, message: '' }, 'Alice');
    assert.equal(why('RemoteFailure', 'DoNotDisturb'), 'Alice does not want to be disturbed.');
    assert.equal(why('Timeout', 'Timeout'), 'Alice did not answer.');
    assert.equal(why('NotFound', 'DestinationNotFound'), 'Alice cannot be found. Check the address.');
    assert.equal(why('ServiceFailure', 'None'), 'The service is not available at the moment.');
  });

  it('is a whole sentence, whatever the pool says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (code, subcode) => {
        assert.match(failureWords({ code, subcode, message: 'It broke.' }, 'Alice'), /\.$/);
        assert.match(endWords({ code, subcode, message: '' }, 'Alice'), /\.$/);
      }),
    );
    assert.match(failureWords(undefined, 'Alice'), /\.$/);
  });
});

describe('a notice of the gateway in a conversation', () => {
  it('names the person, the reason and the text', () => {
    assert.deepEqual(
      readNotice('Not delivered to Alice Adams: Teams could not be reached. Send it later.\r\n> Lunch?'),
      {
        recipient: 'Alice Adams',
        reason: 'Teams could not be reached. Send it later.',
        quote: 'Lunch?',
      },
    );
    assert.equal(readNotice('Not delivered'), undefined);
    assert.equal(readNotice('He said: Not delivered to Alice: x'), undefined);
  });

  it('quotes a text whole or cut', () => {
    assert.ok(isQuoted('Lunch?\n At noon', 'Lunch? At noon'));
    assert.ok(isQuoted('Lunch at noon in the garden', 'Lunch at noon…'));
    assert.ok(!isQuoted('Lunch at noon', 'Lunch'));
  });
});
