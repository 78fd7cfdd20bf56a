import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  type ChannelNotice,
  createDiscovery,
  createPresenceSubscriptions,
  createTransport,
  type KeepOptions,
  type KeptState,
  keepApplication,
  RequestFailed,
  SignInRefused,
  signIn,
} from '../../src/protocols/ucwa/client/client.ts';
import { serve } from '../../src/sandbox/listen.ts';
import { createPools } from '../../src/sandbox/skype/pools.ts';
import { eventually } from '../kit/eventually.ts';
import { ManualClock } from '../kit/manual-clock.ts';
import { SkypeActor } from '../kit/skype-actor.ts';

const address = 'alice@contoso.example';
const minute = 60_000;

/** One pool over HTTP, all on one clock that stands still, and a client for it. */
async function world() {
  const clock = new ManualClock();
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 } } });
  const served = await serve(pools.online.ucwa, { host: '127.0.0.1', port: 0 });
  pools.online.setAddresses({ http: served.http.url });
  const transport = createTransport();
  const discovery = createDiscovery({ transport, entries: [new URL(served.http.url)], trustedDomains: [] });
  const states: string[] = [];
  const notices: ChannelNotice[] = [];
  const opened: string[] = [];
  const keep = (extra: Partial<KeepOptions> = {}) =>
    keepApplication({
      signIn: (signal) =>
        signIn({ transport, discovery, clock, signal, credentials: { username: address, password: 'demo' } }),
      identity: { userAgent: 'Test', culture: 'en-US' },
      mintEndpointId: randomUUID,
      clock,
      random: () => 0.5,
      opened(application) {
        opened.push(application.links.self);
        return (notice) => void notices.push(notice);
      },
      closed: () => undefined,
      changed: (state: KeptState) => void states.push(state.kind),
      ...extra,
    });
  return {
    clock,
    pools,
    keep,
    states,
    notices,
    opened,
    signal: AbortSignal.timeout(10_000),
    actor: (who: string) => new SkypeActor(served.http.url, who),
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
      await pools[Symbol.asyncDispose]();
    },
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the UCWA client at an embedded pool', { timeout: 30_000 }, () => {
  it('makes a lost application again, shown as before', async () => {
    await using there = await world();
    await using kept = there.keep({ availability: 'Busy' });
    const first = await kept.running(there.signal);
    await first.requester.call('DELETE', first.links.self, { signal: there.signal });
    await eventually('the loss', () => there.states.includes('waiting'));
    const second = await kept.running(there.signal);
    assert.notEqual(second.links.self, first.links.self);
    const observer = there.actor('bob@contoso.example');
    await observer.signIn();
    assert.equal(await observer.presenceOf(address), 'Busy');
    await observer.close();
  });

  it('signs out at the pool when it is disposed', async () => {
    await using there = await world();
    const observer = there.actor('bob@contoso.example');
    await observer.signIn();
    {
      await using kept = there.keep({ availability: 'Online' });
      await kept.running(there.signal);
      assert.equal(await observer.presenceOf(address), 'Online');
    }
    assert.equal(await observer.presenceOf(address), 'Offline');
    assert.equal(there.states.at(-1), 'stopped');
    await observer.close();
  });

  it('stays as it was shown for hours, by reporting activity', async () => {
    await using there = await world();
    await using kept = there.keep({ availability: 'Online' });
    await kept.running(there.signal);
    for (let passed = 0; passed < 60; passed += 1) {
      there.clock.advance(minute);
      await turns();
    }
    const observer = there.actor('bob@contoso.example');
    await observer.signIn();
    assert.equal(await observer.presenceOf(address), 'Online');
    assert.equal(there.opened.length, 1);
    await observer.close();
  });

  it('stops for good when the account is refused, and when the pool wants no more of it', async () => {
    await using there = await world();
    await using refused = there.keep({ signIn: () => Promise.reject(new SignInRefused('invalid_grant')) });
    await assert.rejects(refused.running(there.signal), SignInRefused);
    assert.deepEqual(refused.state, { kind: 'stopped', end: { kind: 'refused', error: 'invalid_grant' } });
    const gone = new RequestFailed(410, { code: 'Gone', subcode: 'TooManyApplications' });
    await using unwanted = there.keep({ signIn: () => Promise.reject(gone) });
    await assert.rejects(unwanted.running(there.signal), /TooManyApplications/);
    assert.equal(unwanted.state.kind, 'stopped');
  });

  it('tells who waits of a failed attempt, tries again by itself, and sooner when asked', async () => {
    await using there = await world();
    there.pools.online.setFault({ kind: 'reject', status: 503 });
    await using kept = there.keep();
    await assert.rejects(kept.running(there.signal), RequestFailed);
    there.pools.online.setFault({ kind: 'none' });
    await kept.running(there.signal);
    assert.deepEqual(there.states, ['waiting', 'opening', 'running']);
  });

  it('says that state was lost when the pool makes it resume', async () => {
    await using there = await world();
    await using kept = there.keep();
    await kept.running(there.signal);
    there.pools.online.setFault({ kind: 'reject', status: 503 });
    there.clock.advance(3 * minute);
    await turns();
    there.clock.advance(9 * minute);
    await turns();
    there.pools.online.setFault({ kind: 'none' });
    there.clock.advance(minute);
    await eventually('the resume', () => there.notices.some(({ kind }) => kind === 'stateLost'));
    assert.equal(there.opened.length, 1);
  });

  it('watches presence beyond the half hour of a subscription, and in changing sets', async () => {
    await using there = await world();
    const seen = new Map<string, string>();
    const failures: unknown[] = [];
    const subscriptions = Promise.withResolvers<ReturnType<typeof createPresenceSubscriptions>>();
    await using kept = there.keep({
      opened(application) {
        const made = createPresenceSubscriptions({
          application,
          clock: there.clock,
          random: () => 0.5,
          batchSize: 2,
          observed: (uri, { availability }) => void seen.set(uri, availability ?? ''),
          failed: (error) => void failures.push(error),
        });
        subscriptions.resolve(made);
        return (notice) => void (notice.kind === 'events' && made.handle(notice.events));
      },
    });
    await kept.running(there.signal);
    using watching = await subscriptions.promise;
    const people = ['bob', 'erin', 'heidi'].map((name) => `sip:${name}@contoso.example`);
    await watching.watch(new Set(people), there.signal);
    await eventually('all three', () => people.every((uri) => seen.get(uri) === 'Offline'));
    for (let passed = 0; passed < 45; passed += 1) {
      there.clock.advance(minute);
      await turns();
    }
    const bob = there.actor('bob@contoso.example');
    await bob.signIn();
    await eventually('bob online', () => seen.get('sip:bob@contoso.example') === 'Online');
    await watching.watch(new Set(people.slice(1)), there.signal);
    seen.clear();
    const erin = there.actor('erin@contoso.example');
    await erin.signIn();
    await bob.setPresence('Busy');
    await eventually('erin online', () => seen.get('sip:erin@contoso.example') === 'Online');
    assert.equal(seen.get('sip:bob@contoso.example'), undefined);
    assert.deepEqual(failures, []);
    await bob.close();
    await erin.close();
  });
});
