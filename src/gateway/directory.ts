import type { PersonId } from '../core/ids.ts';
import type { Person } from '../core/people.ts';

/** Who is who, by every name a network uses. Look-ups are in memory and never wait. */
export interface Directory {
  person(id: PersonId): Person | undefined;
  /** By Entra object id, in any letter case. */
  byObjectId(objectId: string): Person | undefined;
  /** By SIP URI, in any letter case, parameters ignored. */
  bySip(sip: string): Person | undefined;
  people(): Iterable<Person>;
}

/** A directory over a fixed list. Throws on two people with one name: the loader has reported those already. */
export function createDirectory(list: Iterable<Person>): Directory {
  const byId = new Map<string, Person>();
  const byObjectId = new Map<string, Person>();
  const bySip = new Map<string, Person>();
  const add = (index: Map<string, Person>, key: string, person: Person): void => {
    if (index.has(key)) throw new Error(`two people share the name ${key}`);
    index.set(key, person);
  };
  for (const person of list) {
    add(byId, person.id, person);
    if (person.teams.kind === 'account') add(byObjectId, person.teams.objectId.toLowerCase(), person);
    if (person.skype.home !== 'none') add(bySip, bareSip(person.skype.sip), person);
  }
  return {
    person: (id) => byId.get(id),
    byObjectId: (objectId) => byObjectId.get(objectId.toLowerCase()),
    bySip: (sip) => bySip.get(bareSip(sip)),
    people: () => byId.values(),
  };
}

/** `SIP:Bob@Contoso.example;gruu;opaque=…` → `bob@contoso.example`. */
function bareSip(sip: string): string {
  const withoutScheme = sip.replace(/^sips?:/i, '');
  const end = withoutScheme.search(/[;?]/);
  return (end < 0 ? withoutScheme : withoutScheme.slice(0, end)).toLowerCase();
}
