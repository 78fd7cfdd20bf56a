import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noBody, type SipRequest, type SipResponse } from '../message.ts';
import { inviteClient } from './invite-client.ts';
import { inviteServer } from './invite-server.ts';
import type { ClientEvent, ServerEvent, TimerName } from './machine.ts';
import { requestClient } from './request-client.ts';
import { requestServer } from './request-server.ts';
import { type Ground, rfcTiming } from './timing.ts';

const ground: Ground = { timing: rfcTiming, reliable: false };

const answer = (status: number): SipResponse => ({
  kind: 'response',
  status,
  reason: 'x',
  headers: [],
  body: noBody,
});
const response = (status: number) => ({ kind: 'response', response: answer(status) }) as const;
const respond = (status: number) => ({ kind: 'respond', response: answer(status) }) as const;
const start = { kind: 'start' } as const;
const request: SipRequest = { kind: 'request', method: 'ACK', uri: 'sip:a@b', headers: [], body: noBody };
const ack: ServerEvent = { kind: 'ack', ack: request };

/** A machine whose states are its own business: what a sequence of events makes of it, and what the next one does. */
interface Played {
  readonly name: string;
  readonly state: unknown;
  readonly next: (event: ClientEvent | ServerEvent) => {
    readonly state: unknown;
    readonly actions: readonly unknown[];
  };
}

function played<State extends { readonly name: string }, Event>(
  {
    initial,
    decide,
  }: {
    readonly initial: State;
    readonly decide: (
      state: State,
      event: Event,
      ground: Ground,
    ) => { readonly state: State; readonly actions: readonly unknown[] };
  },
  ...events: readonly Event[]
): Played {
  const state = events.reduce((before, event) => decide(before, event, ground).state, initial);
  return { name: state.name, state, next: (event) => decide(state, event as Event, ground) };
}

/** Every state that a machine waits in, with the timers that run there. */
const waits: readonly (readonly [string, Played, readonly TimerName[]])[] = [
  ['INVITE client', played(inviteClient), []],
  ['INVITE client', played(inviteClient, start), ['A', 'B']],
  ['INVITE client', played(inviteClient, start, response(180)), ['B', 'C']],
  ['INVITE client', played(inviteClient, start, response(200)), ['M']],
  ['INVITE client', played(inviteClient, start, response(486)), ['D']],
  ['INVITE client', played(inviteClient, { kind: 'transportError' }), []],
  ['other client', played(requestClient), []],
  ['other client', played(requestClient, start), ['E', 'F']],
  ['other client', played(requestClient, start, response(100)), ['E', 'F']],
  ['other client', played(requestClient, start, response(200)), ['K']],
  ['other client', played(requestClient, { kind: 'transportError' }), []],
  ['INVITE server', played(inviteServer, start), ['C']],
  ['INVITE server', played(inviteServer, start, respond(200)), ['L']],
  ['INVITE server', played(inviteServer, start, respond(486)), ['G', 'H']],
  ['INVITE server', played(inviteServer, start, respond(486), ack), ['I']],
  ['INVITE server', played(inviteServer, { kind: 'transportError' }), []],
  ['other server', played(requestServer, start), ['F']],
  ['other server', played(requestServer, start, respond(100)), ['F']],
  ['other server', played(requestServer, start, respond(200)), ['J']],
  ['other server', played(requestServer, { kind: 'transportError' }), []],
];
const timers: readonly TimerName[] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M'];

describe('a timer', () => {
  for (const [machine, state, running] of waits)
    it(`moves the ${machine} machine in ${state.name} only if it is one of ${running.join(' and ') || 'none'}`, () => {
      for (const timer of timers) {
        const step = state.next({ kind: 'timer', timer });
        const hasMoved = step.actions.length > 0 || step.state !== state.state;
        assert.equal(hasMoved, running.includes(timer), timer);
      }
    });
});

describe('a request that comes again', () => {
  it('is not answered before its user has answered it', () => {
    for (const state of [played(inviteServer, start), played(requestServer, start)])
      assert.deepEqual(state.next({ kind: 'request' }), { state: state.state, actions: [] });
  });
});

describe('a transport that fails', () => {
  const isPast = new Set(['INVITE client accepted', 'other client completed', 'INVITE server confirmed']);
  for (const [machine, state] of waits) {
    if (state.name === 'terminated') continue;
    const fails = !isPast.has(`${machine} ${state.name}`);
    it(`${fails ? 'ends' : 'is nothing to'} the ${machine} machine in ${state.name}`, () => {
      const step = state.next({ kind: 'transportError' });
      if (fails)
        assert.deepEqual(step, {
          state: { name: 'terminated' },
          actions: [{ kind: 'fail', failure: 'transport' }],
        });
      else assert.deepEqual(step, { state: state.state, actions: [] });
    });
  }
});

describe('an answer is judged by its class alone, from its first status to its last', () => {
  const ends = (statuses: readonly number[], play: (status: number) => string) =>
    Object.fromEntries(statuses.map((status) => [status, play(status)]));

  it('by the INVITE client', () => {
    assert.deepEqual(
      ends([100, 199, 200, 299, 300, 699], (status) => played(inviteClient, start, response(status)).name),
      {
        100: 'proceeding',
        199: 'proceeding',
        200: 'accepted',
        299: 'accepted',
        300: 'completed',
        699: 'completed',
      },
    );
  });

  it('by the other client', () => {
    assert.deepEqual(
      ends([100, 199, 200, 699], (status) => played(requestClient, start, response(status)).name),
      { 100: 'proceeding', 199: 'proceeding', 200: 'completed', 699: 'completed' },
    );
  });

  it('by the servers', () => {
    assert.deepEqual(
      ends([101, 199, 200, 299, 300, 699], (status) => played(inviteServer, start, respond(status)).name),
      {
        101: 'proceeding',
        199: 'proceeding',
        200: 'accepted',
        299: 'accepted',
        300: 'completed',
        699: 'completed',
      },
    );
    assert.deepEqual(
      ends([100, 199, 200, 699], (status) => played(requestServer, start, respond(status)).name),
      { 100: 'proceeding', 199: 'proceeding', 200: 'completed', 699: 'completed' },
    );
  });

  it('when it is repeated: a 2xx to those who wait for every 2xx, a failure to those who acknowledge each', () => {
    const repeated = (state: Played, event: (status: number) => ClientEvent | ServerEvent) =>
      [199, 200, 299, 300].filter((status) => state.next(event(status)).actions.length > 0);
    assert.deepEqual(repeated(played(inviteClient, start, response(200)), response), [200, 299]);
    assert.deepEqual(repeated(played(inviteServer, start, respond(200)), respond), [200, 299]);
    assert.deepEqual(repeated(played(inviteClient, start, response(486)), response), [300]);
  });
});
