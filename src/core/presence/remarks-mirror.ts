import { otherSide, type Side, sides } from '../people.ts';
import { authorityOf, type MirrorPerson, settleMs } from './mirror.ts';
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
 * - Where the person's own presence on both sides counts (Legacy), a note that they wrote there themselves stays.
 */
export interface RemarksState {
  readonly teams: RemarksSide;
  readonly skype: RemarksSide;
}

interface RemarksSide {
  readonly seen: { readonly remarks: Remarks; readonly at: number } | undefined;
  /** What the gateway says there now. */
  readonly ours: Remarks;
  /** What it said before, while late reports of that may still come. */
  readonly fading: readonly { readonly remarks: Remarks; readonly until: number }[];
}

export type RemarksEvent =
  /** `at` orders the reports of one side; an older one than the newest is ignored. */
  | { readonly kind: 'seen'; readonly side: Side; readonly remarks: Remarks; readonly at: number }
  /** It is another account from now on, that says nothing yet. */
  | { readonly kind: 'moved'; readonly side: Side }
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
  /** Unix ms at which a `looked` event is due, if one is. */
  readonly wakeAt: number | undefined;
}

const unseen: RemarksSide = { seen: undefined, ours: noRemarks, fading: [] };
export const startRemarks: RemarksState = { teams: unseen, skype: unseen };

const mostFading = 8;

/** What happens next. `now` is Unix ms. */
export function decideRemarks(
  state: RemarksState,
  event: RemarksEvent,
  context: RemarksContext,
  now: number,
): RemarksDecision {
  const before = applied(state, event, now);
  const say: { readonly side: Side; readonly remarks: Remarks }[] = [];
  const turned = (side: Side): RemarksSide => {
    const target = targetOf(before, side, context, now);
    const { ours } = before[side];
    if (target.overwritten) return replaced(before[side], noRemarks, context.paceMs, now);
    if (sameRemarks(ours, target.remarks)) return fresh(before[side], now);
    if (context.shows(side)) say.push({ side, remarks: target.remarks });
    return replaced(before[side], target.remarks, context.paceMs, now);
  };
  const next = { teams: turned('teams'), skype: turned('skype') };
  const times = sides.flatMap((side) => next[side].fading.map(({ until }) => until));
  return { state: next, say, wakeAt: times.length === 0 ? undefined : Math.min(...times) };
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

function targetOf(
  state: RemarksState,
  side: Side,
  { person, shows }: RemarksContext,
  now: number,
): { readonly remarks: Remarks; readonly overwritten: boolean } {
  const none = { remarks: noRemarks, overwritten: false };
  if (!shows(side)) return none;
  const { ours } = state[side];
  if (authorityOf(person) === 'teams while signed in there, else skype') {
    const own = ownRemarks(state, side, now);
    if (own?.note.kind === 'text') return { remarks: noRemarks, overwritten: !sameRemarks(ours, noRemarks) };
  }
  return { remarks: ownRemarks(state, otherSide(side), now) ?? ours, overwritten: false };
}

function replaced(side: RemarksSide, ours: Remarks, paceMs: number, now: number): RemarksSide {
  const { fading } = fresh(side, now);
  if (sameRemarks(side.ours, noRemarks)) return { ...side, ours, fading };
  const until = now + settleMs + paceMs;
  return { ...side, ours, fading: [...fading, { remarks: side.ours, until }].slice(-mostFading) };
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
    case 'inherited':
      return { ...state, [event.side]: { ...state[event.side], ours: event.remarks } };
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
