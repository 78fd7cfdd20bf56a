import { randomUUID } from 'node:crypto';

export interface Group {
  readonly id: string;
  name: string;
  readonly kind: 'pinned' | 'default' | 'custom';
  readonly contacts: Set<string>;
}

export type GroupResult = 'done' | 'unknown' | 'exists' | 'tooMany' | 'fixed';

export type ContactsChanged = (
  change:
    | { readonly kind: 'group'; readonly id: string; readonly change: 'added' | 'updated' | 'deleted' }
    | {
        readonly kind: 'contact';
        readonly address: string;
        readonly groupId: string;
        readonly change: 'added' | 'deleted';
      },
) => void;

const maxGroups = 64;
const maxContacts = 250;

/** A person's contact list, in groups. It begins with those given, as many as fit, in the default group. */
export class ContactList {
  readonly #groups = new Map<string, Group>();
  readonly #default: Group;
  readonly #listeners = new Set<ContactsChanged>();

  constructor(contacts: Iterable<string>, changed: ContactsChanged) {
    this.#listeners.add(changed);
    this.#default = {
      id: 'default',
      name: 'Other Contacts',
      kind: 'default',
      contacts: new Set(Iterator.from(contacts).take(maxContacts)),
    };
    for (const group of [
      { id: 'pinned', name: 'Pinned Contacts', kind: 'pinned' as const, contacts: new Set<string>() },
      this.#default,
    ]) {
      this.#groups.set(group.id, group);
    }
  }

  /** `changed` is called behind each change, until what is returned is disposed of. */
  listen(changed: ContactsChanged): Disposable {
    this.#listeners.add(changed);
    return { [Symbol.dispose]: () => void this.#listeners.delete(changed) };
  }

  get groups(): Iterable<Group> {
    return this.#groups.values();
  }

  get contacts(): ReadonlySet<string> {
    const all = new Set<string>();
    for (const { contacts } of this.#groups.values()) for (const contact of contacts) all.add(contact);
    return all;
  }

  addGroup(name: string): GroupResult {
    if (this.#named(name)) return 'exists';
    if (this.#groups.size >= maxGroups) return 'tooMany';
    const group: Group = { id: randomUUID(), name, kind: 'custom', contacts: new Set() };
    this.#groups.set(group.id, group);
    this.#changed({ kind: 'group', id: group.id, change: 'added' });
    return 'done';
  }

  renameGroup(id: string, name: string): GroupResult {
    const group = this.#groups.get(id);
    if (!group) return 'unknown';
    if (group.kind !== 'custom') return 'fixed';
    const other = this.#named(name);
    if (other && other !== group) return 'exists';
    group.name = name;
    this.#changed({ kind: 'group', id, change: 'updated' });
    return 'done';
  }

  /** Contacts that stand in no other group fall into the default one. */
  removeGroup(id: string): GroupResult {
    const group = this.#groups.get(id);
    if (!group) return 'unknown';
    if (group.kind !== 'custom') return 'fixed';
    this.#groups.delete(id);
    const left = this.contacts;
    for (const contact of group.contacts) if (!left.has(contact)) this.#default.contacts.add(contact);
    this.#changed({ kind: 'group', id, change: 'deleted' });
    return 'done';
  }

  add(groupId: string, address: string): GroupResult {
    const group = this.#groups.get(groupId);
    if (!group) return 'unknown';
    if (group.contacts.has(address)) return 'exists';
    const all = this.contacts;
    if (!all.has(address) && all.size >= maxContacts) return 'tooMany';
    group.contacts.add(address);
    this.#changed({ kind: 'contact', address, groupId, change: 'added' });
    return 'done';
  }

  remove(groupId: string, address: string): GroupResult {
    if (!this.#groups.get(groupId)?.contacts.delete(address)) return 'unknown';
    this.#changed({ kind: 'contact', address, groupId, change: 'deleted' });
    return 'done';
  }

  #changed(change: Parameters<ContactsChanged>[0]): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  #named(name: string): Group | undefined {
    for (const group of this.#groups.values()) {
      if (group.name.toLowerCase() === name.toLowerCase()) return group;
    }
    return undefined;
  }
}
