import type { EditOutcome } from '../console/options.ts';
import { parsePeople } from '../core/directory/people.ts';
import type { DirectoryProblem, Field } from '../core/directory/problems.ts';
import type { DirectoryRules } from '../core/directory/row.ts';
import type { PersonId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { createDirectory, type MutableDirectory, type SharedName } from '../gateway/directory.ts';
import type { Report } from '../gateway/events.ts';

/** What an operator has changed about a person, in the words of the people file. */
export type PersonEdit = Readonly<Partial<Record<Exclude<Field, 'id'>, string>>>;
export type PersonEdits = Readonly<Record<string, PersonEdit>>;

export interface PeopleStoreOptions {
  /** The people as configured, checked. */
  readonly people: readonly Person[];
  readonly rules: DirectoryRules;
  /** What was kept of earlier runs. */
  readonly edits: PersonEdits;
  /** Resolves when the edits are on disk. */
  readonly keep: (edits: PersonEdits) => Promise<void>;
  readonly report: Report;
}

/**
 * Everybody, as configured and as operators have changed them since. An edit stands above the configuration, over
 * restarts too; one that no longer fits what is configured is left out, with a report, until it fits again.
 */
export interface PeopleStore {
  readonly directory: MutableDirectory;
  /** Takes effect at once and as a whole, or not at all; resolves when it is kept. */
  edit(id: PersonId, edit: PersonEdit): Promise<EditOutcome>;
  /** Other people are configured from now on: all of them, or, where two share a name with an edit, none. */
  configure(people: readonly Person[]): boolean;
}

export function createPeopleStore({ rules, keep, report, ...options }: PeopleStoreOptions): PeopleStore {
  let { edits } = options;
  let lane: Promise<unknown> = Promise.resolve();
  const directory = createDirectory(options.people);

  /** The configured people with the edits that fit; told once for each that does not. */
  function withEdits(configured: readonly Person[]): readonly Person[] {
    return configured.map((person) => {
      const edit = Object.hasOwn(edits, person.id) ? edits[person.id] : undefined;
      if (edit === undefined) return person;
      const edited = editedPerson(person, edit, rules);
      if (edited.kind === 'changed') return edited.person;
      report({ kind: 'people-refused', problems: problemsOf(person.id, edited.problems) });
      return person;
    });
  }

  function configure(configured: readonly Person[]): boolean {
    const outcome = directory.apply({ kind: 'replace', people: withEdits(configured) });
    if (outcome.kind === 'refused') {
      report({ kind: 'people-refused', problems: outcome.shared.map(describeShared) });
      return false;
    }
    if (outcome.changed.length > 0) report({ kind: 'people-changed', people: outcome.changed.length });
    return true;
  }

  async function editNow(id: PersonId, edit: PersonEdit): Promise<EditOutcome> {
    const before = directory.person(id);
    if (!before) return { kind: 'no-such-person' };
    const edited = editedPerson(before, edit, rules);
    if (edited.kind === 'refused') return edited;
    const outcome = directory.apply({ kind: 'put', person: edited.person });
    if (outcome.kind === 'refused')
      return { kind: 'refused', problems: outcome.shared.map((shared) => sharedProblem(shared, id)) };
    const kept = { ...edits, [id]: joined(edits[id] ?? {}, edit) };
    try {
      await keep(kept);
    } catch (error) {
      directory.apply({ kind: 'put', person: before });
      throw error;
    }
    edits = kept;
    report({ kind: 'people-changed', people: outcome.changed.length });
    return edited;
  }

  configure(options.people);
  return {
    directory,
    edit(id, edit) {
      const turn = lane.then(() => editNow(id, edit));
      lane = turn.catch(() => undefined);
      return turn;
    },
    configure,
  };
}

/** A new home comes with its own pool, and without an address where it is none, unless the edit says otherwise. */
function joined(before: PersonEdit, edit: PersonEdit): PersonEdit {
  if (edit.home === undefined) return { ...before, ...edit };
  const { pool: _, sip, ...others } = before;
  return { ...others, ...(edit.home === 'none' || sip === undefined ? {} : { sip }), ...edit };
}

function editedPerson(
  person: Person,
  edit: PersonEdit,
  rules: DirectoryRules,
): Exclude<EditOutcome, { kind: 'no-such-person' }> {
  const row = { id: person.id, ...joined(rowOf(person), edit) };
  const { people, problems } = parsePeople([row], rules);
  const [edited] = people;
  return edited ? { kind: 'changed', person: edited } : { kind: 'refused', problems };
}

function rowOf({ displayName, mode, teams, skype }: Person): PersonEdit {
  return {
    displayName,
    mode,
    home: skype.home,
    ...(teams.kind === 'account' ? { objectId: teams.objectId } : {}),
    ...(skype.home === 'none' ? {} : { sip: skype.sip, pool: skype.pool }),
  };
}

function sharedProblem({ name, people }: SharedName, id: PersonId): { field: Field; because: string } {
  const owner = people.find((other) => other !== id) ?? id;
  return { field: name.includes('@') ? 'sip' : 'objectId', because: `${name} is that of ${owner} already` };
}

function describeShared({ name, people: [one, other] }: SharedName): string {
  return `${one} and ${other} share the name ${name}`;
}

function problemsOf(id: PersonId, problems: readonly Pick<DirectoryProblem, 'field' | 'because'>[]) {
  return problems.map(({ field, because }) => `${id}${field === undefined ? '' : `, ${field}`}: ${because}`);
}
