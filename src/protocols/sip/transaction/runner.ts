import type { Clock } from '../clock.ts';
import type { Action, Machine, TimerName } from './machine.ts';

/**
 * Runs one machine: holds its state and its timers, and hands every other action to `perform`. Nothing happens
 * after the machine reached `terminated`; `ended` is then called once.
 */
export class Runner<State extends { readonly name: string }, Event, Ground> {
  readonly #machine: Machine<State, Event, Ground>;
  readonly #ground: Ground;
  readonly #clock: Clock;
  readonly #toEvent: (timer: TimerName) => Event;
  readonly #perform: (action: Exclude<Action, { kind: 'start' | 'stop' }>) => void;
  readonly #ended: () => void;
  readonly #timers = new Map<TimerName, Disposable>();
  #state: State;

  constructor(parts: {
    readonly machine: Machine<State, Event, Ground>;
    readonly ground: Ground;
    readonly clock: Clock;
    readonly toEvent: (timer: TimerName) => Event;
    readonly perform: (action: Exclude<Action, { kind: 'start' | 'stop' }>) => void;
    readonly ended: () => void;
  }) {
    this.#machine = parts.machine;
    this.#ground = parts.ground;
    this.#clock = parts.clock;
    this.#toEvent = parts.toEvent;
    this.#perform = parts.perform;
    this.#ended = parts.ended;
    this.#state = parts.machine.initial;
  }

  get state(): State {
    return this.#state;
  }

  /** State and timers are settled before anything else is done, because what `perform` calls may feed again. */
  feed(event: Event): void {
    if (this.#state.name === 'terminated') return;
    const { state, actions } = this.#machine.decide(this.#state, event, this.#ground);
    this.#state = state;
    const isOver = state.name === 'terminated';
    for (const action of actions) this.#moveTimer(action);
    if (isOver) {
      this.stop();
      this.#ended();
    }
    for (const action of actions)
      if (action.kind !== 'start' && action.kind !== 'stop') this.#perform(action);
  }

  /** Stops all timers; the machine is not fed any more by them. */
  stop(): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
  }

  #moveTimer(action: Action): void {
    if (action.kind !== 'start' && action.kind !== 'stop') return;
    this.#timers.get(action.timer)?.[Symbol.dispose]();
    this.#timers.delete(action.timer);
    if (action.kind === 'stop') return;
    const { timer } = action;
    const running = this.#clock.setTimer(action.ms, () => {
      this.#timers.delete(timer);
      this.feed(this.#toEvent(timer));
    });
    this.#timers.set(timer, running);
  }
}
