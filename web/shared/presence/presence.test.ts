import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shownInSkype } from './inSkype.ts';
import { shownInTeams } from './inTeams.ts';
import { lineOf, noRemarks } from './remarks.ts';

describe('presence in the SfB client’s words', () => {
  it('knows every readable availability and every activity of the protocol', () => {
    assert.deepEqual(shownInSkype('Online'), { badge: 'available', words: 'Available' });
    assert.deepEqual(shownInSkype('IdleOnline'), { badge: 'available', words: 'Inactive' });
    assert.deepEqual(shownInSkype('Busy', 'in-a-meeting'), { badge: 'busy', words: 'In a meeting' });
    assert.deepEqual(shownInSkype('DoNotDisturb', 'presenting'), {
      badge: 'do-not-disturb',
      words: 'Presenting',
    });
    assert.deepEqual(shownInSkype('Away', 'off-work'), { badge: 'away', words: 'Off Work' });
    assert.deepEqual(shownInSkype('IdleOnline', 'inactive'), { badge: 'available', words: 'Inactive' });
    assert.deepEqual(shownInSkype('IdleBusy', 'inactive'), { badge: 'busy', words: 'Busy (inactive)' });
    assert.equal(shownInSkype('Away', 'Out-Of-Office').badge, 'out-of-office');
    assert.deepEqual(shownInSkype('Offline', 'anything'), { badge: 'offline', words: 'Offline' });
  });

  it('is unknown for what it does not know, even for names every object has', () => {
    assert.equal(shownInSkype('').badge, 'unknown');
    assert.equal(shownInSkype('constructor').badge, 'unknown');
    assert.equal(shownInSkype('Busy', 'toString').words, 'toString');
  });
});

describe('presence in Teams’ words', () => {
  const shown = (availability: string, activity = availability) => {
    const { badge, words } = shownInTeams({ availability, activity });
    return `${badge}: ${words}`;
  };

  it('knows every state there is, in any letter case', () => {
    assert.deepEqual(
      [
        shown('Available'),
        shown('AVAILABLEIDLE', 'Inactive'),
        shown('Busy', 'InAMeeting'),
        shown('doNotDisturb', 'presenting'),
        shown('BeRightBack'),
        shown('Available', 'OutOfOffice'),
        shown('Offline', 'OffWork'),
      ],
      [
        'available: Available',
        'available: Available',
        'busy: In a meeting',
        'do-not-disturb: Presenting',
        'away: Be right back',
        'out-of-office: Out of office',
        'offline: Offline',
      ],
    );
  });

  it('finds a call, a meeting or a presentation in either value, or alone', () => {
    assert.equal(shown('inACall', 'busy'), 'busy: In a call');
    assert.equal(shown('inAMeeting', 'busy'), 'busy: In a meeting');
    assert.equal(shown('focusing', 'doNotDisturb'), 'do-not-disturb: Focusing');
    assert.equal(shown('presenting', 'dancing'), 'do-not-disturb: Presenting');
  });

  it('is unknown for what it does not know, and for nothing', () => {
    assert.equal(shown('PresenceUnknown'), 'unknown: Status unknown');
    assert.equal(shown('constructor', 'toString'), 'unknown: Status unknown');
    assert.equal(shownInTeams(undefined).badge, 'unknown');
  });
});

describe('the line under a name', () => {
  const away = { badge: 'away', words: 'Away' } as const;
  const available = { badge: 'available', words: 'Available' } as const;
  const now = 10 * 86_400_000;

  it('is the presence, and what the person says', () => {
    assert.equal(lineOf(available, noRemarks, now), 'Available');
    assert.equal(lineOf(available, { ...noRemarks, note: 'Back at ten' }, now), 'Available – Back at ten');
  });

  it('says for how long somebody has been away, where the network tells', () => {
    const since = (ms: number, of = away): string =>
      lineOf(of, { ...noRemarks, lastActiveAt: now - ms }, now);
    assert.equal(since(15 * 60_000), 'Away 15 min');
    assert.equal(since(30_000), 'Away');
    assert.equal(since(3 * 86_400_000), 'Away 3 d');
    assert.equal(lineOf(available, { ...noRemarks, lastActiveAt: now - 900_000 }, now), 'Available');
  });

  it('puts out of office before the person’s own words', () => {
    const out = { ...noRemarks, note: 'Back at ten' };
    assert.equal(
      lineOf(away, { ...out, outOfOffice: 'Until Monday' }, now),
      'Away – Out of office: Until Monday',
    );
    assert.equal(lineOf(away, { ...out, outOfOffice: '' }, now), 'Away – Out of office');
    const shown = { badge: 'out-of-office', words: 'Out of office' } as const;
    assert.equal(lineOf(shown, { ...out, outOfOffice: '' }, now), 'Out of office');
  });
});
