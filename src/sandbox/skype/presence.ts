/**
 * Presence as SfB counts it: a number, lower is more available. A watcher sees the aggregate of what a
 * person's endpoints publish and what the person chose.
 */
export const availability = {
  online: 3500,
  idleOnline: 5000,
  busy: 6500,
  urgentOnly: 6900,
  idleBusy: 8000,
  doNotDisturb: 9500,
  beRightBack: 12500,
  away: 15500,
  offline: 18500,
} as const;

export type PresenceClass =
  | 'online'
  | 'idleOnline'
  | 'busy'
  | 'idleBusy'
  | 'doNotDisturb'
  | 'beRightBack'
  | 'away'
  | 'offline';

const bounds: readonly (readonly [number, PresenceClass])[] = [
  [4500, 'online'],
  [6000, 'idleOnline'],
  [7500, 'busy'],
  [9000, 'idleBusy'],
  [12000, 'doNotDisturb'],
  [15000, 'beRightBack'],
  [18000, 'away'],
];

export function classOf(value: number): PresenceClass {
  return bounds.find(([end]) => value < end)?.[1] ?? 'offline';
}

/** How long ago its human was seen at a machine, in three steps. */
export type MachineState = 'active' | 'inactive' | 'away';

/** What a person says of themselves; stays until taken back or the last endpoint leaves. */
export interface ChosenState {
  readonly availability: number;
  /** A token such as `off-work` or `in-a-meeting`. */
  readonly activity: string | undefined;
}

export interface Presence {
  readonly availability: number;
  readonly activity: string | undefined;
}

export const offline: Presence = { availability: availability.offline, activity: undefined };

const machineAvailability: Readonly<Record<MachineState, number>> = {
  active: availability.online,
  inactive: availability.idleOnline,
  away: availability.away,
};

/**
 * The most available machine speaks for all. What the person chose stands above it, except that a person who
 * says to be there or busy and has left every machine is shown idle, and then away.
 */
export function aggregate(machines: Iterable<MachineState>, chosen: ChosenState | undefined): Presence {
  let machine: number = availability.offline;
  for (const state of machines) machine = Math.min(machine, machineAvailability[state]);
  if (machine === availability.offline) return offline;
  if (!chosen) return { availability: machine, activity: undefined };
  switch (classOf(chosen.availability)) {
    case 'online':
    case 'idleOnline':
      return { availability: Math.max(machine, chosen.availability), activity: chosen.activity };
    case 'busy':
    case 'idleBusy':
      return busyAt(machine, chosen);
    case 'doNotDisturb':
    case 'beRightBack':
    case 'away':
      return chosen;
    case 'offline':
      return { availability: availability.offline, activity: undefined };
  }
}

function busyAt(machine: number, chosen: ChosenState): Presence {
  switch (machine) {
    case availability.online:
      return chosen;
    case availability.idleOnline:
      return {
        availability: Math.max(availability.idleBusy, chosen.availability),
        activity: chosen.activity,
      };
    default:
      return { availability: availability.away, activity: undefined };
  }
}

/** State of a machine whose human was last active so long ago, and ms until the next step; times in ms. */
export function machineStateAfter(
  idleMs: number,
  inactiveAfterMs: number,
  awayAfterMs: number,
): { readonly state: MachineState; readonly nextInMs: number | undefined } {
  const away = inactiveAfterMs + awayAfterMs;
  if (idleMs >= away) return { state: 'away', nextInMs: undefined };
  if (idleMs >= inactiveAfterMs) return { state: 'inactive', nextInMs: away - idleMs };
  return { state: 'active', nextInMs: inactiveAfterMs - idleMs };
}
