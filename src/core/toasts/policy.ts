import type { PersonId } from '../ids.ts';
import type { Person } from '../people.ts';

export const toastPolicies = ['single', 'dual'] as const;
/**
 * `single`: one toast, in the client that the recipient is active in or used last, then in the other one. `dual`: both
 * clients at once, the first that takes it up clears the other.
 */
export type ToastPolicy = (typeof toastPolicies)[number];

/** Which policy holds for whom: a person's own, else the tenant's, else everybody's. */
export interface ToastSettings {
  readonly everybody: ToastPolicy;
  /** By the tenant's domain, lower case. */
  readonly tenants: ReadonlyMap<string, ToastPolicy>;
  readonly people: ReadonlyMap<PersonId, ToastPolicy>;
  /** How long one client has a toast for itself, ms, before the other one gets it. */
  readonly fallOverMs: number;
  /** Whether a person who does not want to be disturbed in a client gets toasts there all the same. */
  readonly inDoNotDisturb: boolean;
}

export const defaultToasts: ToastSettings = {
  everybody: 'single',
  tenants: new Map(),
  people: new Map(),
  fallOverMs: 20_000,
  inDoNotDisturb: false,
};

/** The policy of who is to see the toast, whoever wrote. */
export function toastPolicyFor(
  settings: ToastSettings,
  recipient: Pick<Person, 'id' | 'tenant'>,
): ToastPolicy {
  return settings.people.get(recipient.id) ?? settings.tenants.get(recipient.tenant) ?? settings.everybody;
}
