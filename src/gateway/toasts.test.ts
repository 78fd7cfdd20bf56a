import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageId, RemoteId, ThreadKey } from '../core/ids.ts';
import { IntakeRefused } from './connector.ts';
import { alice, carol, erin, heidi, of, world } from './toasts.test-kit.ts';

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

  it('rings for nobody in vain again and again: who was not there is left alone for a while', async () => {
    const w = world();
    w.shows(alice, 'teams', of('Available'));
    w.skype.onDeliver = () => ({ kind: 'refused', refusal: { id: 'offline', side: 'skype' } });
    for (const [name, rings] of [
      ['one', 1],
      ['two', 1],
    ] as const) {
      await w.ring(alice, name);
      await w.delivered();
      await w.pass(30_000);
      assert.equal(w.rung().length, rings, name);
    }
    await w.pass(10 * 60_000);
    await w.ring(alice, 'three');
    await w.delivered();
    await w.pass(30_000);
    assert.equal(w.rung().length, 2);
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
