import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import type { Person } from '../../core/people.ts';
import type { Reading } from '../../gateway/connector.ts';
import { remoteId, threadKey } from './ids.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');

describe('what a person has read in Teams', () => {
  let teams: TeamsWorld;
  let reading: Reading;
  let chat = '';
  beforeEach(async () => {
    teams = await openTeamsWorld();
    assert.ok(teams.connector.reading);
    reading = teams.connector.reading;
    chat = await teams.actor(bob).chatWith(alice.id);
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  const hasRead = (person: Person, message: string) =>
    reading.hasRead(person, threadKey({ kind: 'direct', chatId: chat }), remoteId(message), teams.never);
  const markRead = (person: Person) =>
    reading.markRead(person, threadKey({ kind: 'direct', chatId: chat }), teams.never);

  it('is seen through their own account: nothing at first, then what they have read, and no newer message', async () => {
    teams.link(alice);
    const first = await teams.actor(bob).say(chat, 'one');
    assert.equal(await hasRead(alice, first), false);
    await teams.actor(alice).markRead(chat);
    assert.equal(await hasRead(alice, first), true);
    teams.clock.advance(1_000);
    const second = await teams.actor(bob).say(chat, 'two');
    assert.deepEqual([await hasRead(alice, first), await hasRead(alice, second)], [true, false]);
  });

  it('is marked through their own account, and through it alone', async () => {
    teams.link(alice);
    const message = await teams.actor(bob).say(chat, 'one');
    await markRead(alice);
    assert.equal(await hasRead(alice, message), true);
    assert.equal(await teams.actor(alice).hasRead(chat), true);
  });

  it('is not known, and not changed, of somebody who is not linked', async () => {
    const message = await teams.actor(bob).say(chat, 'one');
    assert.equal(await hasRead(alice, message), undefined);
    await markRead(alice);
    assert.equal(await teams.actor(alice).hasRead(chat), false);
  });

  it('counts as unread while Graph says nothing of it: it is asked again', async () => {
    teams.link(alice);
    const unknownChat = threadKey({ kind: 'direct', chatId: '19:nowhere@unq.gbl.spaces' });
    assert.equal(await reading.hasRead(alice, unknownChat, remoteId('1'), teams.never), false);
  });
});
