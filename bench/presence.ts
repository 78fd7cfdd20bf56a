import { setTimeout as sleep } from 'node:timers/promises';
import { besideFlags, type Child, startChild } from './child.ts';
import type { CrowdOrder } from './crowd.ts';
import type { Bench } from './main.ts';
import type { Delays } from './presence-delays.ts';
import type { PeopleOrder, PeopleQuestion } from './presence-people.ts';
import type { Change } from './presence-states.ts';
import type { WatchersOrder, WatchersQuestion } from './presence-watchers.ts';
import { withSubject } from './processes.ts';
import { median, rounded } from './statistics.ts';
import type { Subject } from './subject.ts';

export interface PresenceOptions {
  readonly rounds: number;
  /** Of changes, in each round. */
  readonly seconds: number;
  /** Signed in at Teams, and shown in SfB by the gateway. */
  readonly people: number;
  /** In SfB, each of whom watches everybody. */
  readonly watchers: number;
  /** Changes of presence a second, of everybody in turn. */
  readonly changesPerSecond: number;
  readonly say: (line: string) => void;
}

/** Medians over the rounds. */
export interface PresenceFigures {
  readonly people: number;
  /** Made, and shown to every watcher. */
  readonly changesPerSecond: number;
  readonly notificationsPerSecond: number;
  /** From the moment a change is made at a Teams client to the moment an SfB client shows it. */
  readonly p99Ms: number;
  /** The same of sign-outs, with {@link signedInForSignOut} people signed in. */
  readonly signOutP99Ms: number;
  /**
   * Growth of what the gateway's heap and what belongs to it have in use, for each person signed in: after a collection, and
   * without what grows once. By how much the process grows is told beside.
   */
  readonly bytesPerPerson: number;
  /** From the first sign-in of all of them at once until every watcher sees them all, s. */
  readonly signInStormSeconds: number;
  readonly signOutStormSeconds: number;
}

/** People signed in while single sign-outs are timed. */
const signedInForSignOut = 1_000;
const signOutsPerSecond = 20;
const mostSignOuts = 400;
const restMs = 10_000;
/** Of changes at the same pace, uncounted: after a rest everybody connects anew. Longer than the pace of one person's changes. */
const warmUpSeconds = 6;
/** From the last change until every watcher must know of all. */
const patienceMs = 600_000;

type Round = Omit<PresenceFigures, 'people'>;

/** Everything between a person's Teams client and their watchers' SfB clients is real: servers, gateway and clients are processes of their own. */
export async function benchPresence(options: PresenceOptions): Promise<PresenceFigures> {
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round++)
    rounds.push(await runRound(options, (line) => options.say(`round ${round}: ${line}`)));
  const of = (figure: keyof Round): number => median(rounds.map((each) => each[figure]));
  return {
    people: options.people,
    changesPerSecond: rounded(of('changesPerSecond')),
    notificationsPerSecond: rounded(of('notificationsPerSecond'), 0),
    p99Ms: rounded(of('p99Ms'), 0),
    signOutP99Ms: rounded(of('signOutP99Ms'), 0),
    bytesPerPerson: rounded(of('bytesPerPerson'), 0),
    signInStormSeconds: rounded(of('signInStormSeconds')),
    signOutStormSeconds: rounded(of('signOutStormSeconds')),
  };
}

async function runRound(options: PresenceOptions, say: (line: string) => void): Promise<Round> {
  const crowd: CrowdOrder = { inTeams: options.people, inSkype: options.watchers };
  let figures: Round | undefined;
  await withSubject({ kind: 'gateway', crowd }, async (servers, subject) => {
    const { graph, clientId, pool } = servers.ready;
    const forPeople: PeopleOrder = { graph, clientId, crowd };
    await using people = await startChild<object>('./presence-people.ts', forPeople, besideFlags);
    const forWatchers: WatchersOrder = { pool, crowd };
    await using watchers = await startChild<object>('./presence-watchers.ts', forWatchers, besideFlags);
    const stage = new Stage({ servers, gateway: subject, people, watchers }, say);
    say(`${options.people} people and ${options.watchers} watchers are there`);
    await sleep(restMs);
    const atRest = subject.residentMiB();
    const signOutP99Ms = await stage.watched(() => timeSignOuts(stage, options, say));
    // Those who came and went have made all that grows once.
    const inUseBefore = await bytesInUse(subject);
    const everybody = { from: 0, to: options.people };
    const { seconds: signInStormSeconds } = await stage.watched(() =>
      stage.run({ kind: 'sign-in', ...everybody }),
    );
    say(`all signed in and shown after ${signInStormSeconds.toFixed(1)} s`);
    await sleep(restMs);
    const uncollected = subject.residentMiB();
    const bytesInAll = ((uncollected - atRest) * 1024 * 1024) / options.people;
    const bytesPerPerson = ((await bytesInUse(subject)) - inUseBefore) / options.people;
    say(
      `${Math.round(bytesPerPerson)} bytes a person in use; the process has grown by ${Math.round(bytesInAll)} for each, with what grows once and the collector’s reserve (${Math.round(atRest)} MiB, then ${Math.round(uncollected)})`,
    );
    const changed = await stage.watched(() => timeChanges(stage, options, say));
    const { seconds: signOutStormSeconds } = await stage.watched(() =>
      stage.run({ kind: 'sign-out', ...everybody }),
    );
    say(`all signed out and shown so after ${signOutStormSeconds.toFixed(1)} s`);
    figures = { ...changed, signOutP99Ms, bytesPerPerson, signInStormSeconds, signOutStormSeconds };
  });
  if (!figures) throw new Error('the round came to no end');
  return figures;
}

type Processes = Readonly<Record<'servers' | 'gateway' | 'people' | 'watchers', Child<object>>>;

/** The processes of one round. */
class Stage {
  readonly #processes: Processes;
  readonly #say: (line: string) => void;

  constructor(processes: Processes, say: (line: string) => void) {
    this.#processes = processes;
    this.#say = say;
  }

  /** Tells beside how much of a core each process took meanwhile. */
  async watched<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const list = Object.entries(this.#processes);
    const before = list.map(([, child]) => child.processorSeconds());
    const done = await work();
    const seconds = (performance.now() - start) / 1_000;
    const shares = list.map(([name, child], index) => {
      const used = child.processorSeconds() - (before[index] ?? 0);
      return `${name} ${Math.round((100 * used) / seconds)} %`;
    });
    this.#say(`  processor: ${shares.join(', ')}`);
    return done;
  }

  /** Waits until every watcher knows of what the people did. */
  async run(question: PeopleQuestion): Promise<Ran> {
    const changes = await this.#processes.people.ask<readonly Change[]>(question);
    const wait: WatchersQuestion = { kind: 'delays', changes, withinMs: patienceMs };
    const { missing, lastAt, p50Ms, p99Ms } = await this.#processes.watchers.ask<Delays>(wait);
    if (missing > 0) throw new Error(`${question.kind}: ${missing} changes were not shown in time`);
    return { seconds: (lastAt - (changes[0]?.at ?? lastAt)) / 1_000, p50Ms, p99Ms };
  }

  notifications(): Promise<number> {
    const question: WatchersQuestion = { kind: 'notifications' };
    return this.#processes.watchers.ask(question);
  }
}

interface Ran {
  /** From the first change until every watcher knew of the last. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function timeSignOuts(stage: Stage, options: PresenceOptions, say: (line: string) => void) {
  const all = { from: 0, to: Math.min(signedInForSignOut, options.people) };
  const count = Math.min(mostSignOuts, all.to);
  await stage.run({ kind: 'sign-in', ...all });
  const { p50Ms, p99Ms } = await stage.run({ kind: 'leave', ...all, perSecond: signOutsPerSecond, count });
  say(`sign-outs of ${count} out of ${all.to}: p50 ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms`);
  await stage.run({ kind: 'sign-out', ...all });
  return p99Ms;
}

async function timeChanges(stage: Stage, options: PresenceOptions, say: (line: string) => void) {
  const { people, seconds, changesPerSecond } = options;
  const change = { kind: 'change', from: 0, to: people, perSecond: changesPerSecond } as const;
  await stage.run({ ...change, count: Math.ceil(warmUpSeconds * changesPerSecond) });
  const before = await stage.notifications();
  const count = Math.round(seconds * changesPerSecond);
  const ran = await stage.run({ ...change, count });
  const notifications = (await stage.notifications()) - before;
  const figures = {
    changesPerSecond: count / ran.seconds,
    notificationsPerSecond: notifications / ran.seconds,
    p99Ms: ran.p99Ms,
  };
  say(
    `${figures.changesPerSecond.toFixed(1)} changes/s, ${Math.round(figures.notificationsPerSecond)} notifications/s, p50 ${Math.round(ran.p50Ms)} ms, p99 ${Math.round(ran.p99Ms)} ms`,
  );
  return figures;
}

function bytesInUse(subject: Child<Subject>): Promise<number> {
  return subject.ask({ kind: 'memory' });
}

export function showPresence(figures: PresenceFigures): string {
  const rows: readonly (readonly [string, string])[] = [
    ['people signed in', String(figures.people)],
    ['all signed in and shown after', `${figures.signInStormSeconds} s`],
    ['changes', `${figures.changesPerSecond}/s`],
    ['notifications', `${figures.notificationsPerSecond}/s`],
    ['change to shown, p99', `${figures.p99Ms} ms`],
    ['sign-out to shown, p99', `${figures.signOutP99Ms} ms`],
    ['all signed out and shown after', `${figures.signOutStormSeconds} s`],
    ['gateway’s memory a person', `${figures.bytesPerPerson} bytes`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

export const bench: Bench = {
  usage: '[--rounds N] [--seconds N] [--people N] [--watchers N] [--changes N]',
  async run({ rounds = 1, seconds = 20, people = 10_000, watchers = 50, changes = 167, say }) {
    const figures = await benchPresence({
      rounds,
      seconds,
      people,
      watchers,
      changesPerSecond: changes,
      say,
    });
    return { figures, text: showPresence(figures) };
  },
};
