import { setTimeout as sleep } from 'node:timers/promises';
import { type Couple, crowd } from './crowd.ts';
import { describeFault } from './faults.ts';
import { judge } from './judge.ts';
import { type PlannedMessage, planOf, tokenOf } from './plan.ts';
import type { Evidence, Shown, Told, Written } from './record.ts';
import type { SoakResult } from './report.ts';
import { SkypePerson } from './skype-person.ts';
import { TeamsPerson, type TeamsView } from './teams-person.ts';
import { ChaosWorld } from './world.ts';

export interface SoakOptions {
  readonly seed: number;
  /** Of writing. */
  readonly seconds: number;
  readonly couples: number;
  readonly perSecond: number;
  /** Of the gateway's deliveries. */
  readonly deadlineMs: number;
  /** Of the pools, see {@link ChaosWorld.open}. */
  readonly patienceMs: number;
  /** How long everything may take to come to its end after the writing, ms. */
  readonly drainMs: number;
  /** How long nothing more may come up after everything has ended, ms. */
  readonly quietMs: number;
  /** Only faults of these kinds; all unless given. */
  readonly only?: readonly string[];
  readonly say: (line: string) => void;
}

/** Writes in hundreds of conversations while everything fails, waits for the end of every message, and judges. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const plan = planOf(options);
  await using world = await ChaosWorld.open(options);
  await using talks = await openTalks(world, options);
  world.onPoolsBack = () => talks.signInAgain();
  options.say(`${options.couples} conversations are open`);

  const start = performance.now();
  const at = (ms: number): Promise<void> => sleep(Math.max(0, start + ms - performance.now()));
  const making = plan.faults.map(async ({ at: ms, fault }) => {
    await at(ms);
    options.say(`${(ms / 1000).toFixed(1)} s: ${describeFault(fault)}`);
    await world.make(fault);
  });
  const writing = plan.messages.map(async (message) => {
    await at(message.at);
    talks.write(message);
  });
  await Promise.all(writing);
  await Promise.all(making);
  await world.calm();
  const end = performance.now();
  options.say('everything is written, and nothing fails any more');

  const drained = await talks.drain(world, options.drainMs, options.say);
  const drainedMs = Math.round(performance.now() - end);
  options.say(drained ? `drained after ${drainedMs} ms` : `not drained after ${drainedMs} ms`);
  await sleep(options.quietMs);
  return {
    seed: options.seed,
    seconds: options.seconds,
    conversations: options.couples,
    verdict: judge(await talks.evidence(world)),
    kills: world.kills,
    faults: plan.faults.length,
    drainedMs,
  };
}

interface Talk {
  readonly couple: Couple;
  readonly teams: TeamsPerson;
  readonly skype: SkypePerson;
}

interface Entry {
  readonly message: PlannedMessage;
  fate: Written['fate'] | 'pending';
}

const atOnce = 8;
const drainStepMs = 500;

async function openTalks(world: ChaosWorld, options: SoakOptions): Promise<Talks> {
  const talks = crowd(options.couples).couples.map((couple): Talk => {
    const { inTeams, inSkype } = couple;
    const pool = inSkype.home === 'onPrem' ? 'onPrem' : 'online';
    return {
      couple,
      teams: new TeamsPerson(world.teams(inTeams.address), inSkype.address),
      skype: new SkypePerson(world.discovery(pool), inSkype.address, inTeams.address),
    };
  });
  await sideBySide(talks, async ({ teams, skype }) => {
    await skype.signIn();
    await teams.signIn();
  });
  await world.ready(options.couples, 60_000);
  return new Talks(talks);
}

/** Everybody who writes and reads in a soak. */
class Talks implements AsyncDisposable {
  readonly #talks: readonly Talk[];
  readonly #entries: Entry[] = [];
  readonly #heard = new Set<string>();

  constructor(talks: readonly Talk[]) {
    this.#talks = talks;
  }

  /** Does not wait for anything. */
  write(message: PlannedMessage): void {
    const talk = this.#talks[message.couple];
    if (!talk) return;
    const entry: Entry = { message, fate: 'pending' };
    this.#entries.push(entry);
    const written =
      message.to === 'teams'
        ? talk.skype.write(message.text)
        : talk.teams.write(message.text).then((): Written['fate'] => 'accepted');
    written.then(
      (fate) => {
        entry.fate = fate;
      },
      () => {
        entry.fate = 'open';
      },
    );
  }

  async signInAgain(): Promise<void> {
    await sideBySide(this.#talks, ({ skype }) => skype.signIn());
  }

  /** Whether every message came to its end in time: shown, or its sender told. */
  async drain(world: ChaosWorld, withinMs: number, say: (line: string) => void): Promise<boolean> {
    const end = performance.now() + withinMs;
    let looks = 0;
    for (;;) {
      const silent = await this.#silent();
      if (silent.length === 0 && (await underWay(world)) === 0) return true;
      if (performance.now() > end) return false;
      if (++looks % 20 === 1) say(describeSilent(silent));
      await sleep(drainStepMs);
    }
  }

  /** What neither its reader nor its writer has heard of since it was written. Looks only where something is missing. */
  async #silent(): Promise<readonly Entry[]> {
    const missing = (): readonly Entry[] =>
      this.#entries.filter(
        ({ message: { couple, to, number }, fate }) =>
          fate === 'pending' || (fate === 'accepted' && !this.#heard.has(tokenOf(couple, to, number))),
      );
    const concerned = new Set(missing().map(({ message }) => message.couple));
    await sideBySide(
      this.#talks.filter(({ couple }) => concerned.has(couple.number)),
      async ({ teams, skype }) => {
        const view = await teams.look();
        for (const token of [...view.tokens, ...skype.tokens]) this.#heard.add(token);
        for (const { token } of [...view.told, ...skype.told]) this.#heard.add(token);
      },
    );
    return missing();
  }

  async evidence(world: ChaosWorld): Promise<Evidence> {
    const shown: Shown[] = [];
    const told: Told[] = [];
    await sideBySide(this.#talks, async ({ couple, teams, skype }) => {
      const view: TeamsView = await teams.look();
      shown.push({ lane: laneOf(couple.number, 'teams'), tokens: view.tokens, late: view.late });
      shown.push({ lane: laneOf(couple.number, 'skype'), tokens: skype.tokens, late: skype.late });
      told.push(...view.told, ...skype.told);
    });
    const written = this.#entries.map(
      ({ message: { couple, to, number }, fate }): Written => ({
        token: tokenOf(couple, to, number),
        lane: laneOf(couple, to),
        to,
        fate: fate === 'pending' ? 'open' : fate,
      }),
    );
    return { written, shown, told, underWay: await this.#underWay(world) };
  }

  /** As the gateway says; of those written in SfB it cannot be asked by name. */
  async #underWay(world: ChaosWorld): Promise<ReadonlySet<string>> {
    if ((await underWay(world)) === 0) return new Set();
    return new Set(this.#entries.map(({ message: { couple, to, number } }) => tokenOf(couple, to, number)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#talks.map(({ skype }) => skype.close()));
  }
}

async function underWay(world: ChaosWorld): Promise<number> {
  const { messages } = await world.api<{ readonly messages: { readonly underWay: number } }>('/api/status');
  return messages.underWay;
}

function laneOf(couple: number, to: PlannedMessage['to']): string {
  return `${couple} to ${to}`;
}

async function sideBySide<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...list];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function nameOf({ couple, to, number }: PlannedMessage): string {
  return tokenOf(couple, to, number);
}

const mostNamed = 5;

function describeSilent(silent: readonly Entry[]): string {
  const named = silent.slice(0, mostNamed).map(({ message }) => nameOf(message));
  return `waiting for ${silent.length} messages: ${named.join(', ')}${silent.length > mostNamed ? ', …' : ''}`;
}
