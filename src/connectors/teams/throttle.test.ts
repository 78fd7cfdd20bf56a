import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { personId } from '../../core/ids.ts';
import { Throttle } from './throttle.ts';

const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => personId(`${name}@contoso.example`));
assert.ok(alice && bob && carol);

describe('what Graph asks to be left alone for', () => {
  it('holds for the one who wrote, for that long', () => {
    const clock = new ManualClock();
    const throttle = new Throttle<string>(clock);
    throttle.note('contoso', alice, 3_000);
    assert.equal(throttle.left('contoso', alice), 3_000);
    assert.equal(throttle.left('contoso', bob), 0);
    clock.advance(2_000);
    assert.equal(throttle.left('contoso', alice), 1_000);
    clock.advance(1_000);
    assert.equal(throttle.left('contoso', alice), 0);
  });

  it('holds for the tenant when a second person of it is asked in the same time, and for no other tenant', () => {
    const clock = new ManualClock();
    const throttle = new Throttle<string>(clock);
    throttle.note('contoso', alice, 3_000);
    throttle.note('contoso', bob, 2_000);
    assert.equal(throttle.left('contoso', carol), 3_000);
    assert.equal(throttle.left('fabrikam', carol), 0);
    clock.advance(3_000);
    assert.equal(throttle.left('contoso', carol), 0);
  });

  it('takes two people at different times for two people', () => {
    const clock = new ManualClock();
    const throttle = new Throttle<string>(clock);
    throttle.note('contoso', alice, 1_000);
    clock.advance(1_000);
    throttle.note('contoso', bob, 1_000);
    assert.equal(throttle.left('contoso', carol), 0);
  });

  it('never holds longer than asked, though the clock is put back', () => {
    const clock = new ManualClock(10_000_000);
    let back = 0;
    const throttle = new Throttle<string>({
      now: () => clock.now() - back,
      setTimer: (ms, run) => clock.setTimer(ms, run),
    });
    throttle.note('contoso', alice, 1_000);
    back = 3_600_000;
    assert.equal(throttle.left('contoso', alice), 1_000);
  });
});
