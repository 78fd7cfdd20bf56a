import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/kit/free-port.ts';
import { pagerScenarios, type Scenarios, type SippTarget, sessionScenarios, usersFile } from './sipp.ts';

/** A server under test. */
export interface RelayServer {
  readonly target: SippTarget;
  /** Used so far, all its processes together. */
  processorSeconds(): number;
}

export interface RelayOptions {
  readonly sipp: string;
  readonly senders: number;
  /** Of each sender. */
  readonly texts: number;
}

/** Texts brought over in a second of the server's processor, sent each for itself and inside of sessions. */
export interface Relayed {
  readonly pager: number;
  readonly session: number;
}

/** Senders on connections of their own, closed loop: each sends its next text when the last one is answered. */
export async function measureRelay(server: RelayServer, options: RelayOptions): Promise<Relayed> {
  const of = async (make: (target: SippTarget, texts: number) => Scenarios): Promise<number> => {
    await run(server.target, make(server.target, 50), options);
    const before = server.processorSeconds();
    await run(server.target, make(server.target, options.texts), options);
    return (options.senders * options.texts) / (server.processorSeconds() - before);
  };
  return { pager: await of(pagerScenarios), session: await of(sessionScenarios) };
}

/** One receiver and all senders, from sign-in to their last text. */
async function run(target: SippTarget, scenarios: Scenarios, options: RelayOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-sipp-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return name;
  };
  const count = String(options.senders);
  const start = async (args: readonly string[]) =>
    spawn(
      options.sipp,
      [...args, '-nostdin', '-p', String(await freePort()), `${target.host}:${target.port}`],
      { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] },
    );
  const main = file('receiver.xml', scenarios.receiver.main);
  const outOfCall = file('received.xml', scenarios.receiver.outOfCall);
  const receiver = await start(['-sf', main, '-oocsf', outOfCall, '-t', 't1', '-m', '1']);
  const gone = once(receiver, 'exit');
  try {
    // sipp says nowhere that it has signed in.
    await sleep(700);
    const users = file('users.csv', usersFile(options.senders, target));
    const sender = file('sender.xml', scenarios.sender);
    const all = ['-m', count, '-l', count, '-r', '1000', '-max_socket', '10000'];
    const senders = await start(['-sf', sender, '-inf', users, '-t', 'tn', ...all]);
    const [code] = await once(senders, 'exit');
    if (code !== 0) throw new Error(`sipp ended with ${code}: not every text was answered with 200`);
  } finally {
    receiver.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processor time of a process and its children, in seconds. */
export function processorSecondsOf(pid: number): number {
  const fieldsOf = (each: string): readonly string[] => {
    try {
      return readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    } catch {
      return [];
    }
  };
  const hundredths = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ name, fields: fieldsOf(name) }))
    .filter(({ name, fields }) => name === String(pid) || fields[1] === String(pid))
    .reduce((sum, { fields }) => sum + Number(fields[11]) + Number(fields[12]), 0);
  return hundredths / 100;
}
