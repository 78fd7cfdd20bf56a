import type { PersonId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';
import { recent } from '../core/recent.ts';

/** Who is who, by every name a network uses. Look-ups are in memory and never wait. */
export interface Directory {
  person(id: PersonId): Person | undefined;
  /** Also somebody who was removed lately: senders of messages that were under way then are still told what became of them. */
  lately(id: PersonId): Person | undefined;
  /** By Entra object id, in any letter case. */
  byObjectId(objectId: string): Person | undefined;
  /** By SIP URI, in any letter case, parameters ignored. */
  bySip(sip: string): Person | undefined;
  people(): Iterable<Person>;
}

/** A directory whose people change at run time, as those see it who act on the changes. */
export interface WatchedDirectory extends Directory {
  /** Told after each change that was applied, with everybody it changed. Disposing ends it. */
  listen(listener: DirectoryListener): Disposable;
}

export interface MutableDirectory extends WatchedDirectory {
  /** Takes effect as a whole, at once, or not at all. */
  apply(change: DirectoryChange): ChangeOutcome;
}

export type DirectoryChange =
  /** Everybody there is from now on. */
  | { readonly kind: 'replace'; readonly people: readonly Person[] }
  /** One person, new or in place of the one with this id. */
  | { readonly kind: 'put'; readonly person: Person }
  | { readonly kind: 'remove'; readonly person: PersonId };

export type ChangeOutcome =
  | { readonly kind: 'applied'; readonly changed: readonly PersonChange[] }
  | { readonly kind: 'refused'; readonly shared: readonly SharedName[] };

export type PersonChange =
  | { readonly kind: 'added'; readonly after: Person }
  | { readonly kind: 'changed'; readonly before: Person; readonly after: Person }
  | { readonly kind: 'removed'; readonly before: Person };

/** A name that two people claim. */
export interface SharedName {
  readonly name: string;
  readonly people: readonly [PersonId, PersonId];
}

export type DirectoryListener = (changed: readonly PersonChange[]) => void;

/** Of those removed, so many are remembered. */
const mostRemoved = 1_000;

/** Throws on two people with one name: the loader has reported those already. */
export function createDirectory(list: Iterable<Person>): MutableDirectory {
  const listeners = new Set<DirectoryListener>();
  const removed = recent<PersonId, Person>(mostRemoved);
  let names = new Names();
  for (const person of list) {
    const [shared] = names.put(person, false);
    if (shared) throw new Error(`two people share the name ${shared.name}`);
  }

  function replace(people: readonly Person[]): ChangeOutcome {
    const fresh = new Names();
    const shared = people.flatMap((person) => fresh.put(person, false));
    if (shared.length > 0) return { kind: 'refused', shared };
    const before = names;
    names = fresh;
    const changed: PersonChange[] = [];
    for (const person of before.byId.values())
      if (!fresh.byId.has(person.id)) changed.push({ kind: 'removed', before: person });
    for (const person of people) {
      const change = changeOf(before.byId.get(person.id), person);
      if (change) changed.push(change);
    }
    return { kind: 'applied', changed };
  }

  function put(person: Person): ChangeOutcome {
    const before = names.byId.get(person.id);
    const shared = names.put(person, true);
    if (shared.length > 0) return { kind: 'refused', shared };
    const change = changeOf(before, person);
    return { kind: 'applied', changed: change ? [change] : [] };
  }

  function remove(id: PersonId): ChangeOutcome {
    const before = names.remove(id);
    return { kind: 'applied', changed: before ? [{ kind: 'removed', before }] : [] };
  }

  function applied(change: DirectoryChange): ChangeOutcome {
    switch (change.kind) {
      case 'replace':
        return replace(change.people);
      case 'put':
        return put(change.person);
      case 'remove':
        return remove(change.person);
    }
  }

  return {
    person: (id) => names.byId.get(id),
    lately: (id) => names.byId.get(id) ?? removed.get(id),
    byObjectId: (objectId) => names.byObjectId.get(objectId.toLowerCase()),
    bySip: (sip) => names.bySip.get(bareSip(sip)),
    people: () => names.byId.values(),
    apply(change) {
      const outcome = applied(change);
      if (outcome.kind === 'applied')
        for (const each of outcome.changed)
          if (each.kind === 'removed') removed.set(each.before.id, each.before);
      if (outcome.kind === 'applied' && outcome.changed.length > 0)
        for (const listener of listeners) listener(outcome.changed);
      return outcome;
    },
    listen(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}

/** The indexes of one set of people. */
class Names {
  readonly byId = new Map<PersonId, Person>();
  readonly byObjectId = new Map<string, Person>();
  readonly bySip = new Map<string, Person>();

  /** Nothing is put when a name is another person's, or, unless it `mayReplace` them, the person is there already. */
  put(person: Person, mayReplace: boolean): readonly SharedName[] {
    const { objectId, sip } = keysOf(person);
    const shared: SharedName[] = [];
    const claim = (name: string | undefined, owner: Person | undefined): void => {
      if (name === undefined || !owner || owner.id === person.id) return;
      shared.push({ name, people: [owner.id, person.id] });
    };
    claim(objectId, objectId === undefined ? undefined : this.byObjectId.get(objectId));
    claim(sip, sip === undefined ? undefined : this.bySip.get(sip));
    if (!mayReplace && this.byId.has(person.id))
      shared.push({ name: person.id, people: [person.id, person.id] });
    if (shared.length > 0) return shared;

    const before = this.byId.get(person.id);
    if (before) this.#unname(before);
    this.byId.set(person.id, person);
    if (objectId !== undefined) this.byObjectId.set(objectId, person);
    if (sip !== undefined) this.bySip.set(sip, person);
    return [];
  }

  remove(id: PersonId): Person | undefined {
    const person = this.byId.get(id);
    if (!person) return undefined;
    this.#unname(person);
    this.byId.delete(id);
    return person;
  }

  #unname(person: Person): void {
    const { objectId, sip } = keysOf(person);
    if (objectId !== undefined) this.byObjectId.delete(objectId);
    if (sip !== undefined) this.bySip.delete(sip);
  }
}

function keysOf({ teams, skype }: Person): {
  readonly objectId: string | undefined;
  readonly sip: string | undefined;
} {
  return {
    objectId: teams.kind === 'account' ? teams.objectId.toLowerCase() : undefined,
    sip: skype.home === 'none' ? undefined : bareSip(skype.sip),
  };
}

function changeOf(before: Person | undefined, after: Person): PersonChange | undefined {
  if (!before) return { kind: 'added', after };
  return samePerson(before, after) ? undefined : { kind: 'changed', before, after };
}

function samePerson(a: Person, b: Person): boolean {
  return (
    a.displayName === b.displayName &&
    a.tenant === b.tenant &&
    a.mode === b.mode &&
    sameTeamsAccount(a, b) &&
    sameSkypeAccount(a, b)
  );
}

export function sameTeamsAccount({ teams: a }: Person, { teams: b }: Person): boolean {
  if (a.kind === 'none' || b.kind === 'none') return a.kind === b.kind;
  return a.objectId === b.objectId && a.upn === b.upn;
}

/** Whether an endpoint of the one is an endpoint of the other: the same address at the same pool. */
export function sameSkypeAccount({ skype: a }: Person, { skype: b }: Person): boolean {
  if (a.home === 'none' || b.home === 'none') return a.home === b.home;
  return a.home === b.home && a.pool === b.pool && a.sip === b.sip;
}

/** `SIP:Bob@Contoso.example;gruu;opaque=…` → `bob@contoso.example`. */
function bareSip(sip: string): string {
  const withoutScheme = sip.replace(/^sips?:/i, '');
  const end = withoutScheme.search(/[;?]/);
  return (end < 0 ? withoutScheme : withoutScheme.slice(0, end)).toLowerCase();
}
