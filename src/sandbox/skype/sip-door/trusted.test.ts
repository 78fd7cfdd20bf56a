import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { header, textBody } from '../../../protocols/sip/message.ts';
import { formatPublish, publishType } from '../../../protocols/sip/ms/publish.ts';
import type { ClientTls } from '../../../protocols/sip/transport/connect.ts';
import { type Authority, openAuthority } from '../../authority.ts';
import { systemClock } from '../../clock.ts';
import { openSipWorld, reasonOf, type SipClient, until } from './client.test-kit.ts';

const host = 'gateway.isthmus.example';
const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';

let folder: string;
let authority: Authority;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isthmus-trusted-'));
  authority = await openAuthority(folder, systemClock);
});
after(() => rm(folder, { recursive: true }));

/** A pool that trusts the host, and a connection of somebody with a certificate for `name`. */
async function open(name: string | undefined) {
  const world = await openSipWorld({ sip: { schemes: ['digest'], trustedHosts: [host] } });
  const certificate = await authority.issueServer();
  const { port } = await world.pools.online.sip.listen({
    host: '127.0.0.1',
    port: 0,
    tls: { ...certificate, ca: authority.caPem, clientCertificate: 'wanted' },
  });
  const identity = name === undefined ? undefined : await authority.issueClient(name);
  const tls: ClientTls = { serverName: 'localhost', ca: authority.caPem, ...(identity && { identity }) };
  const application = await world.client(alice, { port, tls });
  return { world, application, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** Registers somebody over the application's one connection. */
function register(application: SipClient, address: string, expires = '600') {
  return application.ask(
    application.make('REGISTER', {
      from: `<sip:${address}>;tag=1;epid=gw`,
      to: `<sip:${address}>`,
      headers: [
        { name: 'Contact', value: `<sip:${address.replace('@', '%40')}@127.0.0.1>` },
        { name: 'Expires', value: expires },
      ],
    }),
  );
}

describe('a trusted application', { timeout: 20_000 }, () => {
  it('acts for many people over one connection, without any password', async () => {
    await using opened = await open(host);
    const { world, application } = opened;
    for (const address of [alice, bob]) assert.equal((await register(application, address)).status, 200);
    assert.equal(world.pools.online.core.signedIn, 2);
    const published = await application.ask(
      application.make('SERVICE', {
        from: `<sip:${bob}>;tag=2;epid=gw`,
        to: `<sip:${bob}>`,
        headers: [{ name: 'Content-Type', value: publishType }],
        body: textBody(
          formatPublish({
            uri: `sip:${bob}`,
            publications: [
              {
                category: 'state',
                instance: 1,
                container: 2,
                version: 0,
                expireType: 'endpoint',
                content: {
                  kind: 'state',
                  state: { type: 'machineState', manual: false, availability: 3500 },
                },
              },
            ],
          }),
        ),
      }),
    );
    assert.equal(published.status, 200);
    assert.equal(world.pools.online.core.presentity(bob)?.presence.availability, 3500);
    application.takesCalls();
    const caller = await world.signedIn('heidi@contoso.example');
    const talk = await caller.call(bob);
    assert.equal((await talk.say('for bob')).status, 200);
    const invite = application.requests.find(({ method }) => method === 'INVITE');
    assert.match(header(invite ?? application.make('X'), 'To') ?? '', /<sip:bob@contoso\.example>;epid=gw/);
    assert.deepEqual(application.texts, ['for bob']);
    assert.equal((await register(application, alice, '0')).status, 200);
    assert.equal(world.pools.online.core.signedIn, 2, 'bob, and heidi');
    await application.close();
    await until(() => world.pools.online.core.signedIn === 1);
  });

  it('does not act for strangers, nor for people of another pool', async () => {
    await using opened = await open(host);
    const unknown = await register(opened.application, 'nobody@contoso.example');
    assert.deepEqual([unknown.status, reasonOf(unknown)], [404, 'User does not exist']);
    opened.world.pools.onPrem.setAddresses({ sipTls: 'localhost:7063' });
    assert.equal((await register(opened.application, 'carol@contoso.example')).status, 301);
  });

  it('is who its certificate says: any other is asked for passwords, and so is one without', async () => {
    for (const name of ['elsewhere.isthmus.example', undefined]) {
      await using opened = await open(name);
      assert.equal((await register(opened.application, alice)).status, 407);
    }
  });
});
