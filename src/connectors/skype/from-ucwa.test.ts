import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { subcodes } from '../../protocols/ucwa/errors.ts';
import type { DialogEnd } from './door.ts';
import { endFrom } from './from-ucwa.ts';

describe('how an invitation ended, as a pool says it', () => {
  const ends: Readonly<Record<string, DialogEnd>> = {
    ConnectedElsewhere: 'answered-elsewhere',
    Declined: 'declined',
    Busy: 'declined',
    Missed: 'missed',
    Timeout: 'missed',
    Canceled: 'caller-gave-up',
    CallTerminated: 'caller-gave-up',
    Ended: 'over',
    Expired: 'over',
  };
  for (const [subcode, end] of Object.entries(ends))
    it(`${subcode} is ${end}`, () => assert.equal(endFrom({ code: 'RemoteFailure', subcode }), end));

  it('is over, and no more, where the pool gives no reason or one that is not known', () => {
    assert.equal(endFrom(undefined), 'over');
    assert.equal(endFrom({ code: 'Informational', subcode: 'SomethingNew' }), 'over');
  });

  it('is never taken for an answer of the person but where another endpoint has it', () => {
    const answered = subcodes.filter(
      (subcode) => endFrom({ code: 'Informational', subcode }) === 'answered-elsewhere',
    );
    assert.deepEqual(answered, ['AutoAccepted', 'ConnectedElsewhere', 'RepliedWithOtherModality']);
  });
});
