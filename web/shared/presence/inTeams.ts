import type { ShownPresence } from './badge.ts';

const byAvailability: Readonly<Record<string, ShownPresence>> = {
  available: { badge: 'available', words: 'Available' },
  availableidle: { badge: 'available', words: 'Available' },
  busy: { badge: 'busy', words: 'Busy' },
  busyidle: { badge: 'busy', words: 'Busy' },
  donotdisturb: { badge: 'do-not-disturb', words: 'Do not disturb' },
  berightback: { badge: 'away', words: 'Be right back' },
  away: { badge: 'away', words: 'Away' },
  offline: { badge: 'offline', words: 'Offline' },
};

/** With the badge of one whose availability is not named. */
const byActivity: Readonly<Record<string, ShownPresence>> = {
  inacall: { badge: 'busy', words: 'In a call' },
  inaconferencecall: { badge: 'busy', words: 'In a conference call' },
  inameeting: { badge: 'busy', words: 'In a meeting' },
  presenting: { badge: 'do-not-disturb', words: 'Presenting' },
  focusing: { badge: 'do-not-disturb', words: 'Focusing' },
  urgentinterruptionsonly: { badge: 'busy', words: 'Urgent interruptions only' },
  outofoffice: { badge: 'out-of-office', words: 'Out of office' },
};

const unknown: ShownPresence = { badge: 'unknown', words: 'Status unknown' };

/**
 * A presence in Teams' own words. Graph's documents differ in letter case, and on which of the two values names the call
 * or the meeting: it is looked for in both, without case.
 */
export function shownInTeams(
  presence: { readonly availability: string; readonly activity: string } | undefined,
): ShownPresence {
  const values = [presence?.availability.toLowerCase() ?? '', presence?.activity.toLowerCase() ?? ''];
  const base = firstIn(byAvailability, values);
  const fine = firstIn(byActivity, values);
  if (!base || !fine) return base ?? fine ?? unknown;
  if (base.badge === 'offline') return base;
  return { badge: fine.badge === 'out-of-office' ? fine.badge : base.badge, words: fine.words };
}

function firstIn(
  table: Readonly<Record<string, ShownPresence>>,
  names: readonly string[],
): ShownPresence | undefined {
  const name = names.find((each) => Object.hasOwn(table, each));
  return name === undefined ? undefined : table[name];
}

/** What a person may choose to be shown as; the pairs that Graph takes as preferred presence. */
export const choices = [
  { words: 'Available', badge: 'available', availability: 'Available', activity: 'Available' },
  { words: 'Busy', badge: 'busy', availability: 'Busy', activity: 'Busy' },
  {
    words: 'Do not disturb',
    badge: 'do-not-disturb',
    availability: 'DoNotDisturb',
    activity: 'DoNotDisturb',
  },
  { words: 'Be right back', badge: 'away', availability: 'BeRightBack', activity: 'BeRightBack' },
  { words: 'Appear away', badge: 'away', availability: 'Away', activity: 'Away' },
  { words: 'Appear offline', badge: 'offline', availability: 'Offline', activity: 'OffWork' },
] as const;
export type PresenceChoice = (typeof choices)[number];
