import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import { RecordingSink } from '../../../test/kit/teams-connector.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { GraphClient } from '../../protocols/graph/client/graph-client.ts';
import type { TokenSource } from '../../protocols/graph/client/result.ts';
import { createEncryptionKey, KeyRing } from '../../protocols/graph/webhook/key-ring.ts';
import { PresenceWatch } from './presence-watch.ts';
import { SubscriptionKeeper } from './subscriptions.ts';

const source: TokenSource = { token: async () => ({ ok: true, token: 't' }), rejected: () => {} };

describe('watching more people than one subscription tells of', () => {
  it('subscribes to 650, and reads the others in turn, 650 at a time', async () => {
    const clock = new ManualClock();
    const people = Array.from({ length: 1_400 }, (_, number) => somebody(`person${number}`));
    const sink = new RecordingSink();
    const subscribed: string[] = [];
    let asked: number[] = [];
    const graph: GraphClient = {
      baseUrl: 'https://graph.example/v1.0',
      async call(_as, { path, body, answer }) {
        const reply = ((): unknown => {
          if (path === '/communications/getPresencesByUserId') {
            const { ids } = body as { ids: string[] };
            asked.push(ids.length);
            return { value: ids.map((id) => ({ id, availability: 'Available', activity: 'Available' })) };
          }
          if (body === undefined) return { value: [] };
          const order = body as { resource: string; expirationDateTime: string };
          subscribed.push(order.resource);
          return { ...order, id: `s${subscribed.length}` };
        })();
        const value = answer(reply);
        assert.ok(value !== undefined);
        return { ok: true, value };
      },
    };
    const keys = new KeyRing(await createEncryptionKey(clock));
    await using watch = new PresenceWatch({
      tenant: {
        id: 't1',
        domain: 'contoso.example',
        clientId: 'c',
        graph,
        accounts: {
          application: source,
          gateway: async () => ({ kind: 'open', source }),
          person: async () => ({ kind: 'absent' }),
          forget: () => {},
          refused: () => [],
        },
      },
      directory: createDirectory(people),
      sink,
      clock,
      random: () => 0.5,
      keeper: (resource, onGap) =>
        new SubscriptionKeeper({
          name: 'presence',
          graph,
          open: async () => ({ kind: 'open', source }),
          resource,
          changeType: 'updated',
          lifeMs: 3_600_000,
          notificationUrl: 'https://gateway.example/n',
          clientState: 'state',
          keys,
          clock,
          random: () => 0.5,
          onGap,
        }),
    });
    await watch.watch(people);
    assert.equal(subscribed.length, 1);
    assert.equal(subscribed[0]?.match(/'/g)?.length, 2 * 650);
    assert.deepEqual(asked, [650, 650, 100]);
    assert.equal(new Set(sink.observed.map(({ person }) => person)).size, people.length);

    asked = [];
    clock.advance(15_000);
    await eventually('a sweep of those without a subscription', () => asked.length === 2);
    assert.deepEqual(asked, [650, 100]);
  });
});
