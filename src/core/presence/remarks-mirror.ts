import { otherSide, type Side, sides } from '../people.ts';
import { authorityOf, type MirrorPerson } from './authority.ts';
import { settleMs } from './mirror.ts';
import {
  fromSkypeNote,
  fromTeamsRemarks,
  noRemarks,
  type Remarks,
  sameNote,
  sameRemarks,
  toSkypeNote,
  toStatusMessage,
} from './remarks.ts';

/**
 * What the gateway says beside the presence that it shows of one person, as a pure reducer beside that of `mirror.ts`:
 *
 * - Remarks go where the presence goes: to the side on which the gateway shows the person, from the other one. They
 *   come with that presence and go with it.
 * - A note that what the gateway wrote explains, now or until lately, is not the person's.
 * - Where the person's own presence on both sides counts (Legacy), a note that they wrote there themselves stays: the first
 *   report of that side is waited for, and one that differs from what was said there is theirs when it stands after
 *   the time in which late reports come.
 */
export interface RemarksState {
  readonly teams: RemarksSide;
  readonly skype: RemarksSide;
}

interface RemarksSide {
  readonly seen: { readonly remarks: Remarks; readonly at: number } | undefined;
  /** What the gateway says there now. */
  readonly ours: Remarks;
  /** Since when, Unix ms. */
  readonly oursSince: number;
  /** Since when the gateway shows the person there, Unix ms; undefined where it does not. */
  readonly shownSince: number | undefined;
  /** What it said before, while late reports of that may still come. */
  readonly fading: readonly { readonly remarks: Remarks; readonly until: number }[];
}

export type RemarksEvent =
  /** `at` orders the reports of one side; an older one than the newest is ignored. */
  | { readonly kind: 'seen'; readonly side: Side; readonly remarks: Remarks; readonly at: number }
  /** It is another account from now on, that says nothing yet. */
  | { readonly kind: 'moved'; readonly side: Side }
  /** Nobody tells any longer what is said there. */
  | { readonly kind: 'unwatched'; readonly side: Side }
  /** What an earlier run of the gateway left there. */
  | { readonly kind: 'inherited'; readonly side: Side; readonly remarks: Remarks }
  /** The presence that the gateway shows may have changed, or time has passed. */
  | { readonly kind: 'looked' };

export interface RemarksContext {
  readonly person: MirrorPerson;
  /** Whether the gateway shows the person on that side. */
  readonly shows: (side: Side) => boolean;
  /** How long a publication may be held back, ms: reports come later by that. */
  readonly paceMs: number;
}

export interface RemarksDecision {
  readonly state: RemarksState;
  /** To be said there from now on, where the gateway shows the person; what it no longer shows takes its remarks with it. */
  readonly say: readonly { readonly side: Side; readonly remarks: Remarks }[];
  /** Where the person has put their own words in the place of the gateway's: neither to be repeated nor taken away. */
  readonly leave: readonly Side[];
  /** Unix ms at which a `looked` event is due, if one is. */
  readonly wakeAt: number | undefined;
}

const unseen: RemarksSide = {
  seen: undefined,
  ours: noRemarks,
  oursSince: 0,
  shownSince: undefined,
  fading: [],
};
export const startRemarks: RemarksState = { teams: unseen, skype: unseen };

/** Remembered as explanations: more than networks, read once a second at most, can show while reports are late. */
const mostFading = 16;
/** How long the first report of a side is waited for, ms: one that is not watched never tells. */
const firstReportMs = 10_000;

/** What happens next. `now` is Unix ms. */
export function decideRemarks(
  state: RemarksState,
  event: RemarksEvent,
  context: RemarksContext,
  now: number,
): RemarksDecision {
  const before = shownNow(applied(state, event, now), context, now);
  const say: { readonly side: Side; readonly remarks: Remarks }[] = [];
  const leave: Side[] = [];
  const wakes: number[] = [];
  const turned = (side: Side): RemarksSide => {
    const target = targetOf(before, side, context, now);
    if (target.againAt !== undefined) wakes.push(target.againAt);
    const { ours } = before[side];
    if (target.overwritten) {
      leave.push(side);
      return replaced(before[side], noRemarks, context.paceMs, now);
    }
    if (sameRemarks(ours, target.remarks)) return fresh(before[side], now);
    if (context.shows(side)) say.push({ side, remarks: target.remarks });
    return replaced(before[side], target.remarks, context.paceMs, now);
  };
  const next = { teams: turned('teams'), skype: turned('skype') };
  const times = [...wakes, ...sides.flatMap((side) => next[side].fading.map(({ until }) => until))];
  return { state: next, say, leave, wakeAt: times.length === 0 ? undefined : Math.min(...times) };
}

/** What the person's own clients say on a side; undefined where nothing is known. */
export function ownRemarks(state: RemarksState, side: Side, now: number): Remarks | undefined {
  const { seen, ours, fading } = state[side];
  if (!seen) return undefined;
  const explained = [ours, ...fading.filter(({ until }) => until > now).map(({ remarks }) => remarks)].some(
    (remarks) =>
      !sameRemarks(remarks, noRemarks) && sameNote(renderedOn(side, remarks).note, seen.remarks.note),
  );
  return explained ? { ...seen.remarks, note: noRemarks.note } : seen.remarks;
}

/** What a side shows once the gateway has said `remarks` there. */
export function renderedOn(side: Side, remarks: Remarks): Remarks {
  return side === 'teams'
    ? fromTeamsRemarks({
        statusMessage: { content: toStatusMessage(remarks), contentType: 'text' },
        outOfOffice: undefined,
      })
    : fromSkypeNote(toSkypeNote(remarks), 'Personal');
}

interface Target {
  readonly remarks: Remarks;
  /** The person has put their own in the place of the gateway's. */
  readonly overwritten: boolean;
  /** When to look again, Unix ms. */
  readonly againAt: number | undefined;
}

function targetOf(state: RemarksState, side: Side, context: RemarksContext, now: number): Target {
  const { ours, oursSince, seen, shownSince } = state[side];
  const being = (remarks: Remarks, againAt?: number): Target => ({ remarks, overwritten: false, againAt });
  const overwritten: Target = { remarks: noRemarks, overwritten: true, againAt: undefined };
  const bothCount = authorityOf(context.person) === 'teams while signed in there, else skype';
  const isTheirs = bothCount && ownRemarks(state, side, now)?.note.kind === 'text';
  if (shownSince === undefined)
    return isTheirs && !sameRemarks(ours, noRemarks) ? overwritten : being(noRemarks);
  const copied = ownRemarks(state, otherSide(side), now) ?? ours;
  if (!bothCount) return being(copied);
  const toldBy = shownSince + firstReportMs;
  if (!seen && now < toldBy) return being(ours, toldBy);
  if (!isTheirs) return being(copied);
  if (sameRemarks(ours, noRemarks)) return being(noRemarks);
  const sureAt = oursSince + settleMs + context.paceMs;
  return now < sureAt ? being(copied, sureAt) : overwritten;
}

function shownNow(state: RemarksState, { shows }: RemarksContext, now: number): RemarksState {
  const shown = (side: Side): RemarksSide => {
    const { shownSince } = state[side];
    if (shows(side) === (shownSince !== undefined)) return state[side];
    return { ...state[side], shownSince: shows(side) ? now : undefined };
  };
  return { teams: shown('teams'), skype: shown('skype') };
}

function replaced(side: RemarksSide, ours: Remarks, paceMs: number, now: number): RemarksSide {
  const { fading } = fresh(side, now);
  if (sameRemarks(side.ours, noRemarks)) return { ...side, ours, oursSince: now, fading };
  const until = now + settleMs + paceMs;
  return {
    ...side,
    ours,
    oursSince: now,
    fading: [...fading, { remarks: side.ours, until }].slice(-mostFading),
  };
}

function fresh(side: RemarksSide, now: number): RemarksSide {
  return side.fading.every(({ until }) => until > now)
    ? side
    : { ...side, fading: side.fading.filter(({ until }) => until > now) };
}

function applied(state: RemarksState, event: RemarksEvent, now: number): RemarksState {
  switch (event.kind) {
    case 'looked':
      return state;
    case 'moved':
      return { ...state, [event.side]: unseen };
    case 'unwatched':
      return { ...state, [event.side]: { ...state[event.side], seen: undefined } };
    case 'inherited':
      return { ...state, [event.side]: { ...state[event.side], ours: event.remarks, oursSince: now } };
    case 'seen': {
      const side = state[event.side];
      if (side.seen && event.at < Math.min(side.seen.at, now)) return state;
      return {
        ...state,
        [event.side]: { ...side, seen: { remarks: event.remarks, at: Math.min(event.at, now) } },
      };
    }
  }
}
