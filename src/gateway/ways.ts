import { LRUCache } from 'lru-cache';
import type { ConversationId, PersonId } from '../core/ids.ts';
import type { Home, Person } from '../core/people.ts';

/** How a conversation was carried from one side to the other, as far as this run of the gateway has seen it. */
export interface Way {
  /** The homes of both people when the way was made. */
  readonly homes: ReadonlyMap<PersonId, Home>;
  /** Unix ms of the last message that went it. */
  readonly lastAt: number;
}

/** Not kept over a restart: then sessions have ended, and a Teams thread goes on with the homes as they are. */
export interface WayMemory {
  of(conversation: ConversationId): Way | undefined;
  /** A message was brought over. */
  note(conversation: ConversationId, people: readonly Person[], at: number): void;
  forget(conversation: ConversationId): void;
}

export function createWayMemory(most = 20_000): WayMemory {
  const known = new LRUCache<ConversationId, Way>({ max: most });
  return {
    of: (conversation) => known.get(conversation),
    note(conversation, people, at) {
      const homes =
        known.get(conversation)?.homes ?? new Map(people.map(({ id, skype }) => [id, skype.home]));
      known.set(conversation, { homes, lastAt: at });
    },
    forget: (conversation) => void known.delete(conversation),
  };
}
