import type { SipResponse } from '../message.ts';
import { fail, go, type Machine, type ServerEvent, type Step, start, stay, stop } from './machine.ts';
import { type Ground, patience } from './timing.ts';

/**
 * The server transaction of everything but INVITE: RFC 3261 section 17.2.2. A user that never answers is cut off
 * after timer F's time, counted from the request, as its client has given up by then.
 */
export type RequestServerState =
  | { readonly name: 'trying' }
  | { readonly name: 'proceeding'; readonly last: SipResponse }
  | { readonly name: 'completed'; readonly last: SipResponse }
  | { readonly name: 'terminated' };

type Next = Step<RequestServerState>;

const terminated: RequestServerState = { name: 'terminated' };

export const requestServer: Machine<RequestServerState, ServerEvent, Ground> = {
  initial: { name: 'trying' },
  decide(state, event, ground) {
    switch (state.name) {
      case 'trying':
      case 'proceeding':
        return open(state, event, ground);
      case 'completed':
        return completed(state, event);
      case 'terminated':
        return stay(state);
    }
  },
};

function open(
  state: RequestServerState & { readonly name: 'trying' | 'proceeding' },
  event: ServerEvent,
  ground: Ground,
): Next {
  switch (event.kind) {
    case 'start':
      return go(state, start('F', patience(ground)));
    case 'request':
      return state.name === 'proceeding'
        ? go(state, { kind: 'sendResponse', response: state.last })
        : stay(state);
    case 'respond':
      return responded(event.response, ground);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'timer':
      return event.timer === 'F' ? go(terminated, fail('timeout')) : stay(state);
    case 'ack':
      return stay(state);
  }
}

function responded(response: SipResponse, ground: Ground): Next {
  if (response.status < 200)
    return go({ name: 'proceeding', last: response }, { kind: 'sendResponse', response });
  if (ground.reliable) return go(terminated, { kind: 'sendResponse', response });
  return go(
    { name: 'completed', last: response },
    { kind: 'sendResponse', response },
    stop('F'),
    start('J', patience(ground)),
  );
}

function completed(state: RequestServerState & { readonly name: 'completed' }, event: ServerEvent): Next {
  switch (event.kind) {
    case 'request':
      return go(state, { kind: 'sendResponse', response: state.last });
    case 'timer':
      return event.timer === 'J' ? go(terminated) : stay(state);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'start':
    case 'ack':
    case 'respond':
      return stay(state);
  }
}
