import type { FrontFault, NotificationFault } from '../faults.ts';

/** What becomes of one request. */
export type Misdeed =
  | { readonly kind: 'none' }
  /** Carried out; the answer is lost. */
  | { readonly kind: 'swallow'; readonly how: 'cut' | 502 | 504 }
  | { readonly kind: 'refuse'; readonly status: 429 | 503; readonly retryAfterSeconds: number }
  /** Answered as taken, and not passed on. */
  | { readonly kind: 'lose' }
  | { readonly kind: 'double' }
  | { readonly kind: 'postpone'; readonly ms: number };

interface Order {
  left: number;
  readonly fits: (request: { readonly method: string; readonly path: string }) => boolean;
  readonly misdeed: Misdeed;
}

/** How long a late notification is held back, ms: less than Graph waits for its answer. */
const lateMs = 1_500;

/** Keeps what is to be done to the next requests, first come first served. */
export class Misdeeds {
  readonly #orders: Order[] = [];

  order(fault: Extract<FrontFault, { kind: 'swallow' | 'refuse' }> | NotificationFault): void {
    switch (fault.kind) {
      case 'swallow': {
        const fits = fault.of === 'writes' ? isWrite : isNoSignIn;
        this.#orders.push({ left: fault.requests, fits, misdeed: { kind: 'swallow', how: fault.how } });
        return;
      }
      case 'refuse':
        this.#orders.push({ left: fault.requests, fits: isNoSignIn, misdeed: { ...fault, kind: 'refuse' } });
        return;
      case 'notifications':
        this.#orders.push({ left: fault.posts, fits: isNotification, misdeed: misdeedOf(fault) });
    }
  }

  next(request: { readonly method: string; readonly path: string }): Misdeed {
    const order = this.#orders.find(({ left, fits }) => left > 0 && fits(request));
    if (!order) return { kind: 'none' };
    order.left -= 1;
    if (order.left === 0) this.#orders.splice(this.#orders.indexOf(order), 1);
    return order.misdeed;
  }

  forget(): void {
    this.#orders.length = 0;
  }
}

function misdeedOf({ how }: NotificationFault): Misdeed {
  switch (how) {
    case 'lost':
      return { kind: 'lose' };
    case 'twice':
      return { kind: 'double' };
    case 'late':
      return { kind: 'postpone', ms: lateMs };
  }
}

/** What may show something to somebody: messages, invitations, new chats. */
function isWrite({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method === 'POST' && /\/(messages|messagingInvitations|startMessaging|chats)(\?|$)/i.test(path);
}

function isNoSignIn({ path }: { readonly path: string }): boolean {
  return !/oauth2|webticket|\/token/i.test(path);
}

/** The handshake of a subscription has a token in its query. */
function isNotification({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method === 'POST' && !path.includes('validationToken');
}
