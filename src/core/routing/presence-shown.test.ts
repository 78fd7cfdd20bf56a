import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CoexistenceMode, type Home, homes, modes, type Side, sides } from '../people.ts';
import { isSfbMode, type Scope, scopes } from './facts.ts';
import { presenceShown } from './presence-shown.ts';

const everyWatch = scopes.flatMap((scope) => sides.map((watcherClient) => ({ scope, watcherClient })));

describe('the presence a watcher is shown', () => {
  it("is a TeamsOnly publisher's in Teams and an SfB publisher's in Skype for Business, to everybody", () => {
    for (const watch of everyWatch)
      for (const mode of modes) {
        if (mode === 'TeamsOnly')
          assert.equal(presenceShown({ ...watch, publisher: { mode, home: 'online' } }).shows, 'teams');
        if (isSfbMode(mode))
          for (const home of homes)
            assert.equal(presenceShown({ ...watch, publisher: { mode, home } }).shows, 'skype');
      }
  });

  it('is, of a publisher with two, the one in Teams only for a watcher in Teams of the same tenant', () => {
    for (const watch of everyWatch)
      for (const mode of ['Islands', 'Legacy'] as const)
        for (const home of ['online', 'onPrem'] as const)
          assert.equal(
            presenceShown({ ...watch, publisher: { mode, home } }).shows,
            watch.scope === 'inTenant' && watch.watcherClient === 'teams' ? 'teams' : 'skype',
          );
  });

  it('is the one in Teams of a publisher who has no other', () => {
    for (const watch of everyWatch)
      assert.equal(presenceShown({ ...watch, publisher: { mode: 'Islands', home: 'none' } }).shows, 'teams');
  });

  it('is, in a thread, the one of the side to which the thread is routed', () => {
    for (const watch of everyWatch)
      for (const mode of modes)
        for (const threadLands of sides)
          assert.equal(
            presenceShown({ ...watch, publisher: { mode, home: 'online' }, threadLands }).shows,
            threadLands,
          );
  });

  it('is told with the rule that decided', () => {
    const rule = (
      mode: CoexistenceMode,
      home: Home,
      watcherClient: Side,
      scope: Scope = 'inTenant',
      threadLands?: Side,
    ) =>
      presenceShown({
        scope,
        watcherClient,
        publisher: { mode, home },
        ...(threadLands && { threadLands }),
      }).rule;
    assert.equal(rule('TeamsOnly', 'online', 'skype'), 'publisher-teams-only');
    assert.equal(rule('SfBWithTeamsCollab', 'online', 'teams'), 'publisher-sfb');
    assert.equal(rule('Legacy', 'none', 'skype', 'federated'), 'publisher-in-teams-alone');
    assert.equal(rule('Islands', 'online', 'teams'), 'islands-teams');
    assert.equal(rule('Islands', 'online', 'skype'), 'islands-sfb');
    assert.equal(rule('Islands', 'online', 'teams', 'federated'), 'islands-sfb');
    assert.equal(rule('TeamsOnly', 'online', 'teams', 'inTenant', 'skype'), 'thread');
  });
});
