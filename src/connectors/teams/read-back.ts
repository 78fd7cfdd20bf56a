import type { Clock } from '../../core/clock.ts';
import type { Person } from '../../core/people.ts';
import { messagesOfUser } from '../../protocols/graph/client/messages.ts';
import type { ToldMessage } from './incoming.ts';
import type { Tenant } from './tenants.ts';

export interface ReadBackOptions {
  readonly tenant: Tenant;
  readonly people: () => readonly Person[];
  /** What is known already is recognised there; gives the number of what was not. */
  readonly take: (messages: readonly ToldMessage[]) => Promise<number>;
  /** Something came up that no notification had told of. */
  readonly onMissed: () => void;
  readonly clock: Clock;
}

/** One round over everybody takes at least this long. */
const roundMs = 60_000;
/** Between two requests, ms: Graph allows 200 a second. */
const pace = { calm: 200, hurried: 20 } as const;
/** What a notification may still tell of is left to it. */
const freshMs = 10_000;
/** Read again, since Graph's clock is not ours. */
const overlapMs = 10_000;

/**
 * Reads what people wrote, in slow rounds: Graph loses notifications without a word, and while there is no
 * subscription it tells of nothing. A person's messages are read from where the round before ended.
 */
export class ReadBack implements AsyncDisposable {
  readonly #options: ReadBackOptions;
  readonly #stopped = new AbortController();
  /** Unix ms up to which everybody was read. */
  #readUpTo: number;
  #hurried = false;
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(options: ReadBackOptions) {
    this.#options = options;
    this.#readUpTo = options.clock.now();
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Notifications were lost: the next round begins now and does not linger. */
  hurry(): void {
    this.#hurried = true;
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      if (!this.#hurried) await this.#pause(roundMs);
      const hurried = this.#hurried;
      this.#hurried = false;
      if (this.#stopped.signal.aborted) return;
      const before = this.#options.clock.now() - (hurried ? 0 : freshMs);
      if (await this.#round(before, hurried ? pace.hurried : pace.calm)) {
        this.#readUpTo = Math.max(this.#readUpTo, before);
      }
    }
  }

  /** Whether everything up to `before` was read and kept. */
  async #round(before: number, paceMs: number): Promise<boolean> {
    let complete = true;
    for (const person of this.#options.people()) {
      if (this.#stopped.signal.aborted) return false;
      if (person.teams.kind === 'none') continue;
      const read = await this.#read(person.teams.objectId, before).catch(() => false);
      complete &&= read;
      await this.#pause(paceMs);
    }
    return complete;
  }

  async #read(userId: string, before: number): Promise<boolean> {
    const { tenant, take, onMissed } = this.#options;
    const time = { after: this.#readUpTo - overlapMs, before };
    const told: ToldMessage[] = [];
    const { graph, accounts } = tenant;
    for await (const page of messagesOfUser(
      graph,
      accounts.application,
      userId,
      time,
      this.#stopped.signal,
    )) {
      if (!page.ok) return false;
      for (const message of page.value.items) {
        // A reaction brings an old message up again.
        const isNew = Date.parse(message.createdDateTime) > time.after;
        if (!isNew || typeof message.chatId !== 'string') continue;
        told.push({ tenant, chatId: message.chatId, messageId: message.id, content: message });
      }
    }
    if ((await take(told)) > 0) onMissed();
    return true;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    using _timer = this.#options.clock.setTimer(ms, resolve);
    await promise;
  }
}
