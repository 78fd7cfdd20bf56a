import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../test/kit/eventually.ts';
import { alice, bob, of, openGatewayWorld as world } from '../../test/kit/gateway-world.ts';
import type { Person } from '../core/people.ts';
import type { Presence } from '../core/presence/presence.ts';

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

  it('tells the sender what became of a message to somebody who was removed before it was their turn', async () => {
    await using w = await world();
    const answer = Promise.withResolvers<void>();
    w.skype.onDeliver = async (order) => {
      await answer.promise;
      return w.skype.shown(order.message);
    };
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'under way'));
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'behind it'));
    await eventually('the write is under way', () => w.skype.delivered.length === 1);
    w.directory.apply({ kind: 'remove', person: bob.id });
    answer.resolve();
    await w.gateway.settled();
    assert.deepEqual(
      w.teams.told.map(({ to, about, refusal }) => [to.id, about.id, refusal.id]),
      [[alice.id, bob.id, 'no-such-person']],
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

  it('knows nothing more of a side that is watched no longer, and hears nothing of it', async () => {
    await using w = await world();
    w.seen('skype', alice.id, of('DoNotDisturb'));
    await w.gateway.settled();
    const islander: Person = { ...alice, mode: 'Islands' };
    w.directory.apply({ kind: 'put', person: islander });
    await w.gateway.settled();
    assert.equal(w.gateway.ownPresence(islander, 'skype'), undefined);
    w.seen('skype', alice.id, of('Busy'));
    assert.equal(w.gateway.ownPresence(islander, 'skype'), undefined);
    w.directory.apply({ kind: 'put', person: { ...alice, mode: 'SfBOnly' } });
    await w.gateway.settled();
    assert.equal(w.teams.published.at(-1)?.presence.availability, 'Offline');
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
