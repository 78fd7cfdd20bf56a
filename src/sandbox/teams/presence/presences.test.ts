import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { preferredPairs, sessionPairs } from '../../../protocols/graph/presence.ts';
import type { Change } from '../../../protocols/graph/server/notifier/change.ts';
import { Presences } from './presences.ts';

const [available, inACall] = sessionPairs;
const [, busy, doNotDisturb] = preferredPairs;
const minute = 60_000;

function start() {
  const clock = new ManualClock();
  const changes: Change[] = [];
  const presences = new Presences(
    clock,
    () => 'contoso',
    (change) => void changes.push(change),
  );
  const told = () =>
    changes.map((change) => (change.kind === 'presence' ? change.presence.activity : change.kind));
  return { clock, presences, changes, told };
}

describe('presence in the sandbox', () => {
  it('tells each change once, also those that time alone makes', () => {
    const { clock, presences, told } = start();
    presences.setSession('alice', 'app', available, 30 * minute);
    presences.setSession('alice', 'app', available, 30 * minute);
    clock.advance(60 * minute);
    assert.deepEqual(told(), ['Available', 'AvailableInactive', 'Away', 'Offline']);
  });

  it('goes Offline the moment a session ends', () => {
    const { clock, presences } = start();
    presences.setSession('alice', 'app', inACall, 5 * minute);
    clock.advance(5 * minute - 1);
    assert.equal(presences.get('alice').activity, 'InACall');
    clock.advance(1);
    assert.equal(presences.get('alice').availability, 'Offline');
    assert.equal(clock.pending, 0);
  });

  it('is held up by repeating the session', () => {
    const { clock, presences, told } = start();
    for (let repeat = 0; repeat < 10; repeat += 1) {
      presences.setSession('alice', 'app', available, 5 * minute);
      clock.advance(4 * minute);
    }
    assert.deepEqual(told(), ['Available']);
  });

  it('says whether there was a session to clear', () => {
    const { presences } = start();
    assert.equal(presences.clearSession('alice', 'app'), false);
    presences.setSession('alice', 'app', available, 5 * minute);
    assert.equal(presences.clearSession('alice', 'app'), true);
    assert.equal(presences.get('alice').availability, 'Offline');
  });

  it('keeps a preference for when a session comes', () => {
    const { presences } = start();
    presences.setPreferred('alice', doNotDisturb, 60 * minute);
    assert.equal(presences.get('alice').availability, 'Offline');
    presences.setSession('alice', 'app', available, 5 * minute);
    assert.equal(presences.get('alice').availability, 'DoNotDisturb');
    presences.clearPreferred('alice');
    assert.equal(presences.get('alice').availability, 'Available');
  });

  it('ends a preference at its time', () => {
    const { clock, presences } = start();
    presences.setSession('alice', 'app', inACall, 240 * minute);
    presences.setPreferred('alice', busy, 10 * minute);
    assert.equal(presences.get('alice').activity, 'Busy');
    clock.advance(10 * minute);
    assert.equal(presences.get('alice').activity, 'InACall');
  });

  it('numbers presences so that the later sorts behind the earlier', () => {
    const { presences, changes } = start();
    for (const pair of [available, inACall, available, inACall])
      presences.setSession('a', 'app', pair, 5 * minute);
    const numbers = changes.map((change) =>
      change.kind === 'presence' ? (change.presence.sequenceNumber ?? '') : '',
    );
    assert.equal(new Set(numbers).size, 4);
    assert.deepEqual(numbers, numbers.toSorted());
  });

  it('takes a status message away at its end', () => {
    const { clock, presences } = start();
    const at = clock.now() + minute;
    presences.setStatusMessage('alice', {
      message: { contentType: 'text', content: 'Lunch' },
      expiry: { given: { dateTime: '2026-01-05T09:01:00', timeZone: 'UTC' }, at },
    });
    assert.equal(presences.get('alice').statusMessage?.message.content, 'Lunch');
    clock.advance(minute);
    assert.equal(presences.get('alice').statusMessage, null);
  });

  it('tells of an automatic reply, whether anybody is signed in or not', () => {
    const { presences, changes } = start();
    presences.setCalendar('alice', { kind: 'outOfOffice', message: 'Until Monday' });
    assert.deepEqual(presences.get('alice').outOfOfficeSettings, {
      message: 'Until Monday',
      isOutOfOffice: true,
    });
    assert.equal(changes.length, 1);
    presences.setSession('alice', 'app', available, 5 * minute);
    assert.equal(presences.get('alice').activity, 'OutOfOffice');
    presences.setCalendar('alice', { kind: 'free' });
    assert.equal(presences.get('alice').outOfOfficeSettings.isOutOfOffice, false);
    assert.equal(presences.get('alice').activity, 'Available');
  });

  it('leaves no timer when it is disposed of', () => {
    const { clock, presences } = start();
    presences.setSession('alice', 'app', available, 5 * minute);
    presences[Symbol.dispose]();
    assert.equal(clock.pending, 0);
  });
});
