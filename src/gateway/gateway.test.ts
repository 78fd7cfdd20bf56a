import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../test/kit/eventually.ts';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import { ScriptedConnector } from '../../test/kit/scripted-connector.ts';
import type { PersonId, RemoteId, ThreadKey } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import { settleMs } from '../core/presence/mirror.ts';
import type { Availability, Presence } from '../core/presence/presence.ts';
import { type FederationSettings, openFederation } from '../core/routing/federation.ts';
import { type PolicySettings, policyForAll } from '../core/routing/policy.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { IncomingMessage } from './connector.ts';
import { createDirectory } from './directory.ts';
import type { GatewayEvent } from './events.ts';
import { createGateway, type GatewayOptions } from './gateway.ts';
import type { Ledger } from './ledger.ts';

const alice = somebody('alice');
const bob = somebody('bob');
const dave = somebody('dave', { home: 'none' });
const heidi = somebody('heidi', { mode: 'SfBOnly' });
const oscar = somebody('oscar', { mode: 'SfBOnly', home: 'onPrem', tenant: 'fabrikam.example' });
const of = (availability: Availability): Presence => ({ availability, activity: 'None' });

async function world(
  ledger: Ledger = openMemoryLedger(),
  settings: Partial<Pick<GatewayOptions, 'policies' | 'federation'>> = {},
) {
  const clock = new ManualClock();
  const directory = createDirectory([alice, bob, dave, heidi, oscar]);
  const teams = new ScriptedConnector('teams');
  const skype = new ScriptedConnector('skype');
  const events: GatewayEvent[] = [];
  const gateway = createGateway({
    directory,
    ledger,
    connectors: { teams, skype },
    clock,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    policies: settings.policies ?? policyForAll('bridged'),
    federation: settings.federation ?? openFederation,
    deadlineMs: 30_000,
    mostUnderWay: 1_000,
    report: (event) => events.push(event),
  });
  await gateway.start();
  let count = 0;
  return {
    clock,
    directory,
    teams,
    skype,
    events,
    gateway,
    ledger,
    message(
      side: Side,
      author: PersonId,
      recipient: PersonId,
      text: string,
      remoteId?: RemoteId,
    ): IncomingMessage {
      return {
        side,
        thread: `${side} thread` as ThreadKey,
        remoteId: remoteId ?? (`${side} ${++count}` as RemoteId),
        author,
        recipient,
        body: { format: 'text', text },
        writtenAt: clock.now(),
      };
    },
    seen(side: Side, person: PersonId, presence: Presence): void {
      const connector = side === 'teams' ? teams : skype;
      connector.sink.presence({ side, person, presence, observedAt: clock.now() });
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}

describe('the gateway', () => {
  it('brings messages both ways, in order', async () => {
    await using w = await world();
    for (const n of [1, 2, 3]) {
      await w.teams.sink.take(w.message('teams', alice.id, bob.id, `to skype ${n}`));
      await w.skype.sink.take(w.message('skype', bob.id, alice.id, `to teams ${n}`));
    }
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.delivered.map(({ body }) => body),
      [1, 2, 3].map((n) => ({ format: 'text', text: `to skype ${n}` })),
    );
    assert.deepEqual(
      w.teams.delivered.map(({ body }) => body.format === 'html' && body.html),
      [1, 2, 3].map((n) => `to teams ${n}`),
    );
  });

  it('drops the echo of its own write, though it comes before the answer to the write', async () => {
    await using w = await world();
    const answer = Promise.withResolvers<void>();
    w.teams.onDeliver = async (order) => {
      await answer.promise;
      return w.teams.shown(order.message);
    };
    await w.skype.sink.take(w.message('skype', bob.id, alice.id, 'hello'));
    await eventually('the write is under way', () => w.teams.delivered.length === 1);
    const order = w.teams.delivered[0];
    assert.ok(order);
    const echo = w.message('teams', bob.id, alice.id, 'hello', w.teams.shown(order.message).remoteId);
    assert.equal(await w.teams.sink.take({ ...echo, thread: 'teams thread' as ThreadKey }), 'taken');
    answer.resolve();
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.equal(await w.teams.sink.take(echo), 'echo');
  });

  it('leaves a message that Teams itself shows to its recipient where it is', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, dave.id, 'hello'));
    w.seen('teams', bob.id, of('Available'));
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'hello'));
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.deepEqual(
      (await w.gateway.recent(10)).map(({ state }) => state),
      ['native', 'native'],
    );
  });

  it('tells the sender in the client the message was written in', async () => {
    await using w = await world();
    w.skype.onDeliver = () => ({
      kind: 'refused',
      refusal: { id: 'offline', side: 'skype', person: 'Heidi' },
    });
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'hello'));
    await w.gateway.settled();
    assert.deepEqual(w.teams.told[0]?.refusal, { id: 'offline', side: 'skype', person: 'Heidi' });
    const [summary] = await w.gateway.recent(1);
    assert.deepEqual([summary?.state, summary?.telling], ['failed', { kind: 'told' }]);
  });

  it('refuses what the other network cannot take, before it is tried', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'x'.repeat(9_000)));
    await w.gateway.settled();
    assert.equal(w.skype.delivered.length, 0);
    assert.equal(w.teams.told[0]?.refusal.id, 'too-long');
  });

  it('holds up nobody else when one conversation waits', async () => {
    await using w = await world();
    const answer = Promise.withResolvers<void>();
    w.skype.onDeliver = async (order) => {
      if (order.recipient.id === heidi.id) await answer.promise;
      return w.skype.shown(order.message);
    };
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'slow'));
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'quick'));
    await eventually('the quick one is there', async () =>
      (await w.gateway.recent(10)).some(({ state }) => state === 'delivered'),
    );
    answer.resolve();
    await w.gateway.settled();
  });

  it('takes up what an earlier run left, asks about what that run began, and keeps the order', async () => {
    const ledger = openMemoryLedger();
    const kept: Ledger = { ...ledger, [Symbol.asyncDispose]: () => Promise.resolve() };
    {
      await using first = await world(kept);
      first.skype.onDeliver = (_, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () =>
            resolve({ kind: 'uncertain', refusal: { id: 'uncertain', side: 'skype' } }),
          ),
        );
      for (const n of [1, 2]) await first.teams.sink.take(first.message('teams', alice.id, bob.id, `${n}`));
      await eventually('the first is being sent', () => first.skype.delivered.length === 1);
    }
    const second = await world(kept);
    await eventually('both are delivered', async () => {
      second.clock.advance(300);
      await turn();
      return (await second.gateway.recent(10)).every(({ state }) => state === 'delivered');
    });
    assert.equal(second.skype.asked.length, 1);
    assert.deepEqual(
      second.skype.delivered.map(({ body }) => body.format === 'text' && body.text),
      ['1', '2'],
    );
    await second[Symbol.asyncDispose]();
    await ledger[Symbol.asyncDispose]();
  });
});

describe('presence through the gateway', () => {
  it('signs a person in to SfB with Teams, follows, and signs them out at once', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Available'));
    await w.gateway.settled();
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    w.seen('teams', alice.id, of('Offline'));
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.published.map(({ person, presence }) => `${person.displayName} ${presence.availability}`),
      ['Alice Available', 'Alice Busy', 'Alice Offline'],
    );
  });

  it('goes on trying while a network is away, and only the latest state counts', async () => {
    await using w = await world();
    w.skype.onPublish = () => ({ kind: 'failed', refusal: { id: 'unreachable', side: 'skype' } });
    w.seen('teams', alice.id, of('Available'));
    await turn();
    w.seen('teams', alice.id, of('Busy'));
    await turn();
    w.skype.onPublish = () => ({ kind: 'published' });
    await eventually('the latest is published', () => {
      w.clock.advance(settleMs);
      return w.skype.published.at(-1)?.presence.availability === 'Busy';
    });
    await w.gateway.settled();
  });

  it('clears at the start what an earlier run left in Teams', async () => {
    await using w = await world();
    assert.deepEqual(
      w.teams.published.map(({ person, presence }) => `${person.displayName} ${presence.availability}`),
      ['Alice Offline', 'Bob Offline', 'Heidi Offline', 'Oscar Offline'],
    );
  });
});

describe('people who change at run time', () => {
  const shown = ({ person, presence }: { person: Person; presence: Presence }) =>
    `${person.displayName} ${person.skype.home} ${presence.availability}`;

  it('decides the next message by the new mode', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'to SfB'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'put', person: { ...bob, mode: 'TeamsOnly' } });
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'stays in Teams'));
    await w.gateway.settled();
    assert.deepEqual(
      (await w.gateway.recent(10)).map(({ state }) => state),
      ['native', 'delivered'],
    );
  });

  it('ends a message under way as it was begun', async () => {
    await using w = await world();
    const answer = Promise.withResolvers<void>();
    w.skype.onDeliver = async (order) => {
      await answer.promise;
      return w.skype.shown(order.message);
    };
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'under way'));
    await eventually('the write is under way', () => w.skype.delivered.length === 1);
    w.directory.apply({ kind: 'remove', person: bob.id });
    answer.resolve();
    await w.gateway.settled();
    assert.deepEqual(
      (await w.gateway.recent(10)).map(({ state }) => state),
      ['delivered'],
    );
  });

  it('withdraws the endpoint at the old pool, then shows the person at the new one, and watches there', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    const moved: Person = {
      ...alice,
      skype: { home: 'onPrem', sip: 'sip:alice@contoso.example', pool: 'onPrem' },
    };
    w.directory.apply({ kind: 'put', person: moved });
    await w.gateway.settled();
    assert.deepEqual(w.skype.published.map(shown), [
      'Alice online Busy',
      'Alice online Offline',
      'Alice onPrem Busy',
    ]);
    assert.ok(w.skype.watched.includes(moved));
  });

  it('turns the mirror around with the mode', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'put', person: { ...alice, mode: 'SfBOnly' } });
    await w.gateway.settled();
    assert.deepEqual(w.skype.published.map(shown), ['Alice online Busy', 'Alice online Offline']);
    assert.equal(w.gateway.presence({ ...alice, mode: 'SfBOnly' }).authority, 'skype');
    assert.ok(!w.teams.watched.some(({ id }) => id === alice.id));
    assert.ok(w.skype.watched.some(({ id }) => id === alice.id));
  });

  it('shows nothing more of somebody who was removed', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'remove', person: alice.id });
    w.seen('teams', alice.id, of('Available'));
    await w.gateway.settled();
    assert.equal(w.skype.published.at(-1)?.presence.availability, 'Offline');
    assert.ok(![...w.teams.watched, ...w.skype.watched].some(({ id }) => id === alice.id));
  });
});

describe('the policy', () => {
  it('is the one of the sender: their own, else that of their tenant, else everybody’s', async () => {
    const policies: PolicySettings = {
      everybody: 'bridged',
      tenants: new Map([['contoso.example', 'microsoft']]),
      people: new Map([[alice.id, 'bridged']]),
    };
    await using w = await world(undefined, { policies });
    const dora: Person = { ...dave, mode: 'Islands' };
    w.directory.apply({ kind: 'put', person: dora });
    await w.teams.sink.take(w.message('teams', dora.id, heidi.id, 'refused by the tenant’s'));
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'goes by alice’s own'));
    await w.gateway.settled();
    assert.deepEqual(
      w.teams.told.map(({ refusal }) => [refusal.id, refusal.detail]),
      [['not-possible', 'sender-not-enabled']],
    );
    assert.deepEqual(
      w.skype.delivered.map(({ author }) => author.id),
      [alice.id],
    );
  });
});

describe('a conversation whose way is gone', () => {
  const moved: Person = {
    ...heidi,
    skype: { home: 'onPrem', sip: 'sip:heidi@contoso.example', pool: 'onPrem' },
  };

  it('is closed with a notice that says what to do, and the next message starts a new one', async () => {
    await using w = await world(undefined, { policies: policyForAll('microsoft') });
    const write = async (text: string) => {
      await w.teams.sink.take(w.message('teams', alice.id, heidi.id, text));
      await w.gateway.settled();
    };
    await write('opens the thread');
    await w.skype.sink.take(w.message('skype', heidi.id, alice.id, 'answers'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'put', person: moved });
    await write('too late for the old thread');
    assert.deepEqual(
      w.teams.told.map(({ refusal }) => [refusal.id, refusal.detail]),
      [['thread-closed', 'moved-home']],
    );
    await write('starts a new one');
    await write('goes on in it');
    assert.deepEqual(
      w.skype.delivered.map(({ recipient, thread }) => [recipient.skype.home, thread]),
      [
        ['online', undefined],
        ['onPrem', undefined],
        ['onPrem', 'skype thread'],
      ],
    );
  });

  it('goes on through the new pool where the policy bridges', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'one'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'put', person: moved });
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'two'));
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.delivered.map(({ recipient }) => recipient.skype.home),
      ['online', 'onPrem'],
    );
    assert.equal(w.teams.told.length, 0);
  });
});

describe('federation lists', () => {
  const blocked: FederationSettings = {
    everybody: { allow: undefined, block: new Set(['fabrikam.example']) },
    tenants: new Map(),
  };

  it('refuse a message in both directions, with the list by name', async () => {
    await using w = await world(undefined, { federation: blocked });
    await w.teams.sink.take(w.message('teams', alice.id, oscar.id, 'out'));
    await w.skype.sink.take(w.message('skype', oscar.id, alice.id, 'in'));
    await w.gateway.settled();
    const refusals = [...w.teams.told, ...w.skype.told].map(({ refusal }) => [refusal.id, refusal.detail]);
    assert.deepEqual(refusals, [
      ['domain-blocked', 'the block list of everybody has fabrikam.example'],
      ['domain-blocked', 'the block list of everybody has fabrikam.example'],
    ]);
    assert.equal(w.skype.delivered.length + w.teams.delivered.length, 0);
  });

  it('refuse who is not on an allow list', async () => {
    const federation: FederationSettings = {
      ...openFederation,
      tenants: new Map([
        ['contoso.example', { allow: new Set(['tailspin.example']), block: new Set<string>() }],
      ]),
    };
    await using w = await world(undefined, { federation });
    await w.teams.sink.take(w.message('teams', alice.id, oscar.id, 'out'));
    await w.gateway.settled();
    assert.deepEqual(
      w.teams.told.map(({ refusal }) => [refusal.id, refusal.detail]),
      [['domain-not-allowed', 'the allow list of contoso.example lacks fabrikam.example']],
    );
  });
});
