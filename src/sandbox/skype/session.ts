import type { Clock } from '../clock.ts';
import type { Endpoint } from './endpoint.ts';
import type { Format, Invitation, Leg, LegSink, SendOutcome, SessionEnd, Text } from './leg.ts';

export interface SessionTimes {
  readonly answerMs: number;
  readonly messageMs: number;
  readonly typingMs: number;
  readonly silenceMs: number;
}

/** Where the other side can be rung now, or why it cannot. */
export type Reach =
  | { readonly kind: 'ring'; readonly endpoints: readonly Endpoint[] }
  | { readonly kind: 'refused'; readonly end: SessionEnd };

export interface SessionOptions {
  readonly clock: Clock;
  readonly times: SessionTimes;
  readonly reach: () => Reach;
  /** Whether the network between the two ends is up; asked before anything crosses it. */
  readonly linked: () => boolean;
  readonly over: (session: Session) => void;
}

interface Party {
  readonly endpoint: Endpoint;
  readonly sink: LegSink;
  typing: Disposable | undefined;
}

interface Pending {
  settle(outcome: SendOutcome): void;
}

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'ringing'; readonly callees: Map<Endpoint, LegSink>; readonly timer: Disposable }
  | { readonly kind: 'connected'; readonly caller: Party; readonly callee: Party }
  | { readonly kind: 'over' };

/**
 * Instant messaging between two people. An invitation rings at every endpoint of the callee that takes
 * messages; the first to accept has it.
 */
export class Session {
  readonly invitation: Invitation;
  readonly #options: SessionOptions;
  readonly #caller: Endpoint;
  readonly #callerSink: LegSink;
  readonly #pending = new Set<Pending>();
  #state: State = { kind: 'new' };
  #lastWord = 0;
  #silenceTimer: Disposable | undefined;

  constructor(invitation: Invitation, caller: Endpoint, callerSink: LegSink, options: SessionOptions) {
    this.invitation = invitation;
    this.#caller = caller;
    this.#callerSink = callerSink;
    this.#options = options;
  }

  get callerLeg(): Leg {
    return {
      start: () => this.#start(),
      accept: () => false,
      decline: () => this.#hangUp(this.#caller),
      hangUp: () => this.#hangUp(this.#caller),
      send: (text, settled) => this.#send(this.#caller, text, settled),
      typing: () => this.#typing(this.#caller),
    };
  }

  /** An endpoint has gone: to the other side it hung up. */
  endpointGone(endpoint: Endpoint): void {
    if (this.#state.kind === 'ringing' && endpoint !== this.#caller)
      this.#decline(endpoint, 'endpoint', 'offline');
    else this.#hangUp(endpoint);
  }

  #calleeLeg(endpoint: Endpoint): Leg {
    return {
      start: () => {},
      accept: () => this.#accept(endpoint),
      decline: (scope) => this.#decline(endpoint, scope, 'declined'),
      hangUp: () => {
        if (this.#state.kind === 'ringing') this.#decline(endpoint, 'endpoint', 'declined');
        else this.#hangUp(endpoint);
      },
      send: (text, settled) => this.#send(endpoint, text, settled),
      typing: () => this.#typing(endpoint),
    };
  }

  #start(): void {
    if (this.#state.kind !== 'new') return;
    const reach = this.#options.reach();
    if (reach.kind === 'refused') {
      this.#close();
      this.#callerSink.over(reach.end);
      return;
    }
    const callees = new Map<Endpoint, LegSink>();
    const timer = this.#options.clock.setTimer(this.#options.times.answerMs, () =>
      this.#fail('noAnswer', 'missed'),
    );
    this.#state = { kind: 'ringing', callees, timer };
    for (const endpoint of reach.endpoints) {
      if (this.#state.kind !== 'ringing') break;
      const sink = endpoint.door.invited(this.invitation, this.#calleeLeg(endpoint));
      if (sink) callees.set(endpoint, sink);
    }
    if (callees.size === 0) this.#fail('busy', 'missed');
  }

  #accept(endpoint: Endpoint): boolean {
    if (this.#state.kind !== 'ringing') return false;
    const sink = this.#state.callees.get(endpoint);
    if (!sink) return false;
    const { callees, timer } = this.#state;
    timer[Symbol.dispose]();
    this.#state = {
      kind: 'connected',
      caller: { endpoint: this.#caller, sink: this.#callerSink, typing: undefined },
      callee: { endpoint, sink, typing: undefined },
    };
    this.#lastWord = this.#options.clock.now();
    this.#armSilence();
    const formats = commonFormats(this.#caller, endpoint);
    sink.connected(this.invitation.from, formats);
    this.#callerSink.connected(endpoint.address, formats);
    for (const [other, otherSink] of callees) if (other !== endpoint) otherSink.over('connectedElsewhere');
    return true;
  }

  #decline(endpoint: Endpoint, scope: 'endpoint' | 'person', end: 'declined' | 'offline'): void {
    if (this.#state.kind !== 'ringing') return;
    const sink = this.#state.callees.get(endpoint);
    if (!sink) return;
    this.#state.callees.delete(endpoint);
    sink.over('declined');
    if (scope === 'person' || this.#state.callees.size === 0) this.#fail(end, 'declined');
  }

  #fail(forCaller: SessionEnd, forCallees: SessionEnd): void {
    if (this.#state.kind !== 'ringing') return;
    const { callees, timer } = this.#state;
    timer[Symbol.dispose]();
    this.#close();
    this.#callerSink.over(forCaller);
    for (const sink of callees.values()) sink.over(forCallees);
  }

  #hangUp(endpoint: Endpoint): void {
    switch (this.#state.kind) {
      case 'new':
        this.#close();
        this.#callerSink.over('cancelledByMe');
        break;
      case 'ringing':
        if (endpoint === this.#caller) this.#fail('cancelledByMe', 'cancelledByPeer');
        break;
      case 'connected': {
        const parties = this.#partiesOf(endpoint);
        if (!parties) return;
        this.#close();
        parties.own.sink.over('endedByMe');
        parties.other.sink.over('endedByPeer');
        break;
      }
      case 'over':
        break;
    }
  }

  #send(from: Endpoint, text: Text, settled: (outcome: SendOutcome) => void): void {
    const parties = this.#partiesOf(from);
    if (!parties) {
      settled('ended');
      return;
    }
    this.#lastWord = this.#options.clock.now();
    if (!this.#options.linked()) {
      settled('unreachable');
      return;
    }
    this.#stopTyping(parties.own, parties.other);
    let withdrawn: Disposable | undefined;
    const pending: Pending = {
      settle: (outcome) => {
        if (!this.#pending.delete(pending)) return;
        timer[Symbol.dispose]();
        if (outcome !== 'delivered') withdrawn?.[Symbol.dispose]();
        settled(outcome);
      },
    };
    this.#pending.add(pending);
    const timer = this.#options.clock.setTimer(this.#options.times.messageMs, () =>
      pending.settle('timeout'),
    );
    withdrawn = parties.other.sink.message(text, (isTaken) =>
      pending.settle(isTaken ? 'delivered' : 'refused'),
    );
  }

  #typing(from: Endpoint): void {
    const parties = this.#partiesOf(from);
    if (!parties || !this.#options.linked()) return;
    const { own, other } = parties;
    own.typing?.[Symbol.dispose]();
    own.typing = this.#options.clock.setTimer(this.#options.times.typingMs, () =>
      this.#stopTyping(own, other),
    );
    other.sink.peerTyping(true);
  }

  #stopTyping(own: Party, other: Party): void {
    if (!own.typing) return;
    own.typing[Symbol.dispose]();
    own.typing = undefined;
    other.sink.peerTyping(false);
  }

  #armSilence(): void {
    const { clock, times } = this.#options;
    const left = this.#lastWord + times.silenceMs - clock.now();
    this.#silenceTimer = clock.setTimer(Math.max(left, 1), () => {
      if (this.#state.kind !== 'connected') return;
      if (clock.now() - this.#lastWord < times.silenceMs) {
        this.#armSilence();
        return;
      }
      const { caller, callee } = this.#state;
      this.#close();
      caller.sink.over('silence');
      callee.sink.over('silence');
    });
  }

  #partiesOf(endpoint: Endpoint): { readonly own: Party; readonly other: Party } | undefined {
    if (this.#state.kind !== 'connected') return undefined;
    const { caller, callee } = this.#state;
    if (endpoint === caller.endpoint) return { own: caller, other: callee };
    return endpoint === callee.endpoint ? { own: callee, other: caller } : undefined;
  }

  #close(): void {
    if (this.#state.kind === 'connected') {
      this.#state.caller.typing?.[Symbol.dispose]();
      this.#state.callee.typing?.[Symbol.dispose]();
    }
    this.#state = { kind: 'over' };
    this.#silenceTimer?.[Symbol.dispose]();
    for (const pending of [...this.#pending]) pending.settle('ended');
    this.#options.over(this);
  }
}

function commonFormats(a: Endpoint, b: Endpoint): readonly Format[] {
  const html = [a, b].every((one) => one.capabilities?.formats.includes('Html') ?? false);
  return html ? ['Plain', 'Html'] : ['Plain'];
}
