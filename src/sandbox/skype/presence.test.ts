import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aggregate, availability, classOf, type MachineState, machineStateAfter } from './presence.ts';

const machine = fc.constantFrom<MachineState>('active', 'inactive', 'away');
const machines = fc.array(machine, { minLength: 1, maxLength: 6 });
const chosen = fc.record({
  availability: fc.constantFrom(...Object.values(availability)),
  activity: fc.option(fc.constantFrom('off-work', 'in-a-meeting'), { nil: undefined }),
});
const maybeChosen = fc.option(chosen, { nil: undefined });

describe('the presence of a person', () => {
  it('is offline without an endpoint, whatever was chosen', () => {
    fc.assert(
      fc.property(maybeChosen, (own) => assert.equal(aggregate([], own).availability, availability.offline)),
    );
  });

  it('does not depend on the order of endpoints', () => {
    fc.assert(
      fc.property(machines, maybeChosen, (all, own) =>
        assert.deepEqual(aggregate(all, own), aggregate([...all].reverse(), own)),
      ),
    );
  });

  it('is that of the most available endpoint alone', () => {
    fc.assert(
      fc.property(machines, maybeChosen, (all, own) => {
        const best = (['active', 'inactive', 'away'] as const).find((state) => all.includes(state)) ?? 'away';
        assert.deepEqual(aggregate(all, own), aggregate([best], own));
      }),
    );
  });

  it('never becomes more available than what the person chose', () => {
    fc.assert(
      fc.property(machines, chosen, (all, own) =>
        assert.ok(aggregate(all, own).availability >= own.availability),
      ),
    );
  });

  it('keeps Do not disturb, Be right back and Away however long nobody is there', () => {
    for (const value of [availability.doNotDisturb, availability.beRightBack, availability.away]) {
      const own = { availability: value, activity: undefined };
      for (const state of ['active', 'inactive', 'away'] as const)
        assert.deepEqual(aggregate([state], own), own);
    }
  });

  it('fades from busy to idle and away', () => {
    const own = { availability: availability.busy, activity: 'in-a-meeting' };
    assert.deepEqual(aggregate(['active'], own), own);
    assert.equal(classOf(aggregate(['inactive'], own).availability), 'idleBusy');
    assert.equal(classOf(aggregate(['away'], own).availability), 'away');
  });
});

describe('the availability number', () => {
  it('has the documented bounds', () => {
    const cases = [
      [0, 'online'],
      [4499, 'online'],
      [4500, 'idleOnline'],
      [5999, 'idleOnline'],
      [6000, 'busy'],
      [7499, 'busy'],
      [7500, 'idleBusy'],
      [8999, 'idleBusy'],
      [9000, 'doNotDisturb'],
      [11999, 'doNotDisturb'],
      [12000, 'beRightBack'],
      [14999, 'beRightBack'],
      [15000, 'away'],
      [17999, 'away'],
      [18000, 'offline'],
      [18500, 'offline'],
    ] as const;
    for (const [value, expected] of cases) assert.equal(classOf(value), expected, String(value));
  });
});

describe('a machine', () => {
  it('is active, then inactive, then away, and says when the next step comes', () => {
    assert.deepEqual(machineStateAfter(0, 300, 200), { state: 'active', nextInMs: 300 });
    assert.deepEqual(machineStateAfter(299, 300, 200), { state: 'active', nextInMs: 1 });
    assert.deepEqual(machineStateAfter(300, 300, 200), { state: 'inactive', nextInMs: 200 });
    assert.deepEqual(machineStateAfter(500, 300, 200), { state: 'away', nextInMs: undefined });
  });

  it('changes exactly when it said', () => {
    const span = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(span, span, span, (idle, inactive, away) => {
        const { state, nextInMs } = machineStateAfter(idle, inactive, away);
        if (nextInMs === undefined) return assert.equal(state, 'away');
        assert.notEqual(machineStateAfter(idle + nextInMs, inactive, away).state, state);
        assert.equal(machineStateAfter(idle + nextInMs - 1, inactive, away).state, state);
      }),
    );
  });
});
