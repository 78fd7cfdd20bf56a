import type { PersonEdit } from '../console/types.ts';
import { personId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { type Amendments, fieldsOf, type PersonFields } from './people-amendments.ts';

/** What operators did, the newest first, each beside what a source says of the same person. */
export function editsOf(
  amendments: Amendments,
  sources: readonly (readonly Person[])[],
): readonly PersonEdit[] {
  const named = namedAmong(amendments, sources);
  const edits = Object.entries(amendments).map(([id, amendment]): PersonEdit => {
    const person = named.get(id);
    const all = person && fieldsOf(person);
    const given: PersonFields = amendment.kind === 'removed' ? {} : amendment.fields;
    return {
      person: personId(id),
      kind: amendment.kind,
      displayName: given.displayName ?? person?.displayName,
      at: amendment.at,
      given,
      source: amendment.kind === 'edited' ? all && only(all, given) : all,
    };
  });
  return edits.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

/** One pass over everybody, however many were edited. */
function namedAmong(
  amendments: Amendments,
  sources: readonly (readonly Person[])[],
): ReadonlyMap<string, Person> {
  const named = new Map<string, Person>();
  if (Object.keys(amendments).length === 0) return named;
  for (const people of sources)
    for (const person of people)
      if (Object.hasOwn(amendments, person.id) && !named.has(person.id)) named.set(person.id, person);
  return named;
}

function only(all: PersonFields, given: PersonFields): PersonFields {
  return Object.fromEntries(Object.entries(all).filter(([field]) => Object.hasOwn(given, field)));
}
