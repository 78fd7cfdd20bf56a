import { pause } from '../../shared/time.ts';
import { type Ucwa, UcwaError } from './client.ts';
import { eventsOf, onwardOf, type UcwaEvent } from './events.ts';

/**
 * Hold times are left to the pool: its own are the shortest it has. An empty answer comes after 180 s; a
 * channel silent for longer is dead.
 */
const silenceMs = 200_000;
const longestBackoffMs = 20_000;

export interface ChannelListener {
  /** Called one at a time, in order; the next package is being fetched meanwhile. */
  readonly events: (events: readonly UcwaEvent[]) => Promise<void>;
  /** Conversations and subscriptions are gone on the server. */
  readonly forgotten: () => Promise<void>;
  readonly connected: (connected: boolean) => void;
  /** The channel has ended for good. `gone` asks for a new application, `stopped` for a person. */
  readonly ended: (how: 'gone' | 'stopped', error: UcwaError | undefined) => void;
}

/** Follows the event channel from `first` until `signal` aborts or the application is gone. One request at a time. */
export async function followEvents(
  ucwa: Ucwa,
  first: string,
  listener: ChannelListener,
  signal: AbortSignal,
): Promise<void> {
  let href = first;
  let failures = 0;
  let handling: Promise<void> = Promise.resolve();
  while (!signal.aborted) {
    try {
      const payload = await ucwa.get(href, AbortSignal.any([signal, AbortSignal.timeout(silenceMs)]));
      failures = 0;
      listener.connected(true);
      const onward = onwardOf(payload);
      const events = eventsOf(payload);
      handling = handling.then(() => listener.events(events)).catch(() => undefined);
      if (onward.kind === 'nowhere') return listener.ended('gone', undefined);
      if (onward.kind !== 'next') handling = handling.then(listener.forgotten).catch(() => undefined);
      href = onward.href;
    } catch (error) {
      if (signal.aborted) return;
      const verdict = judge(error);
      if (verdict !== 'again') return listener.ended(verdict, error instanceof UcwaError ? error : undefined);
      failures += 1;
      if (failures > 1) listener.connected(false);
      await pause(Math.min(500 * 2 ** failures, longestBackoffMs), signal);
    }
  }
}

/** 404: the application is gone and may be made again; 410 and a replaced channel need a person's decision. */
export function judge(error: unknown): 'gone' | 'stopped' | 'again' {
  if (!(error instanceof UcwaError)) return 'again';
  switch (error.status) {
    case 404:
      return 'gone';
    case 401:
    case 403:
    case 409:
    case 410:
      return 'stopped';
    default:
      return 'again';
  }
}
