import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { catalogue } from '../../core/refusals.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import { outcomeOf } from './errors.ts';

const answered = (status: number, more = {}): GraphFailure => ({
  kind: 'answered',
  status,
  code: 'Code',
  message: 'what the person wrote',
  ...more,
});

describe('what a failure of Graph means for a message', () => {
  for (const [failure, prepare, write] of [
    [answered(400), 'refused unexpected-answer', 'refused unexpected-answer'],
    [answered(401), 'refused link-refused', 'refused link-refused'],
    [answered(403), 'refused not-allowed', 'refused not-allowed'],
    [answered(404), 'refused no-such-person', 'transient session-ended'],
    [answered(413), 'refused too-long', 'refused too-long'],
    [answered(429), 'transient throttled', 'transient throttled'],
    [answered(500), 'transient unreachable', 'uncertain uncertain'],
    [answered(502), 'transient unreachable', 'uncertain uncertain'],
    [answered(503), 'transient unreachable', 'transient unreachable'],
    [answered(504), 'transient unreachable', 'uncertain uncertain'],
    [{ kind: 'unreachable', detail: 'ECONNREFUSED' }, 'transient unreachable', 'transient unreachable'],
    [{ kind: 'interrupted', detail: 'ECONNRESET' }, 'transient unreachable', 'uncertain uncertain'],
    [{ kind: 'malformed', status: 201, detail: 'x' }, 'transient unreachable', 'uncertain uncertain'],
    [{ kind: 'aborted' }, 'transient unreachable', 'transient unreachable'],
    [
      { kind: 'no-token', failure: { kind: 'refused', detail: 'x' } },
      'refused link-refused',
      'refused link-refused',
    ],
    [
      { kind: 'no-token', failure: { kind: 'unavailable', detail: 'x' } },
      'transient unreachable',
      'transient unreachable',
    ],
  ] as const satisfies readonly (readonly [GraphFailure, string, string])[]) {
    it(`${failure.kind} ${'status' in failure ? failure.status : ''}: ${prepare}; when writing: ${write}`, () => {
      for (const [stage, expected] of [
        ['prepare', prepare],
        ['write', write],
      ] as const) {
        const { kind, refusal } = outcomeOf(failure, stage, 'Bob');
        assert.equal(`${kind} ${refusal.id}`, expected);
      }
    });
  }

  it('passes on how long Graph asks to wait', () => {
    const outcome = outcomeOf(answered(429, { retryAfterMs: 7000 }), 'write', 'Bob');
    assert.equal(outcome.kind === 'transient' && outcome.afterMs, 7000);
  });

  it('is never certain when the message may have been shown, and never carries what Graph says in words', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.constantFrom('prepare', 'write'),
        (status, stage) => {
          const { kind, refusal } = outcomeOf(answered(status), stage, 'Bob');
          assert.equal(kind === 'uncertain', !catalogue[refusal.id].certain);
          assert.doesNotMatch(JSON.stringify(refusal), /what the person wrote/);
        },
      ),
    );
  });
});
