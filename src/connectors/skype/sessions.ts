import type { Clock } from '../../core/clock.ts';
import type { SipUri } from '../../core/people.ts';
import type { DialogId, DoorEndpoint } from './door.ts';
import type { Failure } from './errors.ts';
import { decide } from './session-machine.ts';
import type { SessionCommand, SessionEvent, SessionState, TextEnd, TextId } from './session-state.ts';

export interface SessionOptions {
  readonly endpoint: DoorEndpoint;
  readonly peer: SipUri;
  readonly subject?: string;
  readonly idleMs: number;
  readonly clock: Clock;
  readonly mintId: () => string;
  /** A session of our own is about to ring, or has come to nothing. */
  readonly opening: (dialog: DialogId) => void;
  readonly failed: (dialog: DialogId) => void;
  /** The outcome of a text whose sender was told that it is uncertain. */
  readonly late: (text: TextId, brought: Brought) => void;
}

export interface Brought {
  readonly end: TextEnd;
  /** The pool's name for the session's thread. */
  readonly thread: string;
}

interface Underway {
  readonly words: string;
  readonly settle: (end: TextEnd) => void;
}

const aborted: Failure = { kind: 'transient', id: 'deadline-passed', detail: 'waited behind another text' };
/** For the pool to say what became of an invitation that was taken back. */
const graceMs = 2_000;

/** Runs the {@link decide} machine of one endpoint with one peer: its events are the door's, its commands go there. */
export class Session {
  readonly peer: SipUri;
  readonly #options: SessionOptions;
  readonly #underway = new Map<TextId, Underway>();
  readonly #threads = new Map<DialogId, string>();
  #state: SessionState = { kind: 'none' };
  #thread: string;
  /** Whether the peer may have seen it. */
  #isThreadUsed: boolean;
  /** The pool lets no session be opened under it: it holds one there that nobody here knows. */
  #spent: string | undefined;
  #lane: Promise<unknown> = Promise.resolve();
  #queued = 0;
  #declinedOurselves: DialogId | undefined;

  /** @param thread the thread to continue, where there was one */
  constructor(options: SessionOptions, thread: string | undefined) {
    this.#options = options;
    this.peer = options.peer;
    this.#thread = thread ?? options.mintId();
    this.#isThreadUsed = thread !== undefined;
  }

  /** Whether nothing would be lost by forgetting it. */
  get idle(): boolean {
    return this.#state.kind === 'none' && this.#queued === 0;
  }

  /** Whether an invitation of this session rings at the peer's endpoints under this thread. */
  invites(thread: string): boolean {
    const { kind } = this.#state;
    return (kind === 'inviting' || kind === 'yielding') && this.#thread === thread;
  }

  /** One of the peer's endpoints is ours, and has given the invitation back: nobody there has declined it. */
  declineOurselves(): void {
    if (this.#state.kind === 'inviting') this.#declinedOurselves = this.#state.dialog;
  }

  /** Continues an earlier thread, unless a session is alive. */
  continueThread(thread: string): void {
    if (this.#state.kind === 'none' && thread !== this.#spent) this.#use(thread);
  }

  /** Names the thread that the first text begins, where there is none to continue yet. */
  beginThread(thread: string): void {
    if (!this.#isThreadUsed) this.continueThread(thread);
  }

  /**
   * Brings a text to the peer, one after the other; opens a session if none is alive. Settles soon after `signal`
   * aborts, with what is known then.
   */
  async bring(text: TextId, words: string, signal: AbortSignal): Promise<Brought> {
    const before = this.#lane;
    const turn = Promise.withResolvers<void>();
    this.#lane = turn.promise;
    this.#queued += 1;
    try {
      await before;
      if (signal.aborted) return { end: { kind: 'failed', failure: aborted }, thread: this.#thread };
      const end = await this.#bringNow(text, words, signal);
      return this.#brought(end);
    } finally {
      this.#queued -= 1;
      turn.resolve();
    }
  }

  #bringNow(text: TextId, words: string, signal: AbortSignal): Promise<TextEnd> {
    const { clock, mintId } = this.#options;
    return new Promise((resolve) => {
      let grace: Disposable | undefined;
      const onDeadline = (): void => {
        grace = clock.setTimer(graceMs, () => this.take({ kind: 'overdue', text }));
        this.take({ kind: 'deadline', text });
      };
      this.#underway.set(text, {
        words,
        settle: (end) => {
          signal.removeEventListener('abort', onDeadline);
          grace?.[Symbol.dispose]();
          resolve(end);
        },
      });
      signal.addEventListener('abort', onDeadline, { once: true });
      this.take({ kind: 'send', text, fresh: mintId(), at: clock.now() });
    });
  }

  /** Takes up the peer's invitation. */
  invited(dialog: DialogId, thread: string): void {
    this.#threads.set(dialog, thread);
    this.#use(thread);
    this.take({ kind: 'invited', dialog });
  }

  /** Leaves the peer's invitation ringing, until {@link invited} takes it up. */
  rang(dialog: DialogId, thread: string): void {
    this.#threads.set(dialog, thread);
    this.#use(thread);
    this.take({ kind: 'rang', dialog });
  }

  /** Whether nothing is under way with the peer, so that another session of theirs would begin something new. */
  get isFresh(): boolean {
    return this.#state.kind === 'none' || (this.#state.kind === 'open' && !this.#state.sending);
  }

  /** Whether texts reach the peer in a session that both have taken up. */
  get isOpen(): boolean {
    return this.#state.kind === 'open' && !this.#state.gone;
  }

  heard(dialog: DialogId): void {
    this.take({ kind: 'heard', dialog, at: this.#options.clock.now() });
  }

  ended(dialog: DialogId): void {
    this.take({ kind: 'ended', dialog });
    this.#threads.delete(dialog);
  }

  /** The pool's name for the thread of a dialog, or of the last one. */
  threadOf(dialog: DialogId): string {
    return this.#threads.get(dialog) ?? this.#thread;
  }

  tick(): void {
    this.take({ kind: 'tick', at: this.#options.clock.now() });
  }

  /** Begins nothing more; resolves when it is known what became of all that was under way, which may never be. */
  async leave(): Promise<void> {
    this.take({ kind: 'leave' });
    await this.#lane;
  }

  take(event: SessionEvent): void {
    const { state, commands } = decide(this.#state, event, this.#options.idleMs);
    this.#state = state;
    for (const command of commands) this.#run(command);
  }

  /** Whatever a command comes to comes back as an event. */
  #run(command: SessionCommand): void {
    const { endpoint } = this.#options;
    switch (command.kind) {
      case 'invite':
        void this.#invite(command.dialog, command.text);
        return;
      case 'post':
        void this.#post(command.dialog, command.text);
        return;
      case 'join':
        void this.#join(command.dialog);
        return;
      case 'cancel':
        void endpoint.cancel(command.dialog);
        return;
      case 'stop':
        void endpoint.end(command.dialog);
        return;
      case 'settle': {
        this.#underway.get(command.text)?.settle(command.end);
        this.#underway.delete(command.text);
      }
    }
  }

  #use(thread: string): void {
    this.#thread = thread;
    this.#isThreadUsed = true;
  }

  async #invite(dialog: DialogId, text: TextId): Promise<void> {
    const { endpoint, peer, subject, clock } = this.#options;
    this.#isThreadUsed = true;
    const words = this.#underway.get(text)?.words ?? '';
    this.#options.opening(dialog);
    const end = await endpoint.invite(dialog, peer, words, {
      thread: this.#thread,
      ...(subject === undefined ? {} : { subject }),
    });
    const wasWaited = this.#underway.has(text);
    if (end.kind === 'accepted') {
      this.#threads.set(dialog, end.thread);
      this.take({ kind: 'accepted', dialog, remote: end.remote, at: clock.now() });
      if (!wasWaited) this.#late(text, { kind: 'delivered', dialog, remote: end.remote });
      return;
    }
    this.#options.failed(dialog);
    if (end.failure.kind === 'ended') {
      this.#spent = this.#thread;
      this.#thread = this.#options.mintId();
    }
    const isTakenBack = this.#state.kind === 'leaving';
    const isGivenBack = this.#declinedOurselves === dialog && !isTakenBack;
    const failure = isGivenBack ? nobodyElseThere(end.failure) : end.failure;
    this.take({ kind: 'inviteFailed', dialog, failure, at: clock.now() });
    if (!wasWaited) this.#late(text, { kind: 'failed', failure });
  }

  async #post(dialog: DialogId, text: TextId): Promise<void> {
    const { endpoint, clock, mintId } = this.#options;
    const end = await endpoint.send(dialog, mintId(), this.#underway.get(text)?.words ?? '');
    const wasWaited = this.#underway.has(text);
    if (end.kind === 'sent') {
      this.take({ kind: 'sent', text, remote: end.remote, at: clock.now() });
      if (!wasWaited) this.#late(text, { kind: 'delivered', dialog, remote: end.remote });
      return;
    }
    this.take({ kind: 'sendFailed', text, failure: end.failure });
    if (!wasWaited) this.#late(text, { kind: 'failed', failure: end.failure });
  }

  #brought(end: TextEnd): Brought {
    return { end, thread: end.kind === 'delivered' ? this.threadOf(end.dialog) : this.#thread };
  }

  #late(text: TextId, end: TextEnd): void {
    this.#options.late(text, this.#brought(end));
  }

  async #join(dialog: DialogId): Promise<void> {
    const { endpoint, clock } = this.#options;
    const failure = await endpoint.accept(dialog);
    if (failure) this.ended(dialog);
    else this.take({ kind: 'joined', dialog, at: clock.now() });
  }
}

function nobodyElseThere(failure: Failure): Failure {
  return failure.id === 'declined' || failure.id === 'no-answer'
    ? { kind: 'refused', id: 'offline', detail: 'no endpoint but the gateway’s own' }
    : failure;
}
