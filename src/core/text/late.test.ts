import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isLate, lateMs, withTime } from './late.ts';
import { toSkype, toTeams } from './text.ts';

const noon = Date.UTC(2026, 0, 5, 12, 5, 9);
const minute = 60_000;

describe('a message that comes late', () => {
  it('is one that was written more than a minute before, or before another one that is there already', () => {
    const at = { writtenAt: noon, takenAt: noon + lateMs, newestAt: undefined };
    assert.equal(isLate(at), false);
    assert.equal(isLate({ ...at, takenAt: noon + lateMs + 1 }), true);
    assert.equal(isLate({ ...at, newestAt: noon }), false);
    assert.equal(isLate({ ...at, newestAt: noon + 1 }), true);
  });

  it('says when it was written, with the date where that is another day', () => {
    const text = { format: 'text', text: 'hello' } as const;
    assert.deepEqual(withTime(text, noon, noon + 5 * minute), {
      format: 'text',
      text: '[written at 12:05 UTC] hello',
    });
    assert.deepEqual(withTime(text, noon, noon + 24 * 60 * minute), {
      format: 'text',
      text: '[written on 2026-01-05 at 12:05 UTC] hello',
    });
    assert.deepEqual(withTime({ format: 'html', html: '<b>hello</b>' }, noon, noon), {
      format: 'html',
      html: '[written at 12:05 UTC] <b>hello</b>',
    });
  });

  it('is shown so in both clients', () => {
    const late = withTime({ format: 'html', html: '<b>hello</b>' }, noon, noon);
    const teams = toTeams(late);
    assert.ok(teams.kind === 'body' && teams.body.format === 'html');
    assert.equal(teams.body.html, '[written at 12:05 UTC] <b>hello</b>');
    const skype = toSkype(late, { maxBodyBytes: 8_000, formats: ['text'] });
    assert.deepEqual(skype, { kind: 'body', body: { format: 'text', text: '[written at 12:05 UTC] hello' } });
  });

  it('is marked whatever its times are', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer(), fc.string(), (writtenAt, takenAt, text) => {
        const marked = withTime({ format: 'text', text }, writtenAt, takenAt);
        assert.ok(
          marked.format === 'text' && marked.text.startsWith('[written ') && marked.text.endsWith(text),
        );
      }),
    );
  });
});
