import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import { conversationOf, type MessageId } from '../../core/ids.ts';

const alice = sandboxPerson('alice');
const carol = sandboxPerson('carol');
describe('telling a sender in Teams', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  it('tells a sender in a chat of its own, and marks the message that failed', async () => {
    teams.link(alice);
    const chat = await teams.actor(alice).chatWith(carol.id);
    const id = await teams.actor(alice).say(chat, 'lost <words>');
    const [failed] = await eventually('the message', () => teams.sink.taken.length > 0 && teams.sink.taken);
    assert.ok(failed);
    const outcome = await teams.connector.tell(
      {
        message: 'm1' as MessageId,
        conversation: conversationOf(alice.id, carol.id),
        to: alice,
        about: carol,
        refusal: { id: 'offline', side: 'skype', person: 'Carol Clark' },
        thread: failed.thread,
        remoteId: failed.remoteId,
        body: failed.body,
      },
      teams.never,
    );
    assert.equal(outcome.kind, 'delivered');
    const notice = await teams.actor(alice).seesAnywhere('Not delivered to Carol Clark');
    assert.equal(
      notice.content,
      '<p><b>Not delivered to Carol Clark: Carol Clark is offline in Skype for Business.</b></p>' +
        '<p>Send the message again when the person is signed in.</p>' +
        `<blockquote>lost &lt;words&gt;</blockquote><p>Message ${id}</p>`,
    );
    const [original] = await teams.actor(alice).messages(chat);
    assert.deepEqual(original?.reactions, ['⚠️']);
  });
});
