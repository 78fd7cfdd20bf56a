import { parseArgs } from 'node:util';

/** What a benchmark is told on the command line; each takes what it can use. */
const options = {
  json: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  pairs: { type: 'string' },
  people: { type: 'string' },
  watchers: { type: 'string' },
  changes: { type: 'string' },
} as const;

export interface BenchOptions {
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  readonly pairs: number | undefined;
  readonly people: number | undefined;
  readonly watchers: number | undefined;
  /** A second. */
  readonly changes: number | undefined;
  /** How far it has come, for who watches; never a figure. */
  readonly say: (line: string) => void;
}

export interface Bench {
  /** The options it takes: `[--rounds N]`. */
  readonly usage: string;
  /** The value for `--json` under the benchmark's name, and the same for people. */
  run(options: BenchOptions): Promise<{ readonly figures: unknown; readonly text: string }>;
}

/** Loaded when asked for: a benchmark measures a process, which another's modules are not to burden. */
const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  im: () => import('./im.ts'),
  decisions: () => import('./decisions.ts'),
  presence: () => import('./presence.ts'),
  sip: () => import('./sip.ts'),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options });
const [name = '', ...more] = positionals;
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;

if (!load || more.length > 0) {
  const usages = await Promise.all(
    Object.entries(benches).map(async ([each, loadEach]) => `  ${each} ${(await loadEach()).bench.usage}`),
  );
  console.error(`usage: npm run bench -- NAME [--json] …\n${usages.join('\n')}`);
  process.exitCode = 2;
} else {
  const { bench } = await load();
  const { figures, text } = await bench.run({
    rounds: count(values.rounds),
    seconds: count(values.seconds),
    pairs: count(values.pairs),
    people: count(values.people),
    watchers: count(values.watchers),
    changes: count(values.changes),
    say: values.json ? () => undefined : (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify({ [name]: figures }) : text);
}

function count(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new RangeError(`${value} is no count from 1 to 9999999`);
  return Number(value);
}
