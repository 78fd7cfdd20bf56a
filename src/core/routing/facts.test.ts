import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personId } from '../ids.ts';
import { modes, type Person } from '../people.ts';
import { factsOf, isSfbMode } from './facts.ts';

const sfbModes = ['SfBOnly', 'SfBWithTeamsCollab', 'SfBWithTeamsCollabAndMeetings'];

describe('the modes of Skype for Business', () => {
  it('are the three that keep chat and presence there', () => {
    assert.deepEqual(modes.filter(isSfbMode), sfbModes);
  });
});

describe('the mode that counts for somebody', () => {
  const person = (mode: Person['mode'], teams: Person['teams']): Person => ({
    id: personId('a@one.example'),
    displayName: 'A',
    tenant: 'one.example',
    mode,
    teams,
    skype: { home: 'onPrem', sip: 'sip:a@one.example', pool: 'main' },
  });

  it('is that of the tenant, on either end of the conversation', () => {
    for (const mode of modes) {
      const who = person(mode, { kind: 'account', objectId: 'o', upn: 'a@one.example' });
      const { from, to } = factsOf(who, 'skype', who, ['skype']);
      assert.deepEqual(
        [from, to],
        [
          { mode, home: 'onPrem', client: 'skype' },
          { mode, home: 'onPrem', signedIn: ['skype'] },
        ],
      );
    }
  });

  it('is SfBOnly without a Teams account, but where it is one of Skype for Business already', () => {
    for (const mode of modes) {
      const who = person(mode, { kind: 'none' });
      const { from, to } = factsOf(who, 'skype', who, []);
      assert.deepEqual([from.mode, to.mode], Array(2).fill(isSfbMode(mode) ? mode : 'SfBOnly'));
    }
  });
});
