import type { Clock } from '../core/clock.ts';
import type { ThreadKey } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import { deadline } from './clock.ts';
import type { Connector, DeliveryOrder, DeliveryOutcome } from './connector.ts';
import type { StoredMessage } from './ledger.ts';

export interface ReadMirrorOptions {
  readonly connectors: Readonly<Record<Side, Connector>>;
  readonly clock: Clock;
  readonly fault: (error: unknown) => void;
}

/** What is written in Teams and rings in SfB is seen once: reading it in Teams ends the ring, taking it up marks it read. */
export interface ReadMirror {
  /** One attempt to bring a message over; `outer` is what ends it otherwise. */
  attempt(message: StoredMessage, order: DeliveryOrder, outer: AbortSignal): ReadAttempt;
}

export interface ReadAttempt extends Disposable {
  /** For the attempt itself: aborts with the outer one, or when the message was read where it was written. */
  readonly signal: AbortSignal;
  readonly wasRead: boolean;
  ended(outcome: DeliveryOutcome): void;
}

/** A text in an open session takes less; what takes longer rings. */
const firstLookMs = 2_000;
const nextLookMs = 3_000;
/** One question, or one marking as read. */
const callMs = 10_000;

export function createReadMirror({ connectors, clock, fault }: ReadMirrorOptions): ReadMirror {
  /** By chat; each takes no longer than {@link callMs}. */
  const marking = new Map<ThreadKey, Promise<void>>();

  return {
    attempt(message, { author, recipient }, outer) {
      const { reading } = connectors.teams;
      if (!reading || message.side !== 'teams' || recipient.teams.kind === 'none') return unmirrored(outer);
      const { thread, remoteId } = message;
      const rings = !(connectors.skype.isTalking?.(author, recipient) ?? true);
      const controller = new AbortController();
      const abort = (): void => controller.abort(outer.reason);
      if (outer.aborted) abort();
      else outer.addEventListener('abort', abort, { once: true });
      let wasRead = false;
      let over = false;
      let timer: Disposable | undefined;

      const lookIn = (ms: number): void => {
        timer = clock.setTimer(ms, () => void look().catch(fault));
      };
      /**
       * What counts as read from the start may be so by the gateway's own mark, which covers all of the chat: only what is
       * unread now, when no mark is under way, can be seen to be read.
       */
      const begin = async (): Promise<void> => {
        await marking.get(thread);
        using limit = deadline(clock, callMs, controller.signal);
        const read = await reading.hasRead(recipient, thread, remoteId, limit.signal);
        if (!over && read === false) lookIn(firstLookMs);
      };
      const look = async (): Promise<void> => {
        using limit = deadline(clock, callMs, controller.signal);
        const read = await reading.hasRead(recipient, thread, remoteId, limit.signal);
        if (over || read === undefined) return;
        if (!read) return lookIn(nextLookMs);
        wasRead = true;
        controller.abort(new Error('read in Teams'));
      };
      const mark = async (): Promise<void> => {
        using limit = deadline(clock, callMs, new AbortController().signal);
        await reading.markRead(recipient, thread, limit.signal);
      };
      if (rings) void begin().catch(fault);

      return {
        signal: controller.signal,
        get wasRead() {
          return wasRead;
        },
        ended(outcome) {
          if (!rings || outcome.kind !== 'delivered') return;
          const marked = mark()
            .catch(fault)
            .finally(() => marking.delete(thread));
          marking.set(thread, marked);
        },
        [Symbol.dispose]() {
          over = true;
          timer?.[Symbol.dispose]();
          outer.removeEventListener('abort', abort);
        },
      };
    },
  };
}

function unmirrored(signal: AbortSignal): ReadAttempt {
  return { signal, wasRead: false, ended: () => undefined, [Symbol.dispose]: () => undefined };
}
