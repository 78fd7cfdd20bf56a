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

  it('is read back though a subscription tells of it', async () => {
    await teams.connector.watch([]);
    await teams.actor(alice).signIn();
    await teams.connector.watch([alice]);
    const before = teams.sink.observed.length;
    await eventually('a read-back', () => {
      teams.clock.advance(20_000);
      return teams.sink.observed.length > before;
    });
  });

  it('is published, changed and taken away, even when it is away already', async () => {
    const shown = async () => teams.actor(alice).presenceOf(bob.id);
    assert.deepEqual(await teams.connector.publish(bob, { availability: 'Available', activity: 'None' }), {
      kind: 'published',
    });
    assert.equal((await shown()).availability, 'Available');
    await teams.connector.publish(bob, { availability: 'DoNotDisturb', activity: 'None' });
    assert.equal((await shown()).availability, 'DoNotDisturb');
    await teams.connector.publish(bob, { availability: 'Busy', activity: 'InACall' });
    assert.deepEqual([(await shown()).availability, (await shown()).activity], ['Busy', 'InACall']);
    await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' });
    assert.equal((await shown()).availability, 'Offline');
    assert.deepEqual(await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' }), {
      kind: 'published',
    });
  });

  it('is held by setting it again before its session ends, and goes when the gateway stops', async () => {
    await teams[Symbol.asyncDispose]();
    let sets = 0;
    teams = await openTeamsWorld({
      fault({ url = '' }) {
        if (url.endsWith('/setPresence')) sets += 1;
        return 'pass';
      },
    });
    const shown = async () => (await teams.actor(alice).presenceOf(bob.id)).availability;
    await teams.connector.publish(bob, { availability: 'Busy', activity: 'InACall' });
    for (let seconds = 0; seconds < 12 * 60; seconds += 30) {
      teams.clock.advance(30_000);
      assert.equal(await shown(), 'Busy', `after ${seconds + 30} s`);
    }
    assert.ok(sets >= 3);
    await teams.connector[Symbol.asyncDispose]();
    assert.equal(await shown(), 'Offline');
  });

  for (const [what, gatewayPassword] of [
    ['has no account of its own', null],
    ['cannot sign in to its account', 'wrong'],
  ] as const) {
    it(`is read in turn where the gateway ${what} to subscribe with`, async () => {
      await teams[Symbol.asyncDispose]();
      teams = await openTeamsWorld({ gatewayPassword });
      await teams.connector.watch([alice]);
      assert.equal(teams.sink.latest(alice)?.availability, 'Offline');
      await teams.actor(alice).signIn();
      teams.clock.advance(17_000);
      await eventually('alice', () => teams.sink.latest(alice)?.availability === 'Available');
    });
  }
});
