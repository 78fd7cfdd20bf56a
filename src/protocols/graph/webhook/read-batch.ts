import { createHash, timingSafeEqual } from 'node:crypto';
import { decryptContent } from './decrypt.ts';
import type { KeyRing } from './key-ring.ts';
import { type ChangeItem, change, type LifecycleItem, lifecycle } from './notification-shapes.ts';

/** What came in one POST, each item proven to be from Graph as far as its kind allows. */
export interface ReceivedBatch {
  readonly changes: readonly ReceivedChange[];
  readonly lifecycle: readonly ReceivedLifecycle[];
  /** What was not believed or not understood; the others stand nevertheless. */
  readonly rejected: readonly RejectedItem[];
}

export interface ReceivedChange {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly changeType: ChangeItem['changeType'];
  /** Relative, as Graph writes it: `chats('19:…')/messages('161…')`. */
  readonly resource: string;
  /**
   * The resource itself, decrypted. Undefined where it has to be fetched: the notification only names it, or
   * it was encrypted for a key that is gone.
   */
  readonly content: unknown;
}

export interface ReceivedLifecycle {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly event: LifecycleItem['lifecycleEvent'];
}

export interface RejectedItem {
  readonly reason: 'malformed' | 'client-state' | 'tenant-not-proven' | 'forged' | 'unreadable';
  readonly subscriptionId: string | undefined;
}

export interface Trust {
  readonly keys: KeyRing;
  /** The `clientState` values of the subscriptions made for this tenant; more than one while they change. */
  clientStates(tenantId: string): readonly string[];
  /**
   * Gives the tenant that Graph vouches for, or undefined for a token that proves nothing. Rejects when that
   * cannot be told now (the keys cannot be had): the batch is then not taken.
   */
  verifyValidationToken(token: string): Promise<{ readonly tenantId: string } | undefined>;
}

/**
 * Sorts a batch's items into believed and not. Encrypted items also need a validation token of their tenant.
 */
export async function readBatch(
  items: readonly unknown[],
  validationTokens: readonly string[],
  trust: Trust,
): Promise<ReceivedBatch> {
  const changes: ReceivedChange[] = [];
  const lifecycleEvents: ReceivedLifecycle[] = [];
  const rejected: RejectedItem[] = [];
  const proven = await provenTenants(validationTokens, trust);
  const read = await Promise.all(
    items.map(async (item) => (change.Check(item) ? readChange(item, proven, trust) : undefined)),
  );

  for (const [index, item] of items.entries()) {
    const asChange = read[index];
    if (lifecycle.Check(item)) {
      const { subscriptionId, tenantId, lifecycleEvent: event } = item;
      if (knowsState(item, trust)) lifecycleEvents.push({ subscriptionId, tenantId, event });
      else rejected.push({ reason: 'client-state', subscriptionId });
    } else if (asChange) {
      if ('reason' in asChange) rejected.push(asChange);
      else changes.push(asChange);
    } else rejected.push({ reason: 'malformed', subscriptionId: undefined });
  }
  return { changes, lifecycle: lifecycleEvents, rejected };
}

async function readChange(
  item: ChangeItem,
  proven: ReadonlySet<string>,
  trust: Trust,
): Promise<ReceivedChange | RejectedItem> {
  const { subscriptionId, tenantId, changeType, resource } = item;
  if (!knowsState(item, trust)) return { reason: 'client-state', subscriptionId };
  const believed = { subscriptionId, tenantId, changeType, resource };
  if (item.encryptedContent === undefined || item.encryptedContent === null) {
    return { ...believed, content: undefined };
  }
  if (!proven.has(tenantId.toLowerCase())) return { reason: 'tenant-not-proven', subscriptionId };
  const opened = await decryptContent(trust.keys, item.encryptedContent);
  switch (opened.kind) {
    case 'resource':
      return { ...believed, content: opened.resource };
    case 'unknown-key':
      return { ...believed, content: undefined };
    case 'forged':
    case 'unreadable':
      return { reason: opened.kind, subscriptionId };
  }
}

async function provenTenants(tokens: readonly string[], trust: Trust): Promise<ReadonlySet<string>> {
  const verdicts = await Promise.all(tokens.map((token) => trust.verifyValidationToken(token)));
  return new Set(verdicts.flatMap((verdict) => (verdict ? [verdict.tenantId.toLowerCase()] : [])));
}

function knowsState(item: ChangeItem | LifecycleItem, trust: Trust): boolean {
  const given = digest(item.clientState ?? '');
  return trust.clientStates(item.tenantId).some((state) => timingSafeEqual(digest(state), given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
