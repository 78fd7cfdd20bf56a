import type { ChildProcess, Serializable } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { forkProcess, runForked } from '../test/kit/forked.ts';

/** As `bin/isthmus` starts the product; `BENCH_FLAGS` in their place tries out others. */
const nodeFlags = new URL('../scripts/node-flags', import.meta.url);

/**
 * For processes that are not what is measured: garbage is collected as rarely as memory allows, because a collection there
 * would count as the subject's delay.
 */
export const besideFlags = ['--max-semi-space-size=32', '--heap-growing-percent=0'];

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
  const forked = await forkProcess<Ready>(new URL(file, import.meta.url), order as Serializable, [
    ...flags,
    ...moreFlags,
  ]);
  const { ready, process: child, exited } = forked;
  return {
    ready,
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
    [Symbol.asyncDispose]: () => forked[Symbol.asyncDispose](),
  };
}

/** The child's end: calls `work` with the first message, says what it gave, and ends when the parent lets go. */
export function runChild<Order, Ready>(work: (order: Order) => Promise<Working<Ready>>): void {
  runForked(work, (question, running) => {
    const answer = running.answer as ((question: unknown) => Promise<unknown>) | undefined;
    answer?.(question).then(
      (given) => process.send?.({ answer: given ?? null }),
      (error: unknown) => process.send?.({ failed: String(error) }),
    );
  });
}
