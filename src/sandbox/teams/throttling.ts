import type { ThrottleBackend } from '../../protocols/graph/server/backend.ts';
import type { Clock } from '../clock.ts';

/** What the next requests are refused with 429. */
export interface ThrottleOrder {
  /** How many requests. */
  readonly count: number;
  /** Seconds, in `Retry-After`. */
  readonly retryAfter: number;
  /** Only operations (`POST {owner}/chats/{chat}/messages`) that contain this; default all. */
  readonly operation?: string;
  /** Only this application; default all. */
  readonly appId?: string;
}

interface Limit {
  readonly requests: number;
  readonly perMs: number;
}

/** The published limits of one application in one tenant. */
const documented = {
  readMessages: { requests: 20, perMs: 1000 },
  sendMessage: { requests: 20, perMs: 1000 },
  exportMessages: { requests: 200, perMs: 1000 },
  presence: { requests: 1500, perMs: 30_000 },
  subscriptions: { requests: 1000, perMs: 20_000 },
  reads: { requests: 30, perMs: 1000 },
  writes: { requests: 30, perMs: 1000 },
} as const satisfies Readonly<Record<string, Limit>>;

type LimitClass = keyof typeof documented;

/** Callers whose use is remembered; beyond it the one that came first is forgotten. */
const maxCallers = 10_000;

/** Refusals on demand, and the real limits where they are asked for. */
export class Throttling implements ThrottleBackend {
  readonly #clock: Clock;
  readonly #enforced: boolean;
  readonly #orders: { readonly order: ThrottleOrder; left: number }[] = [];
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock, limits: 'none' | 'documented') {
    this.#clock = clock;
    this.#enforced = limits === 'documented';
  }

  /** Refuses the next requests that match. */
  order(order: ThrottleOrder): void {
    this.#orders.push({ order, left: order.count });
  }

  clear(): void {
    this.#orders.length = 0;
  }

  retryAfter(
    caller: { readonly appId: string; readonly tenantId: string },
    operation: string,
  ): number | undefined {
    const index = this.#orders.findIndex(
      ({ order }) =>
        (order.operation === undefined || operation.includes(order.operation)) &&
        (order.appId === undefined || order.appId === caller.appId),
    );
    const found = this.#orders[index];
    if (found) {
      found.left -= 1;
      if (found.left <= 0) this.#orders.splice(index, 1);
      return found.order.retryAfter;
    }
    return this.#enforced ? this.#spend(`${caller.tenantId} ${caller.appId}`, classOf(operation)) : undefined;
  }

  #spend(caller: string, limitClass: LimitClass): number | undefined {
    const { requests, perMs }: Limit = documented[limitClass];
    const key = `${limitClass} ${caller}`;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: requests, at: now };
    const tokens = Math.min(requests, bucket.tokens + ((now - bucket.at) * requests) / perMs);
    const oldest = this.#buckets.size >= maxCallers ? this.#buckets.keys().next().value : undefined;
    if (oldest !== undefined && !this.#buckets.has(key)) this.#buckets.delete(oldest);
    this.#buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    if (tokens >= 1) return undefined;
    return Math.ceil(((1 - tokens) * perMs) / requests / 1000);
  }
}

function classOf(operation: string): LimitClass {
  if (/presence/i.test(operation)) return 'presence';
  if (operation.includes('/subscriptions')) return 'subscriptions';
  if (operation.endsWith('/getAllMessages')) return 'exportMessages';
  if (/^GET .*\/messages\b/.test(operation)) return 'readMessages';
  if (/^POST .*\/messages$/.test(operation)) return 'sendMessage';
  return operation.startsWith('GET') ? 'reads' : 'writes';
}
