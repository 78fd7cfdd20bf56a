import type { Clock } from '../core/clock.ts';
import type { RemoteId, ThreadKey } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { deadline } from './clock.ts';
import type { Connector } from './connector.ts';

export interface ToastReadingOptions {
  readonly teams: Connector;
  readonly clock: Clock;
  readonly recipient: Person;
  /** The recipient has read it in Teams. */
  readonly read: () => void;
  readonly fault: (error: unknown) => void;
}

/** How often it is asked whether a message was read while that matters, ms. */
const pollMs = 1_000;
/** One question, or one marking as read. */
const callMs = 10_000;

/** Whether the message that rang was read, asked of Teams and told to it, once the message lies there. */
export class ToastReading implements Disposable {
  readonly #options: ToastReadingOptions;
  readonly #stopped = new AbortController();
  #shown: { readonly thread: ThreadKey; readonly remoteId: RemoteId } | undefined;
  #seenInSkype = false;
  #isAwaited = false;
  #timer: Disposable | undefined;

  constructor(options: ToastReadingOptions) {
    this.#options = options;
  }

  shown(thread: ThreadKey, remoteId: RemoteId): void {
    this.#shown = { thread, remoteId };
    if (this.#seenInSkype) void this.#mark();
    this.#watch();
  }

  seenInSkype(): void {
    this.#seenInSkype = true;
    void this.#mark();
  }

  /** Whether it matters from now on. */
  awaited(isAwaited: boolean): void {
    const wasAwaited = this.#isAwaited;
    this.#isAwaited = isAwaited;
    if (!isAwaited) this.#timer?.[Symbol.dispose]();
    else if (!wasAwaited) this.#watch();
  }

  /** Undefined where Teams does not say, or has not got it. */
  async hasRead(): Promise<boolean | undefined> {
    const { teams, recipient, clock } = this.#options;
    if (!this.#shown || !teams.reading) return undefined;
    using limit = deadline(clock, callMs, this.#stopped.signal);
    const { thread, remoteId } = this.#shown;
    return await teams.reading.hasRead(recipient, thread, remoteId, limit.signal).catch(() => undefined);
  }

  async #mark(): Promise<void> {
    const { teams, recipient, clock, fault } = this.#options;
    if (!this.#shown || !teams.reading) return;
    using limit = deadline(clock, callMs, this.#stopped.signal);
    await teams.reading.markRead(recipient, this.#shown.thread, limit.signal).catch(fault);
  }

  #watch(): void {
    if (this.#stopped.signal.aborted || !this.#shown || !this.#isAwaited) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#options.clock.setTimer(pollMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const hasRead = await this.hasRead();
    if (hasRead === true) this.#options.read();
    else if (hasRead === false) this.#watch();
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
    this.#timer?.[Symbol.dispose]();
  }
}
