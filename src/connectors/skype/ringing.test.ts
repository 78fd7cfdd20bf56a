import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { somebody } from '../../../test/kit/people.ts';
import type { RemoteId } from '../../core/ids.ts';
import { type IncomingRing, IntakeRefused, type RingEnd, type Sink } from '../../gateway/connector.ts';
import { createDirectory } from '../../gateway/directory.ts';
import type { DoorEndpoint, DoorInvitation, DoorListener } from './door.ts';
import { Endpoints } from './endpoints.ts';
import { Listening } from './listening.ts';
import { createProxies } from './proxies.ts';

const alice = somebody('alice');
const bob = somebody('bob');

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** One endpoint of alice's at a pool that does as it is told; `done` is what the pool was asked for. */
async function world(onRing: (ring: IncomingRing) => Promise<void> = async () => undefined) {
  const done: string[] = [];
  const ends: RingEnd[] = [];
  const rings: IncomingRing[] = [];
  let listener: DoorListener | undefined;
  const door = {
    stopped: false,
    ready: async () => undefined,
    accept: async (dialog: string) => void done.push(`accept ${dialog}`),
    decline: async (dialog: string) => void done.push(`decline ${dialog}`),
    end: async (dialog: string) => void done.push(`end ${dialog}`),
    hasOthers: async () => 'yes',
    [Symbol.asyncDispose]: async () => undefined,
  } as unknown as DoorEndpoint;
  const sink = {
    take: async () => void done.push('take'),
    refused: (_side: string, { id }: { readonly id: string }) => void done.push(`refused ${id}`),
    async rings(ring: IncomingRing) {
      await onRing(ring);
      rings.push(ring);
      return { ended: (how: RingEnd) => void ends.push(how) };
    },
  } as unknown as Sink;
  const directory = createDirectory([alice, bob]);
  const account = { of: 'person', sip: `sip:${alice.id}`, username: alice.id, password: '' } as const;
  const endpoints: Endpoints = new Endpoints({
    doors: new Map([
      [
        'online',
        {
          ringMs: 30_000,
          health: { kind: 'untried' },
          open(_account: unknown, given: DoorListener) {
            listener = given;
            return door;
          },
          [Symbol.asyncDispose]: async () => undefined,
        } as never,
      ],
    ]),
    accounts: {
      own: async () => ({ kind: 'account', pool: 'online', account }),
      gateway: () => ({ kind: 'none', why: 'not-linked' }),
    },
    clock: new ManualClock(),
    mintId: () => 'id',
    sessionIdleMs: 600_000,
    endpointIdleMs: 600_000,
    listen: (endpoint) =>
      new Listening(endpoint, { sink, directory, endpoints, proxies: createProxies(), mintId: () => 'id' }),
    late: () => undefined,
  });
  const found = await endpoints.ofPerson(alice);
  assert.ok(found.kind === 'found' && listener);
  const heard = listener;
  return {
    done,
    ends,
    rings,
    endpoint: found.endpoint,
    listener: heard,
    invite: (dialog: string, text = 'Hello') =>
      heard.invited({
        dialog,
        from: `sip:${bob.id}`,
        fromName: 'Bob',
        thread: 'thread',
        remote: `remote ${dialog}` as RemoteId,
        body: text === '' ? undefined : { format: 'text', text },
        at: 0,
      } satisfies DoorInvitation),
  };
}

describe('an invitation that may ring at other clients, too', () => {
  it('is left ringing, and taken up when the gateway says so, once', async () => {
    const w = await world();
    await w.invite('d1');
    assert.deepEqual(w.done, []);
    assert.deepEqual([w.rings[0]?.ringMs, w.rings[0]?.message.author], [30_000, bob.id]);
    w.rings[0]?.accept();
    w.rings[0]?.accept();
    await settle();
    assert.deepEqual(w.done, ['accept d1']);
  });

  it('is not taken up any more when it has ended; whoever watches is told how', async () => {
    const w = await world();
    await w.invite('d1');
    w.listener.ended('d1', 'answered-elsewhere');
    w.rings[0]?.accept();
    await settle();
    assert.deepEqual([w.done, w.ends], [[], ['answered-elsewhere']]);
  });

  it('is told to have ended also when it did before it was decided what becomes of it', async () => {
    const decided = Promise.withResolvers<void>();
    const w = await world(() => decided.promise);
    const inviting = w.invite('d1');
    w.listener.ended('d1', 'caller-gave-up');
    decided.resolve();
    await inviting;
    assert.deepEqual(w.ends, ['caller-gave-up']);
  });

  it('is nobody’s business any more when the person was faster than the gateway could look', async () => {
    const w = await world();
    const inviting = w.invite('d1');
    w.listener.ended('d1', 'answered-elsewhere');
    await inviting;
    assert.deepEqual([w.rings.length, w.done], [0, []]);
  });

  it('is left for another one of the same peer, which is taken up: what it said is not lost', async () => {
    const w = await world();
    await w.invite('d1');
    await w.invite('d2');
    await settle();
    assert.deepEqual(w.ends, ['caller-gave-up']);
    assert.deepEqual(w.done, ['take', 'accept d2', 'end d1']);
    w.listener.ended('d1', 'declined');
    assert.equal(w.ends.length, 1, 'by the gateway itself');
  });

  it('is declined when what it said cannot be kept', async () => {
    const w = await world(() => Promise.reject(new IntakeRefused({ id: 'ledger-full', side: 'skype' })));
    await w.invite('d1');
    assert.deepEqual(w.done, ['refused ledger-full', 'decline d1']);
    assert.equal(w.endpoint.find('d1'), undefined);
  });

  it('is taken up at once where it says nothing yet', async () => {
    const w = await world();
    await w.invite('d1', '');
    await settle();
    assert.deepEqual([w.done, w.rings.length], [['accept d1'], 0]);
  });

  it('begins anew also where the one before is not known to be over', async () => {
    const w = await world();
    await w.invite('d1', '');
    await settle();
    await w.invite('d2');
    assert.deepEqual([w.done, w.rings.length], [['accept d1', 'end d1'], 1]);
  });
});
