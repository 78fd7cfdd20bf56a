import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const bin = fileURLToPath(new URL('../../bin/isthmus', import.meta.url));

/** Has the embedded servers and the gateway take any free ports. */
export const anyPorts: Readonly<Record<string, string>> = {
  ISTHMUS_LISTEN_PORT: '0',
  ISTHMUS_LISTEN_TLS_PORT: '0',
  ISTHMUS_SANDBOX_PORTS: '{"graph":0,"online":0,"onPrem":0,"onlineSip":0,"onPremSip":0}',
};

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** The command line as a person uses it: processes of the real executable, in a folder. Disposing ends what still runs. */
export class CommandLine implements AsyncDisposable {
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs a command to its end. */
  async run(
    args: readonly string[],
    options: { env?: Record<string, string>; input?: string; bin?: string } = {},
  ): Promise<Ran> {
    const child = spawn(options.bin ?? bin, args, {
      cwd: this.#folder,
      env: { ...process.env, ...options.env },
      stdio: 'pipe',
    });
    this.#children.push(child);
    child.stdin.end(options.input ?? '');
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { out, err, code: code as number | null };
  }

  /** Starts a command that goes on, and waits for the JSON value that it says first. */
  async start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    program = bin,
  ): Promise<{ child: ChildProcess; said: unknown }> {
    const child = spawn(program, [...args, '--json'], {
      cwd: this.#folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    for await (const line of createInterface({ input: child.stdout }))
      return { child, said: JSON.parse(line) };
    throw new Error(`${program} ${args.join(' ')} ended before it was ready`);
  }

  /** As a parent that holds the channel which the embedded servers watch; resolves to their first word. */
  async startAsChild(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<{ child: ChildProcess; said: unknown }> {
    const child = spawn(bin, args, {
      cwd: this.#folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#children.push(child);
    const [said] = (await once(child, 'message', { signal: AbortSignal.timeout(30_000) })) as [unknown];
    return { child, said };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) await end(child);
  }
}

/** Resolves to code and signal. */
export async function end(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<readonly unknown[]> {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode];
  const gone = once(child, 'exit');
  child.kill(signal);
  return gone;
}

export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
