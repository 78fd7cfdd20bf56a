import { setTimeout as sleep } from 'node:timers/promises';
import { TeamsActor } from '../test/kit/teams-actor.ts';
import { type CrowdOrder, crowd, pairsOf } from './crowd.ts';
import type { Bench } from './main.ts';
import { withSubject } from './processes.ts';
import { median, percentile, rounded } from './statistics.ts';
import type { SubjectKind } from './subject.ts';
import { openTalks, type Talk } from './talk.ts';

export interface ImOptions {
  readonly rounds: number;
  /** Of measuring, for each direction and subject in each round. */
  readonly seconds: number;
  /** Conversations side by side, each with one message under way. */
  readonly pairs: number;
  /** Signed in for the measurement of memory. */
  readonly people: number;
  readonly say: (line: string) => void;
}

/** Medians over the rounds; `floor…` is the bare forwarder in the same run. */
export interface DirectionFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly floorPerSecond: number;
  readonly floorP99Ms: number;
  /** Throughput, of the floor's. */
  readonly ratio: number;
  /** Writes forced to disk, of the messages delivered: less than 1 where several share one. */
  readonly syncsPerMessage: number;
}

export interface ImFigures {
  readonly teamsToSkype: DirectionFigures;
  readonly skypeToTeams: DirectionFigures;
  /** In both directions. */
  readonly syncsPerMessage: number;
  /** Of the gateway's process, with `people` signed in. */
  readonly residentMiB: number;
}

const directions = ['toSkype', 'toTeams'] as const;
type Direction = (typeof directions)[number];

interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Undefined where there is no ledger. */
  readonly syncsPerMessage: number | undefined;
}

const warmUpMs = 1_500;

/** Both directions through the gateway and through the floor, in turn, round after round, each on fresh processes. */
export async function benchIm(options: ImOptions): Promise<ImFigures> {
  const rounds: Record<SubjectKind, Record<Direction, Round[]>> = {
    gateway: { toSkype: [], toTeams: [] },
    floor: { toSkype: [], toTeams: [] },
  };
  for (let round = 1; round <= options.rounds; round++)
    for (const kind of ['gateway', 'floor'] as const)
      await withSubject({ kind, crowd: evenly(options.pairs) }, async (servers, subject) => {
        const ledger = kind === 'gateway' ? () => ledgerCounts(subject.ready.url) : undefined;
        const talks = await openTalks(pairsOf(crowd(evenly(options.pairs))), servers);
        for (const direction of directions) {
          const figures = await measure(talks, direction, options.seconds * 1_000, ledger);
          rounds[kind][direction].push(figures);
          options.say(
            `round ${round}, ${kind}, ${direction}: ${Math.round(figures.perSecond)}/s, p99 ${figures.p99Ms.toFixed(1)} ms`,
          );
        }
        await Promise.all(talks.map((talk) => talk.close()));
      });
  const residentMiB = await measureMemory(options);
  return {
    teamsToSkype: summary(rounds.gateway.toSkype, rounds.floor.toSkype),
    skypeToTeams: summary(rounds.gateway.toTeams, rounds.floor.toTeams),
    syncsPerMessage: rounded(
      median(
        directions.flatMap((to) => rounds.gateway[to].map((round) => round.syncsPerMessage ?? Number.NaN)),
      ),
      3,
    ),
    residentMiB: rounded(residentMiB),
  };
}

function evenly(pairs: number): CrowdOrder {
  return { inTeams: pairs, inSkype: pairs };
}

/** Every conversation has one message under way all the time; what is posted in the warm-up does not count. */
async function measure(
  talks: readonly Talk[],
  direction: Direction,
  ms: number,
  ledger?: () => Promise<Counts>,
): Promise<Round> {
  const before = await ledger?.();
  const latencies: number[] = [];
  const start = performance.now() + warmUpMs;
  const end = start + ms;
  await Promise.all(
    talks.map(async (talk) => {
      while (performance.now() < end) {
        const posted = performance.now();
        const latency = await talk[direction]();
        if (posted >= start && performance.now() <= end) latencies.push(latency);
      }
    }),
  );
  return {
    perSecond: (latencies.length * 1_000) / ms,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    syncsPerMessage: before && syncsPerMessage(before, (await ledger?.()) ?? before),
  };
}

interface Counts {
  readonly delivered: number;
  readonly syncs: number;
}

async function ledgerCounts(url: string): Promise<Counts> {
  const answer = await fetch(`${url}/api/status`);
  return ((await answer.json()) as { readonly messages: Counts }).messages;
}

function syncsPerMessage(before: Counts, after: Counts): number {
  return (after.syncs - before.syncs) / (after.delivered - before.delivered);
}

async function measureMemory(options: ImOptions): Promise<number> {
  let resident = Number.NaN;
  const order = { kind: 'gateway', crowd: evenly(options.people) } as const;
  await withSubject(order, async ({ ready: { graph, clientId } }, subject) => {
    const queue = crowd(order.crowd).inTeams.map(
      ({ address }) => new TeamsActor({ graph, authority: graph, clientId }, address),
    );
    const worker = async (): Promise<void> => {
      for (let actor = queue.shift(); actor; actor = queue.shift()) await actor.signIn();
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    await signedIn(subject.ready.url, options.people);
    await sleep(10_000);
    resident = subject.residentMiB();
    options.say(`${options.people} people signed in: ${Math.round(resident)} MiB resident`);
  });
  return resident;
}

/** Waits until the gateway shows everybody in SfB. */
async function signedIn(url: string, people: number): Promise<void> {
  const end = performance.now() + 120_000;
  for (;;) {
    const answer = await fetch(`${url}/api/people`);
    const body = (await answer.json()) as {
      readonly people: readonly {
        readonly presence: {
          readonly sides: { readonly skype: { readonly ours: { readonly availability: string } } };
        };
      }[];
    };
    const shown = body.people.filter(
      ({ presence }) => presence.sides.skype.ours.availability === 'Available',
    );
    if (shown.length >= people) return;
    if (performance.now() > end) throw new Error(`${shown.length} of ${people} are signed in after 120 s`);
    await sleep(500);
  }
}

function summary(gateway: readonly Round[], floor: readonly Round[]): DirectionFigures {
  const of = (rounds: readonly Round[], figure: keyof Round): number =>
    median(rounds.map((round) => round[figure] ?? Number.NaN));
  return {
    perSecond: rounded(of(gateway, 'perSecond')),
    p50Ms: rounded(of(gateway, 'p50Ms')),
    p99Ms: rounded(of(gateway, 'p99Ms')),
    floorPerSecond: rounded(of(floor, 'perSecond')),
    floorP99Ms: rounded(of(floor, 'p99Ms')),
    ratio: rounded(of(gateway, 'perSecond') / of(floor, 'perSecond'), 2),
    syncsPerMessage: rounded(of(gateway, 'syncsPerMessage'), 3),
  };
}

export function showIm(figures: ImFigures): string {
  const line = (name: string, of: DirectionFigures): string =>
    `${name}: ${of.perSecond}/s, p50 ${of.p50Ms} ms, p99 ${of.p99Ms} ms; floor ${of.floorPerSecond}/s, p99 ${of.floorP99Ms} ms; ratio ${of.ratio}; ${of.syncsPerMessage} syncs a message`;
  return [
    line('Teams → SfB', figures.teamsToSkype),
    line('SfB → Teams', figures.skypeToTeams),
    `resident: ${figures.residentMiB} MiB`,
  ].join('\n');
}

export const bench: Bench = {
  usage: '[--rounds N] [--seconds N] [--pairs N] [--people N]',
  async run({ rounds = 3, seconds = 8, pairs = 50, people = 1_000, say }) {
    const figures = await benchIm({ rounds, seconds, pairs, people, say });
    return { figures, text: showIm(figures) };
  },
};
