import type { Serializable } from 'node:child_process';
import { type Forked, forkProcess, runForked } from '../kit/forked.ts';

/** A process of the soak, which can be killed and stopped. */
export interface Running<Ready, Word extends Serializable>
  extends Pick<Forked<Ready>, 'ready' | 'kill' | 'isGone'>,
    AsyncDisposable {
  readonly pid: number;
  say(word: Word): void;
  stop(): void;
  goOn(): void;
}

/** @param file beside this one */
export async function run<Ready, Word extends Serializable = never>(
  file: string,
  order: Serializable,
): Promise<Running<Ready, Word>> {
  const forked = await forkProcess<Ready>(new URL(file, import.meta.url), order);
  const { process: child } = forked;
  return {
    ready: forked.ready,
    pid: child.pid ?? 0,
    get isGone() {
      return forked.isGone;
    },
    say: (word) => void (child.connected && child.send(word)),
    stop: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    kill: () => forked.kill(),
    [Symbol.asyncDispose]: () => forked[Symbol.asyncDispose](),
  };
}

/** The process's own end. */
export function runChild<Order, Ready, Word = never>(
  work: (order: Order) => Promise<AsyncDisposable & { readonly ready: Ready; hear?(word: Word): void }>,
): void {
  runForked(work, (word, running) => running.hear?.(word as Word));
}
