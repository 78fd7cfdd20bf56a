import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The product's own (`src/cli/main.ts` turns it on for itself). */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/isthmus', import.meta.url));

/** As `bin/isthmus` starts the product; `BENCH_FLAGS` in their place tries out others. */
const nodeFlags = fileURLToPath(new URL('../scripts/node-flags', import.meta.url));

/** A process of the benchmark. It is told what to do in its first message and says `ready` when it is at work. */
export interface Child<Ready> extends AsyncDisposable {
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Has the child do something more; one thing at a time. */
  ask<Answer>(question: object): Promise<Answer>;
  /** Resident memory now, in MiB, as the system counts it. */
  residentMiB(): number;
  /** Processor time used so far, all threads together. */
  processorSeconds(): number;
}

/** What a child at work can be. */
export interface Working<Ready> extends AsyncDisposable {
  readonly ready: Ready;
  /** Does what it is asked, and says when that is done. */
  answer?: (question: never) => Promise<unknown>;
}

export async function startChild<Ready>(
  file: string,
  order: unknown,
  moreFlags: readonly string[] = [],
): Promise<Child<Ready>> {
  const flags = (process.env['BENCH_FLAGS'] ?? readFileSync(nodeFlags, 'utf8')).split(/\s+/).filter(Boolean);
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { MALLOC_ARENA_MAX: '2', ...process.env, NODE_COMPILE_CACHE: compileCache },
    execArgv: [...flags, ...moreFlags],
  });
  const exited = once(child, 'exit');
  child.send(order as object);
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (!first) throw new Error(`${file} ended before it was ready`);
  return {
    ready: (first[0] as { readonly ready: Ready }).ready,
    process: child,
    async ask<Answer>(question: object): Promise<Answer> {
      child.send(question);
      for (;;) {
        const told = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
        if (!told) throw new Error(`${file} ended before it answered`);
        if ('failed' in told[0]) throw new Error(`${file}: ${told[0].failed}`);
        if ('answer' in told[0]) return told[0].answer;
      }
    },
    residentMiB() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) / 1024;
    },
    processorSeconds() {
      // After the name, which may hold spaces: user and system time are the 12th and 13th field, in hundredths.
      const [, after = ''] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ');
      const fields = after.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The child's end: calls `work` with the first message, says what it gave, and ends when the parent lets go. */
export function runChild<Order, Ready>(work: (order: Order) => Promise<Working<Ready>>): void {
  process.once('message', (order) => {
    void work(order as Order).then((running) => {
      const answer = running.answer as ((question: unknown) => Promise<unknown>) | undefined;
      process.on('message', (question) => {
        answer?.(question).then(
          (given) => process.send?.({ answer: given ?? null }),
          (error: unknown) => process.send?.({ failed: String(error) }),
        );
      });
      process.once('disconnect', () => void running[Symbol.asyncDispose]().then(() => process.exit(0)));
      process.send?.({ ready: running.ready });
    });
  });
}
