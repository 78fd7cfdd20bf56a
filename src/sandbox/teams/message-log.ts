import type { ChatMessage } from '../../protocols/graph/resources.ts';
import type { MessageRange } from '../../protocols/graph/server/backend.ts';

interface Entry {
  readonly at: number;
  readonly id: string;
}

/**
 * The messages of one chat, in order of writing and of last change. Every id and every change has a
 * millisecond of its own: the clock's, or the one after the last. Beyond `limit` the oldest are dropped.
 */
export class MessageLog {
  readonly #limit: number;
  readonly #messages = new Map<string, ChatMessage>();
  #created: Entry[] = [];
  #modified: Entry[] = [];
  #lastTick = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Unix ms for what happens now; greater than every one before. */
  tick(now: number): number {
    this.#lastTick = Math.max(now, this.#lastTick + 1);
    return this.#lastTick;
  }

  get(id: string): ChatMessage | undefined {
    return this.#messages.get(id);
  }

  last(): ChatMessage | undefined {
    const entry = this.#created.at(-1);
    return entry && this.#messages.get(entry.id);
  }

  /** The message that stood last before the last one. */
  beforeLast(): ChatMessage | undefined {
    const entry = this.#created.at(-2);
    return entry && this.#messages.get(entry.id);
  }

  append(message: ChatMessage): void {
    const entry = { at: Number(message.id), id: message.id };
    this.#messages.set(message.id, message);
    this.#created.push(entry);
    this.#modified.push(entry);
    if (this.#messages.size > this.#limit) this.#dropOldest();
  }

  /** Puts the changed message, which carries a new `etag`, in place of the one with its id. */
  replace(message: ChatMessage): void {
    this.#messages.set(message.id, message);
    this.#modified.push({ at: Number(message.etag), id: message.id });
    this.#compact();
  }

  range({ by, after = -1, before = Infinity, limit }: MessageRange): readonly ChatMessage[] {
    const entries = by === 'created' ? this.#created : this.#modified;
    const found: ChatMessage[] = [];
    for (let index = firstFrom(entries, before) - 1; index >= 0 && found.length < limit; index -= 1) {
      const entry = entries[index];
      if (entry === undefined || entry.at <= after) break;
      const message = this.#messages.get(entry.id);
      if (message && (by === 'created' || Number(message.etag) === entry.at)) found.push(message);
    }
    return found;
  }

  #dropOldest(): void {
    const oldest = this.#messages.keys().next().value;
    if (oldest !== undefined) this.#messages.delete(oldest);
    this.#compact();
  }

  /** Entries whose message is gone or has changed since are cleared away when they are the greater part. */
  #compact(): void {
    const most = 2 * this.#messages.size + 64;
    if (this.#created.length > most) this.#created = this.#created.filter(({ id }) => this.#messages.has(id));
    if (this.#modified.length > most) {
      this.#modified = this.#modified.filter(({ id, at }) => Number(this.#messages.get(id)?.etag) === at);
    }
  }
}

/** Index of the first entry at or after `at`; entries are sorted. */
function firstFrom(entries: readonly Entry[], at: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
