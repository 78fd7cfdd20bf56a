import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import { personId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import { noRemarks } from '../../core/presence/remarks.ts';

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

  it('is told of within the lease though every notification is lost', async () => {
    await teams.actor(alice).signIn();
    await teams.connector.watch([alice]);
    teams.losing = true;
    await teams.actor(alice).signOut();
    const lost = teams.clock.now();
    await eventually('alice gone', () => {
      teams.clock.advance(500);
      return teams.sink.latest(alice)?.availability === 'Offline';
    });
    assert.ok(teams.clock.now() - lost <= 60_000, `${teams.clock.now() - lost} ms`);
  });

  it('is told of as soon as Graph answers again after an outage, and by its subscription from then on', async () => {
    await teams[Symbol.asyncDispose]();
    let isDown = false;
    teams = await openTeamsWorld({ fault: () => (isDown ? 'cut' : 'pass') });
    await teams.connector.watch([alice]);
    const subscription = () =>
      teams.connector.status().find(({ name }) => name.startsWith('presence of contoso'));
    assert.equal(subscription()?.state, 'connected');
    isDown = true;
    await eventually('the outage is noticed', () => {
      teams.clock.advance(5_000);
      return subscription()?.state === 'disconnected';
    });
    for (let minutes = 0; minutes < 10; minutes += 1) {
      teams.clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await teams.actor(alice).signIn();
    isDown = false;
    const back = teams.clock.now();
    await eventually('alice, and the subscription', () => {
      teams.clock.advance(100);
      return teams.sink.latest(alice)?.availability === 'Available' && subscription()?.state === 'connected';
    });
    assert.ok(teams.clock.now() - back <= 7_000, `${teams.clock.now() - back} ms`);
  });

  for (const [minutes, how] of [
    [5, 'ahead'],
    [-5, 'behind'],
  ] as const) {
    it(`is told of by a subscription although the gateway’s clock is five minutes ${how}`, async () => {
      await teams[Symbol.asyncDispose]();
      teams = await openTeamsWorld({ skewMs: minutes * 60_000 });
      await teams.connector.watch([alice]);
      const subscription = teams.connector.status().find(({ name }) => name.startsWith('presence'));
      assert.equal(subscription?.state, 'connected');
      await teams.actor(alice).signIn();
      await eventually(
        'alice, with no time passed',
        () => teams.sink.latest(alice)?.availability === 'Available',
      );
    });
  }

  it('carries a status message, and only what the gateway set is taken away', async () => {
    const status = () => teams.actor(alice).statusOf(bob.id);
    const note = (text: string) => ({ ...noRemarks, note: { kind: 'text', text } }) as const;
    await teams.connector.remark(bob, note('Nobody is shown yet'));
    assert.equal(await status(), '');
    await teams.connector.publish(bob, { availability: 'Available', activity: 'None' });
    await teams.connector.remark(bob, note('Lunch'));
    assert.equal(await status(), 'Lunch');
    await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' });
    assert.equal(await status(), '');
    await teams.actor(bob).setStatus('My own');
    await teams.connector.publish(bob, { availability: 'Available', activity: 'None' });
    await teams.connector.remark(bob, noRemarks);
    await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' });
    assert.equal(await status(), 'My own');
  });

  it('is taken away for a run that ended without a word, with all that it had set', async () => {
    const busy = { availability: 'DoNotDisturb', activity: 'None' } as const;
    const remarks = { ...noRemarks, note: { kind: 'text', text: 'Left' } } as const;
    await teams.actor(bob).prefer('DoNotDisturb');
    await teams.actor(bob).setStatus('Left');
    teams.connector.inherit([{ person: bob, presence: busy, remarks }]);
    await teams.connector.publish(bob, { availability: 'Offline', activity: 'None' });
    await teams.actor(bob).signIn();
    const { availability } = await teams.actor(alice).presenceOf(bob.id);
    assert.deepEqual([availability, await teams.actor(alice).statusOf(bob.id)], ['Available', '']);
  });

  it('is told of 2,000 people: by one subscription as long as Graph takes, and by reading the others', async () => {
    const numbered = (prefix: string) =>
      Array.from({ length: 1_000 }, (_, n): Person => {
        const objectId = `${prefix}-0000-4000-8000-${String(n).padStart(12, '0')}`;
        const upn = `${prefix}${n}@contoso.example`;
        return { ...alice, id: personId(upn), teams: { kind: 'account', objectId, upn } };
      });
    const before = numbered('00000000');
    const behind = numbered('ffffffff');
    await teams.connector.watch([...before, bob, ...behind]);
    const states = teams.connector
      .status()
      .filter(({ name }) => name.startsWith('presence of contoso'))
      .map(({ state }) => state);
    assert.deepEqual(states, ['connected'], 'Graph refuses more than 650 in one, and a second one');
    for (const [who, within] of [
      ['among the others', 3_000],
      ['in the subscription', 0],
    ] as const) {
      if (who === 'in the subscription') await teams.connector.watch([bob, ...behind]);
      await teams
        .actor(bob)
        .signOut()
        .catch(() => undefined);
      await eventually('bob gone', () => {
        teams.clock.advance(500);
        return teams.sink.latest(bob)?.availability === 'Offline';
      });
      await teams.actor(bob).signIn();
      const start = teams.clock.now();
      await eventually(`bob, ${who}`, () => {
        if (teams.sink.latest(bob)?.availability === 'Available') return true;
        if (within > 0) teams.clock.advance(50);
        return false;
      });
      assert.ok(teams.clock.now() - start <= within, `${who}: ${teams.clock.now() - start} ms`);
    }
  });
});
