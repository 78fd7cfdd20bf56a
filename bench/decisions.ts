import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { DecisionsMeasured, DecisionsOrder } from './decisions-child.ts';
import type { Bench } from './main.ts';
import type { PeopleMeasured, PeopleOrder } from './people-child.ts';
import { median, rounded } from './statistics.ts';

/** Medians over the rounds; every round runs in fresh processes. */
export interface DecisionsFigures {
  /** One call of `route` with facts at hand, all combinations in turn. */
  readonly route: DecisionsMeasured['route'];
  /** What the gateway decides for one message: policy, facts of the two people, route, lists, existing thread. */
  readonly message: DecisionsMeasured['message'];
  /** A people file read, checked and kept with the indexes that the gateway looks people up in. */
  readonly people: Readonly<Record<'csv' | 'yaml', PeopleMeasured>>;
}

const flags = ['--expose-gc'];

export const bench: Bench = {
  usage: '[--rounds N] [--people N]',
  async run({ rounds = 3, people = 100_000, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'isthmus-decisions-'));
    try {
      const files = { csv: join(folder, 'people.csv'), yaml: join(folder, 'people.yaml') };
      writeFileSync(files.csv, csvOf(people));
      writeFileSync(files.yaml, yamlOf(people));
      const decisions: DecisionsMeasured[] = [];
      const read: Record<'csv' | 'yaml', PeopleMeasured[]> = { csv: [], yaml: [] };
      for (let round = 1; round <= rounds; round++) {
        say(`round ${round} of ${rounds}`);
        decisions.push(await inChild<DecisionsMeasured>('./decisions-child.ts', { calls: 2_000_000 }));
        for (const kind of ['csv', 'yaml'] as const)
          read[kind].push(await inChild<PeopleMeasured>('./people-child.ts', { file: files[kind] }));
      }
      const figures: DecisionsFigures = {
        route: medians(decisions.map(({ route }) => route)),
        message: medians(decisions.map(({ message }) => message)),
        people: { csv: medians(read.csv), yaml: medians(read.yaml) },
      };
      return { figures, text: show(figures) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function inChild<Measured>(file: string, order: DecisionsOrder | PeopleOrder): Promise<Measured> {
  await using child = await startChild<Measured>(file, order, flags);
  return child.ready;
}

function medians<T extends { readonly [name: string]: number }>(measured: readonly T[]): T {
  const names = Object.keys(measured[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, rounded(median(measured.map((each) => each[name] ?? 0)), 2)]),
  ) as T;
}

const fields = (n: number) => ({
  id: `person.number.${n}@contoso.example`,
  displayName: `Person Number ${n}`,
  objectId: `a11ce000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
  home: n % 3 === 0 ? 'onPrem' : 'online',
  mode: n % 5 === 0 ? 'SfBOnly' : 'Islands',
});

function csvOf(count: number): string {
  const rows = Array.from({ length: count }, (_, n) => Object.values(fields(n)).join(','));
  return `${Object.keys(fields(0)).join(',')}\n${rows.join('\n')}\n`;
}

function yamlOf(count: number): string {
  const row = (n: number): string =>
    Object.entries(fields(n))
      .map(([name, value], index) => `${index === 0 ? '- ' : '  '}${name}: ${value}`)
      .join('\n');
  return `${Array.from({ length: count }, (_, n) => row(n)).join('\n')}\n`;
}

function show({ route, message, people }: DecisionsFigures): string {
  const decision = (
    what: string,
    { microseconds, processorMicroseconds, bytes }: DecisionsFigures['route'],
  ): string =>
    `${what.padEnd(36)}${microseconds} µs (${processorMicroseconds} of processor), ${bytes} bytes allocated`;
  const reading = (
    what: string,
    { seconds, processorSeconds, keptMiB, residentMiB }: PeopleMeasured,
  ): string =>
    `${what.padEnd(36)}${seconds} s (${processorSeconds} of processor), ${keptMiB} MiB kept, process grown by ${residentMiB} MiB`;
  return [
    decision('a route, facts at hand', route),
    decision('a message between two people', message),
    reading('people from CSV', people.csv),
    reading('people from YAML', people.yaml),
  ].join('\n');
}
