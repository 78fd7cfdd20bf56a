import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figuresOf, tableOf } from '../chaos/report.ts';
import { soak } from '../chaos/soak.ts';

describe('a short soak, in which everything fails at least once', () => {
  it('loses nothing, doubles nothing, keeps the order, leaves nothing stuck and reports nothing wrongly', async (t) => {
    const result = await soak({
      seed: 7,
      seconds: 6,
      couples: 12,
      perSecond: 15,
      deadlineMs: 8_000,
      patienceMs: 8_000,
      drainMs: 60_000,
      quietMs: 1_000,
      say: () => undefined,
    });
    t.diagnostic(tableOf([result]));
    const { messages, kills, ...findings } = figuresOf([result]);
    assert.equal(messages, 90);
    assert.ok(kills >= 4);
    assert.deepEqual(findings, { lost: 0, doubled: 0, outOfOrder: 0, stuck: 0, wronglyReported: 0 });
    assert.ok(result.verdict.counts.shown > messages / 4, 'most of what was written is shown');
  });
});
