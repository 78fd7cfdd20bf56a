/** How much of what the gateway may hold it holds: 0 for nothing, 1 and more for too much. */
export type Pressure = number;

/** From here on networks are slowed down. */
const slowFrom = 0.5;
/** What a network is kept waiting at most before it is told that something was taken, ms: Graph counts 3 s as slow. */
export const longestDelayMs = 2_000;

/** What is held of each thing and the most of it that may be; a bound of 0 or less counts as reached. */
export function pressureOf(held: readonly { readonly of: number; readonly most: number }[]): Pressure {
  return Math.max(0, ...held.map(({ of, most }) => (most > 0 ? of / most : 1)));
}

/**
 * How long a network is kept waiting, ms: not at all up to half, then longer and longer, so that it sends less before
 * it is refused anything.
 */
export function delayMs(pressure: Pressure): number {
  if (pressure <= slowFrom) return 0;
  const over = Math.min(1, (pressure - slowFrom) / (1 - slowFrom));
  return Math.round(longestDelayMs * over ** 2);
}

/** Whether nothing more is taken for now. */
export function isRefused(pressure: Pressure): boolean {
  return pressure >= 1;
}
