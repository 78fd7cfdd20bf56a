import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { figuresOf, isClean, proofOf, type SoakResult, tableOf, writeDocs } from './report.ts';
import { soak } from './soak.ts';

const usage = `usage: npm run chaos -- [--seconds N] [--seed N] [--runs N] [--conversations N] [--per-second N]
                        [--only KIND]... [--json] [--write-docs]`;

const options = read();
if (options === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const say = (line: string): void => {
    if (!options.json) console.error(line);
  };
  const results: SoakResult[] = [];
  for (let run = 0; run < options.runs; run++) {
    const seed = options.seed + run;
    say(`seed ${seed}`);
    results.push(await soak({ ...options, seed, say }));
  }
  const figures = figuresOf(results);
  for (const proof of results.flatMap(proofOf)) console.error(proof);
  console.log(options.json ? JSON.stringify(figures) : tableOf(results));
  if (options.writeDocs) writeDocs(results);
  process.exitCode = isClean(figures) ? 0 : 1;
}

/** Undefined: something is not understood. */
function read() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '40' },
        seed: { type: 'string', default: String(randomInt(1_000_000)) },
        runs: { type: 'string', default: '1' },
        conversations: { type: 'string', default: '200' },
        'per-second': { type: 'string', default: '30' },
        only: { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
        'write-docs': { type: 'boolean', default: false },
      },
    });
    return {
      seconds: whole(values.seconds),
      seed: whole(values.seed),
      runs: whole(values.runs),
      couples: whole(values.conversations),
      perSecond: whole(values['per-second']),
      deadlineMs: 15_000,
      patienceMs: 30_000,
      drainMs: 120_000,
      quietMs: 3_000,
      json: values.json,
      writeDocs: values['write-docs'],
      ...(values.only ? { only: values.only } : {}),
    };
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text} is no whole number`);
  return Number(text);
}
