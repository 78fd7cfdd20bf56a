import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GraphError } from '../errors.ts';
import { encodeSkipToken, nextLink, option, orderOption, skipToken, topOption } from './query.ts';

const limits = { max: 50, default: 20 };

describe('$top', () => {
  it('is a whole number from one to the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (top) =>
        assert.equal(topOption({ $top: String(top) }, limits), top),
      ),
    );
    assert.equal(topOption({}, limits), 20);
  });

  for (const $top of ['0', '-1', '51', '1.5', 'x', '', '99999999999999999999']) {
    it(`is not '${$top}'`, () => assert.throws(() => topOption({ $top }, limits), GraphError));
  }
});

describe('an option', () => {
  it('may be given once', () => {
    assert.equal(option({ model: 'B' }, 'model'), 'B');
    assert.throws(() => option({ model: ['A', 'B'] }, 'model'), GraphError);
  });

  it('orders ascending unless it says otherwise', () => {
    assert.deepEqual(orderOption({ $orderby: 'a/b' }), { property: 'a/b', descending: false });
    assert.deepEqual(orderOption({ $orderby: 'a DESC' }), { property: 'a', descending: true });
    assert.throws(() => orderOption({ $orderby: 'a,b' }), GraphError);
  });
});

describe('a next link', () => {
  it('repeats the request, from the position on', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (position, filter) => {
        const query = { $top: '5', $filter: filter, $skiptoken: 'old' };
        const link = new URL(nextLink('https://a.example/v1.0', '/me/chats', query, position));
        assert.equal(link.pathname, '/v1.0/me/chats');
        assert.equal(link.searchParams.get('$filter'), filter);
        assert.equal(link.searchParams.get('$top'), '5');
        assert.equal(skipToken({ $skiptoken: link.searchParams.get('$skiptoken') ?? '' }), position);
      }),
    );
  });

  it('is refused when its token was made up', () => {
    assert.throws(() => skipToken({ $skiptoken: 'x' }), GraphError);
    assert.equal(skipToken({ $skiptoken: encodeSkipToken('7') }), '7');
    assert.equal(skipToken({}), undefined);
  });
});
