import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A process of its own: its first message tells it what to do; it says `ready` when it is at work. */
export interface Forked<Ready> extends AsyncDisposable {
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Resolves when nothing of it is left. */
  readonly exited: Promise<unknown>;
  readonly isGone: boolean;
  /** Resolves when nothing of it is left; it has had no chance to say or write anything. */
  kill(): Promise<void>;
}

const root = new URL('../../', import.meta.url);
/** The product's own (as `bin/isthmus` turns it on). */
const compileCache = fileURLToPath(new URL('node_modules/.cache/isthmus', root));
const endWithinMs = 10_000;

/**
 * Memory is kept as `bin/isthmus` has it; its flags of the run-time are left to the caller. To dispose of it is to let go
 * of it: it may end by itself for ten seconds, and is killed then.
 */
export async function forkProcess<Ready>(
  file: URL,
  order: Serializable,
  flags: readonly string[] = [],
): Promise<Forked<Ready>> {
  const arenas = readFileSync(new URL('scripts/malloc-arenas', root), 'utf8').trim();
  const child = fork(fileURLToPath(file), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { MALLOC_ARENA_MAX: arenas, ...process.env, NODE_COMPILE_CACHE: compileCache },
    execArgv: [...flags],
  });
  const exited = once(child, 'exit');
  child.send(order);
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (!first) throw new Error(`${file.pathname} ended before it was ready`);
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    ready: (first[0] as { readonly ready: Ready }).ready,
    process: child,
    exited,
    get isGone() {
      return isGone();
    },
    async kill() {
      if (!isGone()) child.kill('SIGKILL');
      await exited;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The process's own end: works on the first message, gives `hear` the others, and ends when its parent lets go. */
export function runForked<Order, Running extends AsyncDisposable & { readonly ready: unknown }>(
  work: (order: Order) => Promise<Running>,
  hear: (message: unknown, running: Running) => void = () => undefined,
): void {
  process.once('message', (order) => {
    void work(order as Order).then((running) => {
      process.on('message', (message) => hear(message, running));
      process.once('disconnect', () => void running[Symbol.asyncDispose]().then(() => process.exit(0)));
      process.send?.({ ready: running.ready });
    });
  });
}
