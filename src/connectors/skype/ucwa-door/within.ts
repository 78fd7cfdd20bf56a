import { type Clock, limit } from '../../../protocols/ucwa/client/client.ts';

/**
 * What a request comes to within `ms`, or what is said in place of its failure. Its signal aborts when the time is over,
 * and when the request is.
 */
export async function within<T>(
  clock: Clock,
  ms: number | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
  orElse: (error: unknown) => T,
): Promise<T> {
  using limited = limit(clock, ms);
  try {
    return await ask(limited.signal);
  } catch (error) {
    return orElse(error);
  }
}
