import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { type ChannelNotice, listen } from './event-channel.ts';
import { ConnectionFailed, RequestFailed, SignInRefused } from './failures.ts';
import type { Requester } from './requester.ts';

type Step = { readonly body: unknown } | { readonly fails: unknown } | 'hold';

function packageOf(kind: 'next' | 'resume' | 'resync', ack: number, ...refs: readonly string[]): Step {
  const events = refs.map((href) => ({ link: { rel: 'presence', href }, type: 'updated' }));
  return { body: { _links: { [kind]: { href: `/events?ack=${ack}` } }, sender: [{ href: '/me', events }] } };
}

/** Answers P-GETs from a script; the last one is held until the channel is stopped. */
function scripted(steps: readonly Step[]) {
  const asked: string[] = [];
  const stopped = new AbortController();
  const exhausted = Promise.withResolvers<void>();
  const requester: Requester = {
    async call(_method, href, { query, signal }) {
      asked.push(query && Object.keys(query).length > 0 ? `${href} with timers` : href);
      const step = steps[asked.length - 1] ?? 'hold';
      if (step === 'hold') {
        exhausted.resolve();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      } else if ('fails' in step) throw step.fails;
      else return { status: 200, body: step.body, location: undefined };
      throw new Error('unreachable');
    },
  };
  return { asked, requester, stopped, exhausted: exhausted.promise };
}

const seen = (notice: ChannelNotice): string =>
  notice.kind === 'stateLost' ? `lost by ${notice.how}` : notice.events.map((event) => event.href).join('+');

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('the event channel', () => {
  it('follows next, hands over in order, and sends its timers again only after a resume', async () => {
    const script = scripted([
      packageOf('next', 2, 'a', 'b'),
      packageOf('resume', 3, 'c'),
      packageOf('next', 4),
    ]);
    const got: string[] = [];
    const end = listen({
      requester: script.requester,
      href: '/events?ack=1',
      handle: (notice) => void got.push(seen(notice)),
      clock: new ManualClock(),
      random: () => 0.5,
      signal: script.stopped.signal,
      timers: { low: 5, medium: 5, timeout: 180 },
    });
    await script.exhausted;
    script.stopped.abort();
    assert.deepEqual(await end, { kind: 'aborted' });
    assert.deepEqual(got, ['a+b', 'c', 'lost by resume']);
    assert.deepEqual(script.asked, [
      '/events?ack=1 with timers',
      '/events?ack=2',
      '/events?ack=3 with timers',
      '/events?ack=4',
    ]);
  });

  it('does not acknowledge before the handler has kept what it was given', async () => {
    const script = scripted([packageOf('next', 2, 'a')]);
    const kept = Promise.withResolvers<void>();
    void listen({
      requester: script.requester,
      href: '/events?ack=1',
      handle: () => kept.promise,
      clock: new ManualClock(),
      random: () => 0.5,
      signal: script.stopped.signal,
    });
    await settle();
    assert.equal(script.asked.length, 1);
    kept.resolve();
    await script.exhausted;
    assert.equal(script.asked[1], '/events?ack=2');
    script.stopped.abort();
  });

  it('goes on after a while although the handler does not', async () => {
    const script = scripted([packageOf('next', 2, 'a')]);
    const clock = new ManualClock();
    void listen({
      requester: script.requester,
      href: '/events?ack=1',
      handle: () => new Promise(() => undefined),
      clock,
      random: () => 0.5,
      signal: script.stopped.signal,
      holdMs: 10_000,
    });
    await settle();
    clock.advance(10_000);
    await script.exhausted;
    assert.equal(script.asked[1], '/events?ack=2');
    script.stopped.abort();
  });

  it('fetches a package again that could not be kept', async () => {
    const script = scripted([packageOf('next', 2, 'a'), packageOf('next', 2, 'a')]);
    const clock = new ManualClock();
    const got: string[] = [];
    void listen({
      requester: script.requester,
      href: '/events?ack=1',
      handle: (notice) => {
        got.push(seen(notice));
        return got.length === 1 ? Promise.reject(new Error('disk full')) : undefined;
      },
      clock,
      random: () => 0.5,
      signal: script.stopped.signal,
    });
    await settle();
    clock.advance(1_000);
    await script.exhausted;
    assert.deepEqual(got, ['a', 'a']);
    assert.deepEqual(script.asked.slice(1), ['/events?ack=1', '/events?ack=2']);
    script.stopped.abort();
  });

  it('asks the same address again after a lost connection, a replaced P-GET, an unreadable answer and what a proxy says', async () => {
    const script = scripted([
      { fails: new ConnectionFailed('UND_ERR_SOCKET', 'maybe', 'pool') },
      { fails: new RequestFailed(410, undefined) },
      { fails: new RequestFailed(409, { code: 'Conflict', subcode: 'PGetReplaced' }) },
      { body: 'not a package' },
      packageOf('next', 2, 'a'),
    ]);
    const clock = new ManualClock();
    void listen({
      requester: script.requester,
      href: '/events?ack=1',
      handle: () => undefined,
      clock,
      random: () => 0.5,
      signal: script.stopped.signal,
    });
    for (let retry = 0; retry < 4; retry += 1) {
      await settle();
      clock.advance(30_000);
    }
    await script.exhausted;
    assert.deepEqual(
      script.asked.map((href) => href.split(' ')[0]),
      ['/events?ack=1', '/events?ack=1', '/events?ack=1', '/events?ack=1', '/events?ack=1', '/events?ack=2'],
    );
    script.stopped.abort();
  });

  const ends: readonly [string, unknown, object][] = [
    [
      'is lost with its application',
      new RequestFailed(404, { code: 'NotFound', subcode: 'ApplicationNotFound' }),
      { kind: 'lost' },
    ],
    [
      'stops when the pool says that it is gone',
      new RequestFailed(410, { code: 'Gone', subcode: 'TooManyApplications' }),
      { kind: 'gone', subcode: 'TooManyApplications' },
    ],
    [
      'is lost where even a fresh token is not taken: the account has just been let in',
      new RequestFailed(401, undefined),
      { kind: 'lost' },
    ],
    [
      'stops when the account is not let in',
      new SignInRefused('invalid_grant'),
      { kind: 'refused', error: 'invalid_grant' },
    ],
  ];
  for (const [name, fails, expected] of ends) {
    it(name, async () => {
      const script = scripted([{ fails }]);
      const end = await listen({
        requester: script.requester,
        href: '/events?ack=1',
        handle: () => undefined,
        clock: new ManualClock(),
        random: () => 0.5,
        signal: script.stopped.signal,
      });
      assert.deepEqual(end, expected);
    });
  }
});
