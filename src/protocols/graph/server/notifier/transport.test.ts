import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { webUrl } from '../../../../../test/kit/text.ts';
import { withToken } from './transport.ts';

describe('the address of a validation request', () => {
  it('keeps the query string of the subscriber', () => {
    assert.equal(
      withToken('https://a.example/hook?x=1', 'a b&c'),
      'https://a.example/hook?x=1&validationToken=a%20b%26c',
    );
  });

  it('carries the token so that it is read back', () => {
    fc.assert(
      fc.property(fc.string(), webUrl(), (token, url) => {
        assert.equal(new URL(withToken(url, token)).searchParams.getAll('validationToken').at(-1), token);
      }),
    );
  });
});
