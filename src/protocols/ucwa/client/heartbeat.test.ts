import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { Application } from './application.ts';
import { Heartbeat } from './heartbeat.ts';

/** An application whose reports end as `outcomes` say, and well when they say no more. */
function reporting(clock: ManualClock, outcomes: readonly boolean[] = []) {
  const at: number[] = [];
  const application = {
    async reportMyActivity() {
      if (outcomes[at.push(clock.now()) - 1] === false) throw new Error('the pool does not answer');
    },
  } as unknown as Application;
  return { application, at };
}

async function advance(clock: ManualClock, seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    clock.advance(1_000);
    await turn();
  }
}

describe('a heartbeat', () => {
  it('reports more often than every four minutes, and not more often than every three', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (random) => {
        const clock = new ManualClock();
        const { application, at } = reporting(clock);
        using _beating = new Heartbeat(application, clock, () => random);
        let last = clock.now();
        await advance(clock, 700);
        assert.ok(at.length >= 2);
        for (const time of at) {
          assert.ok(time - last >= 180_000 && time - last < 240_000, `${time - last} ms`);
          last = time;
        }
      }),
      { numRuns: 20 },
    );
  });

  it('comes back within a minute after reports that failed, and then keeps its usual pace', async () => {
    const clock = new ManualClock();
    const { application, at } = reporting(clock, [false, false, false, false, true]);
    using _beating = new Heartbeat(application, clock, () => 0.5);
    await advance(clock, 600);
    const gaps = at.slice(1).map((time, n) => time - (at[n] ?? 0));
    assert.ok(
      gaps.slice(0, 4).every((ms) => ms <= 60_000),
      gaps.join(),
    );
    assert.ok((gaps[4] ?? 0) >= 180_000, gaps.join());
  });

  it('ends with its disposal, also in the middle of a report', async () => {
    const clock = new ManualClock();
    const signals: AbortSignal[] = [];
    const application = {
      reportMyActivity(signal: AbortSignal) {
        signals.push(signal);
        return new Promise<void>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      },
    } as unknown as Application;
    const waiting = new Heartbeat(application, clock, () => 0.5);
    waiting[Symbol.dispose]();
    assert.equal(clock.pending, 0);
    const beating = new Heartbeat(application, clock, () => 0.5);
    clock.advance(240_000);
    assert.equal(signals.length, 1);
    beating[Symbol.dispose]();
    await turn();
    assert.equal(signals[0]?.aborted, true);
    assert.equal(clock.pending, 0);
  });
});
