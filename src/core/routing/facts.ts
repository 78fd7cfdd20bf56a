import type { CoexistenceMode, Home, Person, Side } from '../people.ts';

export const scopes = ['inTenant', 'federated'] as const;
export type Scope = (typeof scopes)[number];

/** `microsoft`: exactly Microsoft's tables. `bridged`: those, and what the gateway adds where they say "Not Possible". */
export const policies = ['microsoft', 'bridged'] as const;
export type Policy = (typeof policies)[number];

export interface SenderFacts {
  readonly mode: CoexistenceMode;
  readonly home: Home;
  /** The client that the message is written in. */
  readonly client: Side;
}

export interface RecipientFacts {
  readonly mode: CoexistenceMode;
  readonly home: Home;
  /** The sides on which the person has a client of their own; what the gateway itself signed in does not count. */
  readonly signedIn: readonly Side[];
}

/** All that decides where a new conversation lands. */
export interface RouteFacts {
  readonly scope: Scope;
  readonly from: SenderFacts;
  readonly to: RecipientFacts;
}

/** `SfBOnly`, `SfBWithTeamsCollab` and `SfBWithTeamsCollabAndMeetings`: chat and presence live in SfB alone. */
export function isSfbMode(mode: CoexistenceMode): boolean {
  return mode === 'SfBOnly' || mode === 'SfBWithTeamsCollab' || mode === 'SfBWithTeamsCollabAndMeetings';
}

export interface FactProblem {
  readonly field: 'from.mode' | 'from.client' | 'to.mode' | 'to.signedIn';
  readonly because: string;
}

/** Facts that no two people can have; none where the facts are possible. */
export function checkFacts({ from, to }: Pick<RouteFacts, 'from' | 'to'>): readonly FactProblem[] {
  const problems: FactProblem[] = [];
  if (from.mode === 'TeamsOnly' && from.home === 'onPrem')
    problems.push({
      field: 'from.mode',
      because: 'A TeamsOnly person cannot be homed on-prem; the sender has another mode or another home.',
    });
  if (isSfbMode(from.mode) && from.client === 'teams')
    problems.push({
      field: 'from.client',
      because: `A person in mode ${from.mode} chats from Skype for Business alone, not from a Teams client.`,
    });
  if (from.mode === 'TeamsOnly' && from.client === 'skype')
    problems.push({
      field: 'from.client',
      because: 'A TeamsOnly person chats from Teams alone, not from a Skype for Business client.',
    });
  else if (from.home === 'none' && from.client === 'skype')
    problems.push({
      field: 'from.client',
      because:
        'A sender who is not enabled for Skype for Business (home none) has no Skype for Business client.',
    });
  if (to.mode === 'TeamsOnly' && to.home === 'onPrem')
    problems.push({
      field: 'to.mode',
      because: 'A TeamsOnly person cannot be homed on-prem; the recipient has another mode or another home.',
    });
  if (to.home === 'none' && to.signedIn.includes('skype'))
    problems.push({
      field: 'to.signedIn',
      because: 'A recipient who is not enabled for Skype for Business (home none) cannot be signed in there.',
    });
  return problems;
}

/**
 * The facts about two people of the directory. Somebody without a Teams account counts as `SfBOnly` whatever mode
 * the tenant gave them: no message can land in Teams for them.
 */
export function factsOf(from: Person, client: Side, to: Person, signedIn: readonly Side[]): RouteFacts {
  return {
    scope: from.tenant === to.tenant ? 'inTenant' : 'federated',
    from: { mode: modeOf(from), home: from.skype.home, client },
    to: { mode: modeOf(to), home: to.skype.home, signedIn },
  };
}

function modeOf(person: Person): CoexistenceMode {
  return person.teams.kind === 'none' && !isSfbMode(person.mode) ? 'SfBOnly' : person.mode;
}
