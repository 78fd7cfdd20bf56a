import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { duration } from '../shared/time.ts';
import { toMessages, toPeople, toStatus, toTrace } from './fromApi.ts';
import { messageState } from './words.ts';

describe('the operators’ API as the console reads it', () => {
  it('shows a person’s accounts, links and presence on both sides', () => {
    const { people, total } = toPeople({
      total: 70,
      people: [
        {
          id: 'carol@contoso.example',
          displayName: 'Carol Clark',
          mode: 'Legacy',
          amended: 'edited',
          teams: { kind: 'account', objectId: 'x', upn: 'carol@contoso.example' },
          skype: { home: 'onPrem', sip: 'sip:carol@contoso.example', pool: 'onPrem' },
          links: { teams: 'linked', skype: 'not linked' },
          presence: {
            authority: 'skype',
            sides: {
              teams: { ours: {} },
              skype: { seen: { availability: 'Busy', activity: 'InACall' }, ours: {} },
            },
          },
        },
      ],
    });
    const [person] = people;
    assert.equal(total, 70);
    assert.equal(person?.amended, 'edited');
    assert.equal(person?.name, 'Carol Clark');
    assert.deepEqual(person?.link, { teams: 'linked', skype: 'not linked' });
    assert.deepEqual(person.presence, {
      teams: { availability: '', activity: '' },
      skype: { availability: 'Busy', activity: 'InACall' },
    });
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        toStatus(value);
        toPeople(value);
        toMessages(value);
        toTrace(value);
      }),
    );
  });

  it('has words for every end of a message', () => {
    const [failed, odd] = toMessages({
      messages: [
        {
          state: 'failed',
          author: 'a@b',
          authorName: 'Ann',
          recipient: 'c@d',
          reason: { cause: 'Bob is offline.', cure: 'Try later.' },
        },
        { state: 'new state' },
      ],
    });
    assert.ok(failed && odd);
    assert.deepEqual(messageState(failed), { words: 'Failed', tone: 'danger' });
    assert.deepEqual([failed.author, failed.recipient], ['Ann', 'c@d']);
    assert.equal(failed.cause, 'Bob is offline.');
    assert.equal(messageState(odd).words, 'new state');
  });

  it('says how long something took in the unit a reader wants', () => {
    assert.deepEqual([0, 999, 2_449, 65_000, 7_300_000].map(duration), [
      '0 ms',
      '999 ms',
      '2.4 s',
      '1 min',
      '2 h',
    ]);
  });
});
