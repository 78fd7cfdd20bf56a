import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deaf } from '../src/connectors/skype/door.ts';
import { createSipDoor } from '../src/connectors/skype/sip-door/sip-door.ts';
import { systemClock } from '../src/gateway/clock.ts';
import { openAuthority } from '../src/sandbox/authority.ts';
import { contoso, password } from '../src/sandbox/world.ts';
import { findKamailio, startKamailio } from '../test/kit/kamailio.ts';
import { startChild } from './child.ts';
import type { Bench } from './main.ts';
import type { SipMemory, SipOrder, SipReady } from './sip-child.ts';
import { measurePresence } from './sip-presence.ts';
import { measureRelay, processorSecondsOf, type Relayed, type RelayServer } from './sip-relay.ts';
import { findSipp } from './sipp.ts';
import { median, rounded } from './statistics.ts';

/** Rates are by the server's processor time: what one core would do that does nothing else. Null where a program is missing. */
export interface SipFigures {
  /** MESSAGE requests parsed. */
  readonly parsePerSecond: number;
  /** Texts relayed, half of them each for itself, half in sessions. */
  readonly relayPerSecond: number | null;
  readonly kamailioRelayPerSecond: number | null;
  readonly relayRatio: number | null;
  /** PUBLISH in, NOTIFY out, as a part of what Kamailio does. */
  readonly presenceRatio: number | null;
  /** Memory of the pool for an endpoint of a trusted application, presence published. */
  readonly bytesPerEndpoint: number;
  readonly pager: { readonly pool: number | null; readonly kamailio: number | null };
  readonly session: { readonly pool: number | null; readonly kamailio: number | null };
  readonly presence: { readonly pool: number; readonly kamailio: number | null };
}

interface Round {
  readonly relay: Relayed | undefined;
  readonly presence: number;
}

const senders = 20;
const trustedHost = 'bench.isthmus.example';

export const bench: Bench = {
  usage: '[--rounds N] [--people N]',
  async run({ rounds = 3, people = 2_000, say }) {
    const sipp = findSipp();
    const hasKamailio = findKamailio() !== undefined;
    if (!sipp) say('sipp is not installed (package sip-tester): no relay is measured');
    if (!hasKamailio) say('kamailio is not installed (packages kamailio, kamailio-presence-modules)');
    const pool: Round[] = [];
    const kamailio: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      pool.push(await ofPool(sipp));
      if (hasKamailio) kamailio.push(await ofKamailio(sipp));
    }
    say('memory and parsing');
    const figures = figuresOf(pool, kamailio, await bytesPerEndpoint(people), await parseRate());
    return { figures, text: show(figures) };
  },
};

async function ofPool(sipp: string | undefined): Promise<Round> {
  const order: SipOrder = { people: 100 };
  await using child = await startChild<SipReady>('./sip-child.ts', order);
  return await measured(sipp, {
    target: {
      host: '127.0.0.1',
      port: child.ready.tcp,
      domain: contoso.domain,
      password,
      keepsCallIds: false,
    },
    processorSeconds: () => child.processorSeconds(),
  });
}

async function ofKamailio(sipp: string | undefined): Promise<Round> {
  const domain = 'voip.example';
  await using server = await startKamailio({ domains: [domain] });
  return await measured(sipp, {
    target: { host: server.host, port: server.port, domain, password: undefined, keepsCallIds: true },
    processorSeconds: () => processorSecondsOf(server.pid),
  });
}

async function measured(sipp: string | undefined, server: RelayServer): Promise<Round> {
  const relay = sipp === undefined ? undefined : await measureRelay(server, { sipp, senders, texts: 500 });
  return { relay, presence: await measurePresence(server, { people: 20, changes: 100 }) };
}

/** Endpoints of a trusted application, each shown with a presence. */
async function bytesPerEndpoint(people: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-sip-'));
  try {
    const authority = await openAuthority(folder, systemClock);
    const { key, cert } = await authority.issueServer();
    const trust = { host: trustedHost, ca: authority.caPem, key, cert };
    await using child = await startChild<SipReady>('./sip-child.ts', { people, trust }, ['--expose-gc']);
    const before = await child.ask<SipMemory>({});
    await using door = createSipDoor({
      location: {
        kind: 'servers',
        servers: [{ host: 'localhost', port: child.ready.tls ?? 0, priority: 0, weight: 0 }],
      },
      tls: { ca: authority.caPem, identity: await authority.issueClient(trustedHost) },
      dialect: 'microsoft',
      localName: trustedHost,
      clock: systemClock,
      random: Math.random,
      endpointIdOf: () => randomUUID(),
      expiresSeconds: 3600,
      registrationsPerSecond: 10_000,
    });
    const failures = await Promise.all(
      Array.from({ length: people }, (_, index) => {
        const address = `p${index}@${contoso.domain}`;
        const account = { of: 'person', sip: `sip:${address}`, username: address, password: '' } as const;
        return door.open(account, deaf).show({ availability: 'Busy', activity: 'None' });
      }),
    );
    const failure = failures.find((each) => each !== undefined);
    if (failure) throw new Error(`an endpoint could not be shown: ${failure.detail}`);
    const after = await child.ask<SipMemory>({});
    return Math.round((after.bytes - before.bytes) / after.endpoints);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By processor time, in a process of its own. */
async function parseRate(): Promise<number> {
  const program = fileURLToPath(new URL('./sip-parse.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, '5', '300']);
  const { sipParse } = JSON.parse(stdout) as { sipParse: { parsePerCpuSecond: number } };
  return sipParse.parsePerCpuSecond;
}

function figuresOf(
  pool: readonly Round[],
  kamailio: readonly Round[],
  bytes: number,
  parsePerSecond: number,
): SipFigures {
  const rate = (rounds: readonly Round[], of: (round: Round) => number | undefined): number | null => {
    const values = rounds.flatMap((round) => of(round) ?? []);
    return values.length === 0 ? null : Math.round(median(values));
  };
  const both = ({ relay }: Round) => relay && 2 / (1 / relay.pager + 1 / relay.session);
  const relayPerSecond = rate(pool, both);
  const kamailioRelayPerSecond = rate(kamailio, both);
  const presence = {
    pool: rate(pool, (round) => round.presence) ?? 0,
    kamailio: rate(kamailio, (round) => round.presence),
  };
  return {
    parsePerSecond,
    relayPerSecond,
    kamailioRelayPerSecond,
    relayRatio: ratio(relayPerSecond, kamailioRelayPerSecond),
    presenceRatio: ratio(presence.pool, presence.kamailio),
    bytesPerEndpoint: bytes,
    pager: {
      pool: rate(pool, ({ relay }) => relay?.pager),
      kamailio: rate(kamailio, ({ relay }) => relay?.pager),
    },
    session: {
      pool: rate(pool, ({ relay }) => relay?.session),
      kamailio: rate(kamailio, ({ relay }) => relay?.session),
    },
    presence,
  };
}

function ratio(ours: number | null, theirs: number | null): number | null {
  return ours === null || theirs === null ? null : rounded(ours / theirs, 2);
}

function show({ pager, session, presence, ...all }: SipFigures): string {
  const line = (what: string, ours: number | null, theirs: number | null): string =>
    `${what.padEnd(34)}${String(ours ?? '–').padStart(10)}${String(theirs ?? '–').padStart(12)}`;
  return [
    `${'a second of processor'.padEnd(34)}${'pool'.padStart(10)}${'Kamailio'.padStart(12)}`,
    line('texts each for itself', pager.pool, pager.kamailio),
    line('texts in sessions', session.pool, session.kamailio),
    line('both in equal parts', all.relayPerSecond, all.kamailioRelayPerSecond),
    line('changes of presence', presence.pool, presence.kamailio),
    `MESSAGE requests parsed a second: ${all.parsePerSecond}`,
    `bytes for an endpoint: ${all.bytesPerEndpoint}`,
  ].join('\n');
}
