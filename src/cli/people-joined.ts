import type { DirectoryRules } from '../core/directory/row.ts';
import { describeConflict, type PersonConflict } from '../core/directory/users.ts';
import { type PersonId, personId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { type Amendments, amendmentOf, amendPerson, readPerson } from './people-amendments.ts';

/** What is known of everybody, by where it is from; who stands in several is as the first of them says. */
export interface PeopleSources {
  readonly configured: readonly Person[];
  /** From the tenants, without those who contradict themselves. */
  readonly read: readonly Person[];
  /** Those who contradict themselves: they stay as they were `before`. */
  readonly conflicts: readonly PersonConflict[];
  readonly amendments: Amendments;
  readonly before: (id: PersonId) => Person | undefined;
}

export interface JoinedPeople {
  /** As configured, or added by an operator. */
  readonly named: readonly Person[];
  readonly read: readonly Person[];
  /** Amendments that do not fit what a source says, in words; they are left out. */
  readonly problems: readonly string[];
}

/** Everybody as the sources say, with what operators did about it. Each is there once; names may still be shared. */
export function joinPeople(
  { configured, read, conflicts, amendments, before }: PeopleSources,
  rules: DirectoryRules,
): JoinedPeople {
  const problems: string[] = [];
  const known = new Set<string>();
  const amended = (person: Person): readonly Person[] => {
    if (known.has(person.id)) return [];
    known.add(person.id);
    const amendment = amendmentOf(amendments, person.id);
    if (amendment === undefined) return [person];
    if (amendment.kind === 'removed') return [];
    const outcome = amendPerson(person, amendment.fields, rules);
    if (outcome.kind === 'changed') return [outcome.person];
    problems.push(...describeProblems(person.id, outcome.problems));
    return [person];
  };
  const named = configured.flatMap(amended);
  const others = read.flatMap(amended);
  for (const { person: id } of conflicts) {
    const person = known.has(id) ? undefined : before(personId(id));
    if (!person || amendmentOf(amendments, id)?.kind === 'removed') continue;
    known.add(id);
    others.push(person);
  }
  for (const [id, amendment] of Object.entries(amendments)) {
    if (amendment.kind !== 'added' || known.has(id)) continue;
    const outcome = readPerson({ id, ...amendment.fields }, rules);
    if (outcome.kind === 'changed') named.push(outcome.person);
    else problems.push(...describeProblems(id, outcome.problems));
  }
  return { named, read: others, problems };
}

function describeProblems(
  person: string,
  problems: readonly Pick<PersonConflict, 'field' | 'because'>[],
): readonly string[] {
  return problems.map(({ field, because }) => describeConflict({ person, field, because }));
}
