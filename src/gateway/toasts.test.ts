import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { somebody } from '../../test/kit/people.ts';
import { ScriptedConnector } from '../../test/kit/scripted-connector.ts';
import type { End } from '../core/conversation/delivery.ts';
import { conversationOf, type MessageId, type RemoteId, type ThreadKey } from '../core/ids.ts';
import type { Person, Side } from '../core/people.ts';
import type { Availability, Presence } from '../core/presence/presence.ts';
import type { Policy } from '../core/routing/facts.ts';
import { openFederation } from '../core/routing/federation.ts';
import { policyForAll } from '../core/routing/policy.ts';
import { defaultToasts, type ToastPolicy } from '../core/toasts/policy.ts';
import { type IncomingMessage, IntakeRefused, type RingEnd } from './connector.ts';
import { createDirectory } from './directory.ts';
import type { NewMessage } from './ledger.ts';
import { createToasts } from './toasts.ts';

const alice = somebody('alice');
const carol = somebody('carol', { home: 'onPrem' });
const erin = somebody('erin', { mode: 'TeamsOnly' });
const heidi = somebody('heidi', { mode: 'SfBOnly' });
const of = (availability: Availability): Presence => ({ availability, activity: 'None' });

/** A turn for everything that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Settings {
  readonly policy?: ToastPolicy;
  readonly routing?: Policy;
  readonly deadlineMs?: number;
}

/** Toasts between two scripted networks, on a clock that stands still; `done` is what became of a ring, in order. */
function world({ policy = 'single', routing = 'bridged', deadlineMs = 30_000 }: Settings = {}) {
  const clock = new ManualClock();
  const teams = new ScriptedConnector('teams');
  const skype = new ScriptedConnector('skype');
  const done: string[] = [];
  const traced: string[] = [];
  const taken: NewMessage[] = [];
  const read = new Set<RemoteId>();
  const own = new Map<string, Presence>();
  const talking = { open: false };
  let full = false;
  Object.assign(teams, {
    reading: {
      hasRead: async (_person: Person, _thread: ThreadKey, message: RemoteId) => read.has(message),
      markRead: async (person: Person) => void done.push(`read by ${person.displayName}`),
    },
  });
  Object.assign(skype, { isTalking: () => talking.open });
  const toasts = createToasts({
    settings: { ...defaultToasts, everybody: policy },
    policies: policyForAll(routing),
    federation: openFederation,
    deadlineMs,
    directory: createDirectory([alice, carol, erin, heidi]),
    connectors: { teams, skype },
    ledger: { note: (_message, { detail }) => void traced.push(detail ?? '') },
    clock,
    own: ({ id }, side) => own.get(`${id} ${side}`),
    signedIn: ({ id }) => (own.has(`${id} teams`) ? ['teams'] : []),
    async take(message) {
      if (full) throw new IntakeRefused({ id: 'ledger-full', side: 'skype' });
      keep(message);
      done.push('taken');
    },
    report: (event) => assert.notEqual(event.kind, 'fault'),
  });

  function keep(message: IncomingMessage): NewMessage {
    const takenAt = clock.now();
    const kept: NewMessage = {
      ...message,
      id: `m${taken.length}` as MessageId,
      conversation: conversationOf(message.author, message.recipient),
      takenAt,
      deadlineAt: (message.heldSince ?? takenAt) + deadlineMs,
      late: false,
    };
    taken.push(kept);
    toasts.taken(kept);
    return kept;
  }

  function written(side: Side, author: Person, recipient: Person, name: string): IncomingMessage {
    return {
      side,
      thread: `${side} thread` as ThreadKey,
      remoteId: name as RemoteId,
      author: author.id,
      recipient: recipient.id,
      body: { format: 'text', text: name },
      writtenAt: clock.now(),
    };
  }

  return {
    clock,
    skype,
    toasts,
    done,
    traced,
    taken,
    talking,
    read,
    keep,
    written,
    fill(): void {
      full = true;
    },
    shows(person: Person, side: Side, presence: Presence | undefined): void {
      if (presence) own.set(`${person.id} ${side}`, presence);
      else own.delete(`${person.id} ${side}`);
      toasts.seen(person);
    },
    /** Both clients are signed in, and the gateway shows in SfB what Teams shows. */
    atBoth(person: Person, inTeams: Availability = 'Available'): void {
      this.shows(person, 'skype', of('Available'));
      this.shows(person, 'teams', of(inTeams));
      this.shows(person, 'skype', undefined);
    },
    async ring(recipient: Person, name = 'hello', others: 'yes' | 'no' | 'unknown' = 'unknown') {
      const watch = await toasts.rings({
        message: written('skype', heidi, recipient, name),
        ringMs: 30_000,
        hasOthers: async () => others,
        accept: () => void done.push('accepted'),
      });
      return async (how: RingEnd) => {
        watch.ended(how);
        await settle();
      };
    },
    async delivered(): Promise<void> {
      const end: End = {
        kind: 'delivered',
        side: 'teams',
        thread: 'chat' as ThreadKey,
        remoteId: 'shown' as RemoteId,
        as: 'author',
      };
      const last = taken.at(-1);
      if (last) toasts.ended(last.id, end);
      await settle();
    },
    async pass(ms: number): Promise<void> {
      clock.advance(ms);
      await settle();
    },
    /** What was rung or written in SfB in somebody else's name. */
    rung: () =>
      skype.delivered.map(({ author, recipient, body }) =>
        [author.displayName, recipient.displayName, body.format === 'text' ? body.text : body.html].join(' '),
      ),
  };
}

describe('one toast, first in Teams', () => {
  it('is taken up at once, and rung in SfB when nobody was there in time', async () => {
    const w = world();
    w.atBoth(alice);
    await w.ring(alice);
    assert.deepEqual(w.done, ['taken', 'accepted']);
    await w.delivered();
    await w.pass(19_999);
    assert.deepEqual(w.rung(), []);
    await w.pass(1);
    assert.deepEqual(w.rung(), ['Heidi Alice hello']);
    assert.deepEqual(w.done, ['taken', 'accepted', 'read by Alice']);
    assert.equal(w.traced.at(-1), 'answered-in-skype');
  });

  it('is not rung in SfB once it was read in Teams, or answered there', async () => {
    for (const how of ['read', 'answered'] as const) {
      const w = world();
      w.atBoth(alice);
      await w.ring(alice);
      await w.delivered();
      if (how === 'read') w.read.add('shown' as RemoteId);
      else w.keep(w.written('teams', alice, heidi, 'yes?'));
      await w.pass(1_000);
      await w.pass(60_000);
      assert.deepEqual(w.rung(), [], how);
      assert.match(w.traced.at(-1) ?? '', new RegExp(`^${how}-in-teams$`));
    }
  });

  it('takes its ring back when the message is read in Teams while it rings', async () => {
    const w = world();
    w.atBoth(alice);
    let takenBack = false;
    w.skype.onDeliver = (_order, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          takenBack = true;
          resolve({ kind: 'refused', refusal: { id: 'no-answer', side: 'skype' } });
        });
      });
    await w.ring(alice);
    await w.delivered();
    await w.pass(20_000);
    w.read.add('shown' as RemoteId);
    await w.pass(1_000);
    assert.ok(takenBack);
    assert.equal(w.traced.at(-1), 'read-in-teams');
  });

  it('shows in SfB also what was written meanwhile, and then carries both ways there', async () => {
    const w = world();
    w.atBoth(alice);
    await w.ring(alice);
    await w.delivered();
    w.keep(w.written('skype', heidi, alice, 'are you there?'));
    await w.pass(20_000);
    assert.deepEqual(w.rung(), ['Heidi Alice hello', 'Heidi Alice are you there?']);
    w.talking.open = true;
    const further = { ...w.written('skype', heidi, alice, 'more'), thread: 'first session' as ThreadKey };
    assert.equal(w.toasts.relays(further), true);
    assert.equal(w.toasts.relays(w.written('skype', alice, heidi, 'here')), true, 'the thread that was rung');
    assert.equal(w.toasts.relays(w.written('teams', alice, heidi, 'here')), false);
  });

  it('brings to Teams again when the person goes on there, or has left the session', async () => {
    const w = world();
    w.atBoth(alice);
    await w.ring(alice);
    await w.delivered();
    await w.pass(20_000);
    const further = { ...w.written('skype', heidi, alice, 'more'), thread: 'first session' as ThreadKey };
    assert.equal(w.toasts.relays(further), false, 'she has left');
    w.talking.open = true;
    w.keep(w.written('teams', alice, heidi, 'I am here now'));
    assert.equal(w.toasts.relays(further), false, 'she is in Teams');
  });

  it('stands in the window that she has open with its author, and waits in Teams as well', async () => {
    const w = world();
    w.atBoth(alice);
    w.talking.open = true;
    await w.ring(alice);
    await w.delivered();
    await w.pass(20_000);
    assert.equal(w.rung().length, 1);
    assert.deepEqual(w.done, ['taken', 'accepted'], 'not read');
    assert.equal(w.traced.at(-1), 'missed');
  });

  it('looks for a client in SfB by ringing there, and knows from then on', async () => {
    const w = world({ policy: 'single' });
    w.shows(alice, 'teams', of('Away'));
    w.skype.onDeliver = () => ({ kind: 'refused', refusal: { id: 'no-answer', side: 'skype' } });
    await w.ring(alice, 'one');
    await w.delivered();
    await w.pass(20_000);
    assert.equal(w.rung().length, 1);
    assert.equal(w.traced.at(-1), 'missed');
    const before = w.done.length;
    await w.ring(alice, 'two');
    assert.equal(w.done.length, before, 'first in SfB, since she is away in Teams');
  });

  it('is shown nowhere else when it could not be brought to Teams', async () => {
    const w = world();
    w.atBoth(alice);
    await w.ring(alice);
    w.toasts.ended(w.taken[0]?.id ?? ('' as MessageId), {
      kind: 'failed',
      refusal: { id: 'unreachable', side: 'teams' },
    });
    await w.pass(60_000);
    assert.deepEqual(w.rung(), []);
    assert.equal(w.traced.at(-1), 'undelivered');
  });
});

describe('one toast, first in SfB', () => {
  it('is nobody’s but the pool’s until its time is over; then Teams gets it, with the deadline of its ring', async () => {
    const w = world();
    w.atBoth(alice, 'Away');
    await w.ring(alice);
    const rangAt = w.clock.now();
    assert.deepEqual(w.done, []);
    await w.pass(20_000);
    assert.deepEqual(w.done, ['taken', 'accepted']);
    assert.equal(w.taken[0]?.deadlineAt, rangAt + 30_000);
  });

  it('leaves time to deliver, however long it is to stay', async () => {
    const w = world({ deadlineMs: 4_000 });
    w.atBoth(alice, 'Away');
    await w.ring(alice);
    await w.pass(2_000);
    assert.deepEqual(w.done, ['taken', 'accepted']);
  });

  it('answered there, the gateway has nothing to do with it', async () => {
    const w = world();
    w.atBoth(alice, 'Away');
    const ended = await w.ring(alice);
    await ended('answered-elsewhere');
    await w.pass(60_000);
    assert.deepEqual(w.done, []);
  });

  it('lies in Teams when its author hangs up; declined it is declined', async () => {
    for (const [how, done] of [
      ['caller-gave-up', ['taken']],
      ['missed', ['taken']],
      ['declined', []],
      ['lost', []],
    ] as const) {
      const w = world();
      w.atBoth(alice, 'Away');
      const ended = await w.ring(alice);
      await ended(how);
      assert.deepEqual(w.done, done, how);
    }
  });

  it('goes on ringing at the person when the ledger takes nothing: the pool will say so', async () => {
    const w = world();
    w.atBoth(alice, 'Away');
    await w.ring(alice);
    w.fill();
    await w.pass(20_000);
    assert.deepEqual(w.done, []);
  });
});

describe('two toasts', () => {
  it('are in Teams, and in SfB until shortly before the pool would end them', async () => {
    const w = world({ policy: 'dual' });
    w.skype.onDeliver = () => ({ kind: 'refused', refusal: { id: 'no-answer', side: 'skype' } });
    w.atBoth(alice);
    await w.ring(alice);
    assert.deepEqual(w.done, ['taken']);
    await w.delivered();
    await w.pass(24_999);
    assert.deepEqual(w.done, ['taken']);
    await w.pass(1);
    assert.deepEqual(w.done, ['taken', 'accepted']);
    assert.deepEqual(w.rung(), []);
    await w.pass(20_000);
    assert.equal(w.traced.at(-1), 'missed');
    assert.deepEqual(w.rung(), ['Heidi Alice hello'], 'rung once more, to be missed');
  });

  it('are gone from SfB when read in Teams, and read in Teams when answered in SfB', async () => {
    const first = world({ policy: 'dual' });
    first.atBoth(alice);
    await first.ring(alice);
    await first.delivered();
    first.read.add('shown' as RemoteId);
    await first.pass(1_000);
    assert.deepEqual(first.done, ['taken', 'accepted']);

    const second = world({ policy: 'dual' });
    second.atBoth(alice);
    const ended = await second.ring(alice);
    await ended('answered-elsewhere');
    await second.delivered();
    assert.deepEqual(second.done, ['taken', 'read by Alice'], 'also when it comes to lie there later');
  });

  it('are one where the person has no client in SfB; the pool is asked where that is not known', async () => {
    for (const [others, done] of [
      ['unknown', ['taken', 'accepted']],
      ['no', ['taken', 'accepted']],
      ['yes', ['taken']],
    ] as const) {
      const w = world({ policy: 'dual' });
      w.shows(alice, 'teams', of('Available'));
      await w.ring(alice, 'hello', others);
      assert.deepEqual(w.done, done, others);
    }
  });
});

describe('toasts by the rules of routing', () => {
  it('are none for who chats in Teams only', async () => {
    const w = world({ policy: 'dual' });
    w.atBoth(erin);
    await w.ring(erin);
    assert.deepEqual(w.done, ['taken', 'accepted']);
  });

  it('are, by Microsoft’s, two for somebody homed online and one in SfB for somebody homed on-prem', async () => {
    const w = world({ routing: 'microsoft' });
    w.atBoth(alice);
    await w.ring(alice);
    assert.deepEqual(w.done, ['taken']);

    const other = world({ routing: 'microsoft' });
    other.atBoth(carol);
    const ended = await other.ring(carol);
    await other.pass(29_000);
    await ended('missed');
    assert.deepEqual(other.done, []);
  });
});

describe('a conversation that its author opens again while it rings', () => {
  it('is taken into the ledger twice, since it was written twice, and the first is taken up', async () => {
    const w = world();
    w.atBoth(alice, 'Away');
    await w.ring(alice, 'one');
    await w.ring(alice, 'two');
    assert.deepEqual(
      w.taken.map(({ remoteId }) => remoteId),
      ['one'],
    );
    await w.pass(20_000);
    assert.deepEqual(
      w.taken.map(({ remoteId }) => remoteId),
      ['one', 'two'],
    );
  });

  it('cannot be kept when the ledger takes nothing: whoever rang is told', async () => {
    const w = world();
    w.fill();
    w.atBoth(alice);
    await assert.rejects(w.ring(alice), IntakeRefused);
  });
});
