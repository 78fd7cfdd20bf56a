/** Time as an argument. `setTimer` runs once after `ms`; disposing it cancels it. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  setTimer(ms: number, run: () => void): Disposable;
}

/** The machine's own time. Its timers keep the process alive until they ran or were disposed. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (ms, run) => setTimeout(run, ms),
};
