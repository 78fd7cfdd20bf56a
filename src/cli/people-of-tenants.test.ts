import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../test/kit/eventually.ts';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import type { TenantUsers, UsersRead } from '../connectors/teams/tenant-users.ts';
import type { JoinRules } from '../core/directory/join.ts';
import type { DirectoryUser } from '../core/directory/users.ts';
import type { GatewayEvent } from '../gateway/events.ts';
import { createPeopleOfTenants } from './people-of-tenants.ts';

const rules: JoinRules = {
  tenants: new Set(['contoso.example']),
  pools: new Map([['online', 'online']]),
  defaults: new Map([['contoso.example', { mode: 'Islands', home: 'online' }]]),
  ownAddresses: new Set(),
  attributes: undefined,
  poolNames: new Map(),
  extensions: {},
};
const user = (name: string, more: Partial<DirectoryUser> = {}): DirectoryUser => ({
  objectId: `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(-12)}`,
  upn: `${name}@contoso.example`,
  displayName: name,
  isEnabled: true,
  isGuest: false,
  sipAddresses: [`SIP:${name}@contoso.example`],
  extensions: {},
  ...more,
});

/** A tenant that answers each reading as the test says. */
function world(restored: readonly DirectoryUser[] = []) {
  const clock = new ManualClock();
  const events: GatewayEvent[] = [];
  const told: string[] = [];
  let waiting = Promise.withResolvers<(read: UsersRead | Error) => void>();
  const tenant: TenantUsers = {
    domain: 'contoso.example',
    status: () => undefined,
    restore: async () => restored,
    read: (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<UsersRead>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      waiting.resolve((read) => (read instanceof Error ? reject(read) : resolve(read)));
      return promise;
    },
  };
  const people = createPeopleOfTenants({
    tenants: [tenant],
    rules,
    intervalMs: 60_000,
    clock,
    random: () => 1,
    report: (event) => void events.push(event),
    people: {
      read: (read, conflicts) =>
        void told.push(
          [...read.map(({ id }) => id.split('@')[0]), ...conflicts.map(({ because }) => because)].join(', '),
        ),
    },
  });
  return {
    clock,
    events,
    told,
    people,
    /** Answers the reading that is under way or comes next, and waits until it has been taken in. */
    async answer(read: UsersRead | Error): Promise<void> {
      const give = await waiting.promise;
      waiting = Promise.withResolvers();
      give(read);
      await eventually('the next reading is due', () => clock.pending > 0);
    },
    [Symbol.asyncDispose]: () => people[Symbol.asyncDispose](),
  };
}

const read = (changed: readonly DirectoryUser[], removed: readonly string[] = []): UsersRead => ({
  kind: 'read',
  changed,
  removed,
});

describe('the people of tenants', () => {
  it('are those of earlier runs at once, then as read, and again after each interval', async () => {
    await using w = world([user('alice')]);
    await w.people.restore();
    w.people.start();
    await w.answer(
      read([user('bob'), user('carol', { sipAddresses: ['sip:a@x.example', 'sip:b@x.example'] })]),
    );
    w.clock.advance(60_000);
    await w.answer(read([], []));
    w.clock.advance(60_000);
    await w.answer(read([user('carol')], [user('alice').objectId]));
    assert.deepEqual(w.told, [
      'alice',
      'alice, bob, has several addresses and none that is primary: a@x.example, b@x.example',
      'bob, carol',
    ]);
  });

  it('stay as they are when reading fails, which is tried again with growing waits, or when Graph says', async () => {
    await using w = world([user('alice')]);
    await w.people.restore();
    w.people.start();
    await w.answer({ kind: 'failed', detail: 'no answer', afterMs: undefined });
    w.clock.advance(5_000);
    await w.answer({ kind: 'failed', detail: 'no answer', afterMs: undefined });
    w.clock.advance(10_000);
    await w.answer({ kind: 'failed', detail: 'throttled', afterMs: 400_000 });
    assert.deepEqual(
      w.events.map((event) => event.kind === 'people-not-read' && [event.tenant, event.againInMs]),
      [
        ['contoso.example', 5_000],
        ['contoso.example', 10_000],
        ['contoso.example', 400_000],
      ],
    );
    w.clock.advance(400_000);
    await w.answer(read([user('bob')]));
    assert.deepEqual(w.told, ['alice', 'alice, bob']);
  });

  it('go on being read after a defect', async () => {
    await using w = world();
    w.people.start();
    await w.answer(new Error('a defect'));
    assert.equal(w.events[0]?.kind, 'fault');
    w.clock.advance(300_000);
    await w.answer(read([user('bob')]));
    assert.deepEqual(w.told, ['bob']);
  });

  it('are made anew when the SfB side has been exported anew', async () => {
    await using w = world([user('alice'), user('bob')]);
    await w.people.restore();
    const off = { enabled: false, sip: undefined, home: undefined, homeServer: undefined, mode: undefined };
    w.people.ruled({
      ...rules,
      attributes: new Map([['bob@contoso.example', { ...off, mode: 'SfBOnly' as const }]]),
    });
    assert.deepEqual(w.told, [
      'alice, bob',
      'alice, is none for a person in mode SfBOnly, who chats in Skype for Business alone',
    ]);
  });

  it('leave no timer and no reading behind', async () => {
    const w = world();
    w.people.start();
    await w[Symbol.asyncDispose]();
    assert.equal(w.clock.pending, 0);
  });
});
