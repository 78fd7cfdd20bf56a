import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
describe('presence in Teams', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  it('is reported when watching begins and whenever it changes', async () => {
    await teams.actor(alice).signIn();
    await teams.connector.watch([alice, bob]);
    assert.equal(teams.sink.latest(alice)?.availability, 'Available');
    assert.equal(teams.sink.latest(bob)?.availability, 'Offline');
    await teams.actor(bob).signIn('Busy', 'InACall');
    await eventually('bob in a call', () => teams.sink.latest(bob)?.activity === 'InACall');
    await teams.actor(bob).signOut();
    await eventually('bob gone', () => teams.sink.latest(bob)?.availability === 'Offline');
  });

  it('is read of people that no subscription tells of', async () => {
    await teams.connector.watch([]);
    await teams.actor(alice).signIn();
    await teams.connector.watch([alice]);
    const before = teams.sink.observed.length;
    teams.clock.advance(6 * 60_000);
    await eventually('a read-back', () => teams.sink.observed.length > before);
  });

  it('is published, changed, held longer than its session, and taken away', async () => {
    const shown = async () => teams.actor(alice).presenceOf(bob.id);
    assert.deepEqual(await teams.connector.publish(bob, { availability: 'Available', activity: 'None' }), {
      kind: 'published',
    });
    assert.equal((await shown()).availability, 'Available');
    await teams.connector.publish(bob, { availability: 'DoNotDisturb', activity: 'None' });
    assert.equal((await shown()).availability, 'DoNotDisturb');
    await teams.connector.publish(bob, { availability: 'Busy', activity: 'InACall' });
    assert.deepEqual([(await shown()).availability, (await shown()).activity], ['Busy', 'InACall']);
    for (let minutes = 0; minutes < 12; minutes += 4) {
      teams.clock.advance(4 * 60_000);
      await teams.connector.publish(alice, { availability: 'PresenceUnknown', activity: 'None' });
    }
    await eventually('held', async () => (await shown()).activity === 'InACall');
    await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' });
    assert.equal((await shown()).availability, 'Offline');
    assert.deepEqual(await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' }), {
      kind: 'published',
    });
  });
});
