import type { End } from '../core/conversation/delivery.ts';
import type { Person, Side } from '../core/people.ts';
import type { ToastPlan } from '../core/toasts/plan.ts';
import { lastingToastState, resumeToast } from '../core/toasts/resume.ts';
import {
  awaitsReading,
  decideToast,
  type ToastCommand,
  type ToastDecision,
  type ToastEvent,
  type ToastState,
} from '../core/toasts/toast.ts';
import { deadline } from './clock.ts';
import {
  type Connector,
  type IncomingMessage,
  type IncomingRing,
  IntakeRefused,
  type RingEnd,
} from './connector.ts';
import type { NewMessage } from './ledger.ts';
import type { LeftToast, ToastMemory } from './toasts-memory.ts';
import { ToastReading } from './toasts-reading.ts';
import { type RingBackOptions, ringBack } from './toasts-ring-back.ts';

export interface LiveToastOptions extends RingBackOptions {
  readonly connectors: Readonly<Record<Side, Connector>>;
  /** Waits, ms. */
  readonly times: { readonly fallOverMs: number; readonly deadlineMs: number };
  /** Resolves when the message is in the ledger. */
  readonly take: (message: IncomingMessage) => Promise<unknown>;
  /** One more line in the message's trace. */
  readonly note: (message: NewMessage, detail: string) => void;
  readonly used: (person: Person, side: Side) => void;
  readonly memory: Pick<ToastMemory, 'keeps' | 'forgets'>;
  /** Told once. */
  readonly over: (toast: LiveToast) => void;
}

/** A pool ends a ring that nobody answers long before. */
const longestRingMs = 120_000;
/** Rung and taken back at once, a conversation is shown as missed by whatever client it rang at. */
const missedRingMs = 300;
/** Texts that follow the first before anybody has taken it up, and are shown where it is taken up. */
const mostFollowing = 20;
/** Behind its time a toast that an earlier run left does not come up in the other client any more, ms. */
const mostLateMs = 120_000;
/** How long the networks have to come up before a toast of an earlier run goes on, ms. */
const comingUpMs = 2_000;

/** Runs the machine of `core/toasts` for one conversation that rings. */
export class LiveToast {
  readonly author: Person;
  readonly recipient: Person;
  readonly #ring: IncomingRing;
  readonly #options: LiveToastOptions;
  readonly #rangAt: number;
  readonly #stopped = new AbortController();
  readonly #following: NewMessage[] = [];
  readonly #reading: ToastReading;
  #state: ToastState = { kind: 'rang' };
  #timer: Disposable | undefined;
  /** Unix ms. */
  #dueAt = 0;
  #kept: Promise<void> = Promise.resolve();
  #chain: Promise<void> = Promise.resolve();
  #message: NewMessage | undefined;
  #ringingBack: AbortController | undefined;

  constructor(author: Person, recipient: Person, ring: IncomingRing, options: LiveToastOptions) {
    this.author = author;
    this.recipient = recipient;
    this.#ring = ring;
    this.#options = options;
    this.#rangAt = options.clock.now();
    this.#reading = new ToastReading({
      teams: options.connectors.teams,
      clock: options.clock,
      recipient,
      read: () => this.happened({ kind: 'read' }),
      fault: options.fault,
    });
  }

  /** Rejects if the message was to be taken at once and could not be. */
  begin(plan: ToastPlan): Promise<void> {
    return this.#happened({ kind: 'planned', plan });
  }

  /** Takes up what an earlier run left. `opened`: from when on the networks can be used. */
  resume({ message, following, state, dueAt }: LeftToast, opened: Promise<void>): void {
    const { clock } = this.#options;
    this.#message = message;
    this.#following.push(...following);
    const resumed = resumeToast(state, clock.now() > dueAt + mostLateMs);
    this.#become(resumed);
    this.#reading.awaited(awaitsReading(resumed));
    void opened.then(() => {
      const isWaiting = this.#state === resumed && resumed.kind !== 'over';
      if (isWaiting && !this.#stopped.signal.aborted) this.#goOnAt(Math.max(dueAt, clock.now() + comingUpMs));
    });
  }

  happened(event: ToastEvent): void {
    this.#happened(event).catch((error: unknown) => {
      // Refused by the ledger: nothing was accepted, so the pool will tell the author what became of it.
      if (!(error instanceof IntakeRefused)) this.#options.fault(error);
    });
  }

  ended(how: RingEnd): void {
    this.happened(eventOf(how));
  }

  /** Something of this conversation is in the ledger. Whether it is the message that rang. */
  taken(message: NewMessage): boolean {
    const { remoteId, thread } = this.#ring.message;
    if (message.remoteId === remoteId && message.thread === thread) {
      this.#message = message;
      this.#note();
      this.#keep();
      return true;
    }
    if (message.author === this.recipient.id) this.happened({ kind: 'answered', side: message.side });
    else if (message.side === 'skype' && this.#following.length < mostFollowing) {
      this.#following.push(message);
      this.#keep();
    }
    return false;
  }

  /** What became of the message that rang. */
  delivered(end: End): void {
    if (end.kind === 'failed') this.happened({ kind: 'undelivered' });
    if (end.kind === 'delivered' && end.side === 'teams') this.#reading.shown(end.thread, end.remoteId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#ringingBack?.abort();
    this.#timer?.[Symbol.dispose]();
    this.#reading[Symbol.dispose]();
    await this.#chain;
  }

  #happened(event: ToastEvent): Promise<void> {
    if (this.#stopped.signal.aborted) return Promise.resolve();
    const before = this.#state;
    const { state, commands, wait } = decideToast(before, event);
    this.#noteUse(event);
    if (wait !== 'keep') this.#setTimer(wait, state);
    const done = this.#chain.then(() => this.#run(commands));
    this.#chain = done.catch(() => undefined);
    this.#become(state);
    this.#reading.awaited(awaitsReading(state));
    return done;
  }

  #become(state: ToastState): void {
    const before = this.#state;
    this.#state = state;
    if (state === before) return;
    this.#note();
    this.#keep();
    if (state.kind === 'over' && before.kind !== 'over')
      void this.#chain.then(() => this.#options.over(this));
  }

  #keep(): void {
    const message = this.#message;
    if (!message || this.#stopped.signal.aborted) return;
    const { memory } = this.#options;
    const state = lastingToastState(this.#state);
    if (state)
      this.#kept = memory.keeps({ message, following: [...this.#following], state, dueAt: this.#dueAt });
    else memory.forgets(message.id);
  }

  #noteUse(event: ToastEvent): void {
    if (event.kind === 'answered') this.#options.used(this.recipient, event.side);
    if (event.kind === 'read') this.#options.used(this.recipient, 'teams');
  }

  #setTimer(wait: Exclude<ToastDecision['wait'], 'keep'>, state: ToastState): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (wait !== undefined) this.#goOnAt(this.#options.clock.now() + this.#waitMs(wait, state));
  }

  #goOnAt(dueAt: number): void {
    const { clock } = this.#options;
    this.#dueAt = dueAt;
    this.#timer = clock.setTimer(Math.max(0, dueAt - clock.now()), () => void this.#timeIsUp());
  }

  /** What was read in Teams falls over to nowhere. */
  async #timeIsUp(): Promise<void> {
    const read = this.#state.kind === 'inTeams' && (await this.#reading.hasRead()) === true;
    this.happened({ kind: read ? 'read' : 'timer' });
  }

  /** A ring is taken up while it surely still rings, and while there is time to deliver what rang. */
  #waitMs(wait: 'fallOver' | 'ringEnd', state: ToastState): number {
    const { fallOverMs, deadlineMs } = this.#options.times;
    const { ringMs } = this.#ring;
    const ringEndMs = ringMs - Math.min(5_000, ringMs / 6);
    if (wait === 'ringEnd') return ringEndMs;
    if (state.kind !== 'inSkype') return fallOverMs;
    return Math.min(fallOverMs, ringEndMs, deadlineMs - Math.min(10_000, deadlineMs / 2));
  }

  async #run(commands: readonly ToastCommand[]): Promise<void> {
    for (const command of commands) await this.#perform(command);
  }

  async #perform({ kind }: ToastCommand): Promise<void> {
    switch (kind) {
      case 'bring':
        await this.#options.take({ ...this.#ring.message, heldSince: this.#rangAt });
        return;
      case 'accept':
        this.#ring.accept();
        return;
      case 'ring':
        // It is on record first: a crash must not have it ring twice.
        await this.#kept;
        void this.#ringBack(longestRingMs);
        return;
      case 'leaveMissed':
        void this.#ringBack(missedRingMs);
        return;
      case 'stopRinging':
        this.#ringingBack?.abort();
        return;
      case 'markRead':
        this.#reading.seenInSkype();
        return;
      case 'relay':
        return;
    }
  }

  async #ringBack(ms: number): Promise<void> {
    const { author, recipient } = this;
    const first = this.#message;
    if (!first) return this.happened({ kind: 'ringFailed', how: 'unanswered' });
    this.#ringingBack = new AbortController();
    using limit = deadline(this.#options.clock, ms, this.#ringingBack.signal);
    const rung = { author, recipient, first, following: this.#following };
    this.happened(await ringBack(this.#options, rung, limit.signal));
  }

  #note(): void {
    if (this.#message) this.#options.note(this.#message, describe(this.#state));
  }
}

function eventOf(how: RingEnd): ToastEvent {
  switch (how) {
    case 'answered-elsewhere':
      return { kind: 'answered', side: 'skype' };
    case 'declined':
      return { kind: 'declined' };
    case 'missed':
      return { kind: 'rangOut' };
    case 'caller-gave-up':
      return { kind: 'callerGaveUp' };
    case 'over':
    case 'lost':
      return { kind: 'sessionEnded' };
  }
}

function describe(state: ToastState): string {
  switch (state.kind) {
    case 'rang':
      return 'rang';
    case 'inSkype':
      return 'in Skype for Business';
    case 'inBoth':
      return 'in both clients';
    case 'inTeams':
      return 'in Teams';
    case 'ringingBack':
      return 'fell over to Skype for Business';
    case 'over':
      return state.end;
  }
}
