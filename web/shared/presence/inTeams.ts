import type { BadgeStatus, ShownPresence } from './badge.ts';

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

const byActivity: Readonly<Record<string, string>> = {
  inacall: 'In a call',
  inaconferencecall: 'In a conference call',
  inameeting: 'In a meeting',
  presenting: 'Presenting',
  focusing: 'Focusing',
  urgentinterruptionsonly: 'Urgent interruptions only',
  outofoffice: 'Out of office',
};

const unknown: ShownPresence = { badge: 'unknown', words: 'Status unknown' };

/** A presence in Teams' own words. Values are compared without case, since Graph's documents differ in it. */
export function shownInTeams(
  presence: { readonly availability: string; readonly activity: string } | undefined,
): ShownPresence {
  const availability = presence?.availability.toLowerCase() ?? '';
  const activity = presence?.activity.toLowerCase() ?? '';
  const base = Object.hasOwn(byAvailability, availability) ? byAvailability[availability] : undefined;
  if (!base) return unknown;
  const words = Object.hasOwn(byActivity, activity) ? byActivity[activity] : undefined;
  if (words === undefined) return base;
  const badge: BadgeStatus = activity === 'outofoffice' ? 'out-of-office' : base.badge;
  return { badge, words };
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
