import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GraphError } from '../../errors.ts';
import { readStatusMessage } from './status-message.ts';

const withExpiry = (dateTime: string, timeZone?: string) =>
  readStatusMessage({
    statusMessage: {
      message: { content: 'Lunch', contentType: 'text' },
      expiryDateTime: { dateTime, ...(timeZone && { timeZone }) },
    },
  });

describe('a status message', () => {
  it('lasts until it is replaced unless it names an end', () => {
    assert.deepEqual(
      readStatusMessage({ statusMessage: { message: { content: 'Hi', contentType: 'text' } } }),
      {
        message: { contentType: 'text', content: 'Hi' },
        expiry: undefined,
      },
    );
  });

  it('is taken away by an empty text', () => {
    assert.equal(readStatusMessage({ statusMessage: { message: { content: '' } } }), undefined);
  });

  it('ends at the wall-clock time of the zone given', () => {
    assert.equal(withExpiry('2026-07-01T12:00:00', 'UTC')?.expiry?.at, Date.parse('2026-07-01T12:00:00Z'));
    assert.equal(
      withExpiry('2026-07-01T12:00:00.0000000', 'Europe/Berlin')?.expiry?.at,
      Date.parse('2026-07-01T10:00:00Z'),
    );
    assert.equal(
      withExpiry('2026-01-01T12:00:00', 'America/New_York')?.expiry?.at,
      Date.parse('2026-01-01T17:00:00Z'),
    );
  });

  for (const [what, run] of [
    ['a date with an offset', () => withExpiry('2026-07-01T12:00:00Z')],
    ['a zone that nobody knows', () => withExpiry('2026-07-01T12:00:00', 'Middle/Earth')],
    [
      'html',
      () => readStatusMessage({ statusMessage: { message: { content: '<b>', contentType: 'html' } } }),
    ],
    [
      'a text of 281 characters',
      () => readStatusMessage({ statusMessage: { message: { content: 'x'.repeat(281) } } }),
    ],
  ] as const) {
    it(`is not made of ${what}`, () => assert.throws(run, GraphError));
  }
});
