import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { referencePath } from './reference.ts';

/** One line that the client says. */
export interface SipeEvent {
  readonly event: string;
  readonly who?: string;
  readonly from?: string;
  readonly status?: string;
  readonly message?: string;
  readonly text?: string;
  readonly conv?: string;
  readonly fatal?: boolean;
}

export interface SipeOptions {
  readonly address: string;
  readonly password?: string;
  /** `localhost:7060`. */
  readonly server: string;
  readonly transport?: 'tcp' | 'tls';
}

const run = promisify(execFile);

/**
 * A person at a real Skype for Business client: the SIPE plug-in of Pidgin in a program without windows, driven by
 * lines of text. Nothing of it is the product's own.
 */
export class SipeActor implements AsyncDisposable {
  readonly address: string;
  readonly events: SipeEvent[] = [];
  readonly #process: ChildProcess;
  readonly #home: string;
  readonly #ended: Promise<void>;
  #attempts = 0;

  private constructor(program: string, options: SipeOptions) {
    const { address, password = 'demo', server, transport = 'tcp' } = options;
    this.address = address;
    this.#home = mkdtempSync(join(tmpdir(), 'isthmus-sipe-home-'));
    const words = {
      user: address,
      password,
      server: server.replace(/^localhost:/, '127.0.0.1:'),
      transport,
      auth: 'ntlm',
      home: this.#home,
      // As the client is without a harness: Call-IDs, tags and branches of any two fresh clients are the same.
      seed: 1,
    };
    this.#process = spawn(
      program,
      Object.entries(words).flatMap(([name, value]) => [`--${name}`, String(value)]),
      { stdio: ['pipe', 'pipe', 'ignore'] },
    );
    this.#ended = new Promise((resolve) => void this.#process.once('close', () => resolve()));
    const { stdout } = this.#process;
    if (stdout) {
      createInterface({ input: stdout }).on('line', (line) => {
        const event = JSON.parse(line) as SipeEvent;
        this.events.push(event);
        if (event.event === 'connection-error' && event.fatal === false) this.#tryAgain();
      });
    }
  }

  /**
   * COMPAT: libpurple writes without end when its buffer is exactly full, which a REGISTER of 768 bytes makes it; the
   * server hangs up. As a human would, it is told to sign in again, with other tags of another length.
   */
  #tryAgain(): void {
    const isIn = this.events.some(({ event }) => event === 'signed-on');
    if (isIn || this.#attempts++ >= 3) return;
    this.command('signoff');
    this.command('signon');
  }

  /** Builds the client if that has not been done, and starts it; it signs in by itself. */
  static async start(options: SipeOptions): Promise<SipeActor> {
    return new SipeActor(await builtClient(), options);
  }

  /** Waits for what the client says, whether it has said it already or not; what was looked at before is `from`. */
  event(
    what: string,
    matches: (event: SipeEvent) => boolean,
    withinMs = 8_000,
    from = 0,
  ): Promise<SipeEvent> {
    return eventually(
      `${this.address}: ${what}`,
      () => this.events.slice(from).find(matches),
      withinMs,
    ).catch((error: unknown) => {
      const said = this.events.slice(-12).map((each) => JSON.stringify(each));
      throw new Error(`${(error as Error).message}\nit said last:\n${said.join('\n')}`);
    });
  }

  signedOn(): Promise<SipeEvent> {
    return this.event('signed on', ({ event }) => event === 'signed-on');
  }

  /** Waits until the contact list shows somebody so. */
  shows(who: string, status: string, withinMs?: number, from?: number): Promise<SipeEvent> {
    return this.event(
      `shows ${who} ${status}`,
      (event) => event.event.startsWith('buddy-') && event.who === `sip:${who}` && event.status === status,
      withinMs,
      from,
    );
  }

  /** Waits for a message. */
  reads(text: string, withinMs?: number): Promise<SipeEvent> {
    return this.event(`reads “${text}”`, (each) => each.event === 'im' && each.text === text, withinMs);
  }

  /** Waits for what a conversation says went wrong. */
  hears(what: string, withinMs?: number): Promise<SipeEvent> {
    return this.event(
      `hears “${what}”`,
      (each) => each.event === 'conv-error' && each.text?.includes(what) === true,
      withinMs,
    );
  }

  write(who: string, text: string): void {
    this.command(`im ${who} ${text}`);
  }

  command(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Signs out and ends. */
  async quit(): Promise<void> {
    this.command('quit');
    await this.#ended;
  }

  /** Ends without a word, as a crash does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** The client, built once for each version of its source. */
async function builtClient(): Promise<string> {
  const sources = ['sipe-harness.c', 'sipe-xml-shim.c'].map((name) =>
    referencePath(`tools/sipe-client/${name}`),
  );
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const program = join(tmpdir(), `isthmus-sipe-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  const { stdout } = await run('pkg-config', ['--cflags', '--libs', 'purple', 'glib-2.0', 'libxml-2.0']);
  const fresh = `${program}.${process.pid}`;
  const flags = [...stdout.trim().split(/\s+/), '-ldl'];
  await run('gcc', ['-O1', '-rdynamic', '-o', fresh, ...sources, ...flags]);
  renameSync(fresh, program);
  return program;
}
