import type { Clock } from '../core/clock.ts';

/** The machine's own clock. Its timers keep the process alive until they run or are disposed. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, run) {
    const timer = setTimeout(run, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = clock.setTimer(ms, () => {
    signal.removeEventListener('abort', onAbort);
    resolve();
  });
  function onAbort(): void {
    timer[Symbol.dispose]();
    reject(signal.reason);
  }
  signal.addEventListener('abort', onAbort, { once: true });
  return promise;
}

/**
 * A signal that aborts after `ms`, or with `outer`. Dispose it when the work is done: it holds a timer and a
 * listener until then.
 */
export function deadline(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(outer.reason);
  const timer = clock.setTimer(Math.max(0, ms), () => controller.abort(new DeadlinePassed()));
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      timer[Symbol.dispose]();
      outer.removeEventListener('abort', onAbort);
    },
  };
}

/** The reason of a signal that aborted because its time was up. */
export class DeadlinePassed extends Error {
  override name = 'DeadlinePassed';
}
