import type { Change } from './presence-states.ts';
import { percentile } from './statistics.ts';

/** One presence as a watcher saw it, Unix ms. */
export interface Seen {
  readonly state: number;
  readonly at: number;
}

/** One watcher, as far as it has seen the changes of people, who are known by number. */
export interface Watching {
  /** When it was notified, Unix ms, in order. */
  told(person: number): readonly number[];
  reads(person: number): boolean;
  /** What it read, in order. Nothing of those whom it does not read. */
  seen(person: number): readonly Seen[];
}

export interface Delays {
  /** From each change to each watcher who has been notified, and seen it if it reads the person. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Changes that a watcher knows nothing of yet, counted for each watcher. */
  readonly missing: number;
  /** When the last was seen, Unix ms. */
  readonly lastAt: number;
}

/**
 * A change counts as seen by who reads the person when it is shown, or, if the person has changed again meanwhile, what
 * came after it; by the others with their first notification after it, since changes of one person lie seconds apart.
 */
export function delaysOf(changes: readonly Change[], watchers: readonly Watching[]): Delays {
  const ms: number[] = [];
  let missing = 0;
  let lastAt = 0;
  for (const change of withSuccessors(changes))
    for (const watcher of watchers) {
      const at = knownAt(watcher, change);
      if (at === undefined) missing++;
      else {
        ms.push(at - change.at);
        lastAt = Math.max(lastAt, at);
      }
    }
  return { p50Ms: percentile(ms, 0.5), p99Ms: percentile(ms, 0.99), missing, lastAt };
}

/**
 * Calls `look` until it gives up, or every watcher knows of every change. A watcher that knows of one is not asked again:
 * the processes that are watched share their processors with whoever waits.
 */
export async function untilAllKnow(
  changes: readonly Change[],
  watchers: readonly Watching[],
  look: () => Promise<'look again' | 'give up'>,
): Promise<void> {
  for (const change of withSuccessors(changes))
    for (const watcher of watchers)
      while (knownAt(watcher, change) === undefined) if ((await look()) === 'give up') return;
}

function knownAt(watcher: Watching, change: ChangeInLine): number | undefined {
  return watcher.reads(change.person)
    ? shownAt(watcher.seen(change.person), change)
    : watcher.told(change.person).find((told) => told >= change.at);
}

type ChangeInLine = Change & { readonly overtakenAt: number };

function shownAt(seen: readonly Seen[], { state, at, overtakenAt }: ChangeInLine): number | undefined {
  return seen.find((one) => one.at >= at && (one.state === state || one.at >= overtakenAt))?.at;
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
