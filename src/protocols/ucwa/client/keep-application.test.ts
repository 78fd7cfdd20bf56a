import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { ConnectionFailed, RequestFailed } from './failures.ts';
import { type KeptApplication, keepApplication } from './keep-application.ts';
import type { Answer, CallOptions } from './requester.ts';

const link = (href: string) => ({ href });
const application = {
  _links: { self: link('/app'), events: link('/events') },
  _embedded: {
    me: { _links: { self: link('/me'), makeMeAvailable: link('/available') } },
    communication: { _links: {} },
    people: { _links: {} },
  },
};
const unreachable = new ConnectionFailed('ECONNRESET', 'maybe', 'pool.contoso.example');

/** A pool that has a signed-in application, and answers attempts to end it one after the other as `outcomes` say. */
async function signedIn(outcomes: readonly (Error | 'silence')[]) {
  const clock = new ManualClock();
  const endedAt: number[] = [];
  const held = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      const stop = (): void => reject(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
    });
  const call = async (method: string, href: string, { signal }: CallOptions): Promise<Answer> => {
    if (method === 'DELETE') {
      const outcome = outcomes[endedAt.push(clock.now()) - 1];
      if (outcome === 'silence') return await held(signal);
      if (outcome) throw outcome;
    }
    if (href === '/events') return await held(signal);
    const body = href === '/me' ? application._embedded.me : application;
    return { status: 200, body, location: undefined };
  };
  const kept: KeptApplication = keepApplication({
    signIn: async () => ({ applications: new URL('https://pool.contoso.example/apps'), requester: { call } }),
    identity: { userAgent: 'test', culture: 'en-US' },
    mintEndpointId: () => 'endpoint',
    clock,
    random: () => 0.5,
    opened: () => () => undefined,
    closed: () => undefined,
  });
  await kept.running(AbortSignal.timeout(5_000));
  /** Lets time pass, with what happens in it. */
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      clock.advance(1_000);
      for (let turns = 0; turns < 5; turns++) await turn();
    }
  };
  return { clock, kept, endedAt, pass };
}

describe('signing out of a pool', () => {
  it('is tried again until the pool has taken it', async () => {
    const { kept, endedAt, pass, clock } = await signedIn([
      unreachable,
      new RequestFailed(503, undefined),
      unreachable,
    ]);
    let isOut = false;
    void kept.signOut(new AbortController().signal).then(() => {
      isOut = true;
    });
    await pass(1);
    assert.equal(isOut, false);
    await pass(20);
    assert.equal(isOut, true);
    assert.equal(endedAt.length, 4);
    assert.equal(clock.pending, 0);
  });

  it('has succeeded where the pool has ended the application itself', async () => {
    const { kept, endedAt } = await signedIn([new RequestFailed(404, undefined)]);
    await kept.signOut(new AbortController().signal);
    assert.equal(endedAt.length, 1);
  });

  it('is given up when nobody has patience any more', async () => {
    const { kept, endedAt, pass, clock } = await signedIn(Array.from({ length: 100 }, () => unreachable));
    const patience = new AbortController();
    const out = kept.signOut(patience.signal);
    await pass(60);
    const before = endedAt.length;
    assert.ok(before > 2 && before < 20, `${before} attempts in a minute`);
    patience.abort();
    await out;
    await pass(60);
    assert.equal(endedAt.length, before);
    assert.equal(clock.pending, 0);
  });

  it('is tried once by disposal', async () => {
    const { kept, endedAt, clock } = await signedIn([unreachable]);
    await kept[Symbol.asyncDispose]();
    assert.equal(endedAt.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('ends where it is abandoned, at a pool that does not answer, too', async () => {
    const { kept, endedAt, pass } = await signedIn(['silence']);
    const out = kept.signOut(new AbortController().signal);
    await pass(1);
    assert.equal(endedAt.length, 1);
    kept.abandon();
    await out;
    assert.equal(kept.state.kind, 'stopped');
    assert.equal(endedAt.length, 1);
  });
});
