/**
 * Spreads the ids of people over those who may hold a subscription, `most` ids each. A subscription can be made, but not
 * changed, so what is there stays as it is while all of it is wanted, and newcomers fill one subscription before they open
 * another. A share that stays is the same array.
 *
 * @returns by subscriber; ids that nobody has room for are in no share
 */
export function shareOut(
  before: ReadonlyMap<string, readonly string[]>,
  wanted: ReadonlySet<string>,
  subscribers: readonly string[],
  most: number,
): ReadonlyMap<string, readonly string[]> {
  const covered = new Set<string>();
  const kept = subscribers.map((subscriber) => {
    const share = before.get(subscriber) ?? [];
    const living = share.filter((id) => wanted.has(id) && !covered.has(id));
    for (const id of living) covered.add(id);
    return { subscriber, share, living };
  });
  const newcomers = [...wanted].filter((id) => !covered.has(id)).values();
  const after = new Map<string, readonly string[]>();
  for (const { subscriber, share, living } of kept) {
    const added = newcomers.take(most - living.length).toArray();
    const stays = added.length === 0 && living.length === share.length;
    const ids = stays ? share : [...living, ...added];
    if (ids.length > 0) after.set(subscriber, ids);
  }
  return after;
}
