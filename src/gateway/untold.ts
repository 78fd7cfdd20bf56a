import type { MessageId } from '../core/ids.ts';
import type { Refusal } from '../core/refusals.ts';
import type { StoredMessage } from './ledger.ts';

export interface Failed {
  readonly message: StoredMessage;
  readonly refusal: Refusal;
}

export interface UntoldOptions {
  /** How many failures are held at once; 2 or more. */
  readonly most: number;
  /** Those that the ledger has as untold, the oldest first. */
  readonly read: (limit: number) => Promise<readonly StoredMessage[]>;
  /** Begins to tell of one that is held from now on. */
  readonly begin: (failed: Failed) => void;
}

/**
 * The failures that are being told of: a bounded few in memory, while the others stay in the ledger, where all of them
 * are until they are told. Once some are left there, later ones are, too, so that a sender hears of them in order; when
 * half of the room is free, the oldest are taken up.
 */
export interface Untold {
  /** One that is on record. */
  add(failed: Failed): void;
  /** Its sender has been told, or cannot be, and that is on record. */
  done(message: MessageId): void;
  /** Takes up what the ledger has, as far as there is room; resolves with how many that were. Rejects as `read` does. */
  takeUp(): Promise<number>;
  /** Undefined while the ledger is not being read. */
  readonly takingUp: Promise<number> | undefined;
}

export function createUntold({ most, read, begin }: UntoldOptions): Untold {
  const held = new Set<MessageId>();
  let takingUp: Promise<number> | undefined;
  /** Whether the ledger may have some that are not held. */
  let someLeft = false;

  const isRoomy = (): boolean => held.size <= most / 2;

  function hold(failed: Failed): void {
    held.add(failed.message.id);
    begin(failed);
  }

  async function readOnce(): Promise<number> {
    someLeft = false;
    // What is done with while the ledger is read may be untold in the answer.
    const known = new Set(held);
    const found = await read(most);
    const fresh = failuresOf(found).filter(({ message }) => !known.has(message.id));
    const fitting = fresh.slice(0, most - held.size);
    for (const failed of fitting) hold(failed);
    someLeft ||= found.length >= most;
    return fitting.length;
  }

  async function readWhileRoomy(): Promise<number> {
    let count = 0;
    try {
      do count += await readOnce();
      while (someLeft && isRoomy());
      return count;
    } catch (error) {
      someLeft = true;
      throw error;
    } finally {
      takingUp = undefined;
    }
  }

  function takeUp(): Promise<number> {
    takingUp ??= readWhileRoomy();
    return takingUp;
  }

  return {
    add(failed) {
      if (takingUp || someLeft || held.size >= most) someLeft = true;
      else hold(failed);
    },
    done(message) {
      held.delete(message);
      if (someLeft && isRoomy()) takeUp().catch(() => undefined);
    },
    takeUp,
    get takingUp() {
      return takingUp;
    },
  };
}

function failuresOf(messages: readonly StoredMessage[]): readonly Failed[] {
  return messages.flatMap((message) =>
    message.end?.kind === 'failed' ? [{ message, refusal: message.end.refusal }] : [],
  );
}
