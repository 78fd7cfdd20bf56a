import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { createSkypeConnector } from '../../src/connectors/skype/connector.ts';
import { createTeamsConnector } from '../../src/connectors/teams/connector.ts';
import type { Clock } from '../../src/core/clock.ts';
import { personId } from '../../src/core/ids.ts';
import type { Person } from '../../src/core/people.ts';
import { openFederation } from '../../src/core/routing/federation.ts';
import { policyForAll } from '../../src/core/routing/policy.ts';
import { createDirectory } from '../../src/gateway/directory.ts';
import type { GatewayEvent } from '../../src/gateway/events.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import type { Links } from '../../src/gateway/links.ts';
import { defaultPresence, type PresenceSettings } from '../../src/gateway/presence.ts';
import { openMemoryLedger } from '../../src/ledger/memory/open.ts';
import { generateStoredKeys, openSigningKeys } from '../../src/protocols/entra/signing-keys.ts';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { serve } from '../../src/sandbox/listen.ts';
import { createPools, type PoolsOptions } from '../../src/sandbox/skype/pools.ts';
import type { Calendar } from '../../src/sandbox/teams/presence/aggregate.ts';
import { startTeamsService } from '../../src/sandbox/teams-service.ts';
import * as world from '../../src/sandbox/world.ts';
import { eventually } from './eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { RequestsUnderWay } from './requests.ts';
import { SkypeActor } from './skype-actor.ts';
import { TeamsActor } from './teams-actor.ts';

export interface TwoNetworksOptions {
  readonly presence?: Partial<PresenceSettings>;
  readonly pools?: Pick<PoolsOptions, 'limits' | 'times'>;
}

const people: readonly Person[] = world.people
  .filter(({ kind }) => kind === 'person')
  .map(({ address, displayName, objectId, tenant, mode, home }) => ({
    id: personId(address),
    displayName,
    tenant: tenant.domain,
    mode,
    teams: { kind: 'account', objectId, upn: address },
    skype: home === 'none' ? { home } : { home, sip: `sip:${address}`, pool: home },
  }));

/** Embedded servers of both networks and the gateway between them, all under one clock that stands still. */
export async function openTwoNetworks(options: TwoNetworksOptions = {}) {
  const presence = { ...defaultPresence, paceMs: 0, ...options.presence };
  const [gatewayApp, pageApp] = world.apps;
  if (gatewayApp?.secret === undefined || !pageApp) throw new Error('the sandbox has no apps');
  const { secret, clientId } = gatewayApp;
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'networks-'));
  opening.defer(() => rm(folder, { recursive: true }));
  const authority = await openAuthority(folder, { now: () => Date.now() });
  const listening = {
    host: '127.0.0.1',
    port: 0,
    tls: { port: 0, ...(await authority.issueServer()) },
  };
  const clock = new ManualClock();
  const requests = opening.use(new RequestsUnderWay((path) => /\/events\b/.test(path)));
  const service = opening.use(
    await startTeamsService({
      ...listening,
      clock,
      keys: await openSigningKeys(await generateStoredKeys()),
      ca: authority.caPem,
    }),
  );
  const pools = opening.use(createPools({ clock, ...options.pools }));
  const online = opening.use(await serve(pools.online.ucwa, { host: '127.0.0.1', port: 0 }));
  pools.online.setAddresses({ http: online.http.url });
  const graph = service.https?.url ?? '';
  const directory = createDirectory(people.filter(({ skype }) => skype.home !== 'onPrem'));
  const links: Links = {
    get: async (id, side) =>
      side === 'skype' ? { kind: 'password', username: id, password: world.password } : undefined,
    put: async () => undefined,
    remove: async () => undefined,
  };
  const app = fastify();
  const ledger = opening.use(openMemoryLedger());
  let gatewayUrl = '';
  const gatewayClock = stoppable(clock);
  const shared = { directory, links, clock: gatewayClock, random: () => 0.5 };
  const teams = createTeamsConnector({
    ...shared,
    graph,
    authority: graph,
    ca: authority.caPem,
    tenants: world.tenants.map(({ id, domain }) => ({
      id,
      domain,
      clientId,
      credential: { kind: 'secret', secret },
      gatewayAccount: { upn: `isthmus@${domain}`, password: world.password },
    })),
    publicUrl: () => gatewayUrl,
    kept: ledger.kept,
    signOut: presence.signOut,
  });
  teams.register(app);
  const skype = createSkypeConnector({
    ...shared,
    pools: [
      {
        name: 'online',
        home: 'online',
        discoveryUrl: online.http.url,
        gatewayAccount: { username: 'isthmus@contoso.example', password: world.password },
      },
    ],
    installation: createHmac('sha256', 'test').update('installation').digest('base64url'),
    signOut: presence.signOut,
  });
  gatewayUrl = opening.use(await serve(app, listening)).https?.url ?? '';
  const events: GatewayEvent[] = [];
  const gateway = opening.use(
    createGateway({
      directory,
      ledger,
      connectors: { teams, skype },
      clock: gatewayClock,
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      policies: policyForAll('bridged'),
      federation: openFederation,
      presence,
      deadlineMs: 30_000,
      sessionIdleMs: 600_000,
      mostUnderWay: 1_000,
      mostBytesUnderWay: 1024 * 1024,
      catchUpMs: 24 * 60 * 60_000,
      report: (event) => events.push(event),
    }),
  );
  const actors: SkypeActor[] = [];
  opening.defer(async () => {
    await Promise.all(actors.map((actor) => actor.close()));
  });
  await gateway.start();
  const open = opening.move();
  return {
    clock,
    gateway,
    pools,
    events,
    directory,
    person(name: string): Person {
      const person = directory.person(personId(`${name}@contoso.example`));
      if (!person) throw new Error(`nobody is called ${name}`);
      return person;
    },
    teams: (name: string) =>
      new TeamsActor(
        { graph: service.http.url, authority: service.http.url, clientId: pageApp.clientId },
        `${name}@contoso.example`,
      ),
    skype(name: string) {
      const actor = new SkypeActor(`${online.http.url}/`, `${name}@contoso.example`);
      actors.push(actor);
      return actor;
    },
    /** What the person's calendar says in Teams; no client can. */
    calendar(name: string, calendar: Calendar): void {
      const { teams } = this.person(name);
      if (teams.kind !== 'account') throw new Error(`${name} is not in Teams`);
      service.tenants.presence.setCalendar(teams.objectId, calendar);
    },
    /** What the calendar of somebody homed online says in SfB while they are out of office; no client can. */
    automaticReply: (name: string, text: string | undefined): void =>
      pools.online.core.presentity(`${name}@contoso.example`)?.setAutomaticReply(text),
    /** The gateway stops dead: none of its timers runs any more. What it asked for already still is answered. */
    freezeGateway: () => gatewayClock.stop(),
    /** Time passes until `ask` says so, `withinMs` of it at most. */
    async until(what: string, ask: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
      const end = clock.now() + withinMs;
      await eventually(what, async () => {
        if (await ask()) return true;
        if (clock.now() >= end) throw new Error(`not within ${withinMs} ms: ${what}`);
        clock.advance(50);
        return false;
      });
    },
    /** Time passes in steps, and the networks say to each other what each step has them say. */
    async pass(ms: number, stepMs = 1_000): Promise<void> {
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        await requests.end();
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

export type TwoNetworks = Awaited<ReturnType<typeof openTwoNetworks>>;

/** A clock whose timers never run once it is stopped. */
function stoppable(clock: Clock): Clock & { stop(): void } {
  let isStopped = false;
  return {
    now: () => clock.now(),
    setTimer: (ms, run) => clock.setTimer(ms, () => !isStopped && run()),
    stop: () => {
      isStopped = true;
    },
  };
}
