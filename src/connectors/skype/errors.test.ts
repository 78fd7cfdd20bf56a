import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { catalogue } from '../../core/refusals.ts';
import {
  ConnectionFailed,
  RequestFailed,
  SignInRefused,
  UnexpectedAnswer,
} from '../../protocols/ucwa/client/client.ts';
import { subcodes } from '../../protocols/ucwa/errors.ts';
import { bySubcode, failureOfError, failureOfReason } from './errors.ts';

describe('what a pool’s codes mean', () => {
  const outcomes: readonly [string, string | undefined, string][] = [
    ['NotFound', 'DestinationNotFound', 'refused no-such-person'],
    ['RemoteFailure', 'TemporarilyUnavailable', 'refused offline'],
    ['RemoteFailure', 'Unreachable', 'transient unreachable'],
    ['RemoteFailure', 'Declined', 'refused declined'],
    ['RemoteFailure', 'Busy', 'refused declined'],
    ['RemoteFailure', 'DoNotDisturb', 'refused do-not-disturb'],
    ['RemoteFailure', 'Timeout', 'refused no-answer'],
    ['Informational', 'Missed', 'refused no-answer'],
    ['EntityTooLarge', undefined, 'refused too-long'],
    ['RemoteFailure', 'Ended', 'ended session-ended'],
    ['RemoteFailure', 'ANewOne', 'refused offline'],
    ['ANewOne', 'ANewOne', 'refused unexpected-answer'],
    ['constructor', 'toString', 'refused unexpected-answer'],
  ];
  for (const [code, subcode, expected] of outcomes) {
    it(`${code}/${subcode ?? 'none'} of an operation is ${expected}`, () => {
      const { kind, id } = failureOfReason({ code, ...(subcode === undefined ? {} : { subcode }) });
      assert.equal(`${kind} ${id}`, expected);
    });
  }

  it('knows every subcode that the protocol room lists, and is never uncertain where the pool reported an end', () => {
    for (const subcode of subcodes) {
      assert.ok(Object.hasOwn(bySubcode, subcode), subcode);
      assert.notEqual(failureOfReason({ code: 'RemoteFailure', subcode }).kind, 'uncertain');
    }
  });

  const requests: readonly [unknown, boolean, string][] = [
    [new ConnectionFailed('ECONNREFUSED', 'no', 'pool'), true, 'transient unreachable'],
    [new ConnectionFailed('UND_ERR_SOCKET', 'maybe', 'pool'), true, 'uncertain uncertain'],
    [new ConnectionFailed('UND_ERR_SOCKET', 'maybe', 'pool'), false, 'transient unreachable'],
    [new RequestFailed(429, undefined, 7_000), true, 'transient throttled'],
    [new RequestFailed(500, undefined), true, 'uncertain uncertain'],
    [new RequestFailed(503, undefined), true, 'transient unreachable'],
    [new RequestFailed(413, { code: 'EntityTooLarge' }), true, 'refused too-long'],
    [new RequestFailed(404, { code: 'NotFound' }), true, 'ended session-ended'],
    [
      new RequestFailed(404, { code: 'NotFound', subcode: 'DestinationNotFound' }),
      true,
      'refused no-such-person',
    ],
    [new RequestFailed(401, undefined), true, 'refused link-refused'],
    [new SignInRefused('invalid_grant'), true, 'refused link-refused'],
    [new UnexpectedAnswer('x'), true, 'uncertain uncertain'],
    [new AggregateError([]), false, 'transient unreachable'],
  ];
  for (const [error, writes, expected] of requests) {
    const name = error instanceof Error ? `${error.name} (${error.message})` : String(error);
    it(`${name} of a request that ${writes ? 'writes' : 'only reads'} is ${expected}`, () => {
      const { kind, id } = failureOfError(error, writes);
      assert.equal(`${kind} ${id}`, expected);
    });
  }

  it('passes on how long to wait', () => {
    assert.equal(failureOfError(new RequestFailed(429, undefined, 7_000), true).afterMs, 7_000);
  });

  it('agrees with the catalogue on what is certain', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.option(fc.constantFrom(...subcodes), { nil: undefined }),
        (code, subcode) => {
          const { kind, id } = failureOfReason({ code, ...(subcode === undefined ? {} : { subcode }) });
          assert.equal(catalogue[id].certain, kind !== 'uncertain');
        },
      ),
    );
  });
});
