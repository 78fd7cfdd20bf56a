import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alice,
  bob,
  dave,
  heidi,
  of,
  oscar,
  sessionIdleMs,
  openGatewayWorld as world,
} from '../../test/kit/gateway-world.ts';
import type { RemoteId, ThreadKey } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { type FederationSettings, openFederation } from '../core/routing/federation.ts';
import { type PolicySettings, policyForAll } from '../core/routing/policy.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { Ledger } from './ledger.ts';

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

  it('goes on in an SfB session for ten minutes after its last message, then is a new one', async () => {
    await using w = await world();
    const write = async (text: string) => {
      await w.skype.sink.take(w.message('skype', heidi.id, alice.id, text));
      await w.gateway.settled();
    };
    await write('opens the session');
    w.directory.apply({ kind: 'put', person: { ...heidi, mode: 'TeamsOnly' } });
    for (const text of ['still in it', 'and still']) {
      w.clock.advance(sessionIdleMs - 1);
      await write(text);
    }
    w.clock.advance(sessionIdleMs);
    await write('too late');
    assert.equal(w.teams.delivered.length, 3);
    assert.deepEqual(
      w.skype.told.map(({ refusal }) => [refusal.id, refusal.detail]),
      [['not-possible', 'impossible-facts']],
    );
  });

  it('is closed as well where the thread was made before a restart', async () => {
    const ledger = openMemoryLedger();
    const outlives: Ledger = { ...ledger, [Symbol.asyncDispose]: () => Promise.resolve() };
    const policies = policyForAll('microsoft');
    {
      await using w = await world(outlives, { policies });
      await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'opens the thread', 'one' as RemoteId));
      await w.gateway.settled();
    }
    await using w = await world(ledger, { policies });
    w.directory.apply({ kind: 'put', person: moved });
    await w.teams.sink.take(w.message('teams', alice.id, heidi.id, 'too late for it', 'two' as RemoteId));
    await w.gateway.settled();
    assert.deepEqual(
      w.teams.told.map(({ refusal }) => [refusal.id, refusal.detail]),
      [['thread-closed', 'moved-home']],
    );
    assert.equal(w.skype.delivered.length, 0);
  });

  it('is closed when the recipient was upgraded and does not see the thread, which the gateway made', async () => {
    await using w = await world();
    const thread = 'teams thread' as ThreadKey;
    w.teams.unshared.add(thread);
    await w.skype.sink.take(w.message('skype', heidi.id, alice.id, 'opens the thread'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'put', person: { ...heidi, mode: 'TeamsOnly' } });
    for (const text of ['to where she does not look', 'however often']) {
      await w.teams.sink.take(w.message('teams', alice.id, heidi.id, text));
      await w.gateway.settled();
    }
    assert.deepEqual(
      w.teams.told.map(({ refusal }) => [refusal.id, refusal.detail]),
      [
        ['thread-closed', 'upgraded'],
        ['thread-closed', 'upgraded'],
      ],
    );
    assert.equal(w.skype.delivered.length, 0);
  });

  it('goes on in a thread that the gateway made although the recipient is in Teams now', async () => {
    await using w = await world();
    w.teams.unshared.add('teams thread' as ThreadKey);
    await w.skype.sink.take(w.message('skype', bob.id, alice.id, 'opens the thread'));
    await w.gateway.settled();
    w.seen('teams', bob.id, of('Available'));
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'still to SfB'));
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.delivered.map(({ body }) => body),
      [{ format: 'text', text: 'still to SfB' }],
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
