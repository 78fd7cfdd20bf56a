import { type ConversationId, conversationOf, type ThreadKey } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { recent } from '../core/recent.ts';
import type { IncomingMessage } from './connector.ts';

/**
 * Conversations in which both people write in SfB through the gateway: it has taken the author's invitation up, and has
 * then rung the recipient's own clients, who answered. What comes in the one session goes out in the other.
 */
export interface Relays {
  /** `thread`: the session with the recipient's own client. */
  open(author: Person, recipient: Person, thread: ThreadKey): void;
  /** The recipient goes on in Teams. */
  leave(message: Pick<IncomingMessage, 'side' | 'author' | 'recipient'>): void;
  /** Whether the message is to go to the side that it came from. */
  carries(message: Pick<IncomingMessage, 'side' | 'author' | 'recipient' | 'thread'>): boolean;
}

interface Relay {
  readonly author: Person;
  readonly recipient: Person;
  readonly thread: ThreadKey;
  active: boolean;
}

const mostRelays = 10_000;

/** @param isTalking whether what the first writes reaches the second in a session that both have taken up */
export function createRelays(isTalking: (author: Person, recipient: Person) => boolean): Relays {
  const relays = recent<ConversationId, Relay>(mostRelays);

  return {
    open(author, recipient, thread) {
      relays.set(conversationOf(author.id, recipient.id), { author, recipient, thread, active: true });
    },
    leave({ side, author, recipient }) {
      const relay = side === 'teams' ? relays.get(conversationOf(author, recipient)) : undefined;
      if (relay?.recipient.id === author) relay.active = false;
    },
    carries(message) {
      if (message.side !== 'skype') return false;
      const relay = relays.get(conversationOf(message.author, message.recipient));
      if (!relay) return false;
      if (message.thread === relay.thread) return message.author === relay.recipient.id;
      return relay.active && message.author === relay.author.id && isTalking(relay.author, relay.recipient);
    },
  };
}
