import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GraphError } from '../../errors.ts';
import { encodeSkipToken } from '../query.ts';
import { messageRange } from './message-range.ts';

const t1 = '2026-01-05T09:00:00Z';
const t2 = '2026-01-05T10:00:00Z';
const at1 = Date.parse(t1);
const at2 = Date.parse(t2);

describe('which messages a list asks for', () => {
  it('is by last change unless it says otherwise', () => {
    assert.deepEqual(messageRange({}, 20), { by: 'modified', limit: 20 });
    assert.deepEqual(messageRange({ $orderby: 'createdDateTime desc' }, 20), { by: 'created', limit: 20 });
  });

  it('is bounded by a filter of the property it is ordered by', () => {
    const query = {
      $orderby: 'lastModifiedDateTime desc',
      $filter: `lastModifiedDateTime gt ${t1} and lastModifiedDateTime lt ${t2}`,
    };
    assert.deepEqual(messageRange(query, 20), { by: 'modified', after: at1, before: at2, limit: 20 });
  });

  it('silently ignores a filter of another property, and one without an order', () => {
    const $filter = `lastModifiedDateTime gt ${t1}`;
    assert.deepEqual(messageRange({ $filter }, 20), { by: 'modified', limit: 20 });
    assert.deepEqual(messageRange({ $filter, $orderby: 'createdDateTime desc' }, 20), {
      by: 'created',
      limit: 20,
    });
  });

  it('takes lt alone for createdDateTime', () => {
    const $orderby = 'createdDateTime desc';
    assert.deepEqual(messageRange({ $orderby, $filter: `createdDateTime lt ${t2}` }, 20), {
      by: 'created',
      before: at2,
      limit: 20,
    });
    assert.throws(() => messageRange({ $orderby, $filter: `createdDateTime gt ${t1}` }, 20), GraphError);
  });

  for (const $orderby of ['lastModifiedDateTime', 'createdDateTime asc', 'subject desc']) {
    it(`refuses to order by ${$orderby}`, () =>
      assert.throws(() => messageRange({ $orderby }, 20), GraphError));
  }

  it('goes on where a skip token says', () => {
    const query = { $skiptoken: encodeSkipToken('1767603600000') };
    assert.deepEqual(messageRange(query, 20), { by: 'modified', before: 1767603600000, limit: 20 });
    assert.throws(() => messageRange({ $skiptoken: 'nonsense' }, 20), GraphError);
  });
});
