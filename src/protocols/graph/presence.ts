import type { ItemBody } from './resources.ts';

export interface Presence {
  /** The user's object id. */
  readonly id: string;
  readonly availability: string;
  readonly activity: string;
  readonly statusMessage: PresenceStatusMessage | null;
  readonly outOfOfficeSettings: { readonly message: string | null; readonly isOutOfOffice: boolean };
  /** Sorts as text: the later presence has the greater one. */
  readonly sequenceNumber: string | null;
}

export interface PresenceStatusMessage {
  readonly message: ItemBody;
  /** Only the user themself sees when it was published and when it expires. */
  readonly publishedDateTime?: string;
  readonly expiryDateTime?: DateTimeTimeZone | null;
}

export interface DateTimeTimeZone {
  /** Without offset. */
  readonly dateTime: string;
  readonly timeZone: string;
}

export interface PresencePair {
  readonly availability: string;
  readonly activity: string;
}

/** What an application's session may show (`setPresence`). */
export const sessionPairs = [
  { availability: 'Available', activity: 'Available' },
  { availability: 'Busy', activity: 'InACall' },
  { availability: 'Busy', activity: 'InAConferenceCall' },
  { availability: 'Away', activity: 'Away' },
  { availability: 'DoNotDisturb', activity: 'Presenting' },
] as const satisfies readonly PresencePair[];

/** What a user may choose to show (`setUserPreferredPresence`). */
export const preferredPairs = [
  { availability: 'Available', activity: 'Available' },
  { availability: 'Busy', activity: 'Busy' },
  { availability: 'DoNotDisturb', activity: 'DoNotDisturb' },
  { availability: 'BeRightBack', activity: 'BeRightBack' },
  { availability: 'Away', activity: 'Away' },
  { availability: 'Offline', activity: 'OffWork' },
] as const satisfies readonly PresencePair[];

export type SessionPair = (typeof sessionPairs)[number];
export type PreferredPair = (typeof preferredPairs)[number];

const minute = 60_000;

/** Milliseconds. */
export const sessionDuration = { min: 5 * minute, max: 240 * minute, default: 5 * minute } as const;

/** Milliseconds a preference lasts when the user names no duration. */
export function defaultPreferredDuration(pair: PreferredPair): number {
  const day = 1440 * minute;
  return pair.availability === 'Busy' || pair.availability === 'DoNotDisturb' ? day : 7 * day;
}

/** Most ids in one `getPresencesByUserId` and in one presence subscription. */
export const maxPresenceIds = 650;
