import { isSignedIn, offline, type Presence } from './presence.ts';
import { normalise, type PresenceState, presenceOf, stateOf } from './states.ts';

/** One signed-in client: what it said of the person, and when the person last used it (Unix ms). */
export interface Endpoint {
  readonly presence: Presence;
  readonly activeAt: number;
}

/** What the person's calendar says now, on whichever side has it. */
export type Calendar = 'free' | 'meeting' | 'outOfOffice';

const minute = 60_000;
/** After this long without input an endpoint is idle, and after as long again away: both products' default. */
export const idleAfterMs = 5 * minute;

/** What a state that fades becomes: idle first, then away. */
const fades: { readonly [S in PresenceState]?: readonly [idle: PresenceState, away: PresenceState] } = {
  'Available/None': ['AvailableIdle/Inactive', 'Away/None'],
  'AvailableIdle/Inactive': ['AvailableIdle/Inactive', 'Away/None'],
  'Available/OutOfOffice': ['Away/OutOfOffice', 'Away/OutOfOffice'],
  'Busy/None': ['BusyIdle/Inactive', 'Away/None'],
  'BusyIdle/Inactive': ['BusyIdle/Inactive', 'Away/None'],
  'Busy/InAMeeting': ['BusyIdle/InAMeeting', 'Away/None'],
  'BusyIdle/InAMeeting': ['BusyIdle/InAMeeting', 'Away/None'],
};

/** What an endpoint shows by itself at `now`; a call, a presentation and what was chosen beyond Busy do not fade. */
export function faded({ presence, activeAt }: Endpoint, now: number): Presence {
  const state = stateOf(presence);
  const silent = now - activeAt;
  const [idle, away] = fades[state] ?? [state, state];
  if (silent < idleAfterMs) return presenceOf(state);
  return presenceOf(silent < 2 * idleAfterMs ? idle : away);
}

// Strongest first: Do not disturb, Busy, Available, Away is Graph's own order; between them ours.
const teamsOrder: readonly PresenceState[] = [
  'DoNotDisturb/Presenting',
  'DoNotDisturb/None',
  'DoNotDisturb/UrgentInterruptionsOnly',
  'Busy/InAConferenceCall',
  'Busy/InACall',
  'Busy/InAMeeting',
  'Busy/UrgentInterruptionsOnly',
  'Busy/None',
  'BusyIdle/InAConferenceCall',
  'BusyIdle/InACall',
  'BusyIdle/InAMeeting',
  'BusyIdle/Inactive',
  'Available/OutOfOffice',
  'Available/None',
  'AvailableIdle/Inactive',
  'BeRightBack/None',
  'Away/OutOfOffice',
  'Away/OffWork',
  'Away/None',
  'Offline/None',
  'PresenceUnknown/None',
];

// Most available first, as SfB numbers the states.
const skypeOrder: readonly PresenceState[] = [
  'Available/None',
  'Available/OutOfOffice',
  'AvailableIdle/Inactive',
  'Busy/None',
  'Busy/InAMeeting',
  'Busy/UrgentInterruptionsOnly',
  'BusyIdle/Inactive',
  'BusyIdle/InAMeeting',
  'DoNotDisturb/None',
  'DoNotDisturb/UrgentInterruptionsOnly',
  'BeRightBack/None',
  'Away/None',
  'Away/OutOfOffice',
  'Away/OffWork',
  'Offline/None',
  'PresenceUnknown/None',
];

// What a person is doing with one client holds for all of them; strongest first.
const engagements: readonly PresenceState[] = [
  'DoNotDisturb/Presenting',
  'Busy/InAConferenceCall',
  'Busy/InACall',
  'BusyIdle/InAConferenceCall',
  'BusyIdle/InACall',
];

function first(
  order: readonly PresenceState[],
  states: ReadonlySet<PresenceState>,
): PresenceState | undefined {
  return order.find((state) => states.has(state));
}

export interface TeamsSources {
  /** Sessions of the person's clients and of applications. */
  readonly sessions: readonly Endpoint[];
  /** Set by the person; it holds only while there is a session. */
  readonly preferred?: Presence;
  readonly calendar?: Calendar;
}

/** What Teams shows of a person: the preferred presence, else the strongest session with what the calendar adds. */
export function aggregateTeams(
  { sessions, preferred, calendar = 'free' }: TeamsSources,
  now: number,
): Presence {
  const states = new Set(sessions.map((session) => stateOf(faded(session, now))));
  const strongest = first(teamsOrder, states);
  if (strongest === undefined || !isSignedIn(presenceOf(strongest))) return offline;
  return preferred ? normalise(preferred) : presenceOf(withCalendar(strongest, calendar));
}

export interface SkypeSources {
  readonly endpoints: readonly Endpoint[];
  /** The state that the person chose by hand, until it is reset. */
  readonly chosen?: Presence;
  readonly calendar?: Calendar;
}

/**
 * What SfB shows of a person: a call or presentation on any device; else the state chosen by hand, idle where every
 * device is; else the most available device with what the calendar adds.
 */
export function aggregateSkype(
  { endpoints, chosen, calendar = 'free' }: SkypeSources,
  now: number,
): Presence {
  const states = new Set(endpoints.map((endpoint) => stateOf(faded(endpoint, now))));
  const engaged = first(engagements, states);
  if (engaged) return presenceOf(engaged);
  const device = first(skypeOrder, states);
  if (device === undefined || !isSignedIn(presenceOf(device))) return offline;
  if (!chosen) return presenceOf(withCalendar(device, calendar));
  const isIdle = device === 'AvailableIdle/Inactive' || presenceOf(device).availability === 'BusyIdle';
  return isIdle ? faded({ presence: chosen, activeAt: now - idleAfterMs }, now) : normalise(chosen);
}

function withCalendar(state: PresenceState, calendar: Calendar): PresenceState {
  if (calendar === 'meeting') {
    if (state === 'Available/None' || state === 'Busy/None') return 'Busy/InAMeeting';
    if (state === 'AvailableIdle/Inactive' || state === 'BusyIdle/Inactive') return 'BusyIdle/InAMeeting';
  }
  if (calendar === 'outOfOffice') {
    if (state === 'Available/None') return 'Available/OutOfOffice';
    if (state === 'Away/None') return 'Away/OutOfOffice';
  }
  return state;
}
