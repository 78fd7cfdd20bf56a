import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fastify from 'fastify';
import { eventually } from '../../../test/kit/eventually.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { TeamsActor } from '../../../test/kit/teams-actor.ts';
import { conversationOf, type MessageId, type Pair, personId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import type { Refusal } from '../../core/refusals.ts';
import {
  type DeliveryOrder,
  type IncomingMessage,
  IntakeRefused,
  type PresenceObservation,
  type Sink,
} from '../../gateway/connector.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { LinkSecret, Links } from '../../gateway/links.ts';
import { generateStoredKeys, openSigningKeys } from '../../protocols/entra/signing-keys.ts';
import { openAuthority } from '../../sandbox/authority.ts';
import { type Served, serve } from '../../sandbox/listen.ts';
import { startTeamsService, type TeamsService } from '../../sandbox/teams-service.ts';
import * as world from '../../sandbox/world.ts';
import { createTeamsConnector, type TeamsConnector } from './connector.ts';
import { parseThreadKey } from './ids.ts';

const people = world.people
  .filter(({ kind }) => kind === 'person')
  .map(
    ({ address, displayName, objectId, tenant, mode }): Person => ({
      id: personId(address),
      displayName,
      tenant: tenant.domain,
      mode,
      teams: { kind: 'account', objectId, upn: address },
      skype: { home: 'none' },
    }),
  );
const someone = (name: string): Person => {
  const found = people.find(({ id }) => id.startsWith(`${name}@`));
  assert.ok(found);
  return found;
};
const [alice, bob, carol, grace] = ['alice', 'bob', 'carol', 'grace'].map(someone) as [
  Person,
  Person,
  Person,
  Person,
];
const [gatewayApp, pageApp] = world.apps;
assert.ok(gatewayApp?.secret && pageApp);
const never = new AbortController().signal;

class RecordingSink implements Sink {
  readonly taken: IncomingMessage[] = [];
  readonly observed: PresenceObservation[] = [];
  readonly refusals: Refusal[] = [];
  readonly met = new Map<string, Pair>();
  full = false;
  async take(message: IncomingMessage) {
    if (this.full) throw new IntakeRefused({ id: 'ledger-full', side: 'teams' });
    this.taken.push(message);
    return 'taken' as const;
  }
  presence(observed: PresenceObservation) {
    this.observed.push(observed);
  }
  async peopleOf(_side: string, thread: string) {
    return this.met.get(thread);
  }
  refused(_side: string, refusal: Refusal) {
    this.refusals.push(refusal);
  }
  latest(person: Person) {
    return this.observed.findLast((each) => each.person === person.id)?.presence;
  }
}

describe('the Teams connector, against a Graph over HTTPS', () => {
  const clock = new ManualClock();
  let folder: string;
  let service: TeamsService;
  let gateway: Served;
  let connector: TeamsConnector;
  let links: Map<string, LinkSecret>;
  let sink: RecordingSink;

  const actor = (person: Person) => {
    const address = service.http.url;
    return new TeamsActor({ graph: address, authority: address, clientId: pageApp.clientId }, person.id);
  };
  const order = (
    author: Person,
    recipient: Person,
    text: string,
    more: Partial<DeliveryOrder> = {},
  ): DeliveryOrder => ({
    message: 'm1' as MessageId,
    conversation: conversationOf(author.id, recipient.id),
    author,
    recipient,
    body: { format: 'text', text },
    writtenAt: clock.now(),
    thread: undefined,
    attempt: 1,
    firstAttemptAt: clock.now(),
    ...more,
  });
  const link = (person: Person, password = world.password) =>
    links.set(person.id, { kind: 'password', username: person.id, password });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'teams-'));
  });
  after(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    const authority = await openAuthority(folder, { now: () => Date.now() });
    const certificate = await authority.issueServer();
    links = new Map();
    sink = new RecordingSink();
    const stored: Links = {
      get: async (person) => links.get(person),
      put: async (person, _side, secret) => void links.set(person, secret),
      remove: async (person) => void links.delete(person),
    };
    service = await startTeamsService({
      clock,
      keys: await openSigningKeys(await generateStoredKeys()),
      host: '127.0.0.1',
      port: 0,
      tls: { port: 0, ...certificate },
      ca: authority.caPem,
    });
    assert.ok(service.https);
    connector = createTeamsConnector({
      graph: service.https.url,
      authority: service.https.url,
      ca: authority.caPem,
      tenants: world.tenants.map(({ id, domain }) => ({
        id,
        domain,
        clientId: gatewayApp.clientId,
        credential: { kind: 'secret', secret: gatewayApp.secret ?? '' },
        gatewayAccount: { upn: `isthmus@${domain}`, password: world.password },
      })),
      publicUrl: () => gateway.https?.url ?? '',
      directory: createDirectory(people),
      links: stored,
      clock,
      random: () => 0.5,
    });
    const app = fastify();
    connector.register(app);
    gateway = await serve(app, { host: '127.0.0.1', port: 0, tls: { port: 0, ...certificate } });
    await connector.start(sink);
  });
  afterEach(async () => {
    await connector[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  describe('what people write', () => {
    it('is taken in with author, recipient, thread and text', async () => {
      const chat = await actor(alice).chatWith(bob.id);
      const id = await actor(alice).say(chat, '<p>hello <b>bob</b></p>', 'html');
      const [message] = await eventually('the message', () => sink.taken.length > 0 && sink.taken);
      assert.deepEqual(message, {
        side: 'teams',
        thread: chat,
        remoteId: id,
        author: alice.id,
        recipient: bob.id,
        body: { format: 'html', html: 'hello <b>bob</b>' },
        writtenAt: Number(id),
      });
    });

    it('comes in order within a chat, once, and none is lost in a burst', async () => {
      const chat = await actor(alice).chatWith(bob.id);
      const writer = actor(alice);
      for (let count = 0; count < 20; count++) await writer.say(chat, `message ${count}`);
      await service.notifier.idle();
      assert.deepEqual(
        sink.taken.map(({ body }) => body.format === 'text' && body.text),
        Array.from({ length: 20 }, (_, count) => `message ${count}`),
      );
    });

    it('is asked for again until the ledger has it', async () => {
      sink.full = true;
      const chat = await actor(alice).chatWith(bob.id);
      await actor(alice).say(chat, 'kept');
      await eventually('a refusal', () => service.notifier.counts.failedAttempts > 0);
      sink.full = false;
      clock.advance(2_000);
      await eventually('the message', () => sink.taken.length === 1);
    });

    it('is left alone in groups, and in chats with people that the directory does not know', async () => {
      const writer = actor(alice);
      const member = (address: string) => ({
        '@odata.type': '#microsoft.graph.aadUserConversationMember',
        roles: ['owner'],
        'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${address}')`,
      });
      const group = await writer.call<{ id: string }>('POST', '/chats', {
        chatType: 'group',
        members: [alice.id, bob.id].map(member),
      });
      await writer.say(group.id, 'to a group');
      await writer.say(await writer.chatWith('isthmus@contoso.example'), 'to the gateway');
      await service.notifier.idle();
      assert.deepEqual(sink.taken, []);
    });

    it('crosses tenants', async () => {
      const chat = await actor(alice).chatWith(grace.id);
      await actor(grace).say(chat, 'from elsewhere');
      await eventually('the message', () => sink.taken.some(({ author }) => author === grace.id));
    });
  });

  describe('bringing a message', () => {
    it('writes as the author where the account is linked, in the chat that the two have', async () => {
      link(bob);
      const chat = await actor(alice).chatWith(bob.id);
      const outcome = await connector.deliver(order(bob, alice, 'a < b\n& c'), never);
      assert.ok(outcome.kind === 'delivered', JSON.stringify(outcome));
      assert.equal(outcome.as, 'author');
      assert.equal(outcome.thread, chat);
      const [seen] = await actor(alice).messages(chat);
      assert.equal(seen?.from, bob.teams.kind === 'account' && bob.teams.objectId);
      assert.equal(seen?.id, outcome.remoteId);
      assert.equal(seen?.content, 'a &lt; b<br />&amp; c');
    });

    it('comes back as the echo of what it wrote, under the same names', async () => {
      link(bob);
      const outcome = await connector.deliver(order(bob, alice, 'hi'), never);
      assert.ok(outcome.kind === 'delivered');
      const [echo] = await eventually('the echo', () => sink.taken.length > 0 && sink.taken);
      assert.deepEqual([echo?.thread, echo?.remoteId], [outcome.thread, outcome.remoteId]);
    });

    it('writes in its own name, naming the author, where there is no link; one group a conversation', async () => {
      const first = await connector.deliver(order(bob, alice, 'one'), never);
      assert.ok(first.kind === 'delivered' && first.as === 'gateway');
      const second = await connector.deliver(order(bob, alice, 'two', { thread: first.thread }), never);
      assert.ok(second.kind === 'delivered' && second.thread === first.thread);
      const [chat] = (await actor(alice).chats()).filter(({ chatType }) => chatType === 'group');
      assert.equal(chat?.topic, 'Bob Brown (Skype for Business)');
      const seen = await actor(alice).messages(chat?.id ?? '');
      assert.deepEqual(
        seen.map(({ content }) => content),
        ['<b>Bob Brown</b>: one', '<b>Bob Brown</b>: two'],
      );
    });

    it('takes an answer in such a group as one to the person it writes for', async () => {
      const outcome = await connector.deliver(order(bob, alice, 'one'), never);
      assert.ok(outcome.kind === 'delivered');
      await actor(alice).say(parseThreadKey(outcome.thread).chatId, 'back');
      const [answer] = await eventually('the answer', () => sink.taken.length > 0 && sink.taken);
      assert.deepEqual(
        [answer?.author, answer?.recipient, answer?.thread],
        [alice.id, bob.id, outcome.thread],
      );
    });

    it('falls back to its own name when the link is refused, and says so', async () => {
      link(bob, 'wrong');
      const outcome = await connector.deliver(order(bob, alice, 'hi'), never);
      assert.ok(outcome.kind === 'delivered' && outcome.as === 'gateway');
      assert.equal(sink.refusals[0]?.id, 'link-refused');
      const refused = connector.status().find(({ state }) => state === 'refused');
      assert.equal(refused?.refusal?.detail, 'sign-in answered 400 invalid_grant AADSTS50126');
      link(bob);
      connector.linkChanged(bob.id);
      const again = await connector.deliver(order(bob, alice, 'hi again'), never);
      assert.ok(again.kind === 'delivered' && again.as === 'author');
    });

    it('refuses a recipient without a Teams account, and a text that is too long', async () => {
      link(bob);
      const outsider: Person = { ...alice, teams: { kind: 'none' } };
      const none = await connector.deliver(order(bob, outsider, 'hi'), never);
      assert.ok(none.kind === 'refused' && none.refusal.id === 'not-enabled');
      const long = await connector.deliver(order(bob, alice, 'x'.repeat(30_000)), never);
      assert.ok(long.kind === 'refused' && long.refusal.id === 'too-long');
    });

    it('waits as long as Graph asks when it is throttled', async () => {
      link(bob);
      service.tenants.throttle.order({ count: 1, retryAfter: 9 });
      const outcome = await connector.deliver(order(bob, alice, 'hi'), never);
      assert.ok(outcome.kind === 'transient' && outcome.refusal.id === 'throttled');
      assert.equal(outcome.afterMs, 9000);
    });

    it('is unreachable, not uncertain, when nobody listens', async () => {
      link(bob);
      await service[Symbol.asyncDispose]();
      const outcome = await connector.deliver(order(bob, alice, 'hi'), never);
      assert.ok(outcome.kind === 'transient' && outcome.refusal.id === 'unreachable');
    });
  });

  describe('asking whether a message is there', () => {
    it('finds what was written as the author, by its text', async () => {
      link(bob);
      const chat = await actor(bob).chatWith(alice.id);
      const asked = order(bob, alice, 'is it there?');
      assert.deepEqual(await connector.find(asked, never), { kind: 'absent' });
      const id = await actor(bob).say(chat, '<p>is it&nbsp;there?</p>', 'html');
      assert.deepEqual(await connector.find(asked, never), {
        kind: 'found',
        thread: chat,
        remoteId: id,
        as: 'author',
      });
    });

    it('does not take an older message, one of somebody else, or one already accounted for', async () => {
      link(bob);
      const chat = await actor(bob).chatWith(alice.id);
      await actor(bob).say(chat, 'same');
      clock.advance(60_000);
      await actor(alice).say(chat, 'same');
      const first = await connector.deliver(order(bob, alice, 'same'), never);
      assert.equal(first.kind, 'delivered');
      assert.deepEqual(await connector.find(order(bob, alice, 'same'), never), { kind: 'absent' });
    });
  });

  it('tells a sender in a chat of its own, and marks the message that failed', async () => {
    link(alice);
    const chat = await actor(alice).chatWith(carol.id);
    const id = await actor(alice).say(chat, 'lost <words>');
    const [failed] = await eventually('the message', () => sink.taken.length > 0 && sink.taken);
    assert.ok(failed);
    const outcome = await connector.tell(
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
      never,
    );
    assert.equal(outcome.kind, 'delivered');
    const notice = await actor(alice).seesAnywhere('Not delivered to Carol Clark');
    assert.equal(
      notice.content,
      '<p><b>Not delivered to Carol Clark: Carol Clark is offline in Skype for Business.</b></p>' +
        '<p>Send the message again when the person is signed in.</p>' +
        `<blockquote>lost &lt;words&gt;</blockquote><p>Message ${id}</p>`,
    );
    const [original] = await actor(alice).messages(chat);
    assert.deepEqual(original?.reactions, ['⚠️']);
  });

  describe('presence', () => {
    it('is reported when watching begins and whenever it changes', async () => {
      await actor(alice).signIn();
      await connector.watch([alice, bob]);
      assert.equal(sink.latest(alice)?.availability, 'Available');
      assert.equal(sink.latest(bob)?.availability, 'Offline');
      await actor(bob).signIn('Busy', 'InACall');
      await eventually('bob in a call', () => sink.latest(bob)?.activity === 'InACall');
      await actor(bob).signOut();
      await eventually('bob gone', () => sink.latest(bob)?.availability === 'Offline');
    });

    it('is read of people that no subscription tells of', async () => {
      await connector.watch([]);
      await actor(alice).signIn();
      await connector.watch([alice]);
      const before = sink.observed.length;
      clock.advance(6 * 60_000);
      await eventually('a read-back', () => sink.observed.length > before);
    });

    it('is published, changed, held longer than its session, and taken away', async () => {
      const shown = async () => actor(alice).presenceOf(bob.id);
      assert.deepEqual(await connector.publish(bob, { availability: 'Available', activity: 'None' }), {
        kind: 'published',
      });
      assert.equal((await shown()).availability, 'Available');
      await connector.publish(bob, { availability: 'DoNotDisturb', activity: 'None' });
      assert.equal((await shown()).availability, 'DoNotDisturb');
      await connector.publish(bob, { availability: 'Busy', activity: 'InACall' });
      assert.deepEqual([(await shown()).availability, (await shown()).activity], ['Busy', 'InACall']);
      for (let minutes = 0; minutes < 12; minutes += 4) {
        clock.advance(4 * 60_000);
        await connector.publish(alice, { availability: 'PresenceUnknown', activity: 'None' });
      }
      await eventually('held', async () => (await shown()).activity === 'InACall');
      await connector.publish(bob, { availability: 'Offline', activity: 'None' });
      assert.equal((await shown()).availability, 'Offline');
      assert.deepEqual(await connector.publish(bob, { availability: 'Offline', activity: 'None' }), {
        kind: 'published',
      });
    });
  });

  describe('its subscriptions', () => {
    const ids = () => [...service.notifier.registry.all()].map(({ subscription }) => subscription.id);

    it('are renewed before they end', async () => {
      const before = ids();
      assert.equal(before.length, world.tenants.length);
      for (let halves = 0; halves < 6; halves++) {
        const ends = () => [...service.notifier.registry.all()].map(({ expiresAt }) => expiresAt);
        const [end = 0] = ends();
        clock.advance(31 * 60_000);
        await eventually('a renewal', () => ends().every((each) => each > end));
      }
      assert.deepEqual(ids(), before);
      const chat = await actor(alice).chatWith(bob.id);
      await actor(alice).say(chat, 'hours later');
      await eventually('the message', () => sink.taken.length === 1);
    });

    it('are made again when Graph takes them away', async () => {
      const [first = ''] = ids();
      service.notifier.revoke(first);
      await eventually('another', () => ids().length === world.tenants.length && !ids().includes(first));
      const chat = await actor(alice).chatWith(bob.id);
      await actor(alice).say(chat, 'afterwards');
      await eventually('the message', () => sink.taken.length > 0);
    });

    it('bring up what was written while Graph had lost them without a word', async () => {
      const oldChat = await actor(alice).chatWith(carol.id);
      const old = await actor(alice).say(oldChat, 'long known');
      const timesTaken = (id: string) => sink.taken.filter(({ remoteId }) => remoteId === id).length;
      await eventually('the old message, told of once and read back from both', () => {
        clock.advance(1_000);
        return timesTaken(old) === 3;
      });
      for (const id of ids()) service.notifier.unsubscribe(id);
      const chat = await actor(alice).chatWith(bob.id);
      const lost = await actor(alice).say(chat, 'while nobody listened');
      await actor(alice).call('POST', `/chats/${oldChat}/messages/${old}/setReaction`, {
        reactionType: '👍',
      });
      clock.advance(16 * 60_000);
      await eventually('the lost message', () => {
        clock.advance(200);
        return timesTaken(lost) > 0;
      });
      await eventually('subscriptions again', () => ids().length === world.tenants.length);
      assert.equal(timesTaken(old), 3);
    });

    it('show in the status while they cannot be had', async () => {
      assert.deepEqual(
        connector.status().map(({ name, state }) => [name, state]),
        world.tenants.map(({ domain }) => [`messages of ${domain}`, 'connected']),
      );
      await service[Symbol.asyncDispose]();
      clock.advance(31 * 60_000);
      await eventually('disconnected', () =>
        connector
          .status()
          .every(({ state, refusal }) => state === 'disconnected' && refusal?.id === 'unreachable'),
      );
    });
  });
});
