import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { alice, bob, heidi, of, openGatewayWorld as world } from '../../test/kit/gateway-world.ts';
import type { ScriptedConnector } from '../../test/kit/scripted-connector.ts';
import type { Presence } from '../core/presence/presence.ts';
import { noRemarks, type Remarks } from '../core/presence/remarks.ts';
import { openMemoryLedger } from '../ledger/memory/open.ts';
import type { Ledger } from './ledger.ts';
import { defaultPresence } from './presence.ts';

const note = (text: string): Remarks => ({ ...noRemarks, note: { kind: 'text', text } });
const published = ({ published: all }: ScriptedConnector) =>
  all.map(({ person, presence }) => `${person.displayName} ${presence.availability}`);
const remarked = ({ remarked: all }: ScriptedConnector) =>
  all.map(({ person, remarks: { note: said, outOfOffice } }) =>
    [person.displayName, said.kind === 'text' ? said.text : '-', outOfOffice.kind].join(' '),
  );

/** A ledger that outlives the gateways that use it. */
function lasting() {
  const ledger = openMemoryLedger();
  const kept: Ledger = { ...ledger, [Symbol.asyncDispose]: () => Promise.resolve() };
  return { kept, [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose]() };
}

type World = Awaited<ReturnType<typeof world>>;

const says = (w: World, side: 'teams' | 'skype', person: typeof alice, remarks: Remarks): void => {
  const connector = side === 'teams' ? w.teams : w.skype;
  connector.sink.remarks({ side, person: person.id, remarks, observedAt: w.clock.now() });
};

describe('the pace of presence', () => {
  const paced = { presence: defaultPresence };

  it('lets the first change out at once, the next after the pace, and of those between only the last', async () => {
    await using w = await world(undefined, paced);
    w.seen('teams', alice.id, of('Available'));
    await turn();
    assert.deepEqual(published(w.skype), ['Alice Available']);
    w.clock.advance(1_000);
    for (const availability of ['Busy', 'Away', 'DoNotDisturb'] as const)
      w.seen('teams', alice.id, of(availability));
    w.clock.advance(3_900);
    await turn();
    assert.deepEqual(published(w.skype), ['Alice Available']);
    w.clock.advance(100);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Available', 'Alice DoNotDisturb']);
  });

  it('lets a sign-out go at once, and with it what was held back', async () => {
    await using w = await world(undefined, paced);
    w.seen('teams', alice.id, of('Available'));
    await turn();
    w.seen('teams', alice.id, of('Busy'));
    w.seen('teams', alice.id, of('Offline'));
    await w.gateway.settled();
    w.clock.advance(60_000);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Available', 'Alice Offline']);
  });

  it('holds up nobody else', async () => {
    await using w = await world(undefined, paced);
    w.seen('teams', alice.id, of('Available'));
    w.seen('teams', bob.id, of('Available'));
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Available', 'Bob Available']);
  });
});

describe('a sign-out that a network does not take', () => {
  it('does not make the endpoint that is left the person’s own client', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Available'));
    await w.gateway.settled();
    w.seen('skype', alice.id, of('Available'));
    w.skype.onPublish = () => ({ kind: 'failed', refusal: { id: 'unreachable', side: 'skype', detail: '' } });
    w.seen('teams', alice.id, of('Offline'));
    for (let minute = 0; minute < 10; minute++) {
      await turn();
      w.clock.advance(60_000);
    }
    assert.deepEqual(published(w.teams), []);
    assert.equal(w.gateway.ownPresence(alice, 'skype'), undefined);
    w.skype.onPublish = () => {
      w.clock.setTimer(5_000, () => w.seen('skype', alice.id, of('Offline')));
      return { kind: 'published' };
    };
    for (let second = 0; second < 120; second++) {
      await turn();
      w.clock.advance(1_000);
    }
    await w.gateway.settled();
    assert.deepEqual(w.gateway.ownPresence(alice, 'skype'), of('Offline'));
    assert.deepEqual(published(w.teams), []);
  });
});

describe('the history of presence', () => {
  it('has nothing of reports that came too late, or say nothing', async () => {
    await using w = await world();
    const now = w.clock.now();
    const reports = (presence: Presence, observedAt: number) =>
      w.teams.sink.presence({ side: 'teams', person: alice.id, presence, observedAt });
    reports(of('Busy'), now);
    reports(of('Available'), now - 60_000);
    reports(of('PresenceUnknown'), now);
    const history = await w.gateway.presenceHistory(alice.id);
    const seen = history.filter(({ kind }) => kind === 'seen');
    assert.deepEqual(
      seen.map(({ presence }) => presence),
      [of('Busy')],
    );
  });

  it('of somebody who was removed is not begun again by their being taken off show', async () => {
    await using w = await world();
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    w.directory.apply({ kind: 'remove', person: alice.id });
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Busy', 'Alice Offline']);
    assert.deepEqual(await w.gateway.presenceHistory(alice.id), []);
  });

  it('outlives the gateway', async () => {
    await using ledger = lasting();
    {
      await using w = await world(ledger.kept);
      w.seen('teams', alice.id, of('Busy'));
      await w.gateway.settled();
    }
    await using w = await world(ledger.kept);
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    const history = await w.gateway.presenceHistory(alice.id);
    assert.deepEqual(
      history.map(({ side, kind, presence }) => `${side} ${kind} ${presence?.availability}`).reverse(),
      ['teams seen Busy', 'skype shown Busy', 'skype shown Busy'],
    );
  });

  it('of somebody who was removed is not there when they are added again, nor in the next run', async () => {
    await using ledger = lasting();
    {
      await using w = await world(ledger.kept);
      w.seen('teams', alice.id, of('Busy'));
    }
    await using w = await world(ledger.kept);
    assert.notDeepEqual(await w.gateway.presenceHistory(alice.id), []);
    w.directory.apply({ kind: 'remove', person: alice.id });
    await w.gateway.settled();
    w.directory.apply({ kind: 'put', person: alice });
    assert.deepEqual(await w.gateway.presenceHistory(alice.id), []);
    assert.deepEqual(await ledger.kept.kept.keys('presence-history'), []);
  });
});

describe('remarks through the gateway', () => {
  it('go where the presence goes, once it is shown', async () => {
    await using w = await world();
    says(w, 'skype', alice, noRemarks);
    says(w, 'teams', alice, note('Lunch'));
    await w.gateway.settled();
    assert.deepEqual(remarked(w.skype), []);
    w.seen('teams', alice.id, of('Available'));
    await w.gateway.settled();
    assert.deepEqual(remarked(w.skype), ['Alice Lunch no']);
    says(w, 'teams', alice, noRemarks);
    await w.gateway.settled();
    assert.deepEqual(remarked(w.skype), ['Alice Lunch no', 'Alice - no']);
  });

  it('say in either client that somebody is out of office', async () => {
    await using w = await world();
    w.seen('skype', heidi.id, of('Away'));
    says(w, 'skype', heidi, { ...noRemarks, outOfOffice: { kind: 'yes', message: 'Back on Monday' } });
    await w.gateway.settled();
    assert.deepEqual(remarked(w.teams), ['Heidi - yes']);
  });

  it('are not said again because the other side shows them', async () => {
    await using w = await world();
    says(w, 'skype', alice, noRemarks);
    w.seen('teams', alice.id, of('Available'));
    says(w, 'teams', alice, note('Lunch'));
    await w.gateway.settled();
    w.seen('skype', alice.id, of('Available'));
    says(w, 'skype', alice, note('Lunch'));
    w.clock.advance(60_000);
    await w.gateway.settled();
    assert.deepEqual(remarked(w.skype), ['Alice Lunch no']);
    assert.deepEqual(remarked(w.teams), []);
  });

  it('are left to the person who has put their own in their place, at once where they would go with the presence', async () => {
    await using w = await world();
    says(w, 'skype', alice, noRemarks);
    w.seen('teams', alice.id, of('Available'));
    says(w, 'teams', alice, note('Lunch'));
    await w.gateway.settled();
    says(w, 'skype', alice, note('Mine'));
    assert.deepEqual(w.skype.left, []);
    let wasLeft = false;
    w.skype.onPublish = () => {
      wasLeft = w.skype.left.includes(alice.id);
      return { kind: 'published' };
    };
    w.seen('teams', alice.id, of('Offline'));
    await w.gateway.settled();
    assert.ok(wasLeft);
    assert.deepEqual(remarked(w.skype), ['Alice Lunch no']);
  });

  it('are shown to who looks on, with the last time a client was used', async () => {
    await using w = await world();
    says(w, 'skype', heidi, note('Hi'));
    w.skype.sink.lastActive('skype', heidi.id, 1_000);
    const { skype } = w.gateway.presence(heidi).sides;
    assert.deepEqual([skype.remarks, skype.lastActiveAt], [note('Hi'), 1_000]);
    assert.equal(skype.endpointLeaseMs, w.skype.capabilities.endpointLeaseMs);
  });
});

describe('what an earlier run left on show', () => {
  /** A run that shows alice in SfB and heidi in Teams, with a note, and ends without a word. */
  async function leave(kept: Ledger) {
    await using w = await world(kept);
    says(w, 'skype', alice, noRemarks);
    w.seen('teams', alice.id, of('Busy'));
    says(w, 'teams', alice, note('Lunch'));
    w.seen('skype', heidi.id, of('Available'));
    await w.gateway.settled();
  }

  it('is taken back where it is still true', async () => {
    await using ledger = lasting();
    await leave(ledger.kept);
    await using w = await world(ledger.kept);
    assert.deepEqual(
      w.skype.inherited.map(({ person, presence, remarks }) => [person.id, presence.availability, remarks]),
      [[alice.id, 'Busy', note('Lunch')]],
    );
    assert.deepEqual(published(w.skype), []);
    w.seen('teams', alice.id, of('Busy'));
    says(w, 'teams', alice, note('Lunch'));
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Busy']);
    assert.deepEqual(remarked(w.skype), ['Alice Lunch no']);
    w.clock.advance(120_000);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Busy']);
  });

  it('goes at once where the person has signed out meanwhile', async () => {
    await using ledger = lasting();
    await leave(ledger.kept);
    await using w = await world(ledger.kept);
    w.seen('teams', alice.id, of('Offline'));
    w.seen('skype', heidi.id, of('Offline'));
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Offline']);
    assert.deepEqual(published(w.teams), ['Heidi Offline']);
    assert.deepEqual(await ledger.kept.kept.list('on-show'), []);
  });

  it('goes after the lease where nothing tells whether it is true', async () => {
    await using ledger = lasting();
    await leave(ledger.kept);
    await using w = await world(ledger.kept);
    w.clock.advance(59_000);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), []);
    w.clock.advance(1_000);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Offline']);
    assert.deepEqual(published(w.teams), ['Heidi Offline']);
  });

  it('is not taken for the person’s own client', async () => {
    await using ledger = lasting();
    await leave(ledger.kept);
    await using w = await world(ledger.kept);
    w.seen('skype', alice.id, of('Busy'));
    await w.gateway.settled();
    assert.deepEqual(w.gateway.presence(alice).sides.skype.seen, of('Busy'));
    assert.deepEqual(published(w.teams), []);
  });

  it('goes at once where the mode no longer allows it', async () => {
    await using ledger = lasting();
    await leave(ledger.kept);
    await using w = await world(ledger.kept, {}, [{ ...alice, mode: 'Islands' }, bob, heidi]);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Offline']);
  });

  it('goes at once through the old account where the person has another one now, or is not there any more', async () => {
    await using ledger = lasting();
    await leave(ledger.kept);
    await using w = await world(ledger.kept, {}, [bob]);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), ['Alice Offline']);
    assert.deepEqual(published(w.teams), ['Heidi Offline']);
    assert.deepEqual(await ledger.kept.kept.list('on-show'), []);
  });

  it('is forgotten where it cannot be read', async () => {
    await using ledger = lasting();
    await ledger.kept.kept.put('on-show', 'skype x', { side: 'skype', person: 7 });
    await using w = await world(ledger.kept);
    await w.gateway.settled();
    assert.deepEqual(published(w.skype), []);
    assert.deepEqual(await ledger.kept.kept.list('on-show'), []);
  });
});
