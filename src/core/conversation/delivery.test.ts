import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { catalogue, type Refusal, type RefusalId } from '../refusals.ts';
import { context, refusal, remoteId, run, thread } from './delivery.test-kit.ts';
import {
  backoffMs,
  type DeliveryEvent,
  type DeliveryOutcome,
  type DeliveryState,
  decide,
  defaultRetry,
  type Finding,
} from './delivery.ts';

describe('the life of a message', () => {
  it('is sent once when the network takes it', () => {
    const { state, commands } = run([
      { kind: 'isRouted', attempted: 0 },
      { kind: 'attempted', outcome: { kind: 'delivered', thread, remoteId, as: 'author' } },
    ]);
    assert.deepEqual(commands, [{ kind: 'send', attempt: 1 }]);
    assert.deepEqual(state, {
      kind: 'ended',
      end: { kind: 'delivered', side: 'skype', thread, remoteId, as: 'author' },
    });
  });

  it('ends as the other network’s own when its recipient has read it there meanwhile', () => {
    const { state } = run([
      { kind: 'isRouted', attempted: 0 },
      { kind: 'seen', rule: 'read-in-teams' },
    ]);
    assert.deepEqual(state, { kind: 'ended', end: { kind: 'native', rule: 'read-in-teams' } });
  });

  it('asks the network before a second attempt when the first may have been shown', () => {
    const { commands } = run([
      { kind: 'isRouted', attempted: 0 },
      { kind: 'attempted', outcome: { kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } } },
      { kind: 'asked', finding: { kind: 'absent' } },
      { kind: 'waited' },
    ]);
    assert.deepEqual(
      commands.map((command) => command.kind),
      ['send', 'ask', 'wait', 'send'],
    );
  });

  it('asks first when an attempt was under way at a crash', () => {
    const { commands } = run([{ kind: 'isRouted', attempted: 1 }]);
    assert.deepEqual(commands, [{ kind: 'ask', attempt: 1 }]);
  });

  it('says that it is uncertain when the network cannot say', () => {
    const { state } = run([
      { kind: 'isRouted', attempted: 1 },
      { kind: 'asked', finding: { kind: 'unknown', refusal } },
    ]);
    assert.deepEqual(state, {
      kind: 'ended',
      end: { kind: 'failed', refusal: { ...refusal, id: 'uncertain' } },
    });
  });

  it('believes that a message is not there when the network says so twice: the request may be on its way', () => {
    const events: readonly DeliveryEvent[] = [
      { kind: 'isRouted', attempted: 1 },
      { kind: 'asked', finding: { kind: 'absent' } },
      { kind: 'waited' },
    ];
    const again = run(
      [...events, { kind: 'asked', finding: { kind: 'absent' } }, { kind: 'waited' }],
      0,
      true,
    );
    assert.deepEqual(
      again.commands.map((command) => command.kind),
      ['ask', 'wait', 'ask', 'wait', 'send'],
    );
    const there = run(
      [...events, { kind: 'asked', finding: { kind: 'found', thread, remoteId, as: 'author' } }],
      0,
      true,
    );
    assert.equal(there.state.kind === 'ended' && there.state.end.kind, 'delivered');
  });

  it('asks again, until the deadline, a network that could say and does not', () => {
    const asking: readonly DeliveryEvent[] = [
      { kind: 'isRouted', attempted: 1 },
      { kind: 'asked', finding: { kind: 'unknown', refusal } },
      { kind: 'waited' },
      { kind: 'asked', finding: { kind: 'unknown', refusal } },
    ];
    const { state, commands } = run(asking, 0, true);
    assert.deepEqual(
      commands.map((command) => command.kind),
      ['ask', 'wait', 'ask', 'wait'],
    );
    assert.equal(state.kind, 'waitingToAsk');
    const late = run(asking.slice(0, 2), 29_900, true);
    assert.deepEqual(late.state, {
      kind: 'ended',
      end: { kind: 'failed', refusal: { ...refusal, id: 'uncertain' } },
    });
  });

  it('fails with the reason of the last attempt when no time is left for another', () => {
    const { state } = run(
      [
        { kind: 'isRouted', attempted: 0 },
        { kind: 'attempted', outcome: { kind: 'transient', refusal } },
      ],
      29_950,
    );
    assert.deepEqual(state, { kind: 'ended', end: { kind: 'failed', refusal } });
  });

  it('does not start after its deadline', () => {
    const { state, commands } = run([{ kind: 'isRouted', attempted: 0 }], 30_000);
    assert.equal(commands.length, 0);
    assert.deepEqual(state, {
      kind: 'ended',
      end: { kind: 'failed', refusal: { id: 'deadline-passed', side: 'skype' } },
    });
  });

  it('waits as long as the network asked, and a little longer: others were asked the same', () => {
    const { commands } = run([
      { kind: 'isRouted', attempted: 0 },
      { kind: 'attempted', outcome: { kind: 'transient', refusal, afterMs: 5_000 } },
    ]);
    assert.deepEqual(commands.at(-1), { kind: 'wait', ms: 5_125 });
  });
});

describe('a message that is brought nowhere', () => {
  it('ends as an echo, as its own network’s, or with the reason of whoever refused it', () => {
    const ends = (event: DeliveryEvent) => run([event]);
    assert.deepEqual(ends({ kind: 'isEcho' }), {
      state: { kind: 'ended', end: { kind: 'echo' } },
      commands: [],
    });
    assert.deepEqual(ends({ kind: 'isNative', rule: 'islands-same-client' }), {
      state: { kind: 'ended', end: { kind: 'native', rule: 'islands-same-client' } },
      commands: [],
    });
    assert.deepEqual(ends({ kind: 'isRefused', refusal }), {
      state: { kind: 'ended', end: { kind: 'failed', refusal } },
      commands: [],
    });
  });
});

describe('whatever the networks answer', () => {
  const refusals = fc
    .constantFrom(...(Object.keys(catalogue) as RefusalId[]))
    .map((id): Refusal => ({ id, side: 'skype' }));
  const outcomes: fc.Arbitrary<DeliveryOutcome> = fc.oneof(
    fc.constant<DeliveryOutcome>({ kind: 'delivered', thread, remoteId, as: 'author' }),
    refusals.map((r): DeliveryOutcome => ({ kind: 'refused', refusal: r })),
    fc
      .tuple(refusals, fc.option(fc.nat(60_000), { nil: undefined }))
      .map(
        ([r, afterMs]): DeliveryOutcome =>
          afterMs === undefined
            ? { kind: 'transient', refusal: r }
            : { kind: 'transient', refusal: r, afterMs },
      ),
    refusals.map((r): DeliveryOutcome => ({ kind: 'uncertain', refusal: r })),
  );
  const findings: fc.Arbitrary<Finding> = fc.oneof(
    fc.constant<Finding>({ kind: 'found', thread, remoteId, as: 'author' }),
    fc.constant<Finding>({ kind: 'absent' }),
    refusals.map((r): Finding => ({ kind: 'unknown', refusal: r })),
  );

  it('ends by its deadline, in one final state, and never sends twice without a certain failure between', () => {
    fc.assert(
      fc.property(
        fc.array(outcomes, { minLength: 200, maxLength: 200 }),
        fc.array(findings, { minLength: 200, maxLength: 200 }),
        fc.nat(2),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.boolean(),
        (sendAnswers, findAnswers, attempted, random, canFind) => {
          let now = 0;
          let mayBeShown = attempted > 0;
          let state: DeliveryState = { kind: 'new' };
          let event: DeliveryEvent = { kind: 'isRouted', attempted };
          for (let step = 0; state.kind !== 'ended'; step++) {
            assert.ok(step < 300, 'never ends');
            const decision = decide(state, event, { ...context(now, canFind), random });
            state = decision.state;
            const { command } = decision;
            if (!command) break;
            switch (command.kind) {
              case 'send': {
                assert.equal(mayBeShown, false, 'sent although it may have been shown');
                const outcome = sendAnswers[step] ?? ({ kind: 'refused', refusal } as const);
                mayBeShown = outcome.kind === 'uncertain' || outcome.kind === 'delivered';
                now += 10;
                event = { kind: 'attempted', outcome };
                break;
              }
              case 'ask': {
                const finding = findAnswers[step] ?? ({ kind: 'absent' } as const);
                if (finding.kind === 'absent') mayBeShown = false;
                now += 10;
                event = { kind: 'asked', finding };
                break;
              }
              case 'wait':
                assert.ok(now + command.ms < 30_000, 'waits past the deadline');
                now += command.ms;
                event = { kind: 'waited' };
                break;
            }
          }
          assert.equal(state.kind, 'ended');
          if (state.kind === 'ended' && state.end.kind === 'failed' && mayBeShown)
            assert.equal(catalogue[state.end.refusal.id].certain, false, 'claims certainty that it has not');
        },
      ),
    );
  });

  it('waits 250 ms at most, then twice as long each time, to 8 s; and never less than half of that', () => {
    const longest = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];
    for (const [index, ms] of longest.entries()) {
      assert.equal(backoffMs(index + 1, defaultRetry, 0), ms / 2);
      assert.equal(backoffMs(index + 1, defaultRetry, 1), ms);
    }
  });

  it('waits longer after each attempt, within bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const ms = backoffMs(attempt, defaultRetry, random);
          assert.ok(ms >= defaultRetry.firstWaitMs / 2 && ms <= defaultRetry.longestWaitMs);
          assert.ok(backoffMs(attempt + 1, defaultRetry, random) >= ms);
        },
      ),
    );
  });
});
