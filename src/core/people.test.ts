import assert from 'node:assert/strict';
import { it } from 'node:test';
import { homes, modes, otherSide, sides } from './people.ts';

it('there are two sides, and each is the other’s other', () => {
  assert.deepEqual(sides.map(otherSide), ['skype', 'teams']);
});

it('modes and homes are those of the coexistence of Teams and Skype for Business', () => {
  assert.deepEqual(homes, ['online', 'onPrem', 'none']);
  assert.deepEqual(modes, [
    'Legacy',
    'Islands',
    'SfBOnly',
    'SfBWithTeamsCollab',
    'SfBWithTeamsCollabAndMeetings',
    'TeamsOnly',
  ]);
});
