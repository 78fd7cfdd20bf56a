import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { messageDate, parseDuration, parseInstant, subscriptionDate } from './dates.ts';

const instant = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });

describe('dates on the wire', () => {
  it('drop trailing zeros in messages', () => {
    assert.equal(messageDate(Date.UTC(2026, 0, 5, 9, 0, 43, 150)), '2026-01-05T09:00:43.15Z');
    assert.equal(messageDate(Date.UTC(2026, 0, 5, 9, 0, 43)), '2026-01-05T09:00:43Z');
  });

  it('have seven digits in subscriptions', () => {
    assert.equal(subscriptionDate(Date.UTC(2026, 0, 5, 9)), '2026-01-05T09:00:00.0000000Z');
  });

  it('are read back as the same instant', () => {
    fc.assert(
      fc.property(instant, (at) => {
        assert.equal(parseInstant(messageDate(at)), at);
        assert.equal(parseInstant(subscriptionDate(at)), at);
      }),
    );
  });

  for (const text of ['', 'tomorrow', '2026-01-05', '2026-01-05T09:00:00', '2026-13-05T09:00:00Z']) {
    it(`takes '${text}' for no instant`, () => assert.equal(parseInstant(text), undefined));
  }
});

describe('durations', () => {
  it('are read in days, hours, minutes and seconds', () => {
    assert.equal(parseDuration('PT5M'), 300_000);
    assert.equal(parseDuration('P1DT2H3M4.5S'), (((24 + 2) * 60 + 3) * 60 + 4.5) * 1000);
  });

  for (const text of ['', 'P', 'PT', 'P1DT', '5M', 'PT-5M', 'P1Y']) {
    it(`takes '${text}' for none`, () => assert.equal(parseDuration(text), undefined));
  }
});
