import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toPersonPresence } from './fromApi.ts';
import type { Step } from './model.ts';
import { fittingSpan, segmentsOf, ticks } from './timeline.ts';
import { authorityWords, shownOn, stepWords } from './words.ts';

const hour = 3_600_000;
const available = { availability: 'Available', activity: 'None' };
const inCall = { availability: 'Busy', activity: 'InACall' };
const seen = (at: number, presence = available): Step => ({ at, side: 'teams', kind: 'seen', presence });

describe('a day of presence', () => {
  it('is drawn from report to report, and to now', () => {
    assert.deepEqual(segmentsOf([seen(80, inCall), seen(20)], 'teams', 0, 100), [
      { from: 20, to: 80, presence: available },
      { from: 80, to: 100, presence: inCall },
    ]);
  });

  it('begins with what was reported last before it', () => {
    assert.deepEqual(segmentsOf([seen(40), seen(10, inCall), seen(5)], 'teams', 20, 100), [
      { from: 20, to: 40, presence: inCall },
      { from: 40, to: 100, presence: available },
    ]);
  });

  it('shows reports alone, of that side', () => {
    const shown: Step = { ...seen(10), kind: 'shown' };
    assert.deepEqual(segmentsOf([shown, { ...seen(5), side: 'skype' }], 'teams', 0, 100), []);
  });

  it('has no gap and no overlap after the first report', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1_000 })), (times) => {
        const history = times.toSorted((a, b) => b - a).map((at) => seen(at));
        const segments = segmentsOf(history, 'teams', 100, 900);
        for (const [index, { from, to }] of segments.entries()) {
          assert.ok(from < to && from >= 100 && to <= 900);
          assert.equal(to, segments[index + 1]?.from ?? 900);
        }
      }),
    );
  });

  it('has ticks at round times of the day', () => {
    const now = new Date(2026, 0, 5, 10, 30).getTime();
    const hours = ticks(now - 12 * hour, now, 4 * hour).map((at) => new Date(at).getHours());
    assert.deepEqual(hours, [0, 4, 8]);
    assert.deepEqual(ticks(now, now - 1, hour), []);
  });

  it('goes back as far as something happened, a day at most', () => {
    const now = 100 * hour;
    const back = (ms: number): string => fittingSpan([seen(now), seen(now - ms)], now).words;
    assert.deepEqual([1_000, hour, 3 * hour, 30 * hour].map(back), [
      '15 minutes',
      '2 hours',
      '24 hours',
      '24 hours',
    ]);
    assert.equal(fittingSpan([], now).words, '24 hours');
  });
});

describe('presence in the console', () => {
  it('speaks as each product does', () => {
    assert.equal(
      shownOn('teams', { availability: 'DoNotDisturb', activity: 'None' }).words,
      'Do not disturb',
    );
    assert.equal(
      shownOn('skype', { availability: 'DoNotDisturb', activity: 'None' }).words,
      'Do Not Disturb',
    );
    assert.equal(shownOn('skype', { availability: 'AvailableIdle', activity: 'Inactive' }).words, 'Inactive');
    assert.deepEqual(shownOn('skype', inCall), { badge: 'busy', words: 'In a call' });
    assert.equal(shownOn('skype', { availability: 'Away', activity: 'OffWork' }).words, 'Off Work');
  });

  it('says what happened', () => {
    assert.equal(stepWords(seen(1, inCall)), 'Teams reports In a call');
    assert.equal(
      stepWords({
        at: 1,
        side: 'skype',
        kind: 'shown',
        presence: { availability: 'Offline', activity: 'None' },
      }),
      'The gateway took its endpoint away in Skype for Business',
    );
    assert.match(authorityWords('teams while signed in there, else skype'), /while the person is signed in/);
  });

  it('reads whatever it is without throwing', () => {
    fc.assert(fc.property(fc.anything(), (value) => void toPersonPresence(value)));
  });
});
