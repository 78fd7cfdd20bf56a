import { type ClientEvent, fail, go, type Machine, type Step, start, stay, stop } from './machine.ts';
import { absorb, type Ground, patience } from './timing.ts';

/** The client transaction of everything but INVITE: RFC 3261 section 17.1.2. */
export type RequestClientState =
  | { readonly name: 'idle' }
  | { readonly name: 'trying'; readonly interval: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' };

type Next = Step<RequestClientState>;

const terminated: RequestClientState = { name: 'terminated' };

export const requestClient: Machine<RequestClientState, ClientEvent, Ground> = {
  initial: { name: 'idle' },
  decide(state, event, ground) {
    switch (state.name) {
      case 'idle':
        return idle(state, event, ground);
      case 'trying':
        return trying(state, event, ground);
      case 'proceeding':
        return proceeding(state, event, ground);
      case 'completed':
        return event.kind === 'timer' && event.timer === 'K' ? go(terminated) : stay(state);
      case 'terminated':
        return stay(state);
    }
  },
};

function idle(state: RequestClientState, event: ClientEvent, ground: Ground): Next {
  if (event.kind === 'transportError') return go(terminated, fail('transport'));
  if (event.kind !== 'start') return stay(state);
  const interval = ground.timing.t1;
  const timers = [...(ground.reliable ? [] : [start('E', interval)]), start('F', patience(ground))];
  return go({ name: 'trying', interval }, { kind: 'sendRequest' }, ...timers);
}

function trying(state: RequestClientState & { name: 'trying' }, event: ClientEvent, ground: Ground): Next {
  switch (event.kind) {
    case 'timer': {
      if (event.timer === 'F') return go(terminated, fail('timeout'));
      if (event.timer !== 'E') return stay(state);
      const interval = Math.min(state.interval * 2, ground.timing.t2);
      return go({ name: 'trying', interval }, { kind: 'sendRequest' }, start('E', interval));
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

function proceeding(state: RequestClientState, event: ClientEvent, ground: Ground): Next {
  switch (event.kind) {
    case 'timer':
      if (event.timer === 'F') return go(terminated, fail('timeout'));
      return event.timer === 'E'
        ? go(state, { kind: 'sendRequest' }, start('E', ground.timing.t2))
        : stay(state);
    case 'response':
      return answered(event, ground);
    case 'transportError':
      return go(terminated, fail('transport'));
    case 'start':
    case 'cancelled':
      return stay(state);
  }
}

function answered({ response }: ClientEvent & { kind: 'response' }, ground: Ground): Next {
  if (response.status < 200) return go({ name: 'proceeding' }, { kind: 'deliverResponse', response });
  const wait = absorb(ground);
  if (wait === 0) return go(terminated, { kind: 'deliverResponse', response });
  return go({ name: 'completed' }, stop('E'), stop('F'), start('K', wait), {
    kind: 'deliverResponse',
    response,
  });
}
