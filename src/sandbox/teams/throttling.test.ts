import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { Throttling } from './throttling.ts';

const caller = { appId: 'app', tenantId: 'contoso' };
const send = 'POST {owner}/chats/{chat}/messages';

describe('throttling on demand', () => {
  it('refuses as many requests as ordered, then none', () => {
    const throttling = new Throttling(new ManualClock(), 'none');
    throttling.order({ count: 2, retryAfter: 7 });
    const answers = [1, 2, 3].map(() => throttling.retryAfter(caller, send));
    assert.deepEqual(answers, [7, 7, undefined]);
  });

  it('concerns only the operation and application named', () => {
    const throttling = new Throttling(new ManualClock(), 'none');
    throttling.order({ count: 1, retryAfter: 7, operation: '/messages', appId: 'app' });
    assert.equal(throttling.retryAfter(caller, 'GET /me'), undefined);
    assert.equal(throttling.retryAfter({ ...caller, appId: 'other' }, send), undefined);
    assert.equal(throttling.retryAfter(caller, send), 7);
  });
});

describe('the published limits', () => {
  it('let twenty messages a second pass, for each application in each tenant', () => {
    const clock = new ManualClock();
    const throttling = new Throttling(clock, 'documented');
    for (let sent = 0; sent < 20; sent += 1) assert.equal(throttling.retryAfter(caller, send), undefined);
    assert.equal(throttling.retryAfter(caller, send), 1);
    assert.equal(throttling.retryAfter({ ...caller, tenantId: 'fabrikam' }, send), undefined);
    clock.advance(1000);
    assert.equal(throttling.retryAfter(caller, send), undefined);
  });

  it('let 1,500 presence requests pass in 30 seconds', () => {
    const throttling = new Throttling(new ManualClock(), 'documented');
    const refused = Array.from({ length: 1501 }, () =>
      throttling.retryAfter(caller, 'POST /communications/getPresencesByUserId'),
    );
    assert.equal(refused.filter((wait) => wait !== undefined).length, 1);
  });
});
