import { pause } from './time.ts';

export interface Pace {
  /** Ms between the end of one round and the start of the next. */
  readonly visible: number;
  readonly hidden: number;
  /** After failures: doubled from `visible` up to this. */
  readonly longest: number;
}

export const pace: Pace = { visible: 1000, hidden: 5000, longest: 30_000 };

/** How long to wait after a round. `retryAfterMs` is what the server asked for; 0 if it did not. */
export function waitAfter(failures: number, retryAfterMs: number, hidden: boolean, by: Pace): number {
  const usual = hidden ? by.hidden : by.visible;
  if (failures === 0) return usual;
  const backoff = Math.min(by.visible * 2 ** failures, by.longest);
  return Math.max(usual, backoff, retryAfterMs);
}

export interface Poller {
  /** Ends the present wait, unless the server asked for it. */
  readonly wake: () => void;
}

/**
 * Runs `round` again and again until `signal` aborts; never two at a time. A round that throws is told to
 * `failed`, whose answer is the ms that the server asked to wait.
 */
export function startPolling(
  round: () => Promise<void>,
  failed: (error: unknown) => number,
  isHidden: () => boolean,
  signal: AbortSignal,
): Poller {
  let waiting = new AbortController();
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      let retryAfterMs = 0;
      try {
        await round();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        retryAfterMs = failed(error);
      }
      waiting = new AbortController();
      const wait = waitAfter(failures, retryAfterMs, isHidden(), pace);
      await pause(wait, failures === 0 ? AbortSignal.any([signal, waiting.signal]) : signal);
    }
  };
  void run();
  return { wake: () => waiting.abort() };
}
