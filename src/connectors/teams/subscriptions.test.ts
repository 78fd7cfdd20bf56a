import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import * as world from '../../sandbox/world.ts';
import { loadCursor, oldest } from './cursor.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
const carol = sandboxPerson('carol');
const alicesTenant = world.tenants.find(({ domain }) => domain === alice.tenant)?.id ?? '';
describe('the subscriptions of the Teams connector', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  const ids = () => [...teams.service.notifier.registry.all()].map(({ subscription }) => subscription.id);

  it('are renewed before they end', async () => {
    const before = ids();
    assert.equal(before.length, world.tenants.length);
    const ends = () => [...teams.service.notifier.registry.all()].map(({ expiresAt }) => expiresAt);
    for (let renewals = 0; renewals < 6; renewals++) {
      const [end = 0] = ends();
      await eventually('a renewal', () => {
        teams.clock.advance(60_000);
        return ends().every((each) => each > end);
      });
    }
    assert.deepEqual(ids(), before);
    const chat = await teams.actor(alice).chatWith(bob.id);
    await teams.actor(alice).say(chat, 'much later');
    await eventually('the message', () => teams.sink.taken.length === 1);
  });

  it('are made again when Graph takes them away', async () => {
    const [first = ''] = ids();
    teams.service.notifier.revoke(first);
    await eventually('another', () => ids().length === world.tenants.length && !ids().includes(first));
    const chat = await teams.actor(alice).chatWith(bob.id);
    await teams.actor(alice).say(chat, 'afterwards');
    await eventually('the message', () => {
      teams.clock.advance(50);
      return teams.sink.taken.length > 0;
    });
  });

  it('bring up what was written while Graph had lost them without a word', async () => {
    const oldChat = await teams.actor(alice).chatWith(carol.id);
    const old = await teams.actor(alice).say(oldChat, 'long known');
    const everybodyReadUpTo = (at: number) =>
      eventually(
        'everybody read',
        async () => {
          teams.clock.advance(1_000);
          const cursor = await loadCursor(teams.kept, alicesTenant);
          return cursor !== undefined && oldest(cursor) > at;
        },
        30_000,
      );
    await everybodyReadUpTo(teams.clock.now() + 60_000);
    const timesOldTaken = teams.sink.timesTaken(old);
    teams.clock.advance(15 * 60_000);
    const chat = await teams.actor(alice).chatWith(bob.id);
    teams.losing = true;
    const between = await teams.actor(alice).say(chat, 'lost on the way');
    await everybodyReadUpTo(teams.clock.now());
    assert.ok(teams.sink.timesTaken(between) > 0);
    teams.losing = false;
    for (const id of ids()) teams.service.notifier.unsubscribe(id);
    const lost = await teams.actor(alice).say(chat, 'while nobody listened');
    await teams.actor(alice).call('POST', `/chats/${oldChat}/messages/${old}/setReaction`, {
      reactionType: '👍',
    });
    teams.clock.advance(16 * 60_000);
    await everybodyReadUpTo(teams.clock.now());
    await eventually('subscriptions again', () => ids().length === world.tenants.length);
    assert.ok(teams.sink.timesTaken(lost) > 0);
    assert.equal(teams.sink.timesTaken(old), timesOldTaken);
    assert.ok(teams.sink.counted.silence >= 1);
  });

  it('are looked after at once when a message comes up that they did not tell of', async () => {
    for (const id of ids()) teams.service.notifier.unsubscribe(id);
    const chat = await teams.actor(alice).chatWith(bob.id);
    const lost = await teams.actor(alice).say(chat, 'nobody tells of this');
    const began = teams.clock.now();
    await eventually('a subscription again', () => {
      teams.clock.advance(1_000);
      return ids().length > 0;
    });
    assert.ok(teams.sink.timesTaken(lost) > 0);
    assert.ok(teams.clock.now() - began < 5 * 60_000);
  });

  it('show in the status while they cannot be had', async () => {
    assert.deepEqual(
      teams.connector.status().map(({ name, state }) => [name, state]),
      [['graph', 'connected'], ...world.tenants.map(({ domain }) => [`messages of ${domain}`, 'connected'])],
    );
    await teams.service[Symbol.asyncDispose]();
    teams.clock.advance(31 * 60_000);
    await eventually('disconnected', () =>
      teams.connector
        .status()
        .every(({ state, refusal }) => state === 'disconnected' && refusal?.id === 'unreachable'),
    );
  });
});
