const RealDate = Date;
let shift = 0;

/** From now on this process's wall clock is wrong by `ms`; timers run as before, as they do when a real clock is set. */
export function shiftClock(ms: number): void {
  shift = ms;
  globalThis.Date = ShiftedDate as DateConstructor;
}

class ShiftedDate extends RealDate {
  constructor(...given: [] | [number | string | Date] | [number, number]) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...(given as [number]));
  }

  static override now(): number {
    return RealDate.now() + shift;
  }
}
