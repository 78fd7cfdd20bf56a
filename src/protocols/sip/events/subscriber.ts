import type { SubscriptionState } from '../headers/event.ts';
import type { Timing } from '../transaction/timing.ts';

/**
 * The subscriber of RFC 6665 section 4.1 as a pure machine. The first NOTIFY may come before the 2xx, behind it, or
 * inside it (Microsoft's piggy-backed one); a BENOTIFY is a NOTIFY that nobody answers.
 */
export type Subscription =
  /** A SUBSCRIBE is on its way, and no NOTIFY has come. */
  | { readonly phase: 'notifyWait'; readonly wanted: number; readonly refreshing: boolean }
  | { readonly phase: 'pending'; readonly wanted: number; readonly refreshing: boolean }
  | { readonly phase: 'active'; readonly wanted: number; readonly refreshing: boolean }
  /** We unsubscribed and wait for the last NOTIFY. */
  | { readonly phase: 'leaving' }
  | { readonly phase: 'terminated' };

export type SubscriptionTimer =
  /** No NOTIFY came (timer N). */
  'N' | 'refresh' | 'expiry';

export type SubscriptionEvent =
  | { readonly kind: 'subscribe' }
  | {
      readonly kind: 'response';
      readonly status: number;
      /** Expires of a 2xx, Min-Expires of a 423. */
      readonly seconds?: number;
      /** Subscription-State of a first NOTIFY inside the 2xx. */
      readonly piggyBacked?: SubscriptionState;
    }
  /** The SUBSCRIBE had no final response. */
  | { readonly kind: 'failure' }
  | { readonly kind: 'notify'; readonly state: SubscriptionState }
  | { readonly kind: 'timer'; readonly timer: SubscriptionTimer }
  | { readonly kind: 'unsubscribe' };

export type Retry =
  /** At once, with a new dialog. */
  | { readonly kind: 'now' }
  | { readonly kind: 'after'; readonly ms: number }
  /** Some time later: the notifier did not say when. */
  | { readonly kind: 'later' }
  | { readonly kind: 'never' };

export type SubscriptionAction =
  | { readonly kind: 'sendSubscribe'; readonly expires: number }
  | { readonly kind: 'start'; readonly timer: SubscriptionTimer; readonly ms: number }
  | { readonly kind: 'stop'; readonly timer: SubscriptionTimer }
  /** The notification is in order: answer a NOTIFY with 200 and take its body as the state. */
  | { readonly kind: 'deliver' }
  /** The notification is of no subscription: 481 for a NOTIFY. */
  | { readonly kind: 'refuse' }
  | { readonly kind: 'ended'; readonly reason: string; readonly retry: Retry };

export interface SubscriptionStep {
  readonly subscription: Subscription;
  readonly actions: readonly SubscriptionAction[];
}

const terminated: Subscription = { phase: 'terminated' };

/** `expires`: what every SUBSCRIBE asks for, in seconds, above 0. */
export function startSubscription(expires: number): Subscription {
  return { phase: 'notifyWait', wanted: expires, refreshing: false };
}

export function decide(
  subscription: Subscription,
  event: SubscriptionEvent,
  timing: Timing,
): SubscriptionStep {
  switch (subscription.phase) {
    case 'notifyWait':
    case 'pending':
    case 'active':
      return open(subscription, event, timing);
    case 'leaving':
      return leaving(subscription, event);
    case 'terminated':
      return event.kind === 'notify' ? go(subscription, { kind: 'refuse' }) : go(subscription);
  }
}

type Open = Extract<Subscription, { wanted: number }>;

const go = (subscription: Subscription, ...actions: readonly SubscriptionAction[]): SubscriptionStep => ({
  subscription,
  actions,
});

const end = (reason: string, retry: Retry, ...before: readonly SubscriptionAction[]): SubscriptionStep =>
  go(terminated, ...before, ...stopAll, { kind: 'ended', reason, retry });

const stopAll: readonly SubscriptionAction[] = [
  { kind: 'stop', timer: 'N' },
  { kind: 'stop', timer: 'refresh' },
  { kind: 'stop', timer: 'expiry' },
];

const patience = (timing: Timing): number => 64 * timing.t1;

function open(subscription: Open, event: SubscriptionEvent, timing: Timing): SubscriptionStep {
  switch (event.kind) {
    case 'subscribe':
      return subscription.refreshing ? go(subscription) : ask(subscription, timing);
    case 'response':
      return answered({ ...subscription, refreshing: false }, event, timing);
    case 'failure':
      // A refresh that nobody answered leaves what was granted as it is (RFC 6665 section 4.1.2.2).
      return subscription.phase === 'notifyWait'
        ? end('unreachable', { kind: 'later' })
        : go({ ...subscription, refreshing: false });
    case 'notify':
      return notified(subscription, event.state);
    case 'timer':
      return expired(subscription, event.timer, timing);
    case 'unsubscribe':
      return go(
        { phase: 'leaving' },
        ...stopAll,
        { kind: 'sendSubscribe', expires: 0 },
        { kind: 'start', timer: 'N', ms: patience(timing) },
      );
  }
}

function ask(subscription: Open, timing: Timing): SubscriptionStep {
  const wait: readonly SubscriptionAction[] =
    subscription.phase === 'notifyWait' ? [{ kind: 'start', timer: 'N', ms: patience(timing) }] : [];
  return go(
    { ...subscription, refreshing: true },
    { kind: 'sendSubscribe', expires: subscription.wanted },
    ...wait,
  );
}

function answered(
  subscription: Open,
  event: Extract<SubscriptionEvent, { kind: 'response' }>,
  timing: Timing,
): SubscriptionStep {
  const { status, seconds, piggyBacked } = event;
  if (status < 200) return go({ ...subscription, refreshing: true });
  if (status < 300) {
    const granted = Math.min(seconds ?? subscription.wanted, subscription.wanted);
    const step = piggyBacked === undefined ? go(subscription) : notified(subscription, piggyBacked);
    if (step.subscription.phase === 'terminated') return step;
    return go(step.subscription, ...timersFor(granted), ...step.actions);
  }
  if (status === 423 && seconds !== undefined && seconds > subscription.wanted) {
    return ask({ ...subscription, wanted: seconds }, timing);
  }
  if (status === 481) return end('unknown', { kind: 'now' });
  if (subscription.phase !== 'notifyWait') return go(subscription);
  return end(`refused with ${status}`, isPassing(status) ? { kind: 'later' } : { kind: 'never' });
}

const isPassing = (status: number): boolean =>
  status >= 500 || status === 408 || status === 430 || status === 480;

/** Refresh well before the end: two minutes as Microsoft's clients do, or half of a short time. */
function timersFor(seconds: number): readonly SubscriptionAction[] {
  const refresh = Math.max(seconds / 2, seconds - 120);
  return [
    { kind: 'start', timer: 'refresh', ms: refresh * 1000 },
    { kind: 'start', timer: 'expiry', ms: seconds * 1000 },
  ];
}

function notified(subscription: Open, state: SubscriptionState): SubscriptionStep {
  if (state.state === 'terminated') {
    return end(state.reason ?? 'terminated', retryFor(state), { kind: 'deliver' });
  }
  const phase = state.state === 'active' ? 'active' : 'pending';
  const timers = state.expires === undefined ? [] : timersFor(Math.min(state.expires, subscription.wanted));
  return go({ ...subscription, phase }, { kind: 'stop', timer: 'N' }, ...timers, { kind: 'deliver' });
}

/** RFC 6665 section 4.1.3. */
function retryFor({ reason, retryAfter }: SubscriptionState): Retry {
  switch (reason ?? '') {
    case 'deactivated':
    case 'timeout':
      return { kind: 'now' };
    case 'rejected':
    case 'noresource':
    case 'invariant':
      return { kind: 'never' };
    default:
      return retryAfter === undefined ? { kind: 'later' } : { kind: 'after', ms: retryAfter * 1000 };
  }
}

function expired(subscription: Open, timer: SubscriptionTimer, timing: Timing): SubscriptionStep {
  switch (timer) {
    case 'N':
      return subscription.phase === 'notifyWait'
        ? end('no notification', { kind: 'later' })
        : go(subscription);
    case 'refresh':
      return subscription.refreshing ? go(subscription) : ask(subscription, timing);
    case 'expiry':
      return end('expired', { kind: 'now' });
  }
}

function leaving(subscription: Subscription, event: SubscriptionEvent): SubscriptionStep {
  switch (event.kind) {
    case 'notify':
      return event.state.state === 'terminated'
        ? end('left', { kind: 'never' }, { kind: 'deliver' })
        : go(subscription, { kind: 'deliver' });
    case 'response':
      // Microsoft's servers send no last NOTIFY where the 2xx says it all.
      if (event.piggyBacked !== undefined || event.status >= 300) return end('left', { kind: 'never' });
      return go(subscription);
    case 'failure':
      return end('left', { kind: 'never' });
    case 'timer':
      return event.timer === 'N' ? end('left', { kind: 'never' }) : go(subscription);
    case 'subscribe':
    case 'unsubscribe':
      return go(subscription);
  }
}
