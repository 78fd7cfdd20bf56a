import type { CoexistenceMode, Person } from '../people.ts';

/** What decides where the truth of somebody's presence is. */
export interface MirrorPerson {
  readonly mode: CoexistenceMode;
  readonly hasTeams: boolean;
  readonly hasSkype: boolean;
}

export function mirrorPerson(person: Person): MirrorPerson {
  return {
    mode: person.mode,
    hasTeams: person.teams.kind === 'account',
    hasSkype: person.skype.home !== 'none',
  };
}

export type Authority = 'teams' | 'skype' | 'none' | 'teams while signed in there, else skype';

/** Whose presence is shown on both sides. In Islands the two are independent. */
export function authorityOf({ mode, hasTeams, hasSkype }: MirrorPerson): Authority {
  if (!hasTeams || !hasSkype) return 'none';
  switch (mode) {
    case 'TeamsOnly':
      return 'teams';
    case 'SfBOnly':
    case 'SfBWithTeamsCollab':
    case 'SfBWithTeamsCollabAndMeetings':
      return 'skype';
    case 'Islands':
      return 'none';
    case 'Legacy':
      return 'teams while signed in there, else skype';
  }
}
