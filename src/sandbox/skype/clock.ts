/** Time as an argument. `setTimer` runs once after `ms`; disposing it cancels it. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  setTimer(ms: number, run: () => void): Disposable;
}

/** The machine's clock. A timer keeps no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, run) {
    const timer = setTimeout(run, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
