import type { EncryptionTarget } from '../../encryption.ts';
import { GraphError } from '../../errors.ts';
import type { ChangeType, Subscription } from '../../subscriptions.ts';

/** A subscription with what the service knows of it beside what it shows. */
export interface Registered {
  readonly subscription: Subscription;
  readonly tenantId: string;
  /** Who made it; undefined for an application. */
  readonly userId: string | undefined;
  readonly topics: readonly string[];
  readonly changeTypes: ReadonlySet<ChangeType>;
  /** Unix ms. */
  readonly expiresAt: number;
  /** Only where resource data were asked for. */
  readonly target: EncryptionTarget | undefined;
  /** Subscriptions that count together, and how many there may be of them. */
  readonly quota: { readonly key: string; readonly limit: number } | undefined;
}

/** Most subscriptions of one organisation. */
const organisationLimit = 10_000;

/** The living subscriptions, found by id and by what they listen to. */
export class SubscriptionRegistry {
  readonly #byId = new Map<string, Registered>();
  readonly #byTopic = new Map<string, Set<string>>();
  readonly #counts = new Map<string, number>();

  /** @throws {GraphError} 403 when one more would be too many */
  requireRoom(tenantId: string, quota: Registered['quota']): void {
    if ((this.#counts.get(`tenant ${tenantId}`) ?? 0) >= organisationLimit) {
      throw overQuota('organization', organisationLimit);
    }
    if (quota && (this.#counts.get(quota.key) ?? 0) >= quota.limit) throw overQuota(quota.key, quota.limit);
  }

  /** @throws {GraphError} 403 when it is one too many */
  add(registered: Registered): void {
    this.requireRoom(registered.tenantId, registered.quota);
    const { id } = registered.subscription;
    this.#byId.set(id, registered);
    for (const topic of registered.topics) {
      const ids = this.#byTopic.get(topic) ?? new Set();
      this.#byTopic.set(topic, ids.add(id));
    }
    this.#count(registered, 1);
  }

  /** Topics and quota stay what they were. */
  replace(registered: Registered): void {
    this.#byId.set(registered.subscription.id, registered);
  }

  remove(id: string): boolean {
    const registered = this.#byId.get(id);
    if (registered === undefined) return false;
    this.#byId.delete(id);
    for (const topic of registered.topics) {
      const ids = this.#byTopic.get(topic);
      ids?.delete(id);
      if (ids?.size === 0) this.#byTopic.delete(topic);
    }
    this.#count(registered, -1);
    return true;
  }

  get(id: string): Registered | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Registered> {
    return this.#byId.values();
  }

  /** Every subscription that listens to one of the topics, once. */
  *listening(topics: readonly string[]): Iterable<Registered> {
    const seen = new Set<string>();
    for (const topic of topics) {
      for (const id of this.#byTopic.get(topic) ?? []) {
        const registered = this.#byId.get(id);
        if (registered === undefined || seen.has(id)) continue;
        seen.add(id);
        yield registered;
      }
    }
  }

  #count({ tenantId, quota }: Registered, by: 1 | -1): void {
    for (const key of [`tenant ${tenantId}`, ...(quota ? [quota.key] : [])]) {
      const count = (this.#counts.get(key) ?? 0) + by;
      if (count === 0) this.#counts.delete(key);
      else this.#counts.set(key, count);
    }
  }
}

function overQuota(scope: string, limit: number): GraphError {
  return new GraphError(
    403,
    'Forbidden',
    `The limit of '${limit}' subscriptions has been reached for '${scope}'.`,
  );
}
