import type { PersonId } from './ids.ts';

export const sides = ['teams', 'skype'] as const;
/** One of the two networks. */
export type Side = (typeof sides)[number];

export function otherSide(side: Side): Side {
  return side === 'teams' ? 'skype' : 'teams';
}

export const homes = ['online', 'onPrem', 'none'] as const;
/** Where a person's SfB account lives; `none` is a person not enabled for SfB. */
export type Home = (typeof homes)[number];

export const modes = [
  'Legacy',
  'Islands',
  'SfBOnly',
  'SfBWithTeamsCollab',
  'SfBWithTeamsCollabAndMeetings',
  'TeamsOnly',
] as const;
export type CoexistenceMode = (typeof modes)[number];

/** `sip:` followed by a lower-case address. */
export type SipUri = `sip:${string}`;

export type TeamsAccount =
  | { readonly kind: 'none' }
  /** `objectId` is the Entra object id, a lower-case GUID; `upn` the sign-in name. */
  | { readonly kind: 'account'; readonly objectId: string; readonly upn: string };

export type SkypeAccount =
  | { readonly home: 'none' }
  /** `pool` names a pool of the configuration; that pool's home is this home. */
  | { readonly home: 'online' | 'onPrem'; readonly sip: SipUri; readonly pool: string };

/** One human with up to two accounts. At least one side exists (the directory refuses a person with neither). */
export interface Person {
  readonly id: PersonId;
  readonly displayName: string;
  /** The domain of the organisation, lower case (`contoso.example`). */
  readonly tenant: string;
  readonly mode: CoexistenceMode;
  readonly teams: TeamsAccount;
  readonly skype: SkypeAccount;
}
