import type { Evidence, Shown, Told, Written } from './record.ts';

/** The five that have to be empty, each with the messages that are its proof. */
export interface Verdict {
  /** Accepted by its network, then neither shown nor its sender told, and nobody works on it any more. */
  readonly lost: readonly string[];
  /** Shown more than once; a token for each time too many. */
  readonly doubled: readonly string[];
  /** Shown after one that was written later, without the time it was written; or in somebody else's conversation. */
  readonly outOfOrder: readonly string[];
  /** Accepted, and past its time neither shown nor its sender told, though the gateway has it. */
  readonly stuck: readonly string[];
  /** Its sender was told that it surely failed, and it was shown; or it was told of and nobody had written it. */
  readonly wronglyReported: readonly string[];
  readonly counts: Counts;
}

export interface Counts {
  readonly written: number;
  readonly shown: number;
  /** Shown with the time it was written, since its network had told of it late or not at all. */
  readonly shownLate: number;
  /** Of those: shown after one that was written later, of which their network had told before. */
  readonly shownBehind: number;
  readonly toldFailed: number;
  readonly toldUncertain: number;
  /** Notices beyond the first about one message. */
  readonly toldAgain: number;
  /** The writer's own network refused it, or died before it said anything. */
  readonly notAccepted: number;
  /** Of those: shown all the same. The writer's network did not learn that the gateway had it. */
  readonly notAcceptedButShown: number;
}

/** Compares what was written with what was shown and told. */
export function judge({ written, shown, told, underWay }: Evidence): Verdict {
  const times = countTokens(shown);
  const notices = Map.groupBy(told, ({ token }) => token);
  const known = new Set(written.map(({ token }) => token));
  const accepted = written.filter(({ fate }) => fate === 'accepted');
  const silent = accepted.filter(({ token }) => !times.has(token) && !notices.has(token));
  const isTold = (what: Told['what']) => (list: readonly Told[]) => list.some((each) => each.what === what);
  const others = written.filter(({ fate }) => fate !== 'accepted');
  return {
    lost: tokens(silent.filter(({ token }) => !underWay.has(token))),
    stuck: tokens(silent.filter(({ token }) => underWay.has(token))),
    doubled: [...times].flatMap(([token, count]) => Array.from({ length: count - 1 }, () => token)),
    outOfOrder: shown.flatMap((one) => misplaced(one, written)),
    wronglyReported: [...notices]
      .filter(([token, list]) => !known.has(token) || (times.has(token) && isTold('failed')(list)))
      .map(([token]) => token),
    counts: {
      written: written.length,
      shown: times.size,
      shownLate: shown.reduce((sum, { late }) => sum + late.size, 0),
      shownBehind: shown.flatMap((one) => behind(one, written).filter((token) => one.late.has(token))).length,
      toldFailed: [...notices.values()].filter(isTold('failed')).length,
      toldUncertain: [...notices.values()].filter(isTold('uncertain')).length,
      toldAgain: told.length - notices.size,
      notAccepted: others.length,
      notAcceptedButShown: others.filter(({ token }) => times.has(token)).length,
    },
  };
}

function tokens(list: readonly Written[]): readonly string[] {
  return list.map(({ token }) => token);
}

function countTokens(shown: readonly Shown[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { tokens: list } of shown)
    for (const token of list) times.set(token, (times.get(token) ?? 0) + 1);
  return times;
}

/** What is shown in a lane that it was not written in is misplaced, as is {@link behind} without its time. */
function misplaced(one: Shown, written: readonly Written[]): readonly string[] {
  const own = new Set(written.filter((each) => each.lane === one.lane).map(({ token }) => token));
  const strange = [...new Set(one.tokens)].filter((token) => !own.has(token));
  return [...strange, ...behind(one, written).filter((token) => !one.late.has(token))];
}

/** What stands behind something of its lane that was written later. A second showing is judged as doubled. */
function behind({ lane, tokens: list }: Shown, written: readonly Written[]): readonly string[] {
  const order = new Map(
    written.filter((each) => each.lane === lane).map(({ token }, index) => [token, index] as const),
  );
  let latest = -1;
  return [...new Set(list)].filter((token) => {
    const index = order.get(token) ?? latest;
    const isBehind = index < latest;
    latest = Math.max(latest, index);
    return isBehind;
  });
}
