/** The three times that all timers derive from, in ms (RFC 3261 section 17.1.1.1). */
export interface Timing {
  /** Round-trip estimate. */
  readonly t1: number;
  /** The longest pause between retransmissions of anything but INVITE. */
  readonly t2: number;
  /** How long a message may stay in the network. */
  readonly t4: number;
}

export const rfcTiming: Timing = { t1: 500, t2: 4000, t4: 5000 };

/** What a machine needs to know of its surroundings. */
export interface Ground {
  readonly timing: Timing;
  /** Whether the transport delivers or says that it did not (TCP, TLS). */
  readonly reliable: boolean;
}

/** Timers B, F, H, J, L and M: how long a transaction waits for what must come. */
export function patience({ timing }: Ground): number {
  return 64 * timing.t1;
}

/**
 * Timer D: how long an INVITE client absorbs repeated final responses. The 32 s that RFC 3261 wants at least are what
 * its own T1 makes of it.
 */
export function timerD(ground: Ground): number {
  return ground.reliable ? 0 : patience(ground);
}

/** Timers I and K: how long to absorb what is still on its way. */
export function absorb({ reliable, timing }: Ground): number {
  return reliable ? 0 : timing.t4;
}

/**
 * Timer C: how long an INVITE may ring. RFC 3261 section 16.6 wants it above three minutes; every provisional
 * response starts it anew.
 */
export function ringing({ timing }: Ground): number {
  return 400 * timing.t1;
}
