import type { PersonId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';

/** Who has become another from one reading to the next. */
export interface Difference {
  readonly changed: readonly Person[];
  readonly removed: readonly PersonId[];
}

/** By identity: whoever has not changed is the same object. */
export function differenceOf(before: readonly Person[], after: readonly Person[]): Difference {
  const known = new Map(before.map((person) => [person.id, person]));
  const changed = after.filter((person) => {
    const same = known.get(person.id) === person;
    known.delete(person.id);
    return !same;
  });
  return { changed, removed: [...known.keys()] };
}
