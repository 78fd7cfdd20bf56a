import type { PersonId } from '../ids.ts';
import type { Person } from '../people.ts';
import type { PersonConflict } from './users.ts';

export interface Settled {
  readonly people: readonly Person[];
  readonly conflicts: readonly PersonConflict[];
}

/**
 * Joins people who were named one by one with those that a tenant was read for. The former stand; of the latter, all whom a
 * conflict concerns stay as they were `before`, or stay out where they were not there or that helps nothing either, and
 * everybody else is as read. Who is read in what order makes no difference.
 */
export function settle(
  named: readonly Person[],
  read: readonly Person[],
  before: (id: PersonId) => Person | undefined,
): Settled {
  const conflicts: PersonConflict[] = [];
  const fixed = new Map<string, Person>();
  for (const person of named) for (const [, name] of namesOf(person)) fixed.set(name, person);

  let candidates: readonly Candidate[] = read.map((person) => ({ person, isOld: false }));
  for (;;) {
    const concerned = clashes(candidates, fixed, conflicts);
    if (concerned.size === 0) break;
    candidates = candidates.flatMap((candidate) => {
      if (!concerned.has(candidate)) return [candidate];
      const old = candidate.isOld ? undefined : before(candidate.person.id);
      return old ? [{ person: old, isOld: true }] : [];
    });
  }
  return { people: [...named, ...candidates.map(({ person }) => person)], conflicts: unique(conflicts) };
}

interface Candidate {
  readonly person: Person;
  readonly isOld: boolean;
}

/** Everybody whose name is also another's. */
function clashes(
  candidates: readonly Candidate[],
  fixed: ReadonlyMap<string, Person>,
  conflicts: PersonConflict[],
): ReadonlySet<Candidate> {
  const owners = new Map<string, Candidate>();
  const concerned = new Set<Candidate>();
  const clash = (candidate: Candidate, field: string, name: string, other: Person): void => {
    concerned.add(candidate);
    conflicts.push({ person: candidate.person.id, field, because: `${name} is also that of ${other.id}` });
  };
  for (const candidate of candidates)
    for (const [field, name] of namesOf(candidate.person)) {
      const named = fixed.get(name);
      const owner = owners.get(name);
      if (named) clash(candidate, field, name, named);
      if (owner) {
        clash(candidate, field, name, owner.person);
        clash(owner, field, name, candidate.person);
      } else owners.set(name, candidate);
    }
  return concerned;
}

/** What nobody shares with another, in whatever capacity each has it; most people have one name twice. */
function namesOf({ id, teams, skype }: Person): readonly (readonly [field: string, name: string])[] {
  const sip = skype.home === 'none' ? id : skype.sip.slice('sip:'.length);
  return [
    ['id', id],
    ...(teams.kind === 'account' ? [['objectId', teams.objectId.toLowerCase()] as const] : []),
    ...(sip === id ? [] : [['sip', sip] as const]),
  ];
}

/** Told once, however many rounds it took. */
function unique(conflicts: readonly PersonConflict[]): readonly PersonConflict[] {
  return [...new Map(conflicts.map((each) => [`${each.person} ${each.because}`, each])).values()];
}
