import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDate, parseDate, parseTimeSpan } from './dates.ts';

describe('dates', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 1e14 }), (ms) => assert.equal(parseDate(formatDate(ms)), ms)),
    );
  });

  it('are read in ISO 8601 too, and nothing else is a date', () => {
    assert.equal(parseDate('2013-11-07T00:41:10.271Z'), 1383784870271);
    for (const text of ['', 'now', '/Date(x)/', 'Date(1)', '12'])
      assert.equal(parseDate(text), undefined, text);
  });
});

describe('time spans', () => {
  it('are read in the three forms that clients send', () => {
    assert.equal(parseTimeSpan('PT5M'), 300_000);
    assert.equal(parseTimeSpan('P1DT1H0M1.5S'), 90_001_500);
    assert.equal(parseTimeSpan('00:05:00'), 300_000);
    assert.equal(parseTimeSpan('1.00:00:00'), 86_400_000);
    assert.equal(parseTimeSpan('5'), 300_000);
    assert.equal(parseTimeSpan(5), 300_000);
  });

  it('are nothing else', () => {
    for (const text of ['', 'P', 'PT', 'five', '-5', '5:00'])
      assert.equal(parseTimeSpan(text), undefined, text);
    assert.equal(parseTimeSpan(Number.NaN), undefined);
    assert.equal(parseTimeSpan(-1), undefined);
  });
});
