import type { Clock } from '../clock.ts';
import type { EventPackage, EventSender, UcwaEvent } from '../types.ts';

/** How long an event may wait for company. Real-time and high do not wait. */
export type Urgency = 'high' | 'medium' | 'low';

export interface ChannelEvent {
  readonly sender: { readonly rel: string; readonly href: string };
  readonly urgency: Urgency;
  readonly event: UcwaEvent;
  /** An event of the same key that still waits is replaced by this one, which takes its own place in the order. */
  readonly coalesceBy?: string | undefined;
  /** The client proved receipt, by asking for the package after. */
  readonly taken?: () => void;
}

/** Parameters of a P-GET. The times in seconds hold on for later ones. */
export interface PollRequest {
  readonly ack: number;
  readonly low?: number;
  readonly medium?: number;
  readonly timeout?: number;
  readonly priority?: number;
}

export type PollAnswer =
  | { readonly kind: 'package'; readonly body: EventPackage }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'closed' };

/** What a channel sees of its application. */
export interface ChannelScope {
  readonly clock: Clock;
  readonly paths: { events(ack: number): string };
  readonly limits: {
    /** Events that may wait at once; one more and all are dropped, and the client is told to read again. */
    readonly queuedEvents: number;
    /** Seconds, until a P-GET brings others. */
    readonly holds: { readonly low: number; readonly medium: number };
  };
}

/** In their order. One that replaces none is its own key. */
type Queue = Map<string | ChannelEvent, ChannelEvent>;

interface Waiting {
  readonly priority: number;
  readonly answer: (answer: PollAnswer) => void;
  readonly until: number;
}

const defaultTimeout = 180;

/**
 * The event channel of one application. Package N is answered to `ack=N`, and asking for N + 1 proves receipt
 * of N; until then N is kept and answered again, so that a client which follows `next` loses nothing and sees
 * nothing twice.
 */
export class EventChannel implements Disposable {
  readonly #scope: ChannelScope;
  #queue: Queue = new Map();
  /** When the first of what waits has waited long enough; one that is replaced counts on. */
  #dueAt = Number.POSITIVE_INFINITY;
  /** Number of the package that comes next. */
  #number = 1;
  /** Handed out and not yet proved received. */
  #unacked: { readonly events: Queue; readonly lead: 'next' | 'resume' } | undefined;
  #waiting: Waiting | undefined;
  #timer: { readonly at: number; readonly handle: Disposable } | undefined;
  #flushing = false;
  #lost: 'nothing' | 'queue' | 'session' = 'nothing';
  #hold: { readonly low: number; readonly medium: number; readonly timeout: number };
  #lastSeen: number;
  #closed = false;

  constructor(scope: ChannelScope) {
    this.#scope = scope;
    this.#hold = { ...scope.limits.holds, timeout: defaultTimeout };
    this.#lastSeen = scope.clock.now();
  }

  /** The address to start or go on from. */
  get href(): string {
    return this.#scope.paths.events(this.#unacked ? this.#number - 1 : this.#number);
  }

  /** When the last P-GET was let go; now, while one is held. Unix ms. */
  get lastSeen(): number {
    return this.#waiting ? this.#scope.clock.now() : this.#lastSeen;
  }

  push(event: ChannelEvent): void {
    if (this.#closed) return;
    if (this.#queue.size >= this.#scope.limits.queuedEvents) this.#drop('queue');
    const key = keyOf(event);
    this.#queue.delete(key);
    this.#queue.set(key, event);
    this.#dueAt = Math.min(this.#dueAt, this.#scope.clock.now() + this.#holdMs(event.urgency));
    if (this.#waiting) this.#schedule();
  }

  /** Takes an event back, unless the client has proved receipt or another has replaced it. */
  withdraw(event: ChannelEvent): void {
    const key = keyOf(event);
    for (const events of [this.#queue, this.#unacked?.events])
      if (events?.get(key) === event) events.delete(key);
    if (this.#queue.size === 0) this.#dueAt = Number.POSITIVE_INFINITY;
  }

  /**
   * `answer` is called at most once, now or later. Dispose what is returned when the client goes away: what
   * was not answered is then kept for the next P-GET.
   */
  poll(request: PollRequest, answer: (answer: PollAnswer) => void): Disposable {
    const nothing = { [Symbol.dispose]() {} };
    if (this.#closed) {
      answer({ kind: 'closed' });
      return nothing;
    }
    this.#lastSeen = this.#scope.clock.now();
    this.#hold = {
      low: request.low ?? this.#hold.low,
      medium: request.medium ?? this.#hold.medium,
      timeout: request.timeout ?? this.#hold.timeout,
    };
    if (this.#unacked && request.ack === this.#number - 1) {
      answer({ kind: 'package', body: this.#render(request.ack, this.#unacked) });
      return nothing;
    }
    if (request.ack !== this.#number) {
      answer({ kind: 'package', body: this.#resync(request.ack) });
      return nothing;
    }
    this.#acknowledge();
    if (this.#lost === 'queue') {
      this.#lost = 'nothing';
      answer({ kind: 'package', body: this.#resync(request.ack) });
      return nothing;
    }
    return this.#wait(request.priority ?? 0, answer);
  }

  /**
   * Forgets what waits, because the application's transient state was given up while nobody asked; the next
   * P-GET is answered with `resume`.
   */
  suspend(): void {
    this.#drop('session');
    this.#unacked = undefined;
    this.#hold = { ...this.#scope.limits.holds, timeout: defaultTimeout };
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop('nothing');
    this.#unacked = undefined;
    this.#release({ kind: 'closed' });
  }

  #wait(priority: number, answer: (answer: PollAnswer) => void): Disposable {
    const held = this.#waiting;
    if (held && held.priority > priority) {
      answer({ kind: 'replaced' });
      return { [Symbol.dispose]() {} };
    }
    held?.answer({ kind: 'replaced' });
    const waiting: Waiting = {
      priority,
      answer,
      until: this.#scope.clock.now() + this.#hold.timeout * 1000,
    };
    this.#waiting = waiting;
    this.#schedule();
    return {
      [Symbol.dispose]: () => {
        if (this.#waiting !== waiting) return;
        this.#waiting = undefined;
        this.#lastSeen = this.#scope.clock.now();
        this.#stopTimer();
      },
    };
  }

  #schedule(): void {
    const waiting = this.#waiting;
    if (!waiting || this.#flushing) return;
    if (this.#lost === 'queue') {
      this.#lost = 'nothing';
      this.#release({ kind: 'package', body: this.#resync(this.#number) });
      return;
    }
    const now = this.#scope.clock.now();
    const at = this.#lost === 'session' ? now : Math.min(waiting.until, this.#dueAt);
    if (at > now) {
      this.#armTimer(at, now);
      return;
    }
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      if (this.#waiting) this.#flush();
    });
  }

  #armTimer(at: number, now: number): void {
    if (this.#timer && this.#timer.at <= at) return;
    this.#stopTimer();
    const handle = this.#scope.clock.setTimer(at - now, () => {
      this.#timer = undefined;
      if (this.#waiting && Math.min(this.#waiting.until, this.#dueAt) > at) this.#schedule();
      else this.#flush();
    });
    this.#timer = { at, handle };
  }

  #flush(): void {
    const pack = {
      events: this.#queue,
      lead: this.#lost === 'session' ? ('resume' as const) : ('next' as const),
    };
    this.#emptyQueue();
    this.#lost = 'nothing';
    this.#unacked = pack;
    const number = this.#number++;
    this.#release({ kind: 'package', body: this.#render(number, pack) });
  }

  #release(answer: PollAnswer): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#lastSeen = this.#scope.clock.now();
    waiting?.answer(answer);
  }

  #acknowledge(): void {
    const proved = this.#unacked;
    this.#unacked = undefined;
    if (proved) for (const { taken } of proved.events.values()) taken?.();
  }

  #emptyQueue(): void {
    this.#queue = new Map();
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  #drop(lost: 'nothing' | 'queue' | 'session'): void {
    this.#emptyQueue();
    this.#lost = lost;
  }

  #render(number: number, pack: { readonly events: Queue; readonly lead: 'next' | 'resume' }): EventPackage {
    const senders: { rel: string; href: string; events: UcwaEvent[] }[] = [];
    for (const { sender, event } of pack.events.values()) {
      const last = senders.at(-1);
      if (last?.href === sender.href) last.events.push(event);
      else senders.push({ ...sender, events: [event] });
    }
    const { paths } = this.#scope;
    return {
      _links: { self: { href: paths.events(number) }, [pack.lead]: { href: paths.events(number + 1) } },
      sender: senders satisfies EventSender[],
    };
  }

  #resync(asked: number): EventPackage {
    return {
      _links: { self: { href: this.#scope.paths.events(asked) }, resync: { href: this.href } },
      sender: [],
    };
  }

  #holdMs(urgency: Urgency): number {
    switch (urgency) {
      case 'high':
        return 0;
      case 'medium':
        return this.#hold.medium * 1000;
      case 'low':
        return this.#hold.low * 1000;
    }
  }

  #stopTimer(): void {
    this.#timer?.handle[Symbol.dispose]();
    this.#timer = undefined;
  }
}

function keyOf(event: ChannelEvent): string | ChannelEvent {
  return event.coalesceBy ?? event;
}
