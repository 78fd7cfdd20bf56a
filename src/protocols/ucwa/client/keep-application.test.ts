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
  let ends = 0;
  const held = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      const stop = (): void => reject(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
    });
  const call = async (method: string, href: string, { signal }: CallOptions): Promise<Answer> => {
    if (method === 'DELETE') {
      const outcome = outcomes[ends++];
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
  return { clock, kept, ends: () => ends };
}

describe('signing out of a pool', () => {
  it('says when the pool has not taken it, and can be tried again', async () => {
    const { kept, ends } = await signedIn([unreachable, new RequestFailed(503, undefined)]);
    await assert.rejects(kept.signOut(), ConnectionFailed);
    assert.equal(kept.state.kind, 'stopped');
    await assert.rejects(kept.signOut(), RequestFailed);
    await kept.signOut();
    assert.equal(ends(), 3);
    await kept.signOut();
    assert.equal(ends(), 3);
  });

  it('has succeeded where the pool has ended the application itself', async () => {
    const { kept, ends } = await signedIn([
      new RequestFailed(404, { code: 'NotFound', subcode: 'ApplicationNotFound' }),
    ]);
    await kept.signOut();
    assert.equal(ends(), 1);
  });

  it('has not succeeded where something before the pool says that there is nothing', async () => {
    const { kept, ends } = await signedIn([new RequestFailed(404, undefined)]);
    await assert.rejects(kept.signOut(), RequestFailed);
    await kept.signOut();
    assert.equal(ends(), 2);
  });

  it('is not tried for longer than the pool keeps an application that fetches nothing', async () => {
    const { kept, ends, clock } = await signedIn([unreachable, unreachable, unreachable, unreachable]);
    await assert.rejects(kept.signOut());
    clock.advance(15 * 60_000);
    await assert.rejects(kept.signOut());
    clock.advance(60_000);
    await kept.signOut();
    await kept.signOut();
    assert.equal(ends(), 3);
  });

  it('is tried once by disposal', async () => {
    const { kept, ends } = await signedIn([unreachable]);
    await kept[Symbol.asyncDispose]();
    assert.equal(ends(), 1);
  });

  it('ends where it is abandoned, at a pool that does not answer, too', async () => {
    const { kept, ends } = await signedIn(['silence']);
    const out = kept.signOut();
    await turn();
    assert.equal(ends(), 1);
    kept.abandon();
    await assert.rejects(out);
    await kept.signOut();
    assert.equal(ends(), 1);
  });

  it('leaves no timer', async () => {
    const { kept, clock } = await signedIn([]);
    await kept.signOut();
    assert.equal(clock.pending, 0);
  });
});
