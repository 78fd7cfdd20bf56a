import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import { SkypeActor } from '../../../test/kit/skype-actor.ts';
import type { Clock } from '../../core/clock.ts';
import { conversationOf, type MessageId, type Pair, type PersonId } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import { offline, type Presence } from '../../core/presence/presence.ts';
import {
  type Connector,
  type DeliveryOutcome,
  type IncomingMessage,
  IntakeRefused,
  type PresenceObservation,
  type RemarksObservation,
  type Sink,
} from '../../gateway/connector.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { LinkSecret, Links } from '../../gateway/links.ts';
import { systemClock } from '../../protocols/ucwa/client/client.ts';
import { encodeDataUri } from '../../protocols/ucwa/data-uri.ts';
import { serve } from '../../sandbox/listen.ts';
import { createPools } from '../../sandbox/skype/pools.ts';
import { type SeenEvent, TestClient } from '../../sandbox/skype/test-client.ts';
import { createSkypeConnector, type SkypeConnectorOptions } from './connector.ts';

const alice = somebody('alice');
const bob = somebody('bob');
const carol = somebody('carol', { home: 'onPrem' });
const dave = somebody('dave', { home: 'none' });
const erin = somebody('erin', { home: 'none' });
const nobody = somebody('nobody');
const everybody = [alice, bob, carol, dave, erin, nobody];

const available: Presence = { availability: 'Available', activity: 'None' };

/** Keeps what the connector hands over, as the gateway would. */
class Keeping implements Sink {
  readonly taken: IncomingMessage[] = [];
  readonly observed: PresenceObservation[] = [];
  readonly remarked: RemarksObservation[] = [];
  readonly activeAt = new Map<PersonId, number>();
  readonly refusals: string[] = [];
  readonly threads = new Map<string, Pair>();
  refuseNext = 0;
  refuseAs: 'ledger-full' | 'not-possible' = 'ledger-full';

  async take(message: IncomingMessage) {
    if (this.refuseNext > 0) {
      this.refuseNext -= 1;
      throw new IntakeRefused({ id: this.refuseAs, side: 'skype', person: 'Alice' });
    }
    if (this.taken.some((other) => other.remoteId === message.remoteId && other.thread === message.thread))
      return 'duplicate';
    this.taken.push(message);
    return 'taken';
  }
  presence(observed: PresenceObservation) {
    this.observed.push(observed);
  }
  remarks(observed: RemarksObservation) {
    this.remarked.push(observed);
  }
  lastActive(_side: string, person: PersonId, at: number) {
    this.activeAt.set(person, at);
  }
  isAccountedFor() {
    return Promise.resolve(false);
  }

  async peopleOf(_side: string, thread: string) {
    return this.threads.get(thread);
  }
  beforeAcknowledging() {
    return Promise.resolve();
  }
  found() {
    // A pool has no history to read back.
  }
  refused(_side: string, refusal: { readonly id: string }) {
    this.refusals.push(refusal.id);
  }
  texts(): readonly string[] {
    return this.taken.map(({ body }) => (body.format === 'text' ? body.text : body.html));
  }
}

interface WorldOptions extends Partial<SkypeConnectorOptions> {
  readonly linked?: readonly Person[];
  readonly poolClock?: Clock;
}

async function world(options: WorldOptions = {}) {
  const pools = createPools(options.poolClock ? { clock: options.poolClock } : {});
  const online = await serve(pools.online.ucwa, { host: '127.0.0.1', port: 0 });
  const onPrem = await serve(pools.onPrem.ucwa, { host: '127.0.0.1', port: 0 });
  pools.online.setAddresses({ http: online.http.url });
  pools.onPrem.setAddresses({ http: onPrem.http.url });
  const linked = new Set((options.linked ?? [alice, bob, carol]).map((person) => person.id));
  const links: Links = {
    async get(person: PersonId): Promise<LinkSecret | undefined> {
      return linked.has(person) ? { kind: 'password', username: person, password: 'demo' } : undefined;
    },
    put: async () => undefined,
    remove: async () => undefined,
  };
  const connector: Connector = createSkypeConnector({
    pools: [
      {
        name: 'online',
        home: 'online',
        discoveryUrl: online.http.url,
        gatewayAccount: { username: 'isthmus@contoso.example', password: 'demo' },
      },
      {
        name: 'onPrem',
        home: 'onPrem',
        discoveryUrl: onPrem.http.url,
        gatewayAccount: { username: 'isthmus-onprem@contoso.example', password: 'demo' },
      },
    ],
    directory: createDirectory(everybody),
    links,
    clock: systemClock,
    ...options,
  });
  const sink = new Keeping();
  await connector.start(sink);
  const actors: SkypeActor[] = [];
  return {
    pools,
    connector,
    sink,
    async actor(person: Person, signInAs?: string) {
      const where = person.skype.home === 'onPrem' ? onPrem : online;
      const actor = new SkypeActor(where.http.url, person.id);
      actors.push(actor);
      await actor.signIn(signInAs === undefined ? {} : { signInAs });
      return actor;
    },
    send(from: Person, to: Person, text: string, extra: Record<string, unknown> = {}) {
      const deadline = new AbortController();
      const outcome = connector.deliver(
        {
          message: randomUUID() as MessageId,
          conversation: conversationOf(from.id, to.id),
          author: from,
          recipient: to,
          body: { format: 'text', text },
          writtenAt: Date.now(),
          thread: undefined,
          attempt: 1,
          firstAttemptAt: Date.now(),
          ...extra,
        },
        deadline.signal,
      );
      return { outcome, deadline };
    },
    async [Symbol.asyncDispose]() {
      for (const actor of actors) await actor.close();
      await connector[Symbol.asyncDispose]();
      await online[Symbol.asyncDispose]();
      await onPrem[Symbol.asyncDispose]();
      await pools[Symbol.asyncDispose]();
    },
  };
}

function reasonOf(outcome: DeliveryOutcome): string {
  return outcome.kind === 'delivered' ? 'delivered' : `${outcome.kind} ${outcome.refusal.id}`;
}

describe('bringing messages to SfB', { timeout: 30_000 }, () => {
  it('opens one session in the author’s own name, and goes on in it', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const first = there.send(alice, bob, 'Hello');
    const ring = await sip.invitation('Hello');
    await sip.accept(ring);
    const one = await first.outcome;
    const two = await there.send(alice, bob, 'Are you there?').outcome;
    assert.ok(one.kind === 'delivered' && two.kind === 'delivered');
    assert.equal(one.as, 'author');
    assert.equal(two.thread, one.thread);
    assert.notEqual(two.remoteId, one.remoteId);
    await sip.message('Are you there?');
    const rings = sip.events.filter(
      (event) => event.link.rel === 'messagingInvitation' && event.type === 'started',
    );
    assert.equal(rings.length, 1);
  });

  it('rings at all endpoints of the person, and goes on with the first to take it up', async () => {
    await using there = await world();
    const [desk, phone] = [await there.actor(bob), await there.actor(bob)];
    const { outcome } = there.send(alice, bob, 'Hello');
    await desk.invitation('Hello');
    await phone.accept(await phone.invitation('Hello'));
    assert.equal(reasonOf(await outcome), 'delivered');
    assert.equal(reasonOf(await there.send(alice, bob, 'On the phone?').outcome), 'delivered');
    await phone.message('On the phone?');
    assert.ok(!desk.received.includes('On the phone?'));
  });

  it('brings many texts at once in their order, in one session', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const sent = ['1', '2', '3', '4', '5'].map((text) => there.send(alice, bob, text).outcome);
    await sip.accept(await sip.invitation('1'));
    assert.deepEqual(
      (await Promise.all(sent)).map(reasonOf),
      sent.map(() => 'delivered'),
    );
    await sip.message('5');
    assert.deepEqual(sip.received, ['1', '2', '3', '4', '5']);
  });

  it('leaves it open whether a text arrived when its person signs out meanwhile', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    await there.connector.publish(alice, available);
    const { outcome } = there.send(alice, bob, 'Hello');
    await sip.invitation('Hello');
    await there.connector.publish(alice, offline);
    assert.equal(reasonOf(await outcome), 'uncertain uncertain');
  });

  it('crosses from one pool to the other', async () => {
    await using there = await world();
    const sip = await there.actor(carol);
    const { outcome } = there.send(alice, carol, 'Hello over there');
    await sip.accept(await sip.invitation('Hello over there'));
    assert.equal(reasonOf(await outcome), 'delivered');
  });

  it('writes through its own account, naming the author, where the author has none', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const { outcome } = there.send(dave, bob, 'Hello');
    const conversation = await sip.accept(await sip.invitation('Dave (Teams): Hello'));
    const done = await outcome;
    assert.equal(done.kind === 'delivered' && done.as, 'gateway');
    await sip.say(conversation, 'Hi Dave');
    const answer = await eventually('the answer', () => there.sink.taken[0]);
    assert.deepEqual([answer.author, answer.recipient], [bob.id, dave.id]);
    assert.equal(done.kind === 'delivered' && done.thread, answer.thread);
  });

  it('says why when the person declines, is offline or is not known, or does not want to be disturbed', async () => {
    await using there = await world();
    assert.equal(reasonOf(await there.send(alice, bob, 'Hello').outcome), 'refused offline');
    assert.equal(reasonOf(await there.send(alice, nobody, 'Hello').outcome), 'refused no-such-person');
    assert.equal(reasonOf(await there.send(alice, dave, 'Hello').outcome), 'refused not-enabled');
    const sip = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'Please');
    await sip.decline(await sip.invitation('Please'));
    assert.equal(reasonOf(await outcome), 'refused declined');
    await sip.setPresence('DoNotDisturb');
    assert.equal(reasonOf(await there.send(alice, bob, 'Now').outcome), 'refused do-not-disturb');
  });

  it('takes the invitation back at the deadline, and says that nobody answered', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const { outcome, deadline } = there.send(alice, bob, 'Anybody?');
    const ring = await sip.invitation('Anybody?');
    deadline.abort();
    assert.equal(reasonOf(await outcome), 'refused no-answer');
    await sip.event(
      'the end of the ringing',
      (event) => event.type === 'completed' && event.link.href === ring.link.href,
    );
  });

  it('refuses a body that is empty or longer than the pool takes', async () => {
    await using there = await world();
    assert.equal(reasonOf(await there.send(alice, bob, '  ').outcome), 'refused empty');
    assert.equal(reasonOf(await there.send(alice, bob, 'x'.repeat(9_000)).outcome), 'refused too-long');
  });

  it('opens a new session in the same thread after the old one was closed', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const first = there.send(alice, bob, 'One');
    const conversation = await sip.accept(await sip.invitation('One'));
    const before = await first.outcome;
    assert.ok(before.kind === 'delivered');
    await sip.call('POST', `${conversation}/messaging/terminate`);
    const second = there.send(alice, bob, 'Two', { thread: before.thread });
    await sip.accept(await sip.invitation('Two'));
    const after = await second.outcome;
    assert.equal(after.kind === 'delivered' && after.thread, before.thread);
  });

  it('treats a session as ended after the idle limit', async () => {
    const clock = new ManualClock(Date.now());
    await using there = await world({ clock, sessionIdleMs: 600_000 });
    const sip = await there.actor(bob);
    const first = there.send(alice, bob, 'Morning');
    await sip.accept(await sip.invitation('Morning'));
    await first.outcome;
    clock.advance(601_000);
    const second = there.send(alice, bob, 'Noon');
    await sip.accept(await sip.invitation('Noon'));
    assert.equal(reasonOf(await second.outcome), 'delivered');
  });

  it('takes up the peer’s invitation when both call at once, and shows each text once', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'From Alice');
    await sip.invitation('From Alice');
    const theirs = await sip.invite(alice.id, 'From Bob');
    assert.equal(theirs.status, 'Success');
    assert.equal(reasonOf(await outcome), 'delivered');
    await sip.message('From Alice');
    assert.deepEqual(there.sink.texts(), ['From Bob']);
    assert.equal(sip.received.filter((text) => text === 'From Alice').length, 1);
  });

  it('calls a pool that is down unreachable, and works again when it is back', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    there.pools.online.setFault({ kind: 'down' });
    assert.equal(reasonOf(await there.send(alice, bob, 'Hello').outcome), 'transient unreachable');
    assert.ok(there.connector.status().some(({ state }) => state === 'disconnected'));
    there.pools.online.setFault({ kind: 'none' });
    await sip.close();
    const again = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'Hello again');
    await again.accept(await again.invitation('Hello again'));
    assert.equal(reasonOf(await outcome), 'delivered');
    assert.ok(there.connector.status().every(({ state }) => state === 'connected'));
  });

  it('says that a link is refused, and takes a new one up', async () => {
    let password = 'wrong';
    await using there = await world({
      links: {
        get: async () => ({ kind: 'password', username: alice.id, password }),
        put: async () => undefined,
        remove: async () => undefined,
      },
    });
    const sip = await there.actor(bob);
    const outcome = await there.send(alice, bob, 'Hello').outcome;
    assert.equal(reasonOf(outcome), 'refused link-refused');
    assert.equal(outcome.kind !== 'delivered' && outcome.refusal.person, 'Alice');
    password = 'demo';
    const again = there.send(alice, bob, 'Hello again');
    await sip.accept(await sip.invitation('Hello again'));
    assert.equal(reasonOf(await again.outcome), 'delivered');
  });
});

describe('hearing messages from SfB', { timeout: 30_000 }, () => {
  it('hands the first text over once, before the invitation is taken up, then the others in order', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { conversation, status } = await sip.invite(alice.id, 'First');
    assert.equal(status, 'Success');
    assert.deepEqual(there.sink.texts(), ['First']);
    for (const text of ['Second', 'Third', 'Fourth']) await sip.say(conversation, text);
    await eventually('all four', () => there.sink.taken.length === 4);
    assert.deepEqual(there.sink.texts(), ['First', 'Second', 'Third', 'Fourth']);
    assert.equal(new Set(there.sink.taken.map(({ thread }) => thread)).size, 1);
    assert.equal(new Set(there.sink.taken.map(({ remoteId }) => remoteId)).size, 4);
    assert.deepEqual(there.sink.taken.map(({ author, recipient }) => [author, recipient])[0], [
      bob.id,
      alice.id,
    ]);
  });

  it('takes up an invitation that says nothing yet, and hands over what follows', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const caller = await TestClient.signIn(there.pools.online.ucwa, bob.id);
    await caller.makeAvailable();
    await caller.call(alice.id);
    const { href } = await caller.until(
      'messaging',
      'updated',
      ({ resource }) => resource['state'] === 'Connected',
    );
    await caller.say(href, 'Now I say it');
    await eventually('the text', () => there.sink.texts().includes('Now I say it'));
    assert.equal(there.sink.taken.length, 1);
  });

  it('hears, once, what was written while its connection was cut', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const caller = await TestClient.signIn(there.pools.online.ucwa, bob.id);
    await caller.makeAvailable();
    await caller.call(alice.id);
    const isConnected = ({ resource }: SeenEvent) => resource['state'] === 'Connected';
    const { href } = await caller.until('messaging', 'updated', isConnected);
    there.pools.online.setFault({ kind: 'down' });
    there.pools.online.setFault({ kind: 'none' });
    await caller.say(href, 'Did you hear that?');
    await caller.say(href, 'And that?');
    const proof = await caller.until('message', 'completed');
    assert.equal(proof.status, 'Success');
    await eventually('both', () => there.sink.taken.length === 2);
    assert.deepEqual(there.sink.texts(), ['Did you hear that?', 'And that?']);
  });

  it('reads HTML as its safe subset', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const caller = await TestClient.signIn(there.pools.online.ucwa, bob.id);
    await caller.makeAvailable();
    const html = '<span>Hello <b>you</b><script>alert(1)</script></span>';
    await caller.call(alice.id, {
      _links: { message: { href: encodeDataUri({ contentType: 'text/html', text: html }) } },
    });
    const taken = await eventually('the text', () => there.sink.taken[0]);
    assert.deepEqual(taken.body, { format: 'html', html: 'Hello <b>you</b>' });
  });

  it('answers in the session that the peer opened', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    await sip.invite(alice.id, 'Ping');
    const outcome = await there.send(alice, bob, 'Pong').outcome;
    assert.equal(outcome.kind === 'delivered' && outcome.thread, there.sink.taken[0]?.thread);
    await sip.message('Pong');
  });

  it('declines what cannot be kept', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    there.sink.refuseNext = 1;
    const { status } = await sip.invite(alice.id, 'Lost?');
    assert.equal(status, 'Failure');
    assert.deepEqual(there.sink.refusals, ['ledger-full']);
  });

  it('does not acknowledge a later message before it is kept', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { conversation } = await sip.invite(alice.id, 'One');
    there.sink.refuseNext = 1;
    await sip.say(conversation, 'Two');
    await eventually('the second text, at the second try', () => there.sink.texts().includes('Two'));
    assert.deepEqual(there.sink.texts(), ['One', 'Two']);
  });

  it('tells the sender of a later message at once when it will never be kept', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { conversation } = await sip.invite(alice.id, 'One');
    there.sink.refuseNext = 1;
    there.sink.refuseAs = 'not-possible';
    await sip.say(conversation, 'Two');
    await sip.message('Not delivered to Alice: The coexistence rules refuse');
    await sip.say(conversation, 'Three');
    await eventually('the third text', () => there.sink.texts().includes('Three'));
    assert.deepEqual(there.sink.texts(), ['One', 'Three']);
  });

  it('does not take its own invitation for the peer’s, and calls somebody offline whom only it could answer for', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    await there.connector.publish(bob, available);
    assert.equal(reasonOf(await there.send(alice, bob, 'Hello').outcome), 'refused offline');
    assert.deepEqual(there.sink.texts(), []);
    const sip = await there.actor(bob);
    const { outcome } = there.send(alice, bob, 'Hello again');
    await sip.accept(await sip.invitation('Hello again'));
    assert.equal(reasonOf(await outcome), 'delivered');
    assert.deepEqual(there.sink.texts(), []);
  });

  it('routes a fresh call to its own account if only one person can be meant, else explains and leaves', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const lost = await sip.invite('isthmus@contoso.example', 'Who are you?');
    assert.equal(lost.status, 'Success');
    await sip.message('only carries messages');
    assert.deepEqual(there.sink.texts(), []);

    const told = there.send(dave, bob, 'Hello');
    const conversation = await sip.accept(await sip.invitation('Dave (Teams): Hello'));
    await told.outcome;
    await sip.call('POST', `${conversation}/messaging/terminate`);
    await sip.invite('isthmus@contoso.example', 'Dave?');
    const routed = await eventually('the text for Dave', () => there.sink.taken[0]);
    assert.equal(routed.recipient, dave.id);
  });

  it('refuses callers that the directory does not know', async () => {
    await using there = await world({ directory: createDirectory([alice]) });
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    const { status } = await sip.invite(alice.id, 'Hello');
    assert.equal(status, 'Failure');
    assert.deepEqual(there.sink.refusals, ['no-such-person']);
  });

  it('tells a sender in their own session that a message failed, and why', async () => {
    await using there = await world();
    await there.connector.publish(alice, available);
    const sip = await there.actor(bob);
    await sip.invite(alice.id, 'Lunch?');
    const taken = there.sink.taken[0];
    assert.ok(taken);
    const outcome = await there.connector.tell(
      {
        message: 'm' as MessageId,
        conversation: conversationOf(alice.id, bob.id),
        to: bob,
        about: alice,
        refusal: { id: 'throttled', side: 'teams' },
        thread: taken.thread,
        remoteId: taken.remoteId,
        body: taken.body,
      },
      AbortSignal.timeout(5_000),
    );
    assert.equal(reasonOf(outcome), 'delivered');
    await sip.message('Not delivered to Alice: Teams is limiting');
    await sip.message('Lunch?');
  });
});

describe('presence in SfB', { timeout: 30_000 }, () => {
  it('shows a person, changes what is shown, and takes it away at once', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    assert.deepEqual(await there.connector.publish(alice, available), { kind: 'published' });
    assert.equal(await sip.presenceOf(alice.id), 'Online');
    await there.connector.publish(alice, { availability: 'Busy', activity: 'None' });
    assert.equal(await sip.presenceOf(alice.id), 'Busy');
    await there.connector.publish(alice, offline);
    assert.equal(await sip.presenceOf(alice.id), 'Offline');
  });

  it('ends with the latest of many calls', async () => {
    await using there = await world();
    const sip = await there.actor(bob);
    const words = ['Available', 'Busy', 'Offline', 'Away', 'DoNotDisturb'] as const;
    await Promise.all(
      words.map((availability) => there.connector.publish(alice, { availability, activity: 'None' })),
    );
    assert.equal(await sip.presenceOf(alice.id), 'DoNotDisturb');
  });

  it('reports what watched people show', async () => {
    await using there = await world();
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
    await using there = await world({ linked: [] });
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
    await using there = await world();
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
