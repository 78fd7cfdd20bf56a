import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { eventually } from '../../../test/kit/eventually.ts';
import { SkypeActor } from '../../../test/kit/skype-actor.ts';
import { createGate } from '../../core/gate.ts';
import { systemClock } from '../../gateway/clock.ts';
import { openAuthority } from '../../sandbox/authority.ts';
import { serve } from '../../sandbox/listen.ts';
import { createPools } from '../../sandbox/skype/pools.ts';
import { type DoorWorld, describeDoor, HeardByDoor } from './door.test-kit.ts';
import type { DoorAccount } from './door.ts';
import { openDoor, type PoolOptions } from './pools.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-doors-'));
after(() => rmSync(folder, { recursive: true }));
const authority = await openAuthority(folder, systemClock);
const trustedHost = 'gateway.contoso.example';

/** The embedded on-prem pool with both its doors open, and the door of a gateway that calls itself `name` to it. */
async function open(
  protocol: 'ucwa' | 'sip',
  name = trustedHost,
): Promise<DoorWorld & { readonly polls: readonly string[] }> {
  const pools = createPools({ sip: { trustedHosts: [trustedHost] } });
  const { onPrem } = pools;
  const polls: string[] = [];
  onPrem.ucwa.addHook('onRequest', async ({ url }) => {
    if (url.includes('/events?ack=')) polls.push(url);
  });
  const http = await serve(onPrem.ucwa, { host: '127.0.0.1', port: 0 });
  onPrem.setAddresses({ http: http.http.url });
  const { key, cert } = await authority.issueServer();
  const ca = authority.caPem;
  const listener = await onPrem.sip.listen({
    host: '127.0.0.1',
    port: 0,
    tls: { key, cert, ca, clientCertificate: 'wanted' },
  });
  const base = { name: 'onPrem', home: 'onPrem', ca } as const;
  const server = { host: 'localhost', port: listener.port, priority: 0, weight: 0 };
  const options: PoolOptions =
    protocol === 'ucwa'
      ? { ...base, discoveryUrl: http.http.url }
      : {
          ...base,
          protocol,
          sip: {
            location: { kind: 'servers', servers: [server] },
            transport: 'tls',
            dialect: 'microsoft',
            localName: name,
            identity: await authority.issueClient(name),
          },
        };
  const ids = new Map<string, string>();
  const endpointIdOf = ({ sip }: DoorAccount): string => {
    const known = ids.get(sip) ?? randomUUID();
    ids.set(sip, known);
    return known;
  };
  const door = openDoor(options, {
    clock: systemClock,
    random: Math.random,
    gate: createGate(8),
    endpointIdOf,
    checkEveryMs: 1_000,
  });
  return {
    door,
    polls,
    pool: onPrem,
    discovery: `${http.http.url}/`,
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await http[Symbol.asyncDispose]();
      await pools[Symbol.asyncDispose]();
    },
  };
}

describe('a gateway that the pool does not trust', () => {
  it('is let in for nobody without a password, and says that the account is refused', async () => {
    await using world = await open('sip', 'stranger.contoso.example');
    const heard = new HeardByDoor();
    const account = (name: string, password: string) =>
      ({
        of: 'person',
        sip: `sip:${name}@contoso.example`,
        username: `${name}@contoso.example`,
        password,
      }) as const;
    await using stranger = world.door.open(account('frank', ''), heard);
    const failure = await stranger.ready(AbortSignal.timeout(5_000));
    assert.deepEqual([failure?.kind, failure?.id], ['refused', 'link-refused']);
    await using known = world.door.open(account('frank', 'demo'), heard);
    assert.equal(await known.ready(AbortSignal.timeout(5_000)), undefined);
    await using guessing = world.door.open(account('carol', 'wrong'), heard);
    assert.equal((await guessing.ready(AbortSignal.timeout(5_000)))?.id, 'link-refused');
  });
});

describe('an endpoint over UCWA', () => {
  const frank = { sip: 'sip:frank@contoso.example', username: 'frank@contoso.example' } as const;

  for (const { of, query } of [
    { of: 'person', query: '&low=1800&medium=1800&timeout=180' },
    { of: 'gateway', query: '' },
  ] as const) {
    const how = of === 'gateway' ? 'as soon as the pool tells' : 'only with a text';
    it(`of a ${of} hears ${how} how somebody is, and of a text at once`, async () => {
      await using world = await open('ucwa');
      const heard = new HeardByDoor();
      await using endpoint = world.door.open({ of, ...frank, password: 'demo' }, heard);
      assert.equal(await endpoint.show({ availability: 'Available', activity: 'None' }), undefined);
      const [, asked] = (await eventually('a question for news', () => world.polls[0])).split('?ack=1');
      assert.equal(asked, query);
      const carol = new SkypeActor(world.discovery, 'carol@contoso.example');
      try {
        await carol.signIn();
        const inviting = carol.invite(frank.username, 'are you there?');
        const { dialog } = await heard.invitation('are you there?');
        assert.equal(await endpoint.accept(dialog), undefined);
        await inviting;
      } finally {
        await carol.close();
      }
    });
  }
});

describeDoor('UCWA', () => open('ucwa'));
describeDoor('SIP', () => open('sip'));
