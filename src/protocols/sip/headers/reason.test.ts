import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatReason, parseSipReason } from './reason.ts';

describe('Reason', () => {
  it('is read with its cause and text, the value of SIP among others', () => {
    assert.deepEqual(
      parseSipReason('Q.850;cause=16;text="Terminated", SIP ;cause=200 ;text="Call completed elsewhere"'),
      {
        protocol: 'SIP',
        cause: 200,
        text: 'Call completed elsewhere',
      },
    );
  });

  it('without a cause, or of another protocol alone, is none', () => {
    for (const value of ['', 'SIP', 'SIP;cause=x', 'SIP;cause=9999', 'Q.850;cause=16'])
      assert.equal(parseSipReason(value), undefined, value);
  });

  it('comes back the same, and garbage never throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.stringMatching(/^[ -~]{0,40}$/), (cause, text) => {
        assert.deepEqual(parseSipReason(formatReason({ protocol: 'SIP', cause, text })), {
          protocol: 'SIP',
          cause,
          text,
        });
      }),
    );
    fc.assert(fc.property(fc.string(), (value) => void parseSipReason(value)));
  });
});
