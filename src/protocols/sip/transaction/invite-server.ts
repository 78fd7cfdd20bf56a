import type { SipResponse } from '../message.ts';
import {
  type Action,
  fail,
  go,
  type Machine,
  type ServerEvent,
  type Step,
  start,
  stay,
  stop,
} from './machine.ts';
import { absorb, type Ground, patience, ringing } from './timing.ts';

/**
 * The INVITE server transaction: RFC 3261 section 17.2.1 as corrected by RFC 6026 section 8.7. Its user repeats
 * 2xx responses until their ACK comes (see `dialog/`); the machine lets them through while it is `accepted`.
 */
export type InviteServerState =
  | { readonly name: 'proceeding'; readonly last: SipResponse | undefined }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed'; readonly last: SipResponse; readonly interval: number }
  | { readonly name: 'confirmed' }
  | { readonly name: 'terminated' };

type Next = Step<InviteServerState>;
type State<Name> = InviteServerState & { readonly name: Name };

const terminated: InviteServerState = { name: 'terminated' };

export const inviteServer: Machine<InviteServerState, ServerEvent, Ground> = {
  initial: { name: 'proceeding', last: undefined },
  decide(state, event, ground) {
    switch (state.name) {
      case 'proceeding':
        return proceeding(state, event, ground);
      case 'accepted':
        return accepted(state, event);
      case 'completed':
        return completed(state, event, ground);
      case 'confirmed':
        return event.kind === 'timer' && event.timer === 'I' ? go(terminated) : stay(state);
      case 'terminated':
        return stay(state);
    }
  },
};

function proceeding(state: State<'proceeding'>, event: ServerEvent, ground: Ground): Next {
  switch (event.kind) {
    case 'start':
      return go(state, start('C', ringing(ground)));
    case 'request':
      return state.last === undefined
        ? stay(state)
        : go(state, { kind: 'sendResponse', response: state.last });
    case 'respond':
      return responded(event.response, ground);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'timer':
      return event.timer === 'C' ? go(state, { kind: 'unanswered' }) : stay(state);
    case 'ack':
      return stay(state);
  }
}

function responded(response: SipResponse, ground: Ground): Next {
  const send: Action = { kind: 'sendResponse', response };
  if (response.status < 200) {
    return go({ name: 'proceeding', last: response }, send, start('C', ringing(ground)));
  }
  if (response.status < 300) return go({ name: 'accepted' }, send, stop('C'), start('L', patience(ground)));
  const interval = ground.timing.t1;
  const timers = [...(ground.reliable ? [] : [start('G', interval)]), start('H', patience(ground))];
  return go({ name: 'completed', last: response, interval }, send, stop('C'), ...timers);
}

function accepted(state: State<'accepted'>, event: ServerEvent): Next {
  switch (event.kind) {
    case 'respond': {
      const again = event.response.status >= 200 && event.response.status < 300;
      return again ? go(state, { kind: 'sendResponse', response: event.response }) : stay(state);
    }
    case 'ack':
      return go(state, { kind: 'deliverAck', ack: event.ack });
    case 'timer':
      return event.timer === 'L' ? go(terminated) : stay(state);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'start':
    case 'request':
      return stay(state);
  }
}

function completed(state: State<'completed'>, event: ServerEvent, ground: Ground): Next {
  switch (event.kind) {
    case 'request':
      return go(state, { kind: 'sendResponse', response: state.last });
    case 'ack': {
      const wait = absorb(ground);
      return wait === 0 ? go(terminated) : go({ name: 'confirmed' }, stop('G'), stop('H'), start('I', wait));
    }
    case 'timer': {
      if (event.timer === 'H') return go(terminated, fail('timeout'));
      if (event.timer !== 'G') return stay(state);
      const interval = Math.min(state.interval * 2, ground.timing.t2);
      return go({ ...state, interval }, { kind: 'sendResponse', response: state.last }, start('G', interval));
    }
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'start':
    case 'respond':
      return stay(state);
  }
}
