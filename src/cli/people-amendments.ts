import { parsePeople } from '../core/directory/people.ts';
import type { DirectoryProblem, Field } from '../core/directory/problems.ts';
import type { DirectoryRules } from '../core/directory/row.ts';
import type { Person } from '../core/people.ts';

/** Facts about a person in the words of the people file. */
export type PersonFields = Readonly<Partial<Record<Exclude<Field, 'id'>, string>>>;

/** What an operator has done about a person; it stands above every source until it is undone. */
export type Amendment = Act & {
  /** When it was last done, Unix ms; left out by earlier versions. */
  readonly at?: number;
};

type Act =
  /** Over what the source says, field by field; without effect while no source names the person. */
  | { readonly kind: 'edited'; readonly fields: PersonFields }
  /** A whole person, who is there whether or not a source names them. */
  | { readonly kind: 'added'; readonly fields: PersonFields }
  /** Not there, whatever a source says. */
  | { readonly kind: 'removed' };

/** By the person's id. */
export type Amendments = Readonly<Record<string, Amendment>>;

export type Amended =
  | { readonly kind: 'changed'; readonly person: Person }
  | { readonly kind: 'refused'; readonly problems: readonly DirectoryProblem[] };

export function amendmentOf(amendments: Amendments, id: string): Amendment | undefined {
  return Object.hasOwn(amendments, id) ? amendments[id] : undefined;
}

/** A person with some facts others than before, by the directory's own rules. */
export function amendPerson(person: Person, fields: PersonFields, rules: DirectoryRules): Amended {
  return readPerson({ id: person.id, ...joinFields(fieldsOf(person), fields) }, rules);
}

/** A person of whom nothing is known but what is given. */
export function readPerson(row: Readonly<Record<string, string>>, rules: DirectoryRules): Amended {
  const { people, problems } = parsePeople([row], rules);
  const [person] = people;
  return person ? { kind: 'changed', person } : { kind: 'refused', problems };
}

/** A new home comes with its own pool, and without an address where it is none, unless the edit says otherwise. */
export function joinFields(before: PersonFields, edit: PersonFields): PersonFields {
  if (edit.home === undefined) return { ...before, ...edit };
  const { pool: _, sip, ...others } = before;
  return { ...others, ...(edit.home === 'none' || sip === undefined ? {} : { sip }), ...edit };
}

export function fieldsOf({ displayName, mode, teams, skype }: Person): PersonFields {
  return {
    displayName,
    mode,
    home: skype.home,
    ...(teams.kind === 'account' ? { objectId: teams.objectId } : {}),
    ...(skype.home === 'none' ? {} : { sip: skype.sip, pool: skype.pool }),
  };
}
