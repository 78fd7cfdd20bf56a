import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { cursorKind, type KeptStore } from '../../gateway/ledger.ts';

const Instant = Type.Integer({ minimum: 0, maximum: 8.64e15 });
const Cursor = Type.Object({
  /** What was written before the gateway came here is not its own to bring. */
  since: Instant,
  /** Everybody's messages were read up to here. */
  readUpTo: Instant,
  /** By object id, those who were read less far. */
  behind: Type.Record(Type.String(), Instant),
});

/** How far a tenant's messages were read; Unix ms. Graph has no delta for chats, so the time is all there is. */
export type Cursor = Static<typeof Cursor>;

const shape = Compile(Cursor);
const keyOf = (tenantId: string): string => `teams read-back ${tenantId}`;
/** More would not fit what the ledger keeps of one key; then the whole round counts as not made. */
const mostBehind = 500;

/** Undefined where nothing is kept, or what is kept is of another shape. */
export async function loadCursor(kept: KeptStore, tenantId: string): Promise<Cursor | undefined> {
  const value = (await kept.get(cursorKind, keyOf(tenantId)))?.value;
  return shape.Check(value) ? value : undefined;
}

export async function keepCursor(kept: KeptStore, tenantId: string, cursor: Cursor): Promise<void> {
  await kept.put(cursorKind, keyOf(tenantId), cursor);
}

export function firstCursor(now: number): Cursor {
  return { since: now, readUpTo: now, behind: {} };
}

/** Where a person's messages have to be read from. */
export function readFrom(cursor: Cursor, userId: string): number {
  return cursor.behind[userId] ?? cursor.readUpTo;
}

/** The cursor after a round up to `before`, in which those in `behind` were not read so far. */
export function afterRound(cursor: Cursor, before: number, behind: ReadonlyMap<string, number>): Cursor {
  if (behind.size > mostBehind) return cursor;
  return {
    since: cursor.since,
    readUpTo: Math.max(cursor.readUpTo, before),
    behind: Object.fromEntries(behind),
  };
}

/** The earliest time from which somebody's messages are still to be read. */
export function oldest(cursor: Cursor): number {
  return Math.min(cursor.readUpTo, ...Object.values(cursor.behind));
}

/** How far a clock is taken to have run ahead before it was put back. */
const longestLeadMs = 60 * 60_000;

/** A cursor from the future was set by a clock that has been put back since: the hour before now is read anew. */
export function notAhead(cursor: Cursor, now: number): Cursor {
  if (cursor.readUpTo <= now) return cursor;
  const readUpTo = Math.max(0, now - longestLeadMs);
  return { since: Math.min(cursor.since, now), readUpTo, behind: {} };
}
