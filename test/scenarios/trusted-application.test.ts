import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { checkedConfig } from '../../src/cli/checked-config.ts';
import { readSettings } from '../../src/cli/config/load.ts';
import { openGateway } from '../../src/cli/gateway.ts';
import { sandboxAnswer, sandboxConfig } from '../../src/cli/sandbox-config.ts';
import { openSandboxServers } from '../../src/cli/sandbox-servers.ts';
import { eventually } from '../kit/eventually.ts';
import { SkypeActor } from '../kit/skype-actor.ts';
import { TcpProxy } from '../kit/tcp-proxy.ts';
import { TeamsActor } from '../kit/teams-actor.ts';
import { addressOf, type SeenTrace, Whole } from '../kit/whole.ts';

/** The on-prem pool behind two front ends, and a gateway for which nobody has linked an account of SfB. */
async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), 'isthmus-trusted-'));
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  const ports = { graph: 0, online: 0, onPrem: 0, onlineSip: 0, onPremSip: 0 };
  const servers = stack.use(await openSandboxServers({ data, ports }));
  const { addresses } = servers;
  const sipPort = Number(addresses.pools.onPrem.sip.tls.split(':')[1]);
  const frontEnds = [
    stack.use(await TcpProxy.open(sipPort)),
    stack.use(await TcpProxy.open(sipPort)),
  ] as const;

  const beneath = sandboxConfig(data, addresses, { online: 'ucwa', onPrem: 'sip' }) as {
    readonly skype: { readonly pools: readonly { readonly name: string; readonly sip?: object }[] };
  };
  const pools = beneath.skype.pools.map((pool) =>
    pool.name === 'onPrem'
      ? { ...pool, sip: { ...pool.sip, servers: frontEnds.map(({ port }) => `localhost:${port}`) } }
      : pool,
  );
  const settings = readSettings({
    folder: data,
    data,
    env: {
      ISTHMUS_SANDBOX_ENABLED: 'true',
      ISTHMUS_SKYPE_POOLS: JSON.stringify(pools),
      ISTHMUS_LISTEN_PORT: '0',
      ISTHMUS_LISTEN_TLS_PORT: '0',
      ISTHMUS_LOG_LEVEL: 'silent',
      ISTHMUS_PRESENCE_PACE_MS: '0',
      ISTHMUS_DELIVERY_DEADLINE_MS: '4000',
    },
  });
  await checkedConfig(settings);
  const config = await checkedConfig(settings, addresses);
  const gateway = stack.use(
    await openGateway(config, {
      answer: sandboxAnswer(addresses),
      async link(links) {
        for (const { id, teams } of config.people)
          if (teams.kind === 'account')
            await links.put(id, 'teams', { kind: 'password', username: teams.upn, password: 'demo' });
      },
    }),
  );
  const { graph, authority, clientId } = sandboxAnswer(addresses);
  const open = stack.move();
  return {
    frontEnds,
    teams: (name: string) => new TeamsActor({ graph, authority, clientId }, addressOf(name)),
    skype(name: string) {
      const actor = new SkypeActor(`${addresses.pools.onPrem.http}/`, addressOf(name));
      open.defer(() => actor.close());
      return actor;
    },
    ended: (id: string) =>
      eventually(
        `an end of message ${id}`,
        async () => {
          const answer = await fetch(`${gateway.url}/api/messages/${encodeURIComponent(id)}`);
          const trace = (await answer.json()) as SeenTrace;
          return answer.ok && trace.state !== 'under way' ? trace : undefined;
        },
        12_000,
      ),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

describe('the gateway as a trusted application of a pool with two front ends', async () => {
  const world = await openWorld();
  after(() => world[Symbol.asyncDispose]());
  const [first, second] = world.frontEnds;
  const frank = world.skype('frank');
  const carol = world.teams('carol');
  const mallory = world.teams('mallory');
  let chat = '';
  const shows = (state: string, withinMs?: number) =>
    eventually(
      `carol is ${state}`,
      async () => (await frank.presenceOf('carol@contoso.example')) === state,
      withinMs,
    );

  it('shows people without an account of theirs, and takes them away within a second', async () => {
    await frank.signIn();
    await carol.signIn();
    await shows('Online');
    await carol.prefer('Busy');
    await shows('Busy');
    await carol.signOut();
    await shows('Offline', 1_000);
    await carol.signIn();
    await shows('Busy');
  });

  it('goes on with what somebody wrote who signs out while it rings: Offline within a second, and one ring', async () => {
    const goodbye = await carol.chatWith('frank@contoso.example');
    await carol.say(goodbye, 'One last thing');
    const ringing = await frank.invitation('One last thing');
    await carol.signOut();
    await shows('Offline', 1_000);
    const conversation = await frank.accept(ringing);
    await frank.message('One last thing');
    await frank.say(conversation, 'Read it tomorrow');
    await carol.sees(goodbye, 'Read it tomorrow');
    const texts = frank.received.filter((text) => text.includes('One last thing'));
    assert.equal(texts.length, 1);
    assert.equal(await frank.presenceOf('carol@contoso.example'), 'Offline');
    assert.equal((await carol.messages(goodbye)).length, 2, 'and nobody is told of a failure');
    await carol.signIn();
    await shows('Busy');
  });

  it('writes and receives in their own names, over one connection to each front end', async () => {
    chat = await mallory.chatWith('frank@contoso.example');
    await mallory.say(chat, 'Hello frank');
    const conversation = await frank.accept(await frank.invitation('Hello frank'));
    await frank.say(conversation, 'Hello mallory');
    await mallory.sees(chat, 'Hello mallory');
    const { status } = await frank.invite('carol@contoso.example', 'Hello carol');
    assert.equal(status, 'Success');
    await carol.seesAnywhere('Hello carol');
    assert.ok(first.connections <= 1 && second.connections <= 1);
    assert.ok(first.connections + second.connections >= 1);
  });

  it('goes on at the other front end when one dies, whichever it is', async () => {
    for (const [dying, text] of [
      [first, 'The first is gone'],
      [second, 'The second is gone'],
    ] as const) {
      await dying.close();
      await eventually('carol is shown again', async () => {
        return (await frank.presenceOf('carol@contoso.example')) === 'Busy';
      });
      const before = frank.events.length;
      const id = await mallory.say(chat, text);
      await eventually('it arrives', async () => {
        for (const event of frank.events.slice(before)) {
          if (frank.incoming(event)?.includes(text)) return true;
          const rings = event._embedded?.['messagingInvitation']?.['direction'] === 'Incoming';
          if (rings && event.type === 'started') {
            await frank.accept(event);
            return true;
          }
        }
        return false;
      });
      assert.equal((await world.ended(id)).state, 'delivered');
      await dying.reopen();
    }
  });

  it('tells the sender by the deadline when no front end is left, and is back by itself', async () => {
    await Promise.all([first.close(), second.close()]);
    const id = await mallory.say(chat, 'Nobody can hear this');
    const ended = await world.ended(id);
    assert.deepEqual([ended.state, ended.end?.refusal?.id], ['failed', 'unreachable']);
    await mallory.seesAnywhere('Not delivered to Frank Fisher');
    await Promise.all([first.reopen(), second.reopen()]);
    await shows('Busy', 15_000);
  });
});

describe('the online pool, reached as a trusted application too', async () => {
  const world = await Whole.open({ ISTHMUS_SANDBOX_PROTOCOLS_ONLINE: 'sip' }, 'inProcess');
  after(() => world[Symbol.asyncDispose]());
  const heidi = world.skype('heidi');
  const erin = world.teams('erin');
  const shows = (state: string, withinMs?: number) =>
    eventually(
      `erin is ${state}`,
      async () => (await heidi.presenceOf('erin@contoso.example')) === state,
      withinMs,
    );

  it('somebody TeamsOnly who is signed out of Teams is Offline, and receives all the same', async () => {
    await heidi.signIn();
    assert.equal(await heidi.presenceOf('erin@contoso.example'), 'Offline');
    const invited = await heidi.invite('erin@contoso.example', 'For when you are back');
    assert.equal(invited.status, 'Success');
    await erin.seesAnywhere('For when you are back');
    assert.equal(await heidi.presenceOf('erin@contoso.example'), 'Offline');
  });

  it('is rid of everybody whom a gateway showed that was killed', async () => {
    await erin.signIn();
    await shows('Online');
    await world.killGateway();
    await shows('Offline', 2_000);
  });
});
