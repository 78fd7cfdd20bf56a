/** A presence that a Teams client can set, and what an SfB client shows of it. */
export interface SettablePresence {
  readonly availability: string;
  readonly activity: string;
  readonly shown: string;
}

/** Those that people go through, in turn. Each shows as another. */
export const presences: readonly SettablePresence[] = [
  { availability: 'Available', activity: 'Available', shown: 'Online' },
  { availability: 'Busy', activity: 'InACall', shown: 'Busy' },
  { availability: 'Away', activity: 'Away', shown: 'Away' },
  { availability: 'DoNotDisturb', activity: 'Presenting', shown: 'DoNotDisturb' },
];

/** How a change is numbered in figures that cross processes: the index in {@link presences}. */
export const offlineState = -1;

/** A change of one person, made at a time (Unix ms, when it was due). */
export interface Change {
  /** The number in the person's name. */
  readonly person: number;
  readonly state: number;
  readonly at: number;
}
