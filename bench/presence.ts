import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './child.ts';
import type { CrowdOrder } from './crowd.ts';
import type { Bench } from './main.ts';
import type { Delays } from './presence-delays.ts';
import type { PeopleOrder, PeopleQuestion } from './presence-people.ts';
import { type Change, offlineState } from './presence-states.ts';
import type { WatchersOrder, WatchersQuestion } from './presence-watchers.ts';
import { withSubject } from './processes.ts';
import { median, percentile, rounded } from './statistics.ts';
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
  /** Growth of the gateway's resident memory, for each person signed in. */
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
const stormMs = 600_000;
const patienceMs = 60_000;

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
  await withSubject({ kind: 'gateway', crowd }, async ({ ready: { graph, clientId, pool } }, subject) => {
    const forPeople: PeopleOrder = { graph, clientId, crowd };
    await using people = await startChild<object>('./presence-people.ts', forPeople);
    const forWatchers: WatchersOrder = { pool, crowd };
    await using watchers = await startChild<object>('./presence-watchers.ts', forWatchers);
    const stage = new Stage(people, watchers);
    say(`${options.people} people and ${options.watchers} watchers are there`);
    const signOutP99Ms = await timeSignOuts(stage, options, say);
    await sleep(restMs);
    const before = subject.residentMiB();
    const signInStormSeconds = await stage.storm('sign-in', 0, options.people);
    say(`all signed in and shown after ${signInStormSeconds.toFixed(1)} s`);
    await sleep(restMs);
    const bytesPerPerson = bytesFor(subject, before, options.people);
    say(
      `${Math.round(before)} MiB before, ${Math.round(subject.residentMiB())} MiB after: ${Math.round(bytesPerPerson)} bytes a person`,
    );
    const changed = await timeChanges(stage, options, say);
    const signOutStormSeconds = await stage.storm('sign-out', 0, options.people);
    say(`all signed out and shown so after ${signOutStormSeconds.toFixed(1)} s`);
    figures = { ...changed, signOutP99Ms, bytesPerPerson, signInStormSeconds, signOutStormSeconds };
  });
  if (!figures) throw new Error('the round came to no end');
  return figures;
}

/** The people and the watchers of one round. */
class Stage {
  readonly #people: Child<object>;
  readonly #watchers: Child<object>;

  constructor(people: Child<object>, watchers: Child<object>) {
    this.#people = people;
    this.#watchers = watchers;
  }

  people(question: PeopleQuestion): Promise<readonly Change[]> {
    return this.#people.ask(question);
  }

  watchers<Answer>(question: WatchersQuestion): Promise<Answer> {
    return this.#watchers.ask(question);
  }

  /** Seconds until every watcher sees everybody signed in, or out. */
  async storm(kind: 'sign-in' | 'sign-out', from: number, to: number): Promise<number> {
    const [first] = await this.people({ kind, from, to });
    const state = kind === 'sign-in' ? 0 : offlineState;
    const shownAt = await this.watchers<number>({ kind: 'all-show', state, from, to, withinMs: stormMs });
    return (shownAt - (first?.at ?? shownAt)) / 1_000;
  }
}

async function timeSignOuts(
  stage: Stage,
  options: PresenceOptions,
  say: (line: string) => void,
): Promise<number> {
  const to = Math.min(signedInForSignOut, options.people);
  const count = Math.min(mostSignOuts, to);
  await stage.storm('sign-in', 0, to);
  const changes = await stage.people({ kind: 'leave', from: 0, to, perSecond: signOutsPerSecond, count });
  const { ms, missing } = await stage.watchers<Delays>({ kind: 'delays', changes, withinMs: patienceMs });
  if (missing > 0) throw new Error(`${missing} sign-outs were never shown`);
  say(
    `sign-outs of ${count} out of ${to}: p50 ${Math.round(median(ms))} ms, p99 ${Math.round(percentile(ms, 0.99))} ms`,
  );
  if (count < to) await stage.storm('sign-out', count, to);
  return percentile(ms, 0.99);
}

async function timeChanges(
  stage: Stage,
  { people, seconds, changesPerSecond }: PresenceOptions,
  say: (line: string) => void,
): Promise<Pick<Round, 'changesPerSecond' | 'notificationsPerSecond' | 'p99Ms'>> {
  const before = await stage.watchers<number>({ kind: 'notifications' });
  const count = Math.round(seconds * changesPerSecond);
  const changes = await stage.people({
    kind: 'change',
    from: 0,
    to: people,
    perSecond: changesPerSecond,
    count,
  });
  const { ms, missing, lastAt } = await stage.watchers<Delays>({
    kind: 'delays',
    changes,
    withinMs: patienceMs,
  });
  if (missing > 0) throw new Error(`${missing} changes were never shown`);
  const notifications = (await stage.watchers<number>({ kind: 'notifications' })) - before;
  const took = (lastAt - (changes[0]?.at ?? lastAt)) / 1_000;
  const figures = {
    changesPerSecond: count / took,
    notificationsPerSecond: notifications / took,
    p99Ms: percentile(ms, 0.99),
  };
  say(
    `${figures.changesPerSecond.toFixed(1)} changes/s, ${Math.round(figures.notificationsPerSecond)} notifications/s, p50 ${Math.round(median(ms))} ms, p99 ${Math.round(figures.p99Ms)} ms`,
  );
  return figures;
}

function bytesFor(subject: Child<Subject>, beforeMiB: number, people: number): number {
  return ((subject.residentMiB() - beforeMiB) * 1024 * 1024) / people;
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
