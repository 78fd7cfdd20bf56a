import type { ShownPresence } from './badge.ts';

const byAvailability: Readonly<Record<string, ShownPresence>> = {
  Online: { badge: 'available', words: 'Available' },
  IdleOnline: { badge: 'available', words: 'Inactive' },
  Busy: { badge: 'busy', words: 'Busy' },
  IdleBusy: { badge: 'busy', words: 'Busy (inactive)' },
  DoNotDisturb: { badge: 'do-not-disturb', words: 'Do Not Disturb' },
  BeRightBack: { badge: 'away', words: 'Be Right Back' },
  Away: { badge: 'away', words: 'Away' },
  Offline: { badge: 'offline', words: 'Offline' },
};

const byActivity: Readonly<Record<string, string>> = {
  'in-a-call': 'In a call',
  'on-the-phone': 'In a call',
  'in-a-conference': 'In a conference call',
  'in-a-meeting': 'In a meeting',
  presenting: 'Presenting',
  'in-presentation': 'Presenting',
  'off-work': 'Off Work',
  'out-of-office': 'Out of office',
  'urgent-interruptions-only': 'Urgent interruptions only',
};

/** Says no more than the availability. */
const inactive = 'inactive';

/** A presence in the SfB client's words. An activity it does not know is drawn as it stands: pools localise it. */
export function shownInSkype(availability: string, activity = ''): ShownPresence {
  const base = Object.hasOwn(byAvailability, availability) ? byAvailability[availability] : undefined;
  if (!base) return { badge: 'unknown', words: 'Presence unknown' };
  const token = activity.trim().toLowerCase();
  if (token === '' || token === inactive || base.badge === 'offline') return base;
  const words = Object.hasOwn(byActivity, token) ? byActivity[token] : activity.trim();
  return { badge: token === 'out-of-office' ? 'out-of-office' : base.badge, words: words ?? base.words };
}

/** What a person may choose to be shown as (PreferredAvailability). */
export const choices = [
  { words: 'Available', badge: 'available', availability: 'Online' },
  { words: 'Busy', badge: 'busy', availability: 'Busy' },
  { words: 'Do Not Disturb', badge: 'do-not-disturb', availability: 'DoNotDisturb' },
  { words: 'Be Right Back', badge: 'away', availability: 'BeRightBack' },
  { words: 'Off Work', badge: 'away', availability: 'Offwork' },
  { words: 'Appear Away', badge: 'away', availability: 'Away' },
] as const;
export type PresenceChoice = (typeof choices)[number];
