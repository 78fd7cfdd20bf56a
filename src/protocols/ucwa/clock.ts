/** Time as an argument. `setTimer` runs once after `ms`; disposing it cancels it. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  setTimer(ms: number, run: () => void): Disposable;
}
