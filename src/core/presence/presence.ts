export const availabilities = [
  'Available',
  'AvailableIdle',
  'Busy',
  'BusyIdle',
  'DoNotDisturb',
  'BeRightBack',
  'Away',
  'Offline',
  'PresenceUnknown',
] as const;
export type Availability = (typeof availabilities)[number];

export const activities = [
  'None',
  'Inactive',
  'InACall',
  'InAConferenceCall',
  'InAMeeting',
  'Presenting',
  'UrgentInterruptionsOnly',
  'OutOfOffice',
  'OffWork',
] as const;
/** Why a person is as available as they are; `None` where the availability says it all. */
export type Activity = (typeof activities)[number];

/** A person's presence in the words both sides are translated to and from (see `scales.ts`). */
export interface Presence {
  readonly availability: Availability;
  readonly activity: Activity;
}

export const offline: Presence = { availability: 'Offline', activity: 'None' };

export function samePresence(a: Presence, b: Presence): boolean {
  return a.availability === b.availability && a.activity === b.activity;
}

/** Whether somebody with this presence has a client signed in, as far as presence can tell. */
export function isSignedIn(presence: Presence): boolean {
  return presence.availability !== 'Offline' && presence.availability !== 'PresenceUnknown';
}
