import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatSubscriptionState } from '../headers/event.ts';
import { noBody, type SipRequest } from '../message.ts';
import { grantExpiry } from './expiry.ts';
import {
  decide,
  type Notification,
  type NotificationAction,
  type NotificationEvent,
  type NotifyStyle,
  notifyStyleOf,
  startNotification,
  takesPiggyBack,
} from './notifier.ts';

const tell = (action: NotificationAction): string => {
  switch (action.kind) {
    case 'notify':
      return `NOTIFY ${formatSubscriptionState(action.state)} ${action.content}`;
    case 'startExpiry':
      return `expiry=${action.ms / 1000}`;
    case 'stopExpiry':
    case 'ended':
      return action.kind;
  }
};

interface Options {
  readonly allowed?: boolean;
  readonly style?: NotifyStyle;
  readonly notified?: boolean;
  readonly seconds?: number;
}

function play(
  options: Options,
  ...events: readonly NotificationEvent[]
): { told: readonly string[]; last: Notification } {
  let now = 1_000_000;
  let step = startNotification({
    allowed: true,
    style: 'notify',
    notified: false,
    seconds: 600,
    ...options,
    now,
  });
  for (const event of events) {
    now += 1000;
    step = decide(step.notification, event, now);
  }
  return { told: step.actions.map(tell), last: step.notification };
}

const ok: NotificationEvent = { kind: 'answered', status: 200 };
const changed: NotificationEvent = { kind: 'changed' };

describe('a notifier', () => {
  it('tells the state at once, and again with every change and refresh', () => {
    assert.deepEqual(play({}).told, ['expiry=600', 'NOTIFY active;expires=600 state']);
    assert.deepEqual(play({}, ok, changed).told, ['NOTIFY active;expires=598 state']);
    assert.deepEqual(play({}, ok, { kind: 'subscribed', seconds: 900 }).told, [
      'expiry=900',
      'NOTIFY active;expires=900 state',
    ]);
  });

  it('gathers changes while a NOTIFY waits for its answer', () => {
    assert.deepEqual(play({}, changed, changed).told, []);
    assert.deepEqual(play({}, changed, changed, ok).told, ['NOTIFY active;expires=597 state']);
    assert.deepEqual(play({}, changed, ok, ok).told, []);
  });

  it('does not wait where BENOTIFY is taken', () => {
    assert.deepEqual(play({ style: 'benotify' }, changed).told, ['NOTIFY active;expires=599 state']);
  });

  it('sends nothing first when the 2xx carried the state', () => {
    assert.deepEqual(play({ notified: true }).told, ['expiry=600']);
    assert.deepEqual(play({ notified: true, seconds: 0 }).told, ['ended']);
  });

  it('shows nothing to a watcher who may not see it yet, and nothing ever to a rejected one', () => {
    assert.deepEqual(play({ allowed: false }).told[1], 'NOTIFY pending;expires=600 none');
    assert.deepEqual(play({ allowed: false }, ok, changed).told, []);
    assert.deepEqual(play({ allowed: false }, ok, { kind: 'allowed' }).told, [
      'NOTIFY active;expires=598 state',
    ]);
    assert.deepEqual(play({}, ok, { kind: 'end', reason: 'rejected' }).told, [
      'NOTIFY terminated;reason=rejected none',
      'stopExpiry',
      'ended',
    ]);
  });

  it('says goodbye with the state when a subscription ends', () => {
    const goodbye = ['NOTIFY terminated;reason=timeout state', 'stopExpiry', 'ended'];
    assert.deepEqual(play({}, ok, { kind: 'subscribed', seconds: 0 }).told, goodbye);
    assert.deepEqual(play({}, ok, { kind: 'expired' }).told, goodbye);
    assert.deepEqual(play({}, { kind: 'expired' }, ok).told, goodbye, 'behind the NOTIFY in flight');
    assert.deepEqual(play({ seconds: 0 }).told, goodbye, 'fetched once');
  });

  it('says why a subscription ended first, whatever happens until it can say so', () => {
    const rejected = ['NOTIFY terminated;reason=rejected none', 'stopExpiry', 'ended'];
    const end: NotificationEvent = { kind: 'end', reason: 'rejected' };
    assert.deepEqual(play({}, end, { kind: 'expired' }, ok).told, rejected);
    assert.deepEqual(play({}, end, changed, ok).told, rejected, 'and no news after it');
  });

  it('tells how long it lasts in whole seconds, never too few', () => {
    const begun = startNotification({
      allowed: true,
      style: 'benotify',
      notified: false,
      seconds: 600,
      now: 0,
    }).notification;
    assert.deepEqual(decide(begun, changed, 1).actions.map(tell), ['NOTIFY active;expires=600 state']);
    assert.deepEqual(decide(begun, changed, 1_000).actions.map(tell), ['NOTIFY active;expires=599 state']);
  });

  it('waits on after a provisional answer', () => {
    assert.deepEqual(play({}, changed, { kind: 'answered', status: 199 }).told, []);
    assert.deepEqual(play({}, changed, { kind: 'answered', status: 200 }).told.length, 1);
  });

  it('forgets a watcher who is gone', () => {
    for (const status of [408, 489])
      assert.deepEqual(play({}, { kind: 'answered', status }).told, ['stopExpiry', 'ended']);
    assert.deepEqual(play({}, { kind: 'answered', status: 481 }).told, ['stopExpiry', 'ended']);
    assert.deepEqual(play({}, { kind: 'unanswered' }).told, ['stopExpiry', 'ended']);
    assert.equal(play({}, { kind: 'answered', status: 500 }).last.phase, 'active');
  });

  it('has one NOTIFY in flight and one end, whatever comes', () => {
    const event = fc.constantFrom<NotificationEvent>(
      ok,
      changed,
      { kind: 'allowed' },
      { kind: 'subscribed', seconds: 0 },
      { kind: 'subscribed', seconds: 60 },
      { kind: 'end', reason: 'deactivated' },
      { kind: 'expired' },
      { kind: 'answered', status: 481 },
      { kind: 'unanswered' },
    );
    fc.assert(
      fc.property(fc.array(event), fc.boolean(), (script, allowed) => {
        let step = startNotification({ allowed, style: 'notify', notified: false, seconds: 60, now: 0 });
        let inFlight = 0;
        let ends = 0;
        let now = 0;
        const count = (): void => {
          inFlight += step.actions.filter(({ kind }) => kind === 'notify').length;
          ends += step.actions.filter(({ kind }) => kind === 'ended').length;
          assert.ok(inFlight <= 1);
        };
        count();
        for (const each of [...script, { kind: 'unanswered' } as const]) {
          if (each.kind === 'answered' || each.kind === 'unanswered') inFlight = 0;
          now += 1000;
          step = decide(step.notification, each, now);
          count();
        }
        assert.deepEqual([step.notification.phase, ends], ['terminated', 1]);
      }),
    );
  });
});

describe("a SUBSCRIBE's abilities", () => {
  it('are read from its Supported lines', () => {
    const subscribe: SipRequest = {
      kind: 'request',
      method: 'SUBSCRIBE',
      uri: 'sip:a@b',
      headers: [
        { name: 'Supported', value: 'ms-dialog-route-set-update, MS-BENOTIFY' },
        { name: 'Supported', value: 'ms-piggyback-first-notify' },
      ],
      body: noBody,
    };
    assert.equal(notifyStyleOf(subscribe), 'benotify');
    assert.equal(takesPiggyBack(subscribe), true);
    assert.equal(notifyStyleOf({ ...subscribe, headers: [] }), 'notify');
  });
});

describe('expiry', () => {
  const rules = { min: 60, max: 3600, byDefault: 600 };

  it('is granted, shortened, defaulted or too brief', () => {
    assert.deepEqual(grantExpiry(120, rules), { kind: 'granted', seconds: 120 });
    assert.deepEqual(grantExpiry(9999, rules), { kind: 'granted', seconds: 3600 });
    assert.deepEqual(grantExpiry(undefined, rules), { kind: 'granted', seconds: 600 });
    assert.deepEqual(grantExpiry(0, rules), { kind: 'granted', seconds: 0 });
    assert.deepEqual(grantExpiry(5, rules), { kind: 'tooBrief', minExpires: 60 });
  });
});
