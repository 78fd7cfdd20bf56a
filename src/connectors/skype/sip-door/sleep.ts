import type { Clock } from '../../../core/clock.ts';

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(ms, () => {
      signal.removeEventListener('abort', wake);
      resolve();
    });
    const wake = (): void => {
      timer[Symbol.dispose]();
      reject(signal.reason);
    };
    signal.addEventListener('abort', wake, { once: true });
  });
}

/** Waits for `work` no longer than until the signal aborts; then rejects with its reason, and leaves the work alone. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A signal that aborts after `ms`. Holds a timer until it is disposed of. */
export function limit(clock: Clock, ms: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = clock.setTimer(ms, () => controller.abort(new Error('time is up')));
  return { signal: controller.signal, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
