import type { RemoteId, ThreadKey } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import { recent } from '../core/recent.ts';

/**
 * What the gateway wrote lately, by the networks' names: recognises an echo that was taken in before the write it
 * repeats had its answer. Older ones the ledger recognises at intake.
 */
export interface OwnWrites {
  add(side: Side, thread: ThreadKey, remoteId: RemoteId): void;
  has(side: Side, thread: ThreadKey, remoteId: RemoteId): boolean;
}

export function createOwnWrites(most = 20_000): OwnWrites {
  const names = recent<string, true>(most);
  const nameOf = (side: Side, thread: ThreadKey, remoteId: RemoteId): string =>
    `${side}\n${thread}\n${remoteId}`;
  return {
    add: (side, thread, remoteId) => void names.set(nameOf(side, thread, remoteId), true),
    has: (side, thread, remoteId) => names.has(nameOf(side, thread, remoteId)),
  };
}
