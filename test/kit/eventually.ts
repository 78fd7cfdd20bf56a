import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for something that another process or server brings about: asks again until the answer is not undefined or
 * false. Fails with `what` after `withinMs`; the time is a limit, not a pace.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 5_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}
