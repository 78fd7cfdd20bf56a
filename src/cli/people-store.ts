import type { EditOutcome, PeopleChanges, RemoveOutcome, UndoOutcome } from '../console/options.ts';
import type { Clock } from '../core/clock.ts';
import type { Field } from '../core/directory/problems.ts';
import type { DirectoryRules } from '../core/directory/row.ts';
import { settle } from '../core/directory/settle.ts';
import { describeConflict, type PersonConflict } from '../core/directory/users.ts';
import { type PersonId, personId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import {
  type ChangeOutcome,
  createDirectory,
  type MutableDirectory,
  type SharedName,
} from '../gateway/directory.ts';
import type { Report } from '../gateway/events.ts';
import {
  type Amendment,
  type Amendments,
  amendmentOf,
  amendPerson,
  fieldsOf,
  joinFields,
  type PersonFields,
  readPerson,
} from './people-amendments.ts';
import { type Difference, differenceOf } from './people-difference.ts';
import { editsOf } from './people-edits.ts';
import { joinPeople } from './people-joined.ts';

export interface PeopleStoreOptions {
  /** The people as configured, checked. */
  readonly people: readonly Person[];
  readonly rules: DirectoryRules;
  /** What was kept of earlier runs. */
  readonly amendments: Amendments;
  /** Resolves when the amendments are on disk. */
  readonly keep: (amendments: Amendments) => Promise<void>;
  /** Those whom a conflict concerned in an earlier run, as they were before it. */
  readonly held?: HeldPeople;
  /** Told whom a conflict concerns now, each time that becomes another; is not waited for. */
  readonly hold?: (held: HeldPeople) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Report;
}

/** People as they were before a conflict, by id, in the words of the people file. */
export type HeldPeople = Readonly<Record<string, PersonFields>>;

/**
 * Everybody: as configured, else as read from the tenants, and as operators have changed, added and removed them since.
 * What operators did stands above both, over restarts too; where it no longer fits what a source says, it is left out,
 * with a report, until it fits again.
 */
export interface PeopleStore extends PeopleChanges {
  readonly directory: MutableDirectory;
  /** Other people are configured from now on: all of them, or, where two share a name, none. */
  configure(people: readonly Person[]): boolean;
  /**
   * Other people have been read from the tenants, without those who contradict themselves. Whom the configuration names
   * is as it says; whom a conflict concerns stays as before or stays out; everybody else is taken.
   */
  read(people: readonly Person[], conflicts: readonly PersonConflict[]): void;
}

export function createPeopleStore({
  rules,
  keep,
  clock,
  report,
  ...options
}: PeopleStoreOptions): PeopleStore {
  let { amendments, people: configured } = options;
  /** Undefined before the first reading: until then whom to hold is as an earlier run left it. */
  let read: readonly Person[] | undefined;
  let conflicts: readonly PersonConflict[] = [];
  let told: ReadonlySet<string> = new Set();
  let held: ReadonlyMap<string, Person> = readHeld(options.held ?? {}, rules);
  let lane: Promise<unknown> = Promise.resolve();
  const directory = createDirectory(configured);

  function before(id: PersonId): Person | undefined {
    return directory.person(id) ?? held.get(id);
  }

  /** What the directory was told, and who of those read could not be taken as read. */
  function rebuild(): { readonly outcome: ChangeOutcome; readonly clashing: ReadonlySet<string> } {
    const all = joinPeople({ configured, read: read ?? [], conflicts, amendments, before }, rules);
    const settled = settle(all.named, all.read, before);
    const outcome = directory.apply({ kind: 'replace', people: settled.people });
    tell([
      ...all.problems,
      ...[...conflicts, ...settled.conflicts].map(describeConflict),
      ...(outcome.kind === 'refused' ? outcome.shared.map(describeShared) : []),
    ]);
    noteChanged(outcome);
    if (read) hold([...conflicts, ...settled.conflicts]);
    return { outcome, clashing: new Set(settled.conflicts.map(({ person }) => person)) };
  }

  /** They are to be as now after a restart, too, when nobody is left who remembers. */
  function hold(concerning: readonly PersonConflict[]): void {
    const people = concerning.flatMap(({ person }) => directory.person(personId(person)) ?? []);
    const next = new Map<string, Person>(people.map((person) => [person.id, person]));
    if (next.size === held.size && [...next].every(([id, person]) => held.get(id) === person)) return;
    held = next;
    options.hold?.(Object.fromEntries([...next].map(([id, person]) => [id, fieldsOf(person)])));
  }

  function noteChanged(outcome: ChangeOutcome): void {
    if (outcome.kind === 'applied' && outcome.changed.length > 0)
      report({ kind: 'people-changed', people: outcome.changed.length });
  }

  /** Each problem once, as long as it lasts. */
  function tell(problems: readonly string[]): void {
    const fresh = problems.filter((problem) => !told.has(problem));
    told = new Set(problems);
    if (fresh.length > 0) report({ kind: 'people-refused', problems: fresh });
  }

  /**
   * Without a look at everybody else, which with very many people takes a good part of a second. False where more than a
   * few have changed, or anything about one of them is out of the ordinary: then everybody has to be settled anew.
   */
  function takeFew({ changed, removed }: Difference): boolean {
    const ids = [...removed, ...changed.map(({ id }) => id)];
    if (ids.length > mostAtOnce) return false;
    const others = new Set(ids);
    if (ids.some((id) => amendmentOf(amendments, id)) || configured.some(({ id }) => others.has(id)))
      return false;
    for (const person of removed) noteChanged(directory.apply({ kind: 'remove', person }));
    for (const person of changed) {
      const outcome = directory.apply({ kind: 'put', person });
      if (outcome.kind === 'refused') return false;
      noteChanged(outcome);
    }
    return true;
  }

  function configure(people: readonly Person[]): boolean {
    const before = configured;
    configured = people;
    if (rebuild().outcome.kind === 'applied') return true;
    configured = before;
    return false;
  }

  /** Where it cannot be kept, everybody is as before. */
  async function keepAs(id: PersonId, amendment: Amendment | undefined): Promise<void> {
    const { [id]: _, ...others } = amendments;
    const next = amendment === undefined ? others : { ...others, [id]: { ...amendment, at: clock.now() } };
    try {
      await keep(next);
    } catch (error) {
      rebuild();
      throw error;
    }
    amendments = next;
  }

  async function put(id: PersonId, person: Person, amendment: Amendment): Promise<EditOutcome> {
    const outcome = directory.apply({ kind: 'put', person });
    if (outcome.kind === 'refused')
      return { kind: 'refused', problems: outcome.shared.map((shared) => sharedProblem(shared, id)) };
    await keepAs(id, amendment);
    noteChanged(outcome);
    return { kind: 'changed', person };
  }

  async function edit(id: PersonId, fields: PersonFields): Promise<EditOutcome> {
    const before = directory.person(id);
    if (!before) return { kind: 'no-such-person' };
    const edited = amendPerson(before, fields, rules);
    if (edited.kind === 'refused') return edited;
    const amendment = amendmentOf(amendments, id);
    const earlier = amendment === undefined || amendment.kind === 'removed' ? undefined : amendment;
    return put(id, edited.person, {
      kind: earlier?.kind ?? 'edited',
      fields: joinFields(earlier?.fields ?? {}, fields),
    });
  }

  async function add(row: Readonly<Record<string, string>>): Promise<EditOutcome> {
    const added = readPerson(row, rules);
    if (added.kind === 'refused') return added;
    const { id } = added.person;
    if (directory.person(id)) return { kind: 'exists' };
    const { id: _, ...fields } = row;
    return put(id, added.person, { kind: 'added', fields });
  }

  async function remove(id: PersonId): Promise<RemoveOutcome> {
    const outcome = directory.apply({ kind: 'remove', person: id });
    if (outcome.kind === 'refused' || outcome.changed.length === 0) return 'no-such-person';
    await keepAs(id, isNamedBySource(id) ? { kind: 'removed' } : undefined);
    noteChanged(outcome);
    // Whoever was kept out for sharing a name with this one comes in now.
    rebuild();
    return 'removed';
  }

  async function undo(id: PersonId): Promise<UndoOutcome> {
    if (amendmentOf(amendments, id) === undefined) return { kind: 'nothing-to-undo' };
    const before = amendments;
    const { [id]: _, ...others } = amendments;
    amendments = others;
    const { outcome, clashing } = rebuild();
    if (outcome.kind === 'refused' || clashing.has(id)) {
      amendments = before;
      rebuild();
      return {
        kind: 'refused',
        problems: [
          { field: undefined, because: 'as the source says, a name of the person is that of another' },
        ],
      };
    }
    amendments = before;
    await keepAs(id, undefined);
    return { kind: 'undone', person: directory.person(id) };
  }

  function isNamedBySource(id: PersonId): boolean {
    return [...configured, ...(read ?? [])].some((person) => person.id === id);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lane.then(work);
    lane = turn.catch(() => undefined);
    return turn;
  }

  rebuild();
  return {
    directory,
    configure,
    read(people, found) {
      const isPlain = read !== undefined && told.size === 0 && found.length === 0;
      const change = isPlain ? differenceOf(read ?? [], people) : undefined;
      read = people;
      conflicts = found;
      if (!change || !takeFew(change)) rebuild();
    },
    edit: (id, fields) => inTurn(() => edit(id, fields)),
    add: (row) => inTurn(() => add(row)),
    remove: (id) => inTurn(() => remove(id)),
    undo: (id) => inTurn(() => undo(id)),
    amended(id) {
      const amendment = amendmentOf(amendments, id);
      return amendment?.kind === 'removed' ? undefined : amendment?.kind;
    },
    edits: () => editsOf(amendments, [configured, read ?? []]),
    removed: () =>
      Object.entries(amendments).flatMap(([id, { kind }]) => (kind === 'removed' ? personId(id) : [])),
  };
}

/** Who of those read may be changed one by one. */
const mostAtOnce = 500;

function readHeld(held: HeldPeople, rules: DirectoryRules): ReadonlyMap<string, Person> {
  return new Map(
    Object.entries(held).flatMap(([id, fields]) => {
      const read = readPerson({ id, ...fields }, rules);
      return read.kind === 'changed' ? [[id, read.person] as const] : [];
    }),
  );
}

function sharedProblem({ name, people }: SharedName, id: PersonId): { field: Field; because: string } {
  const owner = people.find((other) => other !== id) ?? id;
  return { field: name.includes('@') ? 'sip' : 'objectId', because: `${name} is that of ${owner} already` };
}

function describeShared({ name, people: [one, other] }: SharedName): string {
  return `${one} and ${other} share the name ${name}`;
}
