import type { SubscriptionState } from '../headers/event.ts';
import { hasToken } from '../headers/tokens.ts';
import type { SipRequest } from '../message.ts';

/**
 * The notifier of RFC 6665 section 4.2 as a pure machine. While a NOTIFY waits for its answer, changes are gathered
 * and told by one NOTIFY behind it, so that a slow watcher costs one pending notification, not a queue.
 */
export interface Notification {
  readonly phase: 'pending' | 'active' | 'terminated';
  /** Unix ms. */
  readonly expiresAt: number;
  readonly style: NotifyStyle;
  /** A NOTIFY waits for its answer. */
  readonly inFlight: boolean;
  /** Something changed since the NOTIFY that is in flight; `last` is the state that ends it all. */
  readonly due: 'nothing' | 'state' | 'last';
  /** Why it ends, while `due` is `last`. */
  readonly reason?: EndReason;
}

/** `benotify`: Microsoft's NOTIFY without answer. */
export type NotifyStyle = 'notify' | 'benotify';

/** RFC 6665 section 4.1.3. */
export type EndReason =
  | 'deactivated'
  | 'probation'
  | 'rejected'
  | 'timeout'
  | 'giveup'
  | 'noresource'
  | 'invariant';

export type NotificationEvent =
  /** A SUBSCRIBE of this dialog, for so many seconds; 0 unsubscribes. Answer it first. */
  | { readonly kind: 'subscribed'; readonly seconds: number }
  | { readonly kind: 'allowed' }
  /** The resource's state is another one. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'end'; readonly reason: EndReason }
  | { readonly kind: 'expired' }
  /** The NOTIFY in flight has its final response. */
  | { readonly kind: 'answered'; readonly status: number }
  /** The NOTIFY in flight had no response. */
  | { readonly kind: 'unanswered' };

export type NotificationAction =
  /** `content`: the full state, or nothing because the watcher may not see it (yet). */
  | { readonly kind: 'notify'; readonly state: SubscriptionState; readonly content: 'state' | 'none' }
  /** Feed `expired` then. Replaces the one before. */
  | { readonly kind: 'startExpiry'; readonly ms: number }
  | { readonly kind: 'stopExpiry' }
  | { readonly kind: 'ended' };

export interface NotificationStep {
  readonly notification: Notification;
  readonly actions: readonly NotificationAction[];
}

/** A new subscription of so many seconds (0: fetch once). `notified`: the 2xx carries the first state itself. */
export function startNotification(options: {
  readonly allowed: boolean;
  readonly seconds: number;
  readonly style: NotifyStyle;
  readonly notified: boolean;
  readonly now: number;
}): NotificationStep {
  const { allowed, seconds, style, notified, now } = options;
  const fresh: Notification = {
    phase: allowed ? 'active' : 'pending',
    expiresAt: now + seconds * 1000,
    style,
    inFlight: false,
    due: 'nothing',
  };
  if (!notified) return decide(fresh, { kind: 'subscribed', seconds }, now);
  if (seconds > 0) return { notification: fresh, actions: [{ kind: 'startExpiry', ms: seconds * 1000 }] };
  return { notification: { ...fresh, phase: 'terminated' }, actions: [{ kind: 'ended' }] };
}

export function decide(notification: Notification, event: NotificationEvent, now: number): NotificationStep {
  if (notification.phase === 'terminated') return { notification, actions: [] };
  switch (event.kind) {
    case 'subscribed':
      return subscribed(notification, event.seconds, now);
    case 'allowed':
      return notification.phase === 'pending'
        ? tell({ ...notification, phase: 'active' }, now)
        : stay(notification);
    case 'changed':
      return notification.phase === 'active' ? tell(notification, now) : stay(notification);
    case 'end':
      return tellLast(notification, event.reason, now);
    case 'expired':
      return tellLast(notification, 'timeout', now);
    case 'answered':
      return answered(notification, event.status, now);
    case 'unanswered':
      return end(notification);
  }
}

const stay = (notification: Notification): NotificationStep => ({ notification, actions: [] });

function subscribed(notification: Notification, seconds: number, now: number): NotificationStep {
  if (seconds === 0) return tellLast(notification, 'timeout', now);
  const step = tell({ ...notification, expiresAt: now + seconds * 1000 }, now);
  return { ...step, actions: [{ kind: 'startExpiry', ms: seconds * 1000 }, ...step.actions] };
}

function tell(notification: Notification, now: number): NotificationStep {
  if (notification.inFlight) {
    return stay({ ...notification, due: notification.due === 'last' ? 'last' : 'state' });
  }
  const expires = Math.max(0, Math.ceil((notification.expiresAt - now) / 1000));
  return {
    notification: { ...notification, inFlight: notification.style === 'notify', due: 'nothing' },
    actions: [
      {
        kind: 'notify',
        state: { state: notification.phase, expires },
        content: notification.phase === 'active' ? 'state' : 'none',
      },
    ],
  };
}

/** The state goes with it when a subscription merely ends; it is none of a rejected watcher's business. */
function tellLast(notification: Notification, reason: EndReason, now: number): NotificationStep {
  if (notification.inFlight)
    return stay({ ...notification, due: 'last', reason: notification.reason ?? reason });
  const shows = notification.phase === 'active' && reason !== 'rejected' && reason !== 'noresource';
  const { notification: next, actions } = end({ ...notification, expiresAt: now });
  const last: NotificationAction = {
    kind: 'notify',
    state: { state: 'terminated', reason },
    content: shows ? 'state' : 'none',
  };
  return { notification: next, actions: [last, ...actions] };
}

function end(notification: Notification): NotificationStep {
  return {
    notification: { ...notification, phase: 'terminated', inFlight: false, due: 'nothing' },
    actions: [{ kind: 'stopExpiry' }, { kind: 'ended' }],
  };
}

/** 481 and silence end the subscription; any other failure costs that one notification (section 4.2.2). */
function answered(notification: Notification, status: number, now: number): NotificationStep {
  if (status < 200) return stay(notification);
  if (status === 481 || status === 408 || status === 489) return end(notification);
  const free = { ...notification, inFlight: false };
  switch (notification.due) {
    case 'nothing':
      return stay(free);
    case 'state':
      return tell(free, now);
    case 'last':
      return tellLast(free, notification.reason ?? 'timeout', now);
  }
}

/** What a SUBSCRIBE says of its sender's abilities. */
export function notifyStyleOf(subscribe: SipRequest): NotifyStyle {
  return hasToken(subscribe, 'Supported', 'ms-benotify') ? 'benotify' : 'notify';
}

/** Whether the first notification may stand in the 2xx. */
export function takesPiggyBack(subscribe: SipRequest): boolean {
  return hasToken(subscribe, 'Supported', 'ms-piggyback-first-notify');
}
