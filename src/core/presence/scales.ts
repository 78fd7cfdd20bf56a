import type { Activity, Availability, Presence } from './presence.ts';
import {
  scale,
  type TeamsPreferredPair,
  type TeamsSessionPair,
  tokens,
  type UcwaAvailability,
  type UcwaPreferred,
} from './scale-table.ts';
import { normalise, presenceOf, stateOf } from './states.ts';

const unknown = presenceOf('PresenceUnknown/None');

// --- Teams ---

const coarseWords = new Map<string, Availability>([
  ['available', 'Available'],
  ['availableidle', 'AvailableIdle'],
  ['availableinactive', 'AvailableIdle'],
  ['busy', 'Busy'],
  ['busyidle', 'BusyIdle'],
  ['busyinactive', 'BusyIdle'],
  ['donotdisturb', 'DoNotDisturb'],
  ['berightback', 'BeRightBack'],
  ['away', 'Away'],
  ['offline', 'Offline'],
]);

const fineWords = new Map<string, Activity | 'Focusing'>([
  ['inactive', 'Inactive'],
  ['availableinactive', 'Inactive'],
  ['busyinactive', 'Inactive'],
  ['inacall', 'InACall'],
  ['inaconferencecall', 'InAConferenceCall'],
  ['inameeting', 'InAMeeting'],
  ['presenting', 'Presenting'],
  ['focusing', 'Focusing'],
  ['urgentinterruptionsonly', 'UrgentInterruptionsOnly'],
  ['outofoffice', 'OutOfOffice'],
  ['offwork', 'OffWork'],
]);

/** What an activity makes of an availability that says less than it; a pair that is not named stays as it is. */
const raised: Readonly<
  Record<
    Activity | 'Focusing',
    { readonly alone: Availability } & { readonly [A in Availability]?: Availability }
  >
> = {
  None: { alone: 'PresenceUnknown' },
  Inactive: { alone: 'AvailableIdle', Available: 'AvailableIdle', Busy: 'BusyIdle' },
  InACall: { alone: 'Busy', Available: 'Busy', AvailableIdle: 'BusyIdle' },
  InAConferenceCall: { alone: 'Busy', Available: 'Busy', AvailableIdle: 'BusyIdle' },
  InAMeeting: { alone: 'Busy', Available: 'Busy', AvailableIdle: 'BusyIdle' },
  Presenting: { alone: 'DoNotDisturb', Available: 'DoNotDisturb', Busy: 'DoNotDisturb' },
  Focusing: { alone: 'DoNotDisturb', Available: 'DoNotDisturb', Busy: 'DoNotDisturb' },
  UrgentInterruptionsOnly: { alone: 'Busy', Available: 'Busy' },
  OutOfOffice: { alone: 'Away', AvailableIdle: 'Away' },
  OffWork: { alone: 'Away' },
};

/**
 * Reads the two strings of a Graph presence, in any letter case. Graph's documents disagree on which of them holds the
 * call or the meeting, so it is looked for in both. Words that nobody documented count as absent.
 * Lost: "appear offline" (Offline/OffWork) is Offline; focusing is Do not disturb; out of office beside busy states.
 */
export function fromTeams(availability: string, activity: string): Presence {
  const [first, second] = [availability.trim().toLowerCase(), activity.trim().toLowerCase()];
  const coarse = coarseWords.get(first) ?? coarseWords.get(second);
  const fine = fineWords.get(first) ?? fineWords.get(second) ?? 'None';
  const raises = raised[fine];
  const base = coarse === undefined ? raises.alone : (raises[coarse] ?? coarse);
  return normalise({ availability: base, activity: fine === 'Focusing' ? 'None' : fine });
}

/** What to do with the gateway's own session of a person in Teams. */
export type TeamsSession =
  | { readonly kind: 'set'; readonly availability: string; readonly activity: string }
  /** Take the session away (`clearPresence`). */
  | { readonly kind: 'clear' }
  /** Leave everything as it is: nothing is known of the person. */
  | { readonly kind: 'keep' };

/** What to do with the preferred presence, which outweighs every session of the person in Teams while there is one. */
export type TeamsPreferred = TeamsSession;

/** The session (`setPresence`) under a presence; where it cannot say it alone, {@link toTeamsPreferred} does. */
export function toTeamsSession(presence: Presence): TeamsSession {
  const { session } = scale[stateOf(presence)];
  return session === 'clear' || session === 'keep' ? { kind: session } : pairOf(session);
}

/** The preferred presence that a person's presence needs in Teams beside its session; `clear` where it needs none. */
export function toTeamsPreferred(presence: Presence): TeamsPreferred {
  const { preferred } = scale[stateOf(presence)];
  if (preferred === 'keep') return { kind: 'keep' };
  return preferred === 'none' ? { kind: 'clear' } : pairOf(preferred);
}

/**
 * Which of the two calls comes first when `presence` is published in Teams, so that nothing else is shown between them: the
 * preferred presence where it sets one, else the session that it would uncover.
 */
export function preferredFirst(presence: Presence): boolean {
  return toTeamsPreferred(presence).kind === 'set';
}

function pairOf(pair: TeamsSessionPair | TeamsPreferredPair): TeamsSession {
  const slash = pair.indexOf('/');
  return { kind: 'set', availability: pair.slice(0, slash), activity: pair.slice(slash + 1) };
}

/** What Teams shows of a person who has no session but the gateway's, once `presence` was published. */
export function shownInTeams(presence: Presence): Presence {
  const { session, preferred } = scale[stateOf(presence)];
  if (session === 'keep' || preferred === 'keep') return unknown;
  if (session === 'clear') return presenceOf('Offline/None');
  const [availability = '', activity = ''] = (preferred === 'none' ? session : preferred).split('/');
  return fromTeams(availability, activity);
}

// --- Skype for Business ---

const ucwaAvailabilities = new Map<string, Availability>(
  Object.entries({
    Online: 'Available',
    IdleOnline: 'AvailableIdle',
    Busy: 'Busy',
    IdleBusy: 'BusyIdle',
    DoNotDisturb: 'DoNotDisturb',
    BeRightBack: 'BeRightBack',
    Away: 'Away',
    Offline: 'Offline',
  } satisfies Record<UcwaAvailability, Availability>).map(([word, is]) => [word.toLowerCase(), is]),
);

const tokenActivities = new Map<string, Activity>();
for (const [token, activity] of [
  [tokens.inactive, 'Inactive'],
  [tokens.call, 'InACall'],
  [tokens.conference, 'InAConferenceCall'],
  [tokens.meeting, 'InAMeeting'],
  [tokens.presenting, 'Presenting'],
  [tokens.urgent, 'UrgentInterruptionsOnly'],
  [tokens.outOfOffice, 'OutOfOffice'],
  [tokens.offWork, 'OffWork'],
] as const) {
  tokenActivities.set(token.ucwa, activity);
  tokenActivities.set(token.sip, activity);
}

/** COMPAT: pools also send the activity as the words of their own language; the English ones are read as tokens. */
function activityOf(token: string | undefined): Activity {
  if (token === undefined || token.length > 64) return 'None';
  return tokenActivities.get(token.trim().toLowerCase().replaceAll(' ', '-')) ?? 'None';
}

/**
 * Reads a UCWA `presence` or `contactPresence`. The availability decides; the activity, a token of either dialect, only
 * adds to it. Without a known availability the presence is unknown (UCWA leaves it out before the first publication).
 */
export function fromUcwa(availability: string | undefined, activity?: string): Presence {
  const base = ucwaAvailabilities.get(availability?.trim().toLowerCase() ?? '');
  return base === undefined ? unknown : normalise({ availability: base, activity: activityOf(activity) });
}

/** What to do with the gateway's own endpoint of a person at a pool. */
export type UcwaOrder =
  | { readonly kind: 'set'; readonly availability: UcwaPreferred }
  /** Take the endpoint away (delete the application). */
  | { readonly kind: 'remove' }
  /** Leave everything as it is: nothing is known of the person. */
  | { readonly kind: 'keep' };

/** The word a UCWA endpoint posts for a presence. Lost: idleness and every activity but off work. */
export function toUcwaPreferred(presence: Presence): UcwaOrder {
  const { ucwa } = scale[stateOf(presence)];
  return ucwa === 'remove' || ucwa === 'keep' ? { kind: ucwa } : { kind: 'set', availability: ucwa };
}

/** What the pool shows of a person who has no endpoint but the gateway's UCWA one, once `presence` was published. */
export function shownThroughUcwa(presence: Presence): Presence {
  const order = toUcwaPreferred(presence);
  if (order.kind === 'keep') return unknown;
  if (order.kind === 'remove') return presenceOf('Offline/None');
  return order.availability === 'Offwork' ? presenceOf('Away/OffWork') : fromUcwa(order.availability);
}

/** Where each range of SfB's availability number begins; a range ends where the next begins. Lower is more available. */
export const numberRanges: readonly (readonly [from: number, availability: Availability])[] = [
  [0, 'Available'],
  [4500, 'AvailableIdle'],
  [6000, 'Busy'],
  [7500, 'BusyIdle'],
  [9000, 'DoNotDisturb'],
  [12000, 'BeRightBack'],
  [15000, 'Away'],
  [18000, 'Offline'],
];

/** Reads SfB's availability number (0 and up) and activity token of either dialect. The number decides. */
export function fromNumber(number: number, activity?: string): Presence {
  let availability: Availability = 'PresenceUnknown';
  for (const [from, is] of numberRanges) if (number >= from) availability = is;
  return normalise({ availability, activity: activityOf(activity) });
}

export interface NumberedPresence {
  readonly number: number;
  /** Absent where the number says it all. */
  readonly activity?: string;
}

/** SfB's availability number and activity token, or undefined where nothing is to be published. */
export function toNumber(presence: Presence, dialect: 'ucwa' | 'sip'): NumberedPresence | undefined {
  const { number, token } = scale[stateOf(presence)];
  if (number === 'keep') return undefined;
  return token === undefined ? { number } : { number, activity: token[dialect] };
}

/** What the pool shows of a person who has no endpoint but the gateway's SIP one, once `presence` was published. */
export function shownThroughSip(presence: Presence): Presence {
  const published = toNumber(presence, 'sip');
  return published === undefined ? unknown : fromNumber(published.number, published.activity);
}
