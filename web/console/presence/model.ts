import type { Side } from '../model.ts';

/** In the gateway's words: `Busy`, `InACall`. */
export interface Presence {
  readonly availability: string;
  readonly activity: string;
}

export interface Endpoint {
  readonly side: Side;
  readonly whose: 'person' | 'gateway';
  readonly state: 'known' | 'untold' | 'covered';
  readonly presence: Presence | undefined;
  readonly source: string;
  /** Unix ms, as all times here; undefined where it is not known. */
  readonly reportedAt: number | undefined;
  readonly lastActiveAt: number | undefined;
  readonly leaseUntil: number | undefined;
  readonly note: string;
  /** Undefined: not out of office. */
  readonly outOfOffice: string | undefined;
}

export interface Step {
  readonly at: number;
  readonly side: Side;
  readonly kind: 'seen' | 'shown' | 'refused';
  readonly presence: Presence | undefined;
}

export interface PersonPresence {
  readonly id: string;
  readonly name: string;
  readonly mode: string;
  readonly now: number;
  readonly authority: string;
  readonly endpoints: readonly Endpoint[];
  /** The newest first. */
  readonly history: readonly Step[];
}
