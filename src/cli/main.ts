import { text } from 'node:stream/consumers';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { ConfigError } from './config/problems.ts';
import { stopSignal } from './stop-signal.ts';

/** Loaded when asked for, so that a short command starts fast. */
const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  start: () => import('./commands/start.ts'),
  sandbox: () => import('./commands/sandbox.ts'),
  people: () => import('./commands/people.ts'),
  send: () => import('./commands/send.ts'),
  trace: () => import('./commands/trace.ts'),
  explain: () => import('./commands/explain.ts'),
  config: () => import('./commands/config.ts'),
  doctor: () => import('./commands/doctor.ts'),
  ledger: () => import('./commands/ledger.ts'),
  bench: () => import('./commands/bench.ts'),
};

/** Exit codes: 0 done, 1 it could not be done, 2 the command line or the configuration is wrong. */
async function main([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    terminal.err(`isthmus: there is no command ${name}\n\n${await overview()}`);
    return 2;
  }
  const { command } = await load();
  try {
    return await command.run(args, terminal);
  } catch (error) {
    return tell(error, command, args.includes('--json'), terminal);
  }
}

function tell(error: unknown, command: Command, json: boolean, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.err(
      json ? errorJson('usage', error.message, '') : `isthmus: ${error.message}\n\n${command.help}`,
    );
    return 2;
  }
  if (error instanceof ConfigError) {
    const list = error.problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
    terminal.err(
      json
        ? JSON.stringify({ error: { id: 'configuration', cause: error.message, problems: error.problems } })
        : `isthmus: the configuration is wrong\n${list}`,
    );
    return 2;
  }
  if (error instanceof CommandError) {
    terminal.err(
      json ? errorJson(error.id, error.message, error.cure) : `isthmus: ${error.message}\n${error.cure}`,
    );
    return 1;
  }
  throw error;
}

function errorJson(id: string, cause: string, cure: string): string {
  return JSON.stringify({ error: { id, cause, cure } });
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = all.map(({ command }) => `  ${command.name.padEnd(8)}  ${command.summary}`);
  return `isthmus COMMAND …\n\n${lines.join('\n')}\n\nisthmus COMMAND --help says more.`;
}

// Whoever reads has enough (`| head`): there is nobody left to tell, and nothing is wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  readInput: () => text(process.stdin),
  stop: stopSignal(process),
});
