import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A process of the soak, which can be killed and stopped. It is told what to do in its first message. */
export interface Running<Ready, Word extends Serializable> extends AsyncDisposable {
  readonly ready: Ready;
  readonly pid: number;
  say(word: Word): void;
  /** Resolves when nothing of it is left; it has had no chance to say or write anything. */
  kill(): Promise<void>;
  stop(): void;
  goOn(): void;
  readonly isGone: boolean;
}

const cache = fileURLToPath(new URL('../../node_modules/.cache/isthmus', import.meta.url));
const endWithinMs = 10_000;

/** @param file beside this one */
export async function run<Ready, Word extends Serializable = never>(
  file: string,
  order: Serializable,
): Promise<Running<Ready, Word>> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { MALLOC_ARENA_MAX: '2', ...process.env },
  });
  const exited = once(child, 'exit');
  child.send(order);
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (!first) throw new Error(`${file} ended before it was ready`);
  return {
    ready: (first[0] as { readonly ready: Ready }).ready,
    pid: child.pid ?? 0,
    get isGone() {
      return isGone(child);
    },
    say: (word) => void (child.connected && child.send(word)),
    stop: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async kill() {
      if (!isGone(child)) child.kill('SIGKILL');
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

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The process's own end: works on the first message, hears the others, and ends when its parent lets go. */
export function runChild<Order, Ready, Word = never>(
  work: (order: Order) => Promise<AsyncDisposable & { readonly ready: Ready; hear?(word: Word): void }>,
): void {
  enableCompileCache(cache);
  process.once('message', (order) => {
    void work(order as Order).then((running) => {
      process.on('message', (word) => running.hear?.(word as Word));
      process.once('disconnect', () => void running[Symbol.asyncDispose]().then(() => process.exit(0)));
      process.send?.({ ready: running.ready });
    });
  });
}
