import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { noBody, type SipRequest, type SipResponse } from '../message.ts';
import { inviteClient } from './invite-client.ts';
import { inviteServer } from './invite-server.ts';
import type { Action, ClientEvent, Machine, ServerEvent } from './machine.ts';
import { requestClient } from './request-client.ts';
import { requestServer } from './request-server.ts';
import { Runner } from './runner.ts';
import { type Ground, rfcTiming } from './timing.ts';

const unreliable: Ground = { timing: rfcTiming, reliable: false };
const reliable: Ground = { timing: rfcTiming, reliable: true };

const answer = (status: number): SipResponse => ({
  kind: 'response',
  status,
  reason: 'x',
  headers: [],
  body: noBody,
});
const ack: SipRequest = { kind: 'request', method: 'ACK', uri: 'sip:a@b', headers: [], body: noBody };

type Row<State extends string> = readonly [from: string, event: string, to: State, actions: string];

const describeAction = (action: Action): string => {
  switch (action.kind) {
    case 'start':
      return `${action.timer}=${action.ms}`;
    case 'stop':
      return `-${action.timer}`;
    case 'sendRequest':
    case 'unanswered':
      return action.kind;
    case 'sendAck':
    case 'sendResponse':
    case 'deliverResponse':
      return `${action.kind}(${action.response.status})`;
    case 'deliverAck':
      return 'deliverAck';
    case 'fail':
      return `fail(${action.failure})`;
  }
};

function toEvent(text: string): ClientEvent & ServerEvent {
  const events: readonly (ClientEvent | ServerEvent)[] = [
    { kind: 'start' },
    { kind: 'request' },
    { kind: 'cancelled' },
    { kind: 'transportError' },
    { kind: 'ack', ack },
  ];
  const named = events.find(({ kind }) => kind === text);
  const status = Number(text.replace(/\D/g, ''));
  const event =
    named ??
    (/^\d+$/.test(text)
      ? { kind: 'response', response: answer(status) }
      : text.startsWith('respond')
        ? { kind: 'respond', response: answer(status) }
        : { kind: 'timer', timer: text });
  return event as ClientEvent & ServerEvent;
}

/** Plays a table: each row starts in the state that the one before reached, unless it names another starting point. */
function play<State extends { readonly name: string }>(
  machine: Machine<State, ClientEvent & ServerEvent, Ground>,
  ground: Ground,
  rows: readonly Row<State['name']>[],
): void {
  let state = machine.initial;
  for (const [from, event, to, actions] of rows) {
    assert.equal(state.name, from, `before ${event}`);
    const step = machine.decide(state, toEvent(event), ground);
    assert.equal(step.state.name, to, `${from} + ${event}`);
    assert.equal(step.actions.map(describeAction).join(' '), actions, `${from} + ${event}`);
    state = step.state;
  }
}

describe('the INVITE client machine (RFC 3261 figure 5, RFC 6026)', () => {
  it('repeats over an unreliable transport, doubling, until an answer comes', () =>
    play(inviteClient, unreliable, [
      ['idle', 'start', 'calling', 'sendRequest A=500 B=32000'],
      ['calling', 'A', 'calling', 'sendRequest A=1000'],
      ['calling', 'A', 'calling', 'sendRequest A=2000'],
      ['calling', '180', 'proceeding', '-A -B C=200000 deliverResponse(180)'],
      ['proceeding', '183', 'proceeding', '-A -B C=200000 deliverResponse(183)'],
      ['proceeding', '200', 'accepted', '-A -B -C M=32000 deliverResponse(200)'],
      ['accepted', '200', 'accepted', 'deliverResponse(200)'],
      ['accepted', '486', 'accepted', ''],
      ['accepted', 'M', 'terminated', ''],
    ]));

  it('sends once over a reliable one, and fails after 64 T1', () =>
    play(inviteClient, reliable, [
      ['idle', 'start', 'calling', 'sendRequest B=32000'],
      ['calling', 'B', 'terminated', 'fail(timeout)'],
      ['terminated', '200', 'terminated', ''],
    ]));

  it('acknowledges each repetition of a failure', () =>
    play(inviteClient, unreliable, [
      ['idle', 'start', 'calling', 'sendRequest A=500 B=32000'],
      ['calling', '486', 'completed', '-A -B -C D=32000 sendAck(486) deliverResponse(486)'],
      ['completed', '486', 'completed', 'sendAck(486)'],
      ['completed', '180', 'completed', ''],
      ['completed', 'D', 'terminated', ''],
    ]));

  it('asks to be cancelled when it rings too long, and gives up when even that is not answered', () =>
    play(inviteClient, reliable, [
      ['idle', 'start', 'calling', 'sendRequest B=32000'],
      ['calling', '180', 'proceeding', '-A -B C=200000 deliverResponse(180)'],
      ['proceeding', 'C', 'proceeding', 'unanswered'],
      ['proceeding', 'cancelled', 'proceeding', '-C B=32000'],
      ['proceeding', 'B', 'terminated', 'fail(timeout)'],
    ]));

  it('fails with its transport', () =>
    play(inviteClient, reliable, [
      ['idle', 'start', 'calling', 'sendRequest B=32000'],
      ['calling', 'transportError', 'terminated', 'fail(transport)'],
    ]));
});

describe('the other client machine (figure 6)', () => {
  it('repeats up to T2, and each T2 once it has a provisional answer', () =>
    play(requestClient, unreliable, [
      ['idle', 'start', 'trying', 'sendRequest E=500 F=32000'],
      ['trying', 'E', 'trying', 'sendRequest E=1000'],
      ['trying', 'E', 'trying', 'sendRequest E=2000'],
      ['trying', 'E', 'trying', 'sendRequest E=4000'],
      ['trying', 'E', 'trying', 'sendRequest E=4000'],
      ['trying', '100', 'proceeding', 'deliverResponse(100)'],
      ['proceeding', 'E', 'proceeding', 'sendRequest E=4000'],
      ['proceeding', '200', 'completed', '-E -F K=5000 deliverResponse(200)'],
      ['completed', '200', 'completed', ''],
      ['completed', 'K', 'terminated', ''],
    ]));

  it('is over with the answer on a reliable transport', () =>
    play(requestClient, reliable, [
      ['idle', 'start', 'trying', 'sendRequest F=32000'],
      ['trying', '404', 'terminated', 'deliverResponse(404)'],
    ]));

  it('times out in both of its waits', () => {
    play(requestClient, reliable, [
      ['idle', 'start', 'trying', 'sendRequest F=32000'],
      ['trying', 'F', 'terminated', 'fail(timeout)'],
    ]);
    play(requestClient, reliable, [
      ['idle', 'start', 'trying', 'sendRequest F=32000'],
      ['trying', '100', 'proceeding', 'deliverResponse(100)'],
      ['proceeding', 'F', 'terminated', 'fail(timeout)'],
    ]);
  });
});

describe('the INVITE server machine (figure 7, RFC 6026)', () => {
  it('repeats a failure until its ACK comes', () =>
    play(inviteServer, unreliable, [
      ['proceeding', 'start', 'proceeding', 'C=200000'],
      ['proceeding', 'respond180', 'proceeding', 'sendResponse(180) C=200000'],
      ['proceeding', 'request', 'proceeding', 'sendResponse(180)'],
      ['proceeding', 'respond486', 'completed', 'sendResponse(486) -C G=500 H=32000'],
      ['completed', 'G', 'completed', 'sendResponse(486) G=1000'],
      ['completed', 'request', 'completed', 'sendResponse(486)'],
      ['completed', 'respond200', 'completed', ''],
      ['completed', 'ack', 'confirmed', '-G -H I=5000'],
      ['confirmed', 'ack', 'confirmed', ''],
      ['confirmed', 'I', 'terminated', ''],
    ]));

  it('lets repeated 2xx and their ACKs through', () =>
    play(inviteServer, reliable, [
      ['proceeding', 'start', 'proceeding', 'C=200000'],
      ['proceeding', 'respond200', 'accepted', 'sendResponse(200) -C L=32000'],
      ['accepted', 'respond200', 'accepted', 'sendResponse(200)'],
      ['accepted', 'request', 'accepted', ''],
      ['accepted', 'ack', 'accepted', 'deliverAck'],
      ['accepted', 'L', 'terminated', ''],
    ]));

  it('tells that no ACK came', () =>
    play(inviteServer, reliable, [
      ['proceeding', 'respond603', 'completed', 'sendResponse(603) -C H=32000'],
      ['completed', 'H', 'terminated', 'fail(timeout)'],
    ]));
});

describe('the other server machine (figure 8)', () => {
  it('repeats its answer when asked again', () =>
    play(requestServer, unreliable, [
      ['trying', 'start', 'trying', 'F=32000'],
      ['trying', 'request', 'trying', ''],
      ['trying', 'respond100', 'proceeding', 'sendResponse(100)'],
      ['proceeding', 'request', 'proceeding', 'sendResponse(100)'],
      ['proceeding', 'respond200', 'completed', 'sendResponse(200) -F J=32000'],
      ['completed', 'request', 'completed', 'sendResponse(200)'],
      ['completed', 'respond404', 'completed', ''],
      ['completed', 'J', 'terminated', ''],
    ]));

  it('gives up on a user that never answers', () =>
    play(requestServer, reliable, [
      ['trying', 'start', 'trying', 'F=32000'],
      ['trying', 'F', 'terminated', 'fail(timeout)'],
    ]));
});

/** Runs a machine against arbitrary events at arbitrary times, then leaves it alone. */
function endure<State extends { readonly name: string }>(
  machine: Machine<State, ClientEvent & ServerEvent, Ground>,
  ground: Ground,
  script: readonly (readonly [string, number])[],
  finish: (feed: (event: string) => void) => void,
) {
  const clock = new ManualClock();
  const seen = { sent: 0, failures: 0, finals: 0, ended: 0, clock };
  const feed = (event: string): void => runner.feed(toEvent(event));
  const runner: Runner<State, ClientEvent & ServerEvent, Ground> = new Runner({
    machine,
    ground,
    clock,
    toEvent: (timer) => toEvent(timer),
    perform(action) {
      if (action.kind === 'sendRequest' || action.kind === 'sendResponse') seen.sent++;
      if (action.kind === 'fail') seen.failures++;
      if (action.kind === 'deliverResponse' && action.response.status >= 300) seen.finals++;
      if (action.kind === 'unanswered') finish(feed);
    },
    ended: () => seen.ended++,
  });
  feed('start');
  for (const [event, wait] of script) {
    clock.advance(wait);
    feed(event);
  }
  clock.advance(3_600_000);
  return { ...seen, state: runner.state.name };
}

const statuses = ['100', '180', '200', '302', '486', '603'];
const clientEvents = [...statuses, 'transportError', 'cancelled', 'start'];
const serverEvents = [
  ...statuses.map((status) => `respond${status}`),
  'request',
  'ack',
  'transportError',
  'start',
];
const scriptOf = (events: readonly string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...events), fc.integer({ min: 0, max: 40_000 })), { maxLength: 20 });

describe('whatever comes, and in whatever order', () => {
  for (const [name, machine, events, finish] of [
    ['INVITE client', inviteClient, clientEvents, 'cancelled'],
    ['other client', requestClient, clientEvents, ''],
    ['INVITE server', inviteServer, serverEvents, 'respond408'],
    ['other server', requestServer, serverEvents, ''],
  ] as const) {
    for (const ground of [reliable, unreliable]) {
      it(`the ${name} machine ends, once, without timers, over a ${ground.reliable ? 'reliable' : 'n unreliable'} transport`, () => {
        fc.assert(
          fc.property(scriptOf(events), (script) => {
            const wide: Machine<{ readonly name: string }, ClientEvent & ServerEvent, Ground> =
              machine as never;
            const result = endure(wide, ground, script, (feed) => feed(finish));
            assert.equal(result.state, 'terminated');
            assert.equal(result.ended, 1);
            assert.equal(result.clock.pending, 0);
            assert.ok(result.failures <= 1);
            assert.ok(result.finals <= 1, 'a failure is delivered once');
            const asked = script.filter(([event]) => !/^\d/.test(event)).length;
            assert.ok(result.sent <= (ground.reliable ? 2 : 30) + asked, `${result.sent} messages sent`);
          }),
        );
      });
    }
  }

  it('all times shrink with T1', () => {
    const quick: Ground = { timing: { t1: 5, t2: 40, t4: 50 }, reliable: false };
    play(inviteClient, quick, [
      ['idle', 'start', 'calling', 'sendRequest A=5 B=320'],
      ['calling', '486', 'completed', '-A -B -C D=320 sendAck(486) deliverResponse(486)'],
    ]);
  });
});
