/** Bounds and times of a server. Where the documentation has a number, the default is that number. */
export interface Limits {
  /** Requests in progress for one person, those in batches too, P-GETs not (documented: 100). */
  readonly outstandingRequests: number;
  readonly applicationsPerPerson: number;
  readonly applications: number;
  readonly conversations: number;
  /** Sent in one conversation and neither delivered nor failed yet. */
  readonly unsettledMessages: number;
  readonly subscriptions: number;
  readonly subscribedContacts: number;
  readonly queuedEvents: number;
  /** Undocumented; SfB's own clients stop at some 8,000 characters. Of UTF-8. */
  readonly messageBytes: number;
  /** Seconds that events wait for company, unless the client asks otherwise. */
  readonly holds: { readonly low: number; readonly medium: number };
  /** Silence after which transient state is given up and the client told to resume; undocumented. */
  readonly suspendAfterMs: number;
  /** Silence after which the application ends (documented: 15 minutes). */
  readonly expireAfterMs: number;
  /** Time without activity reported after which the application ends; documented without a number. */
  readonly idleExpiryMs: number;
  /** How long before its end a presence subscription warns; undocumented. */
  readonly subscriptionWarningMs: number;
}

const minute = 60_000;

export const defaultLimits: Limits = {
  outstandingRequests: 100,
  applicationsPerPerson: 8,
  applications: 50_000,
  conversations: 10_000,
  unsettledMessages: 1_000,
  subscriptions: 1_000,
  subscribedContacts: 20_000,
  queuedEvents: 50_000,
  messageBytes: 8_192,
  holds: { low: 15, medium: 5 },
  suspendAfterMs: 10 * minute,
  expireAfterMs: 15 * minute,
  idleExpiryMs: 60 * minute,
  subscriptionWarningMs: 2 * minute,
};
