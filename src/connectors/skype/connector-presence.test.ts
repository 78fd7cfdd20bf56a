import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import type { Person } from '../../core/people.ts';
import { offline } from '../../core/presence/presence.ts';
import { alice, available, bob, carol, dave, openSkypeWorld } from './connector.test-kit.ts';

describe('presence in SfB', { timeout: 30_000 }, () => {
  it('shows a person, changes what is shown, and takes it away at once', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    assert.deepEqual(await there.connector.publish(alice, available), { kind: 'published' });
    assert.equal(await sip.presenceOf(alice.id), 'Online');
    await there.connector.publish(alice, { availability: 'Busy', activity: 'None' });
    assert.equal(await sip.presenceOf(alice.id), 'Busy');
    await there.connector.publish(alice, offline);
    assert.equal(await sip.presenceOf(alice.id), 'Offline');
  });

  it('ends with the latest of many calls', async () => {
    await using there = await openSkypeWorld();
    const sip = await there.actor(bob);
    const words = ['Available', 'Busy', 'Offline', 'Away', 'DoNotDisturb'] as const;
    await Promise.all(
      words.map((availability) => there.connector.publish(alice, { availability, activity: 'None' })),
    );
    assert.equal(await sip.presenceOf(alice.id), 'DoNotDisturb');
  });

  it('reports what watched people show', async () => {
    await using there = await openSkypeWorld();
    await there.connector.watch([bob, carol]);
    const online = await there.actor(bob);
    const onPrem = await there.actor(carol, 'Busy');
    const last = (person: Person): string | undefined =>
      there.sink.observed.findLast((seen) => seen.person === person.id)?.presence.availability;
    await eventually('bob available', () => last(bob) === 'Available');
    await eventually('carol busy', () => last(carol) === 'Busy');
    await online.setPresence('DoNotDisturb');
    await eventually('bob not to be disturbed', () => last(bob) === 'DoNotDisturb');
    await onPrem.signOut();
    await eventually('carol offline', () => last(carol) === 'Offline');
  });

  it('says why somebody cannot be shown', async () => {
    await using there = await openSkypeWorld({ linked: [] });
    const outcomes = [
      await there.connector.publish(dave, available),
      await there.connector.publish(alice, available),
    ];
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'failed' && outcome.refusal.id),
      ['not-enabled', 'not-linked'],
    );
  });

  it('counts its endpoints by pool', async () => {
    await using there = await openSkypeWorld();
    await there.connector.publish(alice, available);
    assert.deepEqual(
      there.connector.status().map(({ name, state }) => [name, state]),
      [
        ['online', 'connected'],
        ['online: endpoints 2 available, 0 lurking, 0 stopped', 'connected'],
        ['onPrem', 'connected'],
        ['onPrem: endpoints 1 available, 0 lurking, 0 stopped', 'connected'],
      ],
    );
  });
});
