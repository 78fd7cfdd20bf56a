import type { Activity, Availability, Presence } from './presence.ts';

/**
 * Which activities each availability can carry; the first is meant where none of them is named.
 * Everything that crosses the gateway is folded into one of these states.
 */
export const activitiesOf = {
  Available: ['None', 'OutOfOffice'],
  AvailableIdle: ['Inactive'],
  Busy: ['None', 'InACall', 'InAConferenceCall', 'InAMeeting', 'UrgentInterruptionsOnly'],
  BusyIdle: ['Inactive', 'InACall', 'InAConferenceCall', 'InAMeeting'],
  DoNotDisturb: ['None', 'Presenting', 'UrgentInterruptionsOnly'],
  BeRightBack: ['None'],
  Away: ['None', 'OutOfOffice', 'OffWork'],
  Offline: ['None'],
  PresenceUnknown: ['None'],
} as const satisfies Record<Availability, readonly [Activity, ...Activity[]]>;

type StatesOf<A extends Availability> = `${A}/${(typeof activitiesOf)[A][number]}`;

/** A presence that exists, written `Busy/InACall`. */
export type PresenceState = { [A in Availability]: StatesOf<A> }[Availability];

const known = new Map<string, PresenceState>();
for (const [availability, list] of Object.entries(activitiesOf))
  for (const activity of list)
    known.set(`${availability}/${activity}`, `${availability}/${activity}` as PresenceState);

export const presenceStates: readonly PresenceState[] = [...known.values()];

/** The state of a presence, its activity dropped where its availability cannot carry it. */
export function stateOf(presence: Presence): PresenceState {
  const { availability, activity } = presence;
  return (
    known.get(`${availability}/${activity}`) ??
    (`${availability}/${activitiesOf[availability][0]}` as PresenceState)
  );
}

const presences = new Map(
  presenceStates.map((state): [PresenceState, Presence] => {
    const [availability, activity] = state.split('/') as [Availability, Activity];
    return [state, { availability, activity }];
  }),
);

export function presenceOf(state: PresenceState): Presence {
  const presence = presences.get(state);
  if (presence === undefined) throw new Error(`no presence state ${state}`);
  return presence;
}

/** The same presence as one of {@link presenceStates}: the availability holds, an activity that it cannot carry goes. */
export function normalise(presence: Presence): Presence {
  return presenceOf(stateOf(presence));
}
