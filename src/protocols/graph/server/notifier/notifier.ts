import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../../clock.ts';
import { encryptResource } from '../../encryption.ts';
import type {
  ChangeNotification,
  LifecycleEvent,
  LifecycleNotification,
  NotificationBatch,
} from '../../subscriptions.ts';
import { type Change, contentOf, describeChange, topicsOf } from './change.ts';
import { type DeliveryCounts, Lane } from './lane.ts';
import { type Registered, SubscriptionRegistry } from './registry.ts';
import { postJson, validateEndpoint } from './transport.ts';
import { type MintValidationToken, tokenCache } from './validation-tokens.ts';

export interface NotifierOptions {
  readonly clock: Clock;
  readonly mintValidationToken: MintValidationToken;
  /** PEM of the authorities that subscribers' certificates are checked against. Default: the machine's. */
  readonly ca?: string;
  /** In place of `ca`; stays the caller's. */
  readonly dispatcher?: Dispatcher;
  /** How long before its end a subscriber is asked to reauthorize, in ms. Default 15 minutes. */
  readonly reauthorizeLeadMs?: number;
}

/** Keeps subscriptions alive, and tells subscribers what changes. Disposing it cuts every delivery. */
export interface Notifier extends AsyncDisposable {
  readonly registry: SubscriptionRegistry;
  readonly counts: Readonly<DeliveryCounts>;
  /** Queues the change for every subscription that listens to it; returns at once. */
  publish(change: Change): void;
  /** @throws {GraphError} 400 when the address does not pass the handshake */
  validate(field: 'notificationUrl' | 'lifecycleNotificationUrl', address: string): Promise<void>;
  /** @throws {GraphError} 403 when it is one too many */
  subscribe(registered: Registered): void;
  /** A renewal: timers start anew. */
  renew(registered: Registered): void;
  /** False: there is no such subscription. */
  unsubscribe(id: string): boolean;
  /** The service takes a subscription away and tells its subscriber so. */
  revoke(id: string): boolean;
  requireReauthorization(id: string): boolean;
  /** Resolves when nothing waits for delivery. */
  idle(): Promise<void>;
}

interface Item {
  readonly change: Change;
  /** Made when first needed, and shared by the subscriptions that want it. */
  readonly content: () => string;
}

interface Ways {
  readonly changes: Lane<Item>;
  readonly lifecycle: Lane<LifecycleNotification> | undefined;
  timers: readonly Disposable[];
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { clock, reauthorizeLeadMs = 15 * 60_000 } = options;
  const dispatcher = options.dispatcher ?? ownAgent(options.ca);
  const registry = new SubscriptionRegistry();
  const counts: DeliveryCounts = { delivered: 0, failedAttempts: 0, dropped: 0 };
  const validationToken = tokenCache(options.mintValidationToken, clock);
  const ways = new Map<string, Ways>();

  async function postChanges(id: string, items: readonly Item[], signal: AbortSignal): Promise<void> {
    const registered = registry.get(id);
    if (registered === undefined) return;
    const batch: NotificationBatch<ChangeNotification> = {
      value: items.map((item) => toNotification(registered, item)),
      ...(registered.target && {
        validationTokens: [await validationToken(registered.subscription.applicationId, registered.tenantId)],
      }),
    };
    await postJson(dispatcher, registered.subscription.notificationUrl, JSON.stringify(batch), signal);
  }

  function open(registered: Registered): Ways {
    const { id, lifecycleNotificationUrl } = registered.subscription;
    return {
      changes: new Lane<Item>({ clock, counts, post: (items, signal) => postChanges(id, items, signal) }),
      lifecycle:
        lifecycleNotificationUrl === null
          ? undefined
          : new Lane<LifecycleNotification>({
              clock,
              counts,
              post: (value, signal) =>
                postJson(dispatcher, lifecycleNotificationUrl, JSON.stringify({ value }), signal),
            }),
      timers: [],
    };
  }

  function arm(way: Ways, { subscription: { id }, expiresAt }: Registered): void {
    for (const timer of way.timers) timer[Symbol.dispose]();
    const left = expiresAt - clock.now();
    way.timers = [
      clock.setTimer(Math.max(0, left - reauthorizeLeadMs), () => tell(id, 'reauthorizationRequired')),
      clock.setTimer(Math.max(0, left), () => void remove(id)),
    ];
  }

  function tell(id: string, lifecycleEvent: LifecycleEvent): boolean {
    const registered = registry.get(id);
    if (registered === undefined) return false;
    ways.get(id)?.lifecycle?.push(toLifecycle(registered, lifecycleEvent));
    return true;
  }

  function remove(id: string): boolean {
    if (!registry.remove(id)) return false;
    const way = ways.get(id);
    ways.delete(id);
    way?.changes.close();
    for (const timer of way?.timers ?? []) timer[Symbol.dispose]();
    if (way?.lifecycle) keepUntilIdle(way.lifecycle);
    return true;
  }

  /** Lifecycle events outlive the subscription that they tell the end of. */
  const leaving = new Set<Lane<LifecycleNotification>>();
  function keepUntilIdle(lane: Lane<LifecycleNotification>): void {
    leaving.add(lane);
    void lane.idle().then(() => leaving.delete(lane));
  }

  const lanes = () => [
    ...leaving,
    ...[...ways.values()].flatMap(({ changes, lifecycle }) => (lifecycle ? [changes, lifecycle] : [changes])),
  ];

  return {
    registry,
    counts,
    publish(change) {
      let content: string | undefined;
      const item: Item = {
        change,
        content: () => {
          content ??= contentOf(change);
          return content;
        },
      };
      for (const registered of registry.listening(topicsOf(change))) {
        if (!registered.changeTypes.has(change.changeType) || !maySee(registered, change)) continue;
        ways.get(registered.subscription.id)?.changes.push(item);
      }
    },
    validate: (field, address) => validateEndpoint(dispatcher, clock, field, address),
    subscribe(registered) {
      registry.add(registered);
      const way = open(registered);
      ways.set(registered.subscription.id, way);
      arm(way, registered);
    },
    renew(registered) {
      const way = ways.get(registered.subscription.id);
      if (way === undefined) return;
      registry.replace(registered);
      arm(way, registered);
    },
    unsubscribe: remove,
    revoke: (id) => tell(id, 'subscriptionRemoved') && remove(id),
    requireReauthorization: (id) => tell(id, 'reauthorizationRequired'),
    async idle() {
      await Promise.all(lanes().map((lane) => lane.idle()));
    },
    async [Symbol.asyncDispose]() {
      const open = lanes();
      for (const way of ways.values()) for (const timer of way.timers) timer[Symbol.dispose]();
      ways.clear();
      await Promise.all(open.map((lane) => lane.abort()));
      if (!options.dispatcher) await dispatcher.destroy();
    },
  };
}

/** Connections wait a minute for the next notification, or as long as the subscriber's `Keep-Alive` says. */
function ownAgent(ca: string | undefined): Agent {
  return new Agent({ keepAliveTimeout: 60_000, ...(ca !== undefined && { connect: { ca } }) });
}

/** A user's subscription ends to speak of a chat when the user leaves it. */
function maySee({ userId }: Registered, change: Change): boolean {
  if (userId === undefined || change.kind === 'presence') return true;
  return change.members.some((member) => member.userId === userId);
}

function toNotification(registered: Registered, { change, content }: Item): ChangeNotification {
  const { subscription, tenantId, target } = registered;
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: subscription.expirationDateTime,
    clientState: subscription.clientState,
    tenantId,
    changeType: change.changeType,
    ...describeChange(change),
    ...(target && { encryptedContent: encryptResource(target, content()) }),
  };
}

function toLifecycle(
  { subscription, tenantId }: Registered,
  lifecycleEvent: LifecycleEvent,
): LifecycleNotification {
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: subscription.expirationDateTime,
    clientState: subscription.clientState,
    tenantId,
    lifecycleEvent,
  };
}
