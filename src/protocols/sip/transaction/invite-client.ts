import {
  type Action,
  type ClientEvent,
  fail,
  go,
  type Machine,
  type Step,
  start,
  stay,
  stop,
} from './machine.ts';
import { type Ground, patience, ringing, timerD } from './timing.ts';

/**
 * The INVITE client transaction: RFC 3261 section 17.1.1 as corrected by RFC 6026 section 8.4.
 *
 *     idle → calling → proceeding → accepted  (2xx: kept for M, so that every fork's 2xx is passed on)
 *                                 → completed (300–699: kept for D, so that every repetition is acknowledged)
 */
export type InviteClientState =
  | { readonly name: 'idle' }
  | { readonly name: 'calling'; readonly interval: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' };

type Next = Step<InviteClientState>;

const terminated: InviteClientState = { name: 'terminated' };

export const inviteClient: Machine<InviteClientState, ClientEvent, Ground> = {
  initial: { name: 'idle' },
  decide(state, event, ground) {
    switch (state.name) {
      case 'idle':
        return idle(state, event, ground);
      case 'calling':
        return calling(state, event, ground);
      case 'proceeding':
        return proceeding(state, event, ground);
      case 'accepted':
        return accepted(state, event);
      case 'completed':
        return completed(state, event);
      case 'terminated':
        return stay(state);
    }
  },
};

function idle(state: InviteClientState, event: ClientEvent, ground: Ground): Next {
  if (event.kind === 'transportError') return go(terminated, fail('transport'));
  if (event.kind !== 'start') return stay(state);
  const interval = ground.timing.t1;
  const timers = [...(ground.reliable ? [] : [start('A', interval)]), start('B', patience(ground))];
  return go({ name: 'calling', interval }, { kind: 'sendRequest' }, ...timers);
}

function calling(state: InviteClientState & { name: 'calling' }, event: ClientEvent, ground: Ground): Next {
  switch (event.kind) {
    case 'timer': {
      if (event.timer === 'B') return go(terminated, fail('timeout'));
      if (event.timer !== 'A') return stay(state);
      const interval = state.interval * 2;
      return go({ name: 'calling', interval }, { kind: 'sendRequest' }, start('A', interval));
    }
    case 'response':
      return answered(event, ground);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'start':
    case 'cancelled':
      return stay(state);
  }
}

function proceeding(state: InviteClientState, event: ClientEvent, ground: Ground): Next {
  switch (event.kind) {
    case 'response':
      return answered(event, ground);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'cancelled':
      // The peer may know no CANCEL: wait no longer than for any answer (RFC 3261 section 9.1).
      return go(state, stop('C'), start('B', patience(ground)));
    case 'timer':
      if (event.timer === 'B') return go(terminated, fail('timeout'));
      return event.timer === 'C' ? go(state, { kind: 'unanswered' }) : stay(state);
    case 'start':
      return stay(state);
  }
}

function answered({ response }: ClientEvent & { kind: 'response' }, ground: Ground): Next {
  const deliver: Action = { kind: 'deliverResponse', response };
  if (response.status < 200)
    return go({ name: 'proceeding' }, stop('A'), stop('B'), start('C', ringing(ground)), deliver);
  const stops = [stop('A'), stop('B'), stop('C')];
  if (response.status < 300) return go({ name: 'accepted' }, ...stops, start('M', patience(ground)), deliver);
  const wait = timerD(ground);
  const acknowledge: Action = { kind: 'sendAck', response };
  if (wait === 0) return go(terminated, acknowledge, deliver);
  return go({ name: 'completed' }, ...stops, start('D', wait), acknowledge, deliver);
}

function accepted(state: InviteClientState, event: ClientEvent): Next {
  if (event.kind === 'timer' && event.timer === 'M') return go(terminated);
  if (event.kind === 'response' && event.response.status >= 200 && event.response.status < 300) {
    return go(state, { kind: 'deliverResponse', response: event.response });
  }
  return stay(state);
}

function completed(state: InviteClientState, event: ClientEvent): Next {
  switch (event.kind) {
    case 'response':
      return event.response.status >= 300
        ? go(state, { kind: 'sendAck', response: event.response })
        : stay(state);
    case 'timer':
      return event.timer === 'D' ? go(terminated) : stay(state);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'start':
    case 'cancelled':
      return stay(state);
  }
}
