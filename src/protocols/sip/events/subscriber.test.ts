import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSubscriptionState } from '../headers/event.ts';
import { rfcTiming } from '../transaction/timing.ts';
import {
  decide,
  type Subscription,
  type SubscriptionAction,
  type SubscriptionEvent,
  startSubscription,
} from './subscriber.ts';

const state = (text: string) => parseSubscriptionState(text) ?? assert.fail(text);
const notify = (text: string): SubscriptionEvent => ({ kind: 'notify', state: state(text) });
const answered = (status: number, seconds?: number): SubscriptionEvent => ({
  kind: 'response',
  status,
  ...(seconds !== undefined && { seconds }),
});
const subscribe: SubscriptionEvent = { kind: 'subscribe' };
const timer = (name: 'N' | 'refresh' | 'expiry'): SubscriptionEvent => ({ kind: 'timer', timer: name });

const tell = (action: SubscriptionAction): string => {
  switch (action.kind) {
    case 'sendSubscribe':
      return `SUBSCRIBE ${action.expires}`;
    case 'start':
      return `${action.timer}=${action.ms / 1000}`;
    case 'stop':
      return `-${action.timer}`;
    case 'ended':
      return `ended ${action.reason}: ${action.retry.kind === 'after' ? action.retry.ms : action.retry.kind}`;
    case 'deliver':
    case 'refuse':
      return action.kind;
  }
};

/** What the last event did, timers that are stopped left out. */
function play(...events: readonly SubscriptionEvent[]): { last: string; subscription: Subscription } {
  let subscription = startSubscription(3600);
  let last = '';
  for (const event of events) {
    const step = decide(subscription, event, rfcTiming);
    subscription = step.subscription;
    last = step.actions
      .filter(({ kind }) => kind !== 'stop')
      .map(tell)
      .join(' ');
  }
  return { last, subscription };
}

describe('a subscription', () => {
  it('is active with the first NOTIFY, before or behind the 2xx', () => {
    assert.equal(play(subscribe).last, 'SUBSCRIBE 3600 N=32');
    const behind = play(subscribe, answered(200, 600), notify('active;expires=600'));
    const before = play(subscribe, notify('active;expires=600'), answered(200, 600));
    assert.equal(behind.last, 'refresh=480 expiry=600 deliver');
    assert.equal(before.last, 'refresh=480 expiry=600');
    assert.deepEqual([behind.subscription.phase, before.subscription.phase], ['active', 'active']);
  });

  it("takes Microsoft's first notification inside the 2xx", () => {
    const { last, subscription } = play(subscribe, {
      kind: 'response',
      status: 200,
      seconds: 100,
      piggyBacked: state('active;expires=100'),
    });
    assert.equal(last, 'refresh=50 expiry=100 refresh=50 expiry=100 deliver');
    assert.equal(subscription.phase, 'active');
  });

  it('waits for NOTIFY no longer than 64 T1', () => {
    assert.equal(play(subscribe, answered(200, 600), timer('N')).last, 'ended no notification: later');
    assert.equal(play(subscribe, notify('pending'), timer('N')).last, '');
  });

  it('is refreshed once before it expires, and ends when that comes to nothing', () => {
    const active = [subscribe, answered(200, 600), notify('active;expires=600')] as const;
    assert.equal(play(...active, timer('refresh')).last, 'SUBSCRIBE 3600');
    assert.equal(play(...active, timer('refresh'), timer('refresh')).last, '');
    assert.equal(play(...active, timer('refresh'), { kind: 'failure' }).subscription.phase, 'active');
    assert.equal(play(...active, timer('refresh'), answered(500)).subscription.phase, 'active');
    assert.equal(play(...active, timer('refresh'), answered(481)).last, 'ended unknown: now');
    assert.equal(play(...active, timer('expiry')).last, 'ended expired: now');
  });

  it('is refreshed again after a refresh that came to nothing, and not twice at once', () => {
    const active = [subscribe, answered(200, 600), notify('active;expires=600')] as const;
    assert.equal(play(...active, timer('refresh'), { kind: 'failure' }, subscribe).last, 'SUBSCRIBE 3600');
    assert.equal(play(...active, timer('refresh'), answered(503), subscribe).last, 'SUBSCRIBE 3600');
    assert.equal(play(...active, timer('refresh'), subscribe).last, '');
    assert.equal(play(...active, timer('refresh'), answered(100), subscribe).last, '');
  });

  it('is pending until its presentity lets it see something', () => {
    assert.equal(play(subscribe, notify('pending')).subscription.phase, 'pending');
    assert.equal(play(subscribe, notify('pending'), notify('active')).subscription.phase, 'active');
  });

  it('is judged by the class of its answer', () => {
    assert.equal(play(subscribe, answered(299, 600)).last, 'refresh=480 expiry=600');
    assert.equal(play(subscribe, answered(300, 600)).last, 'ended refused with 300: never');
    assert.equal(play(subscribe, answered(499)).last, 'ended refused with 499: never');
    for (const status of [408, 430, 480, 500])
      assert.equal(play(subscribe, answered(status, 7200)).last, `ended refused with ${status}: later`);
  });

  it('that ends without a reason is tried later', () => {
    assert.equal(play(subscribe, notify('terminated')).last, 'deliver ended terminated: later');
  });

  it('asks for longer when told that it is too brief', () => {
    assert.equal(play(subscribe, answered(423, 7200)).last, 'SUBSCRIBE 7200 N=32');
    assert.equal(play(subscribe, answered(423, 60)).last, 'ended refused with 423: never');
  });

  for (const [why, retry] of [
    ['deactivated', 'now'],
    ['timeout', 'now'],
    ['rejected', 'never'],
    ['noresource', 'never'],
    ['invariant', 'never'],
    ['probation;retry-after=30', '30000'],
    ['giveup', 'later'],
    ['something-new', 'later'],
  ] as const) {
    it(`that ends with ${why} is to be tried ${retry}`, () => {
      const { last } = play(subscribe, answered(200, 600), notify(`terminated;reason=${why}`));
      assert.equal(last, `deliver ended ${why.split(';')[0]}: ${retry}`);
    });
  }

  it('that is refused is tried again only where that may help', () => {
    assert.equal(play(subscribe, answered(403)).last, 'ended refused with 403: never');
    assert.equal(play(subscribe, answered(503)).last, 'ended refused with 503: later');
    assert.equal(play(subscribe, { kind: 'failure' }).last, 'ended unreachable: later');
  });

  it('that we leave takes the last NOTIFY, and ends without it too', () => {
    const left = [subscribe, notify('active;expires=600'), { kind: 'unsubscribe' }] as const;
    assert.equal(play(...left).last, 'SUBSCRIBE 0 N=32');
    assert.equal(
      play(...left, answered(200, 0), notify('terminated;reason=timeout')).last,
      'deliver ended left: never',
    );
    assert.equal(play(...left, timer('N')).last, 'ended left: never');
    assert.equal(play(...left, answered(481)).last, 'ended left: never');
  });

  it('that is over refuses notifications', () => {
    assert.equal(play(subscribe, answered(403), notify('active')).last, 'refuse');
  });

  it('ends once, whatever comes', () => {
    const event = fc.constantFrom<SubscriptionEvent>(
      subscribe,
      answered(100),
      answered(200, 60),
      answered(423, 9000),
      answered(481),
      answered(503),
      { kind: 'failure' },
      notify('active;expires=9'),
      notify('pending'),
      notify('terminated;reason=probation'),
      timer('N'),
      timer('refresh'),
      timer('expiry'),
      { kind: 'unsubscribe' },
    );
    fc.assert(
      fc.property(fc.array(event), (script) => {
        let subscription = startSubscription(3600);
        let ends = 0;
        for (const each of [...script, { kind: 'unsubscribe' } as const, timer('N')]) {
          const step = decide(subscription, each, rfcTiming);
          ends += step.actions.filter(({ kind }) => kind === 'ended').length;
          subscription = step.subscription;
        }
        assert.deepEqual([subscription.phase, ends], ['terminated', 1]);
      }),
    );
  });
});
