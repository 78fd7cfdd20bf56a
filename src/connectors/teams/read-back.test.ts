import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { openTeamsWorld, sandboxPerson, type TeamsWorld } from '../../../test/kit/teams-connector.ts';
import { contoso } from '../../sandbox/world.ts';

const alice = sandboxPerson('alice');
const bob = sandboxPerson('bob');
const hourMs = 60 * 60_000;

describe('what Graph does not tell of', () => {
  let teams: TeamsWorld;
  beforeEach(async () => {
    teams = await openTeamsWorld();
  });
  afterEach(() => teams[Symbol.asyncDispose]());

  /** The texts as they were first taken. */
  const texts = () => {
    const first = new Map(teams.sink.taken.toReversed().map((message) => [message.remoteId, message]));
    return [...new Set(teams.sink.taken.map(({ remoteId }) => remoteId))].map((id) => {
      const body = first.get(id)?.body;
      return body?.format === 'text' ? body.text : body?.html;
    });
  };
  const passing = (what: string, done: () => boolean) =>
    eventually(what, () => {
      teams.clock.advance(500);
      return done();
    });
  const messagesOf = (tenant: string) => {
    const found = [...teams.service.notifier.registry.all()].find(
      ({ tenantId, subscription }) => tenantId === tenant && subscription.resource.includes('getAllMessages'),
    );
    assert.ok(found);
    return found.subscription.id;
  };

  it('while the gateway is down for an hour is found, in order, with the time it was written', async () => {
    const chat = await teams.actor(alice).chatWith(bob.id);
    await teams.actor(alice).say(chat, 'before');
    await eventually('the first', () => teams.sink.taken.length === 1);
    await teams.down();
    for (const id of [...teams.service.notifier.registry.all()].map(({ subscription }) => subscription.id))
      teams.service.notifier.unsubscribe(id);
    const writtenAt = teams.clock.now();
    await teams.actor(alice).say(chat, 'one');
    await teams.actor(bob).say(chat, 'two');
    teams.clock.advance(hourMs);
    await teams.actor(alice).say(chat, 'three');
    teams.clock.advance(1_000);
    await teams.up();
    await passing('all of them', () => texts().length === 4);
    assert.deepEqual(texts(), ['before', 'one', 'two', 'three']);
    const one = teams.sink.taken.find(({ body }) => body.format === 'text' && body.text === 'one');
    assert.ok(one && Math.abs(one.writtenAt - writtenAt) < 1_000);
    assert.equal(teams.sink.counted.gap, 3);
  });

  it('is taken before what is told of later in the same chat', async () => {
    const chat = await teams.actor(alice).chatWith(bob.id);
    await teams.actor(alice).say(chat, 'before');
    await eventually('the first', () => teams.sink.taken.length === 1);
    teams.losing = true;
    await teams.actor(alice).say(chat, 'lost one');
    await teams.actor(bob).say(chat, 'lost two');
    await teams.service.notifier.idle();
    await teams.down();
    teams.losing = false;
    await teams.up();
    await teams.actor(alice).say(chat, 'told of');
    await passing('all of them', () => texts().length === 4);
    assert.deepEqual(texts(), ['before', 'lost one', 'lost two', 'told of']);
    assert.equal(teams.sink.counted.gap, 2);
  });

  it('is read at once when Graph says that it missed something', async () => {
    const chat = await teams.actor(alice).chatWith(bob.id);
    teams.losing = true;
    const lost = await teams.actor(alice).say(chat, 'lost');
    await teams.service.notifier.idle();
    teams.losing = false;
    teams.clock.advance(1_000);
    const { clientState } = clientStateOf(teams, messagesOf(contoso.id));
    const status = await teams.forge({
      value: [
        {
          subscriptionId: messagesOf(contoso.id),
          subscriptionExpirationDateTime: new Date(teams.clock.now() + hourMs).toISOString(),
          clientState,
          tenantId: contoso.id,
          lifecycleEvent: 'missed',
        },
      ],
    });
    assert.equal(status, 202);
    await passing('the message', () => teams.sink.timesTaken(lost) > 0);
    assert.deepEqual(teams.sink.counted, { gap: 1, silence: 0 });
  });

  it('does not depend on the subscription: it is renewed when Graph wants to see a token again', async () => {
    const id = messagesOf(contoso.id);
    const expires = () =>
      [...teams.service.notifier.registry.all()].find(({ subscription }) => subscription.id === id)
        ?.expiresAt ?? 0;
    const before = expires();
    teams.clock.advance(1_000);
    assert.ok(teams.service.notifier.requireReauthorization(id));
    await eventually('a renewal', () => expires() > before);
  });

  it('is found after a while when a notification is lost without a word, and counted', async () => {
    const chat = await teams.actor(alice).chatWith(bob.id);
    teams.losing = true;
    const lost = await teams.actor(alice).say(chat, 'lost');
    await teams.service.notifier.idle();
    teams.losing = false;
    await passing('the message', () => teams.sink.timesTaken(lost) > 0);
    assert.deepEqual(teams.sink.counted, { gap: 0, silence: 1 });
  });
});

function clientStateOf(teams: TeamsWorld, id: string): { readonly clientState: string } {
  const found = [...teams.service.notifier.registry.all()].find(({ subscription }) => subscription.id === id);
  return { clientState: found?.subscription.clientState ?? '' };
}
