import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, bob, openGatewayWorld } from '../../test/kit/gateway-world.ts';
import { untilAborted } from '../../test/kit/scripted-connector.ts';
import type { Person } from '../core/people.ts';
import type { DeliveryOutcome } from './connector.ts';

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const notTaken: DeliveryOutcome = { kind: 'refused', refusal: { id: 'no-answer', side: 'skype' } };

/** Alice writes to bob in Teams; it rings at bob in SfB. `read` is what Graph says, to whom it says anything. */
async function world({ isTalking = false }: { readonly isTalking?: boolean } = {}) {
  const w = await openGatewayWorld();
  const asked: Person[] = [];
  const marked: string[] = [];
  const graph: { read: boolean | undefined } = { read: false };
  Object.assign(w.teams, {
    reading: {
      hasRead: async (person: Person) => {
        asked.push(person);
        return graph.read;
      },
      markRead: async ({ displayName }: Person) => void marked.push(displayName),
    },
  });
  Object.assign(w.skype, { isTalking: () => isTalking });
  return { ...w, asked, marked, graph };
}

describe('what is written in Teams and rings in SfB', () => {
  it('is rung no more once it was read in Teams, and its sender has nothing to be told', async () => {
    await using w = await world();
    w.skype.onDeliver = async (_order, signal) => {
      await untilAborted(signal);
      return notTaken;
    };
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'Hello'));
    await settle();
    w.clock.advance(2_000);
    await settle();
    assert.deepEqual(
      w.asked.map(({ id }) => id),
      [bob.id, bob.id],
    );
    w.graph.read = true;
    w.clock.advance(3_000);
    await w.gateway.settled();
    const [message] = await w.gateway.recent(1);
    assert.deepEqual(message?.end, { kind: 'native', rule: 'read-in-teams' });
    assert.deepEqual([w.teams.told.length, w.clock.now() < (message?.deadlineAt ?? 0)], [0, true]);
  });

  it('counts as read in Teams when it was taken up in SfB', async () => {
    await using w = await world();
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'Hello'));
    await w.gateway.settled();
    await settle();
    assert.deepEqual([w.marked, w.asked.length], [['Bob'], 1]);
  });

  it('rings on where it counted as read from the start: the gateway may have marked the chat itself', async () => {
    await using w = await world();
    w.graph.read = true;
    const rung = Promise.withResolvers<DeliveryOutcome>();
    w.skype.onDeliver = () => rung.promise;
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'Hello'));
    await settle();
    w.clock.advance(10_000);
    await settle();
    rung.resolve(w.skype.shown('Hello'));
    await w.gateway.settled();
    assert.equal((await w.gateway.recent(1))[0]?.end?.kind, 'delivered');
    assert.equal(w.asked.length, 1);
  });

  it('costs nothing in a session that is open', async () => {
    await using w = await world({ isTalking: true });
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'Hello'));
    await w.gateway.settled();
    await settle();
    assert.deepEqual([w.marked, w.asked.length], [[], 0]);
  });

  it('is not asked about again where the recipient is not linked', async () => {
    await using w = await world();
    w.graph.read = undefined;
    w.skype.onDeliver = async (_order, signal) => {
      await untilAborted(signal);
      return notTaken;
    };
    await w.teams.sink.take(w.message('teams', alice.id, bob.id, 'Hello'));
    await settle();
    w.clock.advance(2_000);
    await settle();
    w.clock.advance(20_000);
    await settle();
    assert.equal(w.asked.length, 1);
    w.clock.advance(20_000);
    await w.gateway.settled();
    assert.equal(w.teams.told.length, 1);
  });
});
