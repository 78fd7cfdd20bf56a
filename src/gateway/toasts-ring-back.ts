import type { Clock } from '../core/clock.ts';
import type { DeliveryOutcome } from '../core/conversation/delivery.ts';
import type { ThreadKey } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { toSkype } from '../core/text/text.ts';
import type { ToastEvent } from '../core/toasts/toast.ts';
import type { Connector } from './connector.ts';
import type { NewMessage } from './ledger.ts';

export interface RingBackOptions {
  readonly connectors: { readonly skype: Connector };
  readonly clock: Clock;
  /** Whether the ring reached a client of the person's own. */
  readonly found: (person: Person, what: 'present' | 'absent') => void;
  /** The recipient's own client has taken it up. */
  readonly relay: (author: Person, recipient: Person, thread: ThreadKey) => void;
  readonly fault: (error: unknown) => void;
}

/** What the recipient is to see in SfB. */
export interface RungBack {
  readonly author: Person;
  readonly recipient: Person;
  readonly first: NewMessage;
  /** Texts that follow it; what is shown is taken off, and more may come while it rings. */
  readonly following: NewMessage[];
}

/**
 * Rings the recipient's own SfB clients in the author's name, until somebody takes it up, the pool gives up or `signal`
 * aborts. Resolves with what that is to the toast.
 */
export async function ringBack(
  options: RingBackOptions,
  rung: RungBack,
  signal: AbortSignal,
): Promise<ToastEvent> {
  const { author, recipient, first, following } = rung;
  const { connectors, found, relay } = options;
  const wasTalking = connectors.skype.isTalking?.(author, recipient) ?? false;
  const outcome = await write(options, rung, first, signal);
  if (outcome.kind === 'delivered') {
    for (let next = following.shift(); next; next = following.shift())
      await write(options, rung, next, signal);
    relay(author, recipient, outcome.thread);
    // Into a window that was open already: there it stands now, and nobody has said anything.
    return wasTalking ? { kind: 'ringFailed', how: 'unanswered' } : { kind: 'answered', side: 'skype' };
  }
  const { id } = outcome.refusal;
  if (id === 'offline') found(recipient, 'absent');
  if (id === 'declined' || id === 'no-answer') found(recipient, 'present');
  return { kind: 'ringFailed', how: id === 'declined' ? 'declined' : 'unanswered' };
}

async function write(
  { connectors: { skype }, clock, fault }: RingBackOptions,
  { author, recipient }: RungBack,
  message: NewMessage,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const converted = toSkype(message.body, skype.capabilities);
  if (converted.kind === 'refused') return { kind: 'refused', refusal: { id: converted.id, side: 'skype' } };
  try {
    return await skype.deliver(
      {
        message: message.id,
        conversation: message.conversation,
        author,
        recipient,
        body: converted.body,
        writtenAt: message.writtenAt,
        writtenIn: message.side,
        thread: undefined,
        attempt: 1,
        firstAttemptAt: clock.now(),
      },
      signal,
    );
  } catch (error) {
    fault(error);
    return { kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } };
  }
}
