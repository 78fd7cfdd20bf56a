import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
describe('asking Teams whether a message is there', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  it('finds what was written as the author, by its text', async () => {
    teams.link(bob);
    const chat = await teams.actor(bob).chatWith(alice.id);
    const asked = teams.order(bob, alice, 'is it there?');
    assert.deepEqual(await teams.connector.find(asked, teams.never), { kind: 'absent' });
    const id = await teams.actor(bob).say(chat, '<p>is it&nbsp;there?</p>', 'html');
    assert.deepEqual(await teams.connector.find(asked, teams.never), {
      kind: 'found',
      thread: chat,
      remoteId: id,
      as: 'author',
    });
  });

  it('finds it although the clock here has jumped since', async () => {
    teams.link(bob);
    const chat = await teams.actor(bob).chatWith(alice.id);
    const id = await teams.actor(bob).say(chat, 'now');
    const asked = { ...teams.order(bob, alice, 'now'), firstAttemptAt: teams.clock.now() + 90_000 };
    const finding = await teams.connector.find(asked, teams.never);
    assert.equal(finding.kind === 'found' && finding.remoteId, id);
  });

  it('does not take an older message, one of somebody else, or one already accounted for', async () => {
    teams.link(bob);
    const chat = await teams.actor(bob).chatWith(alice.id);
    await teams.actor(bob).say(chat, 'same');
    teams.clock.advance(360_000);
    await teams.actor(alice).say(chat, 'same');
    const first = await teams.connector.deliver(teams.order(bob, alice, 'same'), teams.never);
    assert.equal(first.kind, 'delivered');
    assert.deepEqual(await teams.connector.find(teams.order(bob, alice, 'same'), teams.never), {
      kind: 'absent',
    });
  });

  it('does not take an equal message that an earlier run has on record', async () => {
    teams.link(bob);
    const chat = await teams.actor(bob).chatWith(alice.id);
    const id = await teams.actor(bob).say(chat, 'ok');
    teams.sink.onRecord.add(`${chat} ${id}`);
    assert.deepEqual(await teams.connector.find(teams.order(bob, alice, 'ok'), teams.never), {
      kind: 'absent',
    });
  });
});
