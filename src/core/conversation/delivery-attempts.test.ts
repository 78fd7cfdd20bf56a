import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Refusal } from '../refusals.ts';
import { context, refusal, remoteId, run, thread } from './delivery.test-kit.ts';
import {
  type DeliveryEvent,
  type DeliveryOutcome,
  type DeliveryState,
  decide,
  type Finding,
} from './delivery.ts';

describe('attempts', () => {
  const routed: DeliveryEvent = { kind: 'isRouted', attempted: 0 };
  const waited: DeliveryEvent = { kind: 'waited' };
  const transient: DeliveryEvent = { kind: 'attempted', outcome: { kind: 'transient', refusal } };
  const unsure: Refusal = { id: 'uncertain', side: 'skype', person: 'Bob' };
  const uncertain: DeliveryEvent = { kind: 'attempted', outcome: { kind: 'uncertain', refusal: unsure } };
  const absent: DeliveryEvent = { kind: 'asked', finding: { kind: 'absent' } };
  const unknown: DeliveryEvent = { kind: 'asked', finding: { kind: 'unknown', refusal } };

  it('are counted, and further and further apart', () => {
    const { commands } = run([routed, transient, waited, transient, waited, transient, waited]);
    assert.deepEqual(commands, [
      { kind: 'send', attempt: 1 },
      { kind: 'wait', ms: 188 },
      { kind: 'send', attempt: 2 },
      { kind: 'wait', ms: 375 },
      { kind: 'send', attempt: 3 },
      { kind: 'wait', ms: 750 },
      { kind: 'send', attempt: 4 },
    ]);
  });

  it('are no more for having been asked about, and the network is asked further and further apart', () => {
    const { commands } = run(
      [
        { kind: 'isRouted', attempted: 2 },
        ...[unknown, waited],
        ...[unknown, waited],
        ...[absent, waited],
        ...[absent, waited],
      ],
      0,
      true,
    );
    assert.deepEqual(commands, [
      { kind: 'ask', attempt: 2 },
      { kind: 'wait', ms: 188 },
      { kind: 'ask', attempt: 2 },
      { kind: 'wait', ms: 375 },
      { kind: 'ask', attempt: 2 },
      { kind: 'wait', ms: 1_000 },
      { kind: 'ask', attempt: 2 },
      { kind: 'wait', ms: 375 },
      { kind: 'send', attempt: 3 },
    ]);
  });

  it('begin before the deadline or not at all', () => {
    const last = (events: readonly DeliveryEvent[], now: number, canFind = false) =>
      run(events, now, canFind).state.kind;
    assert.equal(last([routed], 29_999), 'sending');
    assert.equal(last([routed, transient], 29_811), 'waiting');
    assert.equal(last([routed, transient], 29_812), 'ended');
    assert.equal(last([routed, uncertain, unknown], 29_811, true), 'waitingToAsk');
    assert.equal(last([routed, uncertain, unknown], 29_812, true), 'ended');
  });

  it('are believed to have come to nothing the first time, where a second answer would come too late', () => {
    const wait = (now: number) => run([routed, uncertain, absent], now, true).commands.at(-1);
    assert.deepEqual(wait(28_999), { kind: 'wait', ms: 1_000 });
    assert.deepEqual(wait(29_000), { kind: 'wait', ms: 188 });
  });

  it('are believed to have come to nothing the first time, where the network cannot say for certain', () => {
    assert.deepEqual(run([routed, uncertain, absent]).commands.at(-1), { kind: 'wait', ms: 188 });
  });

  it('that certainly came to nothing say so: what was uncertain failed for want of time', () => {
    const failed = (outcome: DeliveryOutcome) =>
      run([routed, { kind: 'attempted', outcome }, absent], 29_900);
    assert.deepEqual(failed({ kind: 'uncertain', refusal: unsure }).state, {
      kind: 'ended',
      end: { kind: 'failed', refusal: { ...unsure, id: 'deadline-passed' } },
    });
    assert.deepEqual(failed({ kind: 'uncertain', refusal }).state, {
      kind: 'ended',
      end: { kind: 'failed', refusal },
    });
  });

  it('that the network has taken after all are delivered where and in whose name it says', () => {
    const found: Finding = { kind: 'found', thread, remoteId, as: 'gateway' };
    assert.deepEqual(run([routed, uncertain, { kind: 'asked', finding: found }]).state, {
      kind: 'ended',
      end: { kind: 'delivered', side: 'skype', thread, remoteId, as: 'gateway' },
    });
  });

  it('are not touched by what comes late: each state hears its own events and no others', () => {
    const heard: Readonly<Record<DeliveryState['kind'], readonly DeliveryEvent['kind'][]>> = {
      new: ['isEcho', 'isNative', 'isRefused', 'isRouted'],
      sending: ['attempted', 'seen'],
      asking: ['asked'],
      waitingToAsk: ['waited'],
      waiting: ['waited'],
      ended: [],
    };
    const doubt = { attempt: 1, refusal, asked: 1, absent: false };
    const states: readonly DeliveryState[] = [
      { kind: 'new' },
      { kind: 'sending', attempt: 1 },
      { kind: 'asking', ...doubt },
      { kind: 'waitingToAsk', ...doubt },
      { kind: 'waiting', attempt: 1, refusal },
      { kind: 'ended', end: { kind: 'echo' } },
    ];
    const happenings: readonly DeliveryEvent[] = [
      { kind: 'isEcho' },
      { kind: 'isNative', rule: 'r' },
      { kind: 'isRefused', refusal },
      routed,
      transient,
      { kind: 'seen', rule: 'r' },
      absent,
      waited,
    ];
    for (const state of states)
      for (const event of happenings) {
        const decision = decide(state, event, context());
        if (heard[state.kind].includes(event.kind)) assert.notDeepEqual(decision.state, state);
        else assert.deepEqual(decision, { state, command: undefined }, `${event.kind} while ${state.kind}`);
      }
  });
});
