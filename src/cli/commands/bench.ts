import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommandError, defineCommand, UsageError } from '../command.ts';

const program = fileURLToPath(new URL('../../../bench/main.ts', import.meta.url));

export const command = defineCommand({
  name: 'bench',
  summary: 'Measure this machine’s throughput between embedded servers; `bench list` names the benchmarks.',
  usage: 'NAME [--rounds N] [--seconds N] [--pairs N] [--people N]',
  options: {
    rounds: { type: 'string', value: 'N', help: 'how often to measure; medians are reported' },
    seconds: { type: 'string', value: 'N', help: 'how long a measurement takes' },
    pairs: { type: 'string', value: 'N', help: 'conversations side by side' },
    people: { type: 'string', value: 'N', help: 'people signed in' },
  },
  async run({ json, ...values }, words, terminal) {
    if (words.length !== 1) throw new UsageError('name one benchmark');
    if (!existsSync(program))
      throw new CommandError(
        'no-benchmarks',
        'This installation has no benchmarks.',
        'Run it in a clone of the repository.',
      );
    const counts = (['rounds', 'seconds', 'pairs', 'people'] as const).flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [`--${name}`, value];
    });
    const child = spawn(process.execPath, [program, ...words, ...counts, ...(json ? ['--json'] : [])], {
      stdio: ['ignore', 'inherit', 'inherit'],
      signal: terminal.stop,
      killSignal: 'SIGTERM',
    });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    child.once('error', (error) => (terminal.stop.aborted ? resolve(1) : reject(error)));
    child.once('exit', (code) => resolve(code ?? 1));
    return promise;
  },
});
