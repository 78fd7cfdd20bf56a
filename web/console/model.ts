export type Side = 'teams' | 'skype';

export interface Link {
  readonly side: Side;
  readonly name: string;
  readonly state: string;
  /** Unix ms. */
  readonly since: number;
  /** Id of the refusal, if there is one. */
  readonly refusal: string;
}

export interface Status {
  readonly version: string;
  /** Unix ms. */
  readonly startedAt: number;
  readonly now: number;
  readonly publicUrl: string;
  readonly policy: string;
  readonly links: readonly Link[];
  readonly counts: {
    readonly messages: number;
    readonly underWay: number;
    readonly delivered: number;
    readonly failed: number;
  };
}

/** Those who were asked for. */
export interface People {
  readonly people: readonly Person[];
  /** How many there are in all of those who were asked for. */
  readonly total: number;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  /** '' where there is none. */
  readonly upn: string;
  readonly sip: string;
  readonly home: string;
  readonly mode: string;
  /** What operators did about the person, if anything. */
  readonly amended: 'edited' | 'added' | undefined;
  readonly link: Readonly<Record<Side, string>>;
  /** Words such as `Busy` or `Busy, in a call`; '' where nothing was seen. */
  readonly presence: Readonly<Record<Side, { readonly availability: string; readonly activity: string }>>;
}

export interface Message {
  readonly id: string;
  readonly side: Side;
  /** By name, or by id who is not in the directory. */
  readonly author: string;
  readonly recipient: string;
  /** Unix ms. */
  readonly writtenAt: number;
  readonly takenAt: number;
  readonly endedAt: number | undefined;
  readonly bytes: number;
  readonly state: string;
  readonly cause: string;
  readonly cure: string;
}

export interface Step {
  /** Unix ms. */
  readonly at: number;
  readonly step: string;
  readonly detail: string;
}

export interface Trace {
  readonly message: Message;
  readonly steps: readonly Step[];
}
