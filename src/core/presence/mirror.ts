import type { Side } from '../people.ts';
import { authorityOf, type MirrorPerson } from './authority.ts';
import { isSignedIn, offline, type Presence, samePresence } from './presence.ts';
import { shownInTeams, shownThroughSip, shownThroughUcwa } from './scales.ts';

/**
 * What the gateway shows of one person on each side, as a pure reducer. A network reports only the aggregate of all of a
 * person's clients, the gateway's own endpoint among them, and never whose a state is. Hence the rules:
 *
 * - By coexistence mode one side has the authority ({@link authorityOf}); the other is shown a copy of it.
 * - A report that what the gateway published explains says nothing about the person.
 * - A publication that was replaced or withdrawn explains reports for {@link settleMs} longer, because reports are late.
 *   When that time is over the newest report stands: if the side still shows the person, it is the person's own client.
 * - While a network has not taken what it is told, nothing that it was shown before stops explaining.
 * - A side that is watched no longer has reported nothing.
 * - A state that turned out to be the gateway's own in disguise (the person's preferred state shown because the gateway's
 *   session exists) explains the same report from then on.
 */
export interface MirrorState {
  readonly person: MirrorPerson;
  readonly times: MirrorTimes;
  readonly sides: Readonly<Record<Side, SideState>>;
}

export interface MirrorTimes {
  /** How long a publication may be held back on its way, ms: reports of what it replaces come later by that. */
  readonly paceMs: number;
  /**
   * How long what is withdrawn goes on being shown, ms: 0 where it is taken away at once. Until then, or until the side
   * shows nobody, nothing that it reports can be told from that.
   */
  readonly lingerMs: number;
}

interface SideState {
  /** The newest report; undefined before the first. */
  readonly seen: { readonly presence: Presence; readonly at: number } | undefined;
  /** What the gateway shows there now; `offline` where it has no endpoint. */
  readonly ours: Presence;
  /** What it showed before, each state once, while late reports of that may still come. */
  readonly fading: readonly { readonly presence: Presence; readonly until: number }[];
  /** The last withdrawal: when (Unix ms), and for how long what was withdrawn explains reports. */
  readonly withdrawn: { readonly at: number; readonly settleMs: number } | undefined;
  /** A report that was taken for the person's own and vanished with the gateway's publication. */
  readonly disguise: Presence | undefined;
  /** A report that the gateway's publication does not explain, and on which it acted. */
  readonly suspect: Presence | undefined;
  /** Until when what was withdrawn may still be shown, Unix ms; 0 where nothing is. */
  readonly lingersUntil: number;
  /** Since when the network is being told and has not taken it, Unix ms: what it was shown before may stand till then. */
  readonly tellingSince: number | undefined;
}

export type MirrorEvent =
  /** `at` orders the reports of one side; an older one than the newest is ignored. */
  | { readonly kind: 'seen'; readonly side: Side; readonly presence: Presence; readonly at: number }
  /** Mode or accounts have changed. On the sides of `moved` it is another account from now on, that shows nothing yet. */
  | { readonly kind: 'changed'; readonly person: MirrorPerson; readonly moved?: readonly Side[] }
  /** Nobody tells any longer how the side is. */
  | { readonly kind: 'unwatched'; readonly side: Side }
  /** The network is told what is to be shown there, which may take long: until `told`. */
  | { readonly kind: 'telling'; readonly side: Side }
  /** It has taken it, or never will. */
  | { readonly kind: 'told'; readonly side: Side }
  /** What an earlier run of the gateway left on show there. */
  | { readonly kind: 'inherited'; readonly side: Side; readonly presence: Presence }
  /** Nothing has confirmed in time what was inherited. */
  | { readonly kind: 'unconfirmed'; readonly side: Side }
  /** The time that {@link MirrorDecision.wakeAt} asked for has come. */
  | { readonly kind: 'woken' };

export interface MirrorDecision {
  readonly state: MirrorState;
  /** To be shown on that side from now on; `Offline` takes the gateway's endpoint away. */
  readonly publish: readonly { readonly side: Side; readonly presence: Presence }[];
  /** Unix ms at which a `woken` event is due, if one is. */
  readonly wakeAt: number | undefined;
}

/**
 * How late a network's report of something replaced may come, ms: UCWA holds events of medium urgency back for up to 5 s.
 * Reports later than that could chase each other from side to side for ever, so each withdrawal that soon follows another
 * doubles the time, up to {@link longestSettleMs}.
 */
export const settleMs = 6_000;
const longestSettleMs = 192_000;

const unseen: SideState = {
  seen: undefined,
  ours: offline,
  fading: [],
  withdrawn: undefined,
  disguise: undefined,
  suspect: undefined,
  lingersUntil: 0,
  tellingSince: undefined,
};

const atOnce: MirrorTimes = { paceMs: 0, lingerMs: 0 };

export function startMirror(person: MirrorPerson, times: MirrorTimes = atOnce): MirrorState {
  return { person, times, sides: { teams: unseen, skype: unseen } };
}

/** What happens next. `now` is Unix ms and never goes back. */
export function decideMirror(state: MirrorState, event: MirrorEvent, now: number): MirrorDecision {
  const before = applied(state, event, now);
  const targets = {
    ...targetsOf(before, now),
    ...(event.kind === 'unconfirmed' ? { [event.side]: offline } : {}),
  };
  const turnedSide = (side: Side): SideState =>
    turned(before.sides[side], targets[side], ownPresence(before, side, now), now, state.times);
  const [teams, skype] = [turnedSide('teams'), turnedSide('skype')];
  const publish = [
    ...(samePresence(before.sides.teams.ours, teams.ours)
      ? []
      : [{ side: 'teams', presence: teams.ours } as const]),
    ...(samePresence(before.sides.skype.ours, skype.ours)
      ? []
      : [{ side: 'skype', presence: skype.ours } as const]),
  ];
  return { state: { ...before, sides: { teams, skype } }, publish, wakeAt: earliest([teams, skype], now) };
}

/** What the person's own clients show on a side, as far as reports tell; undefined where they tell nothing. */
export function ownPresence(state: MirrorState, side: Side, now: number): Presence | undefined {
  const { seen, ours, disguise, lingersUntil } = state.sides[side];
  if (!seen) return undefined;
  if (!isSignedIn(seen.presence)) return offline;
  if (now < lingersUntil) return undefined;
  const shown = [ours, ...(isSignedIn(ours) ? disguised(disguise) : []), ...current(state.sides[side], now)];
  return shown.some((presence) => isSignedIn(presence) && explains(side, presence, seen.presence))
    ? undefined
    : seen.presence;
}

function disguised(disguise: Presence | undefined): readonly Presence[] {
  return disguise ? [disguise] : [];
}

function current(side: SideState, now: number): readonly Presence[] {
  return fresh(side, now).map(({ presence }) => presence);
}

/** Whether a side that was shown `published` reports `seen`: word for word, or as the side's own words render it. */
function explains(side: Side, published: Presence, seen: Presence): boolean {
  const renderings =
    side === 'teams' ? [shownInTeams(published)] : [shownThroughUcwa(published), shownThroughSip(published)];
  return [published, ...renderings].some((presence) => samePresence(presence, seen));
}

function applied(state: MirrorState, event: MirrorEvent, now: number): MirrorState {
  switch (event.kind) {
    case 'changed': {
      const { person, moved = [] } = event;
      const sideOf = (side: Side): SideState => (moved.includes(side) ? unseen : state.sides[side]);
      return { ...state, person, sides: { teams: sideOf('teams'), skype: sideOf('skype') } };
    }
    case 'inherited':
      return withSide(state, event.side, { ours: event.presence });
    case 'unwatched':
      return withSide(state, event.side, { seen: undefined, disguise: undefined, suspect: undefined });
    case 'telling':
      return withSide(state, event.side, { tellingSince: state.sides[event.side].tellingSince ?? now });
    case 'told':
      return withSide(state, event.side, {
        tellingSince: undefined,
        fading: postponed(state.sides[event.side], now),
      });
    case 'unconfirmed':
    case 'woken':
      return state;
    case 'seen': {
      const side = state.sides[event.side];
      if (side.seen && event.at < Math.min(side.seen.at, now)) return state;
      if (event.presence.availability === 'PresenceUnknown') return state;
      const seen = { presence: event.presence, at: Math.min(event.at, now) };
      const lingersUntil = isSignedIn(event.presence) ? side.lingersUntil : 0;
      const learnt = unmasked(side, event.presence);
      return withSide(state, event.side, { ...learnt, seen, lingersUntil, fading: fresh(side, now) });
    }
  }
}

function withSide(state: MirrorState, side: Side, change: Partial<SideState>): MirrorState {
  return { ...state, sides: { ...state.sides, [side]: { ...state.sides[side], ...change } } };
}

/**
 * Learns from the report after a withdrawal whether what was taken for the person's own was the gateway's; and forgets
 * it when the side, while it is shown something, reports a third thing.
 */
function unmasked(side: SideState, seen: Presence): Pick<SideState, 'disguise' | 'suspect'> {
  const { disguise, suspect, ours } = side;
  if (isSignedIn(ours))
    return { disguise: disguise && samePresence(disguise, seen) ? disguise : undefined, suspect: undefined };
  if (!suspect) return { disguise, suspect };
  if (!isSignedIn(seen)) return { disguise: suspect, suspect: undefined };
  return { disguise, suspect: samePresence(seen, suspect) ? suspect : undefined };
}

function targetsOf(state: MirrorState, now: number): Readonly<Record<Side, Presence>> {
  const none = { teams: offline, skype: offline };
  const { ours } = state.sides.teams;
  const shownInSkype = state.sides.skype.ours;
  switch (authorityOf(state.person)) {
    case 'none':
      return none;
    case 'teams':
      return { ...none, skype: ownPresence(state, 'teams', now) ?? shownInSkype };
    case 'skype':
      return { ...none, teams: ownPresence(state, 'skype', now) ?? ours };
    case 'teams while signed in there, else skype': {
      const inTeams = ownPresence(state, 'teams', now);
      if (inTeams && isSignedIn(inTeams)) return { teams: offline, skype: inTeams };
      const withdrawing = isSignedIn(shownInSkype);
      const inSkype = ownPresence(state, 'skype', now);
      if (withdrawing && !inTeams) return { teams: ours, skype: shownInSkype };
      return { teams: inSkype ?? (withdrawing ? offline : ours), skype: offline };
    }
  }
}

/** The side once `target` is shown there; `own` is what was taken for the person's own until now. */
function turned(
  side: SideState,
  target: Presence,
  own: Presence | undefined,
  now: number,
  { paceMs, lingerMs }: MirrorTimes,
): SideState {
  const fading = fresh(side, now);
  if (samePresence(side.ours, target))
    return fading.length === side.fading.length ? side : { ...side, fading };
  if (!isSignedIn(side.ours)) return { ...side, ours: target, fading, suspect: undefined, lingersUntil: 0 };
  const withdraws = !isSignedIn(target);
  const withdrawn = withdraws ? { at: now, settleMs: settleTime(side, now) } : side.withdrawn;
  const until = now + (withdraws && withdrawn ? withdrawn.settleMs : settleMs + paceMs);
  return {
    ...side,
    ours: target,
    fading: [
      ...fading.filter(({ presence }) => !samePresence(presence, side.ours)),
      { presence: side.ours, until },
    ],
    withdrawn,
    lingersUntil: withdraws && lingerMs > 0 ? now + lingerMs : side.lingersUntil,
    suspect: withdraws && own && isSignedIn(own) ? own : undefined,
  };
}

function settleTime({ withdrawn }: SideState, now: number): number {
  if (!withdrawn || now - withdrawn.at > 10 * withdrawn.settleMs) return settleMs;
  return Math.min(2 * withdrawn.settleMs, longestSettleMs);
}

function fresh({ fading, tellingSince }: SideState, now: number): SideState['fading'] {
  return tellingSince !== undefined || fading.every(({ until }) => until > now)
    ? fading
    : fading.filter(({ until }) => until > now);
}

/** The time that it took to tell the network does not count: reports of what stood there are late from now on. */
function postponed(
  { fading, tellingSince = Number.POSITIVE_INFINITY }: SideState,
  now: number,
): SideState['fading'] {
  const ms = Math.max(0, now - tellingSince);
  return ms === 0 ? fading : fading.map(({ presence, until }) => ({ presence, until: until + ms }));
}

function earliest(sides: readonly SideState[], now: number): number | undefined {
  const times = sides.flatMap(({ fading, lingersUntil, tellingSince }) => [
    ...(tellingSince !== undefined ? [] : fading.map(({ until }) => until)),
    ...(lingersUntil > now ? [lingersUntil] : []),
  ]);
  return times.length === 0 ? undefined : Math.min(...times);
}
