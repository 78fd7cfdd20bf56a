import type { PersonId } from '../../core/ids.ts';
import { recent } from '../../core/recent.ts';

/**
 * In whose name the gateway's own accounts have lately written to whom. Somebody who writes to such an account out of
 * the blue can only be understood if there is exactly one answer.
 */
export interface Proxies {
  note(peer: PersonId, author: PersonId): void;
  /** The one person in whose name this peer was written to; undefined if there is none, or are several. */
  onlyAuthorFor(peer: PersonId): PersonId | undefined;
}

const mostPeers = 10_000;
/** Two suffice to know that the answer is not clear. */
const mostAuthors = 2;

export function createProxies(): Proxies {
  const authors = recent<PersonId, ReadonlySet<PersonId>>(mostPeers);
  return {
    note(peer, author) {
      const known = authors.get(peer) ?? new Set();
      if (known.has(author) || known.size >= mostAuthors) return;
      authors.set(peer, new Set([...known, author]));
    },
    onlyAuthorFor(peer) {
      const [only, ...others] = authors.get(peer) ?? [];
      return others.length === 0 ? only : undefined;
    },
  };
}
