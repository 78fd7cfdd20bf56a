import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import {
  type ChannelEvent,
  EventChannel,
  type PollAnswer,
  type PollRequest,
  type Urgency,
} from './event-channel.ts';

function channelWith(clock: ManualClock, maxQueued = 1000): EventChannel {
  return new EventChannel({
    clock,
    paths: { events: (ack) => `/events?ack=${ack}` },
    limits: { queuedEvents: maxQueued, holds: { low: 15, medium: 5 } },
  });
}

function eventOf(name: string, urgency: Urgency = 'high', extra: Partial<ChannelEvent> = {}): ChannelEvent {
  return {
    sender: { rel: 'communication', href: '/communication' },
    urgency,
    event: { link: { rel: 'thing', href: name }, type: 'updated' },
    ...extra,
  };
}

function pushAndWithdraw(channel: EventChannel, event: ChannelEvent): void {
  channel.push(event);
  channel.withdraw(event);
}

/** A P-GET whose answer can be looked at. */
function poll(channel: EventChannel, request: PollRequest) {
  const asked: { answer: PollAnswer | undefined; held: Disposable | undefined } = {
    answer: undefined,
    held: undefined,
  };
  asked.held = channel.poll(request, (answer) => {
    asked.answer = answer;
  });
  return asked;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function namesIn(answer: PollAnswer | undefined): readonly string[] {
  assert.equal(answer?.kind, 'package');
  return answer.body.sender.flatMap(({ events }) => events.map(({ link }) => link.href));
}

function linksIn(answer: PollAnswer | undefined) {
  assert.equal(answer?.kind, 'package');
  return answer.body._links;
}

describe('an event channel', () => {
  it('answers at once what is urgent, with all that waited, in order', async () => {
    const clock = new ManualClock();
    const channel = channelWith(clock);
    channel.push(eventOf('slow', 'low'));
    const asked = poll(channel, { ack: 1 });
    await settle();
    assert.equal(asked.answer, undefined);
    channel.push(eventOf('first'));
    channel.push(eventOf('second'));
    await settle();
    assert.deepEqual(namesIn(asked.answer), ['slow', 'first', 'second']);
    assert.deepEqual(linksIn(asked.answer), {
      self: { href: '/events?ack=1' },
      next: { href: '/events?ack=2' },
    });
  });

  it('holds medium events five seconds and low ones fifteen, unless asked otherwise, from then on', async () => {
    const clock = new ManualClock();
    const channel = channelWith(clock);
    const first = poll(channel, { ack: 1 });
    channel.push(eventOf('medium', 'medium'));
    clock.advance(4_999);
    await settle();
    assert.equal(first.answer, undefined);
    clock.advance(1);
    assert.deepEqual(namesIn(first.answer), ['medium']);

    poll(channel, { ack: 2, low: 30 }).held?.[Symbol.dispose]();
    const second = poll(channel, { ack: 2 });
    channel.push(eventOf('low', 'low'));
    clock.advance(29_999);
    assert.equal(second.answer, undefined);
    clock.advance(1);
    assert.deepEqual(namesIn(second.answer), ['low']);
  });

  it('answers with nothing when the time is over, and goes on', () => {
    const clock = new ManualClock();
    const channel = channelWith(clock);
    const asked = poll(channel, { ack: 1 });
    clock.advance(179_999);
    assert.equal(asked.answer, undefined);
    clock.advance(1);
    assert.deepEqual(namesIn(asked.answer), []);
    assert.equal(linksIn(asked.answer).next?.href, '/events?ack=2');
  });

  it('answers the same package again until the next is asked for', async () => {
    const channel = channelWith(new ManualClock());
    channel.push(eventOf('a'));
    const first = poll(channel, { ack: 1 });
    await settle();
    channel.push(eventOf('b'));
    const again = poll(channel, { ack: 1 });
    assert.deepEqual(again.answer, first.answer);
    const next = poll(channel, { ack: 2 });
    await settle();
    assert.deepEqual(namesIn(next.answer), ['b']);
  });

  it('lets the newer of two equal P-GETs replace the older, and the higher priority the lower', async () => {
    const channel = channelWith(new ManualClock());
    const first = poll(channel, { ack: 1 });
    const second = poll(channel, { ack: 1, priority: 2 });
    assert.deepEqual(first.answer, { kind: 'replaced' });
    const third = poll(channel, { ack: 1, priority: 1 });
    assert.deepEqual(third.answer, { kind: 'replaced' });
    channel.push(eventOf('a'));
    await settle();
    assert.deepEqual(namesIn(second.answer), ['a']);
  });

  it('merges updates of one target into the last', async () => {
    const channel = channelWith(new ManualClock());
    channel.push(eventOf('presence-1', 'medium', { coalesceBy: 'p' }));
    channel.push(eventOf('note', 'medium'));
    channel.push(eventOf('presence-2', 'medium', { coalesceBy: 'p' }));
    channel.push(eventOf('urgent'));
    const asked = poll(channel, { ack: 1 });
    await settle();
    assert.deepEqual(namesIn(asked.answer), ['note', 'presence-2', 'urgent']);
  });

  it('lets no stream of updates put off an answer for longer than the first may wait', async () => {
    const clock = new ManualClock();
    const channel = channelWith(clock);
    const asked = poll(channel, { ack: 1 });
    for (let i = 1; i <= 5; i++) {
      channel.push(eventOf(`presence-${i}`, 'medium', { coalesceBy: 'p' }));
      await settle();
      assert.equal(asked.answer, undefined);
      clock.advance(1_000);
    }
    assert.deepEqual(namesIn(asked.answer), ['presence-5']);
  });

  it('sends a client that is out of step back to the first package it has not proved to have', async () => {
    const channel = channelWith(new ManualClock());
    channel.push(eventOf('a'));
    poll(channel, { ack: 1 });
    await settle();
    const stray = poll(channel, { ack: 7 });
    assert.deepEqual(linksIn(stray.answer).resync, { href: '/events?ack=1' });
    assert.equal(linksIn(stray.answer).next, undefined);
  });

  it('drops all and tells to read again when too much waits', async () => {
    const channel = channelWith(new ManualClock(), 3);
    for (const name of ['a', 'b', 'c', 'd']) channel.push(eventOf(name));
    const asked = poll(channel, { ack: 1 });
    assert.equal(linksIn(asked.answer).resync?.href, '/events?ack=1');
    const next = poll(channel, { ack: 1 });
    await settle();
    assert.deepEqual(namesIn(next.answer), ['d']);
  });

  it('leads on with resume after the session was given up', async () => {
    const channel = channelWith(new ManualClock());
    channel.push(eventOf('lost'));
    channel.suspend();
    const asked = poll(channel, { ack: 1 });
    await settle();
    assert.deepEqual(namesIn(asked.answer), []);
    assert.deepEqual(linksIn(asked.answer).resume, { href: '/events?ack=2' });
    const next = poll(channel, { ack: 2 });
    channel.push(eventOf('new'));
    await settle();
    assert.deepEqual(namesIn(next.answer), ['new']);
  });

  it('tells the source when the client has proved receipt, and not before', async () => {
    const channel = channelWith(new ManualClock());
    const taken: string[] = [];
    channel.push(eventOf('a', 'high', { taken: () => taken.push('a') }));
    poll(channel, { ack: 1 });
    await settle();
    poll(channel, { ack: 1 });
    assert.deepEqual(taken, []);
    poll(channel, { ack: 2 });
    assert.deepEqual(taken, ['a']);
  });

  it('answers a withdrawn event no more, even if it was answered before without proof', async () => {
    const channel = channelWith(new ManualClock());
    const a = eventOf('a');
    channel.push(a);
    channel.push(eventOf('b'));
    poll(channel, { ack: 1 });
    await settle();
    channel.withdraw(a);
    assert.deepEqual(namesIn(poll(channel, { ack: 1 }).answer), ['b']);
  });

  it('answers an event no more that was withdrawn while it waited', async () => {
    const channel = channelWith(new ManualClock());
    const a = eventOf('a');
    channel.push(a);
    channel.push(eventOf('b'));
    channel.withdraw(a);
    const asked = poll(channel, { ack: 1 });
    await settle();
    assert.deepEqual(namesIn(asked.answer), ['b']);
  });

  it('takes back no other event than the one named, though it has taken the place of that one', async () => {
    const channel = channelWith(new ManualClock());
    const replaced = eventOf('presence-1', 'high', { coalesceBy: 'p' });
    channel.push(replaced);
    channel.push(eventOf('presence-2', 'high', { coalesceBy: 'p' }));
    channel.withdraw(replaced);
    const asked = poll(channel, { ack: 1 });
    await settle();
    assert.deepEqual(namesIn(asked.answer), ['presence-2']);
  });

  it('is in no hurry for an event that was withdrawn', async () => {
    const clock = new ManualClock();
    const channel = channelWith(clock);
    pushAndWithdraw(channel, eventOf('urgent'));
    const asked = poll(channel, { ack: 1 });
    pushAndWithdraw(channel, eventOf('medium', 'medium'));
    clock.advance(179_999);
    await settle();
    assert.equal(asked.answer, undefined);
    clock.advance(1);
    assert.deepEqual(namesIn(asked.answer), []);
  });

  it('goes on holding the newer P-GET when the client of a replaced one hangs up', async () => {
    const channel = channelWith(new ManualClock());
    const older = poll(channel, { ack: 1 });
    const newer = poll(channel, { ack: 1 });
    older.held?.[Symbol.dispose]();
    channel.push(eventOf('a'));
    await settle();
    assert.deepEqual(namesIn(newer.answer), ['a']);
  });

  it('keeps no timer when nobody waits, and none after its end', () => {
    const clock = new ManualClock();
    const channel = channelWith(clock);
    const asked = poll(channel, { ack: 1 });
    assert.equal(clock.pending, 1);
    asked.held?.[Symbol.dispose]();
    assert.equal(clock.pending, 0);
    const last = poll(channel, { ack: 1 });
    channel[Symbol.dispose]();
    assert.deepEqual(last.answer, { kind: 'closed' });
    assert.deepEqual(poll(channel, { ack: 1 }).answer, { kind: 'closed' });
    assert.equal(clock.pending, 0);
  });

  it('gives a client that follows next every event exactly once and in order, whatever the network does', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .constantFrom('high', 'medium', 'low')
          .map((urgency) => ({ do: 'push' as const, urgency })),
      },
      {
        weight: 2,
        arbitrary: fc.integer({ min: 0, max: 20_000 }).map((ms) => ({ do: 'wait' as const, ms })),
      },
      { weight: 3, arbitrary: fc.constant({ do: 'poll' as const, lost: false, twice: false }) },
      { weight: 2, arbitrary: fc.constant({ do: 'poll' as const, lost: true, twice: false }) },
      { weight: 1, arbitrary: fc.constant({ do: 'poll' as const, lost: false, twice: true }) },
      { weight: 1, arbitrary: fc.constant({ do: 'hangUp' as const }) },
      { weight: 1, arbitrary: fc.constant({ do: 'stale' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new ManualClock();
        const channel = channelWith(clock);
        const pushed: string[] = [];
        const seen: string[] = [];
        let ack = 1;
        let open: ReturnType<typeof poll> | undefined;
        let openLost = false;
        const read = () => {
          if (open?.answer?.kind !== 'package') return;
          const { answer } = open;
          open = undefined;
          if (openLost) return;
          seen.push(...namesIn(answer));
          const next = answer.body._links.next ?? answer.body._links.resync;
          ack = Number(/ack=(\d+)/.exec(next?.href ?? '')?.[1]);
        };
        for (const one of steps) {
          switch (one.do) {
            case 'push':
              pushed.push(`e${pushed.length}`);
              channel.push(eventOf(pushed.at(-1) ?? '', one.urgency));
              break;
            case 'wait':
              clock.advance(one.ms);
              break;
            case 'poll':
              open = poll(channel, { ack });
              openLost = one.lost;
              if (one.twice) open = poll(channel, { ack });
              break;
            case 'hangUp':
              open?.held?.[Symbol.dispose]();
              open = undefined;
              break;
            case 'stale':
              poll(channel, { ack: ack + 3 });
              break;
          }
          await settle();
          read();
        }
        for (let i = 0; i < 3; i++) {
          openLost = false;
          open = poll(channel, { ack });
          clock.advance(180_000);
          await settle();
          read();
        }
        assert.deepEqual(seen, pushed);
      }),
      { numRuns: 60 },
    );
  });
});
