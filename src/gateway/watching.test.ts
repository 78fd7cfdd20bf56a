import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, bob, heidi, of, openGatewayWorld as world } from '../../test/kit/gateway-world.ts';
import { somebody } from '../../test/kit/people.ts';
import { ScriptedConnector } from '../../test/kit/scripted-connector.ts';
import { personId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { createWatching } from './watching.ts';

function watchingOf(people: readonly Person[]) {
  const connectors = { teams: new ScriptedConnector('teams'), skype: new ScriptedConnector('skype') };
  let now = people;
  const ended: string[] = [];
  const watching = createWatching({
    connectors,
    people: () => now,
    ended: (person, side) => ended.push(`${side} ${person}`),
    failed: (error) => assert.fail(String(error)),
  });
  const names = (side: 'teams' | 'skype') => connectors[side].watched.map(({ displayName }) => displayName);
  return {
    connectors,
    watching,
    ended,
    become(next: readonly Person[]): void {
      now = next;
    },
    watched: () => ({ teams: names('teams'), skype: names('skype') }),
  };
}

describe('watching', () => {
  const legacy = somebody('legacy');
  const upgraded = somebody('upgraded', { mode: 'TeamsOnly' });
  const onSkype = somebody('onSkype', { mode: 'SfBOnly' });
  const islander = somebody('islander', { mode: 'Islands' });
  const teamsAlone = somebody('teamsAlone', { home: 'none' });

  it('is of the side with the authority, of both in Legacy, and of nobody who is shown nowhere else', async () => {
    const w = watchingOf([legacy, upgraded, onSkype, islander, teamsAlone]);
    await w.watching.renew();
    assert.deepEqual(w.watched(), { teams: ['Legacy', 'Upgraded'], skype: ['Legacy', 'OnSkype'] });
  });

  it('is not of people whom the gateway cannot show on the other side, until it can', async () => {
    const w = watchingOf([legacy, upgraded, onSkype]);
    w.connectors.skype.cannotShow.add(upgraded.id).add(legacy.id);
    w.connectors.teams.cannotShow.add(onSkype.id);
    await w.watching.renew();
    assert.deepEqual(w.watched(), { teams: ['Legacy'], skype: ['Legacy'] });
    w.connectors.skype.cannotShow.clear();
    w.watching.forget(upgraded.id);
    await w.watching.renew();
    assert.deepEqual(w.watched(), { teams: ['Legacy', 'Upgraded'], skype: ['Legacy'] });
  });

  it('follows people and modes', async () => {
    const w = watchingOf([legacy, upgraded]);
    await w.watching.renew();
    w.become([{ ...upgraded, mode: 'Islands' }]);
    await w.watching.renew();
    assert.deepEqual(w.watched(), { teams: [], skype: [] });
  });

  it('tells whose side it has ended to watch', async () => {
    const w = watchingOf([legacy, upgraded]);
    await w.watching.renew();
    assert.ok(w.watching.watches(legacy.id, 'skype') && w.watching.watches(upgraded.id, 'teams'));
    w.become([
      { ...legacy, mode: 'TeamsOnly' },
      { ...upgraded, mode: 'Islands' },
    ]);
    await w.watching.renew();
    assert.deepEqual(w.ended.sort(), [`skype ${legacy.id}`, `teams ${upgraded.id}`]);
    assert.ok(!w.watching.watches(legacy.id, 'skype') && w.watching.watches(legacy.id, 'teams'));
  });

  it('lets an account go of which nothing is known any more, so that it is told of anew', async () => {
    const w = watchingOf([legacy, onSkype]);
    await w.watching.renew();
    const sets: string[][] = [];
    w.connectors.skype.watch = async (people) => void sets.push(people.map(({ displayName }) => displayName));
    w.watching.lose(onSkype, 'skype');
    w.become([legacy, { ...onSkype, id: personId('another name') }]);
    await w.watching.renew();
    assert.deepEqual(sets, [['Legacy'], ['Legacy', 'OnSkype']]);
    await w.watching.renew();
    assert.equal(sets.length, 3);
  });

  it('asks again about whom it was told to forget while it was asking', async () => {
    const w = watchingOf([upgraded]);
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<boolean>();
    w.connectors.skype.canShow = () => {
      asked.resolve();
      return answer.promise;
    };
    const first = w.watching.renew();
    await asked.promise;
    w.watching.forget(upgraded.id);
    const second = w.watching.renew();
    w.connectors.skype.canShow = async () => true;
    answer.resolve(false);
    await first;
    await second;
    assert.deepEqual(w.watched().teams, ['Upgraded']);
  });

  it('asks once about each of 2,000 people', async () => {
    const people = Array.from({ length: 2_000 }, (_, n) => somebody(`p${n}`, { mode: 'TeamsOnly' }));
    const w = watchingOf(people);
    let asked = 0;
    w.connectors.skype.canShow = async () => {
      asked += 1;
      return asked % 2 === 0;
    };
    await w.watching.renew();
    await w.watching.renew();
    assert.equal(asked, 2_000);
    assert.equal(w.watched().teams.length, 1_000);
  });
});

describe('a link that is made', () => {
  it('shows at once who was to be shown', async () => {
    await using w = await world();
    w.skype.onPublish = () => ({ kind: 'failed', refusal: { id: 'not-linked', side: 'skype' } });
    w.seen('teams', alice.id, of('Busy'));
    await w.gateway.settled();
    w.skype.onPublish = () => ({ kind: 'published' });
    w.gateway.linkChanged(alice.id, 'skype');
    w.gateway.linkChanged(bob.id, 'skype');
    w.gateway.linkChanged(heidi.id, 'teams');
    await w.gateway.settled();
    assert.deepEqual(
      w.skype.published.map(({ person, presence }) => `${person.displayName} ${presence.availability}`),
      ['Alice Busy', 'Alice Busy'],
    );
  });
});
