import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { deaf } from '../../src/connectors/skype/door.ts';
import { SipEndpoint } from '../../src/connectors/skype/sip-door/endpoint.ts';
import { createSipDoor, doorTiming } from '../../src/connectors/skype/sip-door/sip-door.ts';
import { systemClock } from '../../src/gateway/clock.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { serve } from '../../src/sandbox/listen.ts';
import { createPools } from '../../src/sandbox/skype/pools.ts';
import { eventually } from '../kit/eventually.ts';
import { ManualClock } from '../kit/manual-clock.ts';
import { SkypeActor } from '../kit/skype-actor.ts';
import { TcpProxy } from '../kit/tcp-proxy.ts';

/** The embedded on-prem pool, whose two front ends share everything, and a gateway's way into it on a clock of its own. */
async function openPool() {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-front-ends-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const authority = await openAuthority(folder, systemClock);
  const localName = 'gateway.contoso.example';
  const pools = stack.use(createPools({ sip: { trustedHosts: [localName] } }));
  const { onPrem } = pools;
  const web = stack.use(await serve(onPrem.ucwa, { host: '127.0.0.1', port: 0 }));
  onPrem.setAddresses({ http: web.http.url });
  const { key, cert } = await authority.issueServer();
  const ca = authority.caPem;
  const tls = { key, cert, ca, clientCertificate: 'wanted' } as const;
  const { port } = await onPrem.sip.listen({ host: '127.0.0.1', port: 0, tls });
  const first = stack.use(await TcpProxy.open(port));
  const second = stack.use(await TcpProxy.open(port));
  const clock = new ManualClock();
  const identity = await authority.issueClient(localName);
  const door = stack.use(
    createSipDoor({
      location: {
        kind: 'servers',
        servers: [first, second].map((each, priority) => ({
          host: 'localhost',
          port: each.port,
          priority,
          weight: 1,
        })),
      },
      tls: { ca, identity },
      dialect: 'microsoft',
      localName,
      clock,
      random: () => 0,
      endpointIdOf: () => '00000000-0000-4000-8000-000000000001',
      // Neither a sign of life nor a transaction runs out while the clock is hurried on.
      heartbeatMs: 86_400_000,
      timing: { ...doorTiming, t1: 30_000 },
    }),
  );
  const carol = door.open(
    { of: 'person', sip: 'sip:carol@contoso.example', username: 'carol@contoso.example', password: '' },
    deaf,
  );
  stack.defer(() => carol.abandon());
  const frank = new SkypeActor(`${web.http.url}/`, 'frank@contoso.example');
  stack.defer(() => frank.close());
  await frank.signIn();
  const open = stack.move();
  return { first, second, clock, carol, frank, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

it('somebody whose front end died is shown from the other one, and goes back when it is there again', async () => {
  await using pool = await openPool();
  const { first, second, clock, carol, frank } = pool;
  const isShown = (what: string) =>
    eventually(
      `carol is ${what}`,
      async () => (await frank.presenceOf('carol@contoso.example')) === 'Busy',
      15_000,
    );
  const passUntil = (what: string, happened: () => boolean) =>
    eventually(
      what,
      () => {
        if (happened()) return true;
        clock.advance(1_000);
        return false;
      },
      15_000,
    );
  assert.equal(await carol.show({ availability: 'Busy', activity: 'None' }), undefined);
  await isShown('shown at first');
  assert.deepEqual([first.connections, second.connections], [1, 0]);

  await first.close();
  await passUntil('the other one is used', () => second.connections === 1);
  await isShown('shown from the other one');

  await first.reopen();
  assert.ok(carol instanceof SipEndpoint);
  await passUntil('registered at the first one', () => carol.link?.target.port === first.port);
  await isShown('shown from the first one');
  await second.close();
  assert.equal(await carol.ready(AbortSignal.timeout(15_000)), undefined);
  await isShown('shown without the other one');
});
