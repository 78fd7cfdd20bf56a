import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shownInSkype } from './inSkype.ts';

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
    assert.deepEqual(shownInSkype('Offline', 'anything'), { badge: 'offline', words: 'Offline' });
  });

  it('is unknown for what it does not know, even for names every object has', () => {
    assert.equal(shownInSkype('').badge, 'unknown');
    assert.equal(shownInSkype('constructor').badge, 'unknown');
    assert.equal(shownInSkype('Busy', 'toString').words, 'toString');
  });
});
