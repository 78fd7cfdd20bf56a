import { type Person, type Side, sides } from '../core/people.ts';
import { isSignedIn, offline } from '../core/presence/presence.ts';
import { explain } from '../core/refusals.ts';
import type { Directory } from '../gateway/directory.ts';
import type { MessageSummary } from '../gateway/ledger.ts';
import type { Links } from '../gateway/links.ts';
import type { PeopleApiOptions } from './options.ts';
import type { LinkState, MessageAnswer, MessageNames, PersonAnswer } from './types.ts';

export async function personAnswer(
  person: Person,
  { links, gateway, people }: PeopleApiOptions,
): Promise<PersonAnswer> {
  const amended = people.amended(person.id);
  const [teams, skype] = await Promise.all(sides.map((side) => linkState(person, side, links)));
  return {
    ...person,
    links: { teams: teams ?? 'none', skype: skype ?? 'none' },
    presence: gateway.presence(person),
    signedIn: sides.filter((side) => isSignedIn(gateway.ownPresence(person, side) ?? offline)),
    ...(amended === undefined ? {} : { amended }),
  };
}

export function hasAccount(person: Person, side: Side): boolean {
  return side === 'teams' ? person.teams.kind === 'account' : person.skype.home !== 'none';
}

async function linkState(person: Person, side: Side, links: Links): Promise<LinkState> {
  if (!hasAccount(person, side)) return 'none';
  try {
    return (await links.get(person.id, side)) ? 'linked' : 'not linked';
  } catch (error) {
    if (error instanceof Error && error.name === 'LinkUnreadable') return 'unreadable';
    throw error;
  }
}

/** Adds who is concerned by name, and the words that the sender of a failed message was given. */
export function messageAnswer<M extends MessageSummary>(
  message: M,
  directory: Directory,
): M & MessageNames & Pick<MessageAnswer, 'reason'> {
  const { end } = message;
  const reason = end?.kind === 'failed' ? { id: end.refusal.id, ...explain(end.refusal) } : undefined;
  const author = directory.person(message.author);
  const recipient = directory.person(message.recipient);
  return {
    ...message,
    ...(author ? { authorName: author.displayName } : {}),
    ...(recipient ? { recipientName: recipient.displayName } : {}),
    reason,
  };
}
