import type { Change } from './presence-states.ts';

/** One presence as a watcher saw it, Unix ms. */
export interface Seen {
  readonly state: number;
  readonly at: number;
}

export interface Delays {
  /** From each change to each watcher who has seen it, ms. */
  readonly ms: readonly number[];
  /** Changes that a watcher has not seen yet, counted for each watcher. */
  readonly missing: number;
  /** When the last was seen, Unix ms. */
  readonly lastAt: number;
}

/**
 * A change counts as seen when the watcher shows it, or, if the person has changed again meanwhile, what came after it.
 * `seenBy` gives what each watcher saw of a person, in order.
 */
export function delaysOf(
  changes: readonly Change[],
  seenBy: (person: number) => readonly (readonly Seen[])[],
): Delays {
  const ms: number[] = [];
  let missing = 0;
  let lastAt = 0;
  for (const { person, state, at, overtakenAt } of withSuccessors(changes))
    for (const seen of seenBy(person)) {
      const found = seen.find((one) => one.at >= at && (one.state === state || one.at >= overtakenAt));
      if (found) {
        ms.push(found.at - at);
        lastAt = Math.max(lastAt, found.at);
      } else missing++;
    }
  return { ms, missing, lastAt };
}

/** Each change with the time of the same person's next one, if there is one. */
function withSuccessors(changes: readonly Change[]): readonly (Change & { readonly overtakenAt: number })[] {
  const next = new Map<number, number>();
  return changes.toReversed().map((change) => {
    const overtakenAt = next.get(change.person) ?? Number.POSITIVE_INFINITY;
    next.set(change.person, change.at);
    return { ...change, overtakenAt };
  });
}
