import type { Clock } from '../clock.ts';

export type { Clock } from '../clock.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms`; rejects with the signal's reason if that comes first. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = (): void => {
      timer[Symbol.dispose]();
      reject(signal.reason);
    };
    const timer = clock.setTimer(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The promise's outcome, unless the signal comes first; the promise itself goes on. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

export interface Limit extends Disposable {
  readonly signal: AbortSignal;
}

/** One for all: who is told so has nobody to tell it to, and to note where each was made takes time. */
const disposed = new DOMException('no longer waited for', 'AbortError');

/** A signal that aborts after `ms` or with `parent`, and when it is disposed, which leaves no timer behind. */
export function limit(clock: Clock, ms: number | undefined, parent?: AbortSignal): Limit {
  const own = new AbortController();
  const timer =
    ms === undefined
      ? undefined
      : clock.setTimer(ms, () => own.abort(new DOMException(`no end within ${ms} ms`, 'TimeoutError')));
  const pass = (): void => own.abort(parent?.reason);
  if (parent?.aborted) pass();
  parent?.addEventListener('abort', pass, { once: true });
  return {
    signal: own.signal,
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      parent?.removeEventListener('abort', pass);
      own.abort(disposed);
    },
  };
}

/** Full jitter: somewhere between half of and the whole exponential step, `attempt` counted from 1. */
export function backoff(attempt: number, baseMs: number, capMs: number, random: () => number): number {
  const step = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(step * (0.5 + random() / 2));
}
