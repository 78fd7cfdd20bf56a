import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { judge, type Verdict } from './judge.ts';
import { isMarkedLate, readNotice } from './notice.ts';
import { tokenIn, tokenOf } from './plan.ts';
import type { Evidence, Told, Written } from './record.ts';

const lane = '1 to skype';
const token = (number: number): string => tokenOf(1, 'skype', number);
const write = (number: number, fate: Written['fate'] = 'accepted'): Written => ({
  token: token(number),
  lane,
  to: 'skype',
  fate,
});

function evidence(
  written: readonly Written[],
  shown: readonly number[],
  told: readonly Told[] = [],
  underWay: readonly number[] = [],
  late: readonly number[] = [],
): Evidence {
  return {
    written,
    shown: [{ lane, tokens: shown.map(token), late: new Set(late.map(token)) }],
    told,
    underWay: new Set(underWay.map(token)),
  };
}

const five = ['lost', 'doubled', 'outOfOrder', 'stuck', 'wronglyReported'] as const;

/** The findings that are not empty. */
function findings(verdict: Verdict): Partial<Record<(typeof five)[number], readonly string[]>> {
  return Object.fromEntries(
    five.flatMap((name) => (verdict[name].length > 0 ? [[name, verdict[name]]] : [])),
  );
}

const three = [write(1), write(2), write(3)];

describe('the judge of a soak', () => {
  it('finds nothing where everything was shown once and in order', () => {
    assert.deepEqual(findings(judge(evidence(three, [1, 2, 3]))), {});
  });

  it('calls lost what nobody shows, nobody was told of and nobody works on', () => {
    assert.deepEqual(findings(judge(evidence(three, [1, 3]))), { lost: [token(2)] });
  });

  it('calls stuck what is neither shown nor told of though the gateway has it', () => {
    assert.deepEqual(findings(judge(evidence(three, [1, 3], [], [2]))), { stuck: [token(2)] });
  });

  it('counts each time too many', () => {
    assert.deepEqual(findings(judge(evidence(three, [1, 2, 2, 2, 3]))), { doubled: [token(2), token(2)] });
  });

  it('counts what is shown twice in two places', () => {
    const twice = { ...evidence(three, [1, 2, 3]) };
    const verdict = judge({
      ...twice,
      shown: [...twice.shown, { lane, tokens: [token(3)], late: new Set<string>() }],
    });
    assert.deepEqual(findings(verdict), { doubled: [token(3)] });
  });

  it('finds what is shown after something written later', () => {
    assert.deepEqual(findings(judge(evidence(three, [1, 3, 2]))), { outOfOrder: [token(2)] });
  });

  it('lets something stand after later ones that says itself when it was written, and nothing else', () => {
    const both = judge(evidence(three, [3, 2, 1], [], [], [1, 2]));
    assert.deepEqual([findings(both), both.counts.shownBehind], [{}, 2]);
    assert.deepEqual(findings(judge(evidence(three, [1, 3, 2], [], [], [3]))), { outOfOrder: [token(2)] });
    const one = judge(evidence(three, [1, 3, 2], [], [], [2, 3]));
    assert.deepEqual([findings(one), one.counts.shownBehind], [{}, 1]);
    assert.deepEqual(findings(judge(evidence(three, [3, 2, 1], [], [], [1]))), { outOfOrder: [token(2)] });
    const strange = [{ lane: '2 to skype', tokens: [token(2)], late: new Set([token(2)]) }];
    assert.deepEqual(findings(judge({ ...evidence(three, [1, 3]), shown: strange })).outOfOrder, [token(2)]);
  });

  it('finds what is shown in a conversation that it was not written in', () => {
    const strange = { lane: '2 to skype', tokens: [token(2)], late: new Set<string>() };
    const { shown, ...others } = evidence(three, [1, 3]);
    const verdict = judge({ ...others, shown: [...shown, strange] });
    assert.deepEqual(findings(verdict), { outOfOrder: [token(2)] });
  });

  it('finds a failure that was told of though the message was shown', () => {
    const told: Told = { token: token(2), what: 'failed' };
    assert.deepEqual(findings(judge(evidence(three, [1, 2, 3], [told]))), { wronglyReported: [token(2)] });
  });

  it('takes a failure for the end of a message that was not shown', () => {
    assert.deepEqual(findings(judge(evidence(three, [1, 3], [{ token: token(2), what: 'failed' }]))), {});
  });

  it('takes “uncertain” for honest, whether the message was shown or not', () => {
    const told: Told = { token: token(2), what: 'uncertain' };
    assert.deepEqual(findings(judge(evidence(three, [1, 2, 3], [told]))), {});
    assert.deepEqual(findings(judge(evidence(three, [1, 3], [told]))), {});
  });

  it('finds a failure told of beside the uncertainty of the same message', () => {
    const told: readonly Told[] = [
      { token: token(2), what: 'uncertain' },
      { token: token(2), what: 'failed' },
    ];
    const verdict = judge(evidence(three, [1, 2, 3], told));
    assert.deepEqual(findings(verdict), { wronglyReported: [token(2)] });
    assert.equal(verdict.counts.toldAgain, 1);
  });

  it('finds a notice about something that nobody wrote', () => {
    const told: Told = { token: token(9), what: 'failed' };
    assert.deepEqual(findings(judge(evidence(three, [1, 2, 3], [told]))), { wronglyReported: [token(9)] });
  });

  it('asks nothing of what its own network did not accept, but that it is shown once at most', () => {
    for (const fate of ['refused', 'open'] as const) {
      const written = [write(1), write(2, fate), write(3)];
      assert.deepEqual(findings(judge(evidence(written, [1, 3]))), {});
      const { counts, ...shown } = judge(evidence(written, [1, 2, 3]));
      assert.deepEqual(findings({ ...shown, counts }), {});
      assert.equal(counts.notAcceptedButShown, 1);
      assert.deepEqual(findings(judge(evidence(written, [1, 2, 2, 3]))), { doubled: [token(2)] });
    }
  });

  it('finds every planted loss, doubling and swap, wherever they are', () => {
    const size = 12;
    const all = Array.from({ length: size }, (_, index) => write(index + 1));
    const numbers = all.map((_, index) => index + 1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: size - 2 }), fc.nat({ max: 2 }), (at, kind) => {
        const shown = [...numbers];
        const [one = 0, next = 0] = shown.slice(at, at + 2);
        const planted = [[], [one, one], [next, one]][kind] ?? [];
        shown.splice(at, kind === 2 ? 2 : 1, ...planted);
        const expected = [{ lost: [token(one)] }, { doubled: [token(one)] }, { outOfOrder: [token(one)] }];
        assert.deepEqual(findings(judge(evidence(all, shown))), expected[kind]);
      }),
    );
  });
});

describe('what clients show', () => {
  it('names a message by the token in its text, whatever stands around it', () => {
    assert.equal(tokenIn('<b>s4</b>: [4 to teams 12] so what'), tokenOf(4, 'teams', 12));
    assert.equal(tokenIn('so what'), undefined);
  });

  it('tells a failure from an uncertain outcome, in both clients', () => {
    const quote = 'Send it again later.\n> [4 to teams 12] so';
    assert.deepEqual(readNotice(`Not delivered to t4: Teams could not be reached. ${quote}`), {
      token: tokenOf(4, 'teams', 12),
      what: 'failed',
    });
    const html =
      '<p><b>Not delivered to s4: Skype for Business did not confirm the message: it may have been shown to s4, or not.</b></p><blockquote>[4 to skype 1] a</blockquote>';
    assert.deepEqual(readNotice(html), { token: tokenOf(4, 'skype', 1), what: 'uncertain' });
    assert.equal(readNotice('[4 to teams 12] so'), undefined);
  });

  it('knows a message that says when it was written', () => {
    assert.ok(isMarkedLate('[written at 14:05 UTC] [4 to teams 12] so'));
    assert.ok(isMarkedLate('<b>s4</b>: [written on 2026-01-05 at 14:05 UTC] [4 to teams 12]'));
    assert.ok(!isMarkedLate('[4 to teams 12] written at 14:05'));
  });
});
