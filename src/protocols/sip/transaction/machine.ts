import type { SipRequest, SipResponse } from '../message.ts';

/** The timers of RFC 3261 table 4 and of RFC 6026 (L, M). A machine runs each at most once at a time. */
export type TimerName = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** Why a transaction ended without a final response, or a final response without its ACK. */
export type Failure = 'timeout' | 'transport';

/**
 * What a machine asks of the layer around it, in order. Timers of a machine that reached `terminated` are stopped
 * without being named.
 */
export type Action =
  | { readonly kind: 'start'; readonly timer: TimerName; readonly ms: number }
  | { readonly kind: 'stop'; readonly timer: TimerName }
  | { readonly kind: 'sendRequest' }
  | { readonly kind: 'sendAck'; readonly response: SipResponse }
  | { readonly kind: 'sendResponse'; readonly response: SipResponse }
  | { readonly kind: 'deliverResponse'; readonly response: SipResponse }
  | { readonly kind: 'deliverAck'; readonly ack: SipRequest }
  /** An INVITE has waited too long for its final response: a client is to cancel, a server to answer 408. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'fail'; readonly failure: Failure };

/** What happens to a client machine. */
export type ClientEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** A CANCEL went out. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'transportError' };

/** What happens to a server machine: `start` is the request for the first time, `request` the same again, `respond` comes from the user of the layer. */
export type ServerEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'request' }
  | { readonly kind: 'ack'; readonly ack: SipRequest }
  | { readonly kind: 'respond'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'transportError' };

export interface Step<State> {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** A machine of one kind: where it starts and how it moves. Pure. */
export interface Machine<State extends { readonly name: string }, Event, Ground> {
  readonly initial: State;
  readonly decide: (state: State, event: Event, ground: Ground) => Step<State>;
}

export function stay<State>(state: State): Step<State> {
  return { state, actions: [] };
}

export function go<State>(state: State, ...actions: readonly Action[]): Step<State> {
  return { state, actions };
}

export const start = (timer: TimerName, ms: number): Action => ({ kind: 'start', timer, ms });
export const stop = (timer: TimerName): Action => ({ kind: 'stop', timer });
export const fail = (failure: Failure): Action => ({ kind: 'fail', failure });
