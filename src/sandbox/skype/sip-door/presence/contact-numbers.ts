import type { ContactOperation } from '../../../../protocols/sip/ms/contact-operation.ts';
import type {
  Contact,
  ContactChange,
  ContactDelta,
  ContactGroup,
  ContactList as SipContactList,
} from '../../../../protocols/sip/ms/roaming-contacts.ts';
import type { ContactList, ContactsChanged, Group, GroupResult } from '../../contacts.ts';

/** The one group that Microsoft's clients expect to be there. */
const otherContacts: ContactGroup = { id: 1, name: '~' };

export type ContactResult =
  /** `groupId`: of a group that was added. */
  | { readonly kind: 'done'; readonly groupId?: number }
  | { readonly kind: 'refused'; readonly why: Exclude<GroupResult, 'done'> };

/**
 * A person's contact list as SIP clients count it: groups have numbers, and every change has one too. The list itself
 * is the pool's, changed from any door.
 */
export class ContactNumbers implements Disposable {
  readonly #list: ContactList;
  readonly #listening: Disposable;
  readonly #listeners = new Set<(delta: ContactDelta) => void>();
  readonly #numbers = new Map<string, number>();
  /** What the owner calls somebody. */
  readonly #names = new Map<string, string>();
  #lastNumber = otherContacts.id;
  #delta = 1;

  constructor(list: ContactList) {
    this.#list = list;
    for (const group of list.groups) this.#numberOf(group);
    this.#listening = list.listen((change) => this.#changed(change));
  }

  get list(): SipContactList {
    const groups = [...this.#list.groups];
    return {
      delta: this.#delta,
      groups: groups.filter(isShown).map((group) => this.#groupOf(group)),
      contacts: [...this.#list.contacts].map((address) => this.#contactOf(address, address)),
    };
  }

  listen(listener: (delta: ContactDelta) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** `address`: whom the operation means, if anybody. */
  perform(operation: ContactOperation, address: string | undefined): ContactResult {
    switch (operation.kind) {
      case 'setContact':
        return this.#set(address ?? '', operation.name, operation.groups);
      case 'deleteContact':
        return this.#delete(address ?? '');
      case 'addGroup': {
        const result = this.#list.addGroup(operation.name);
        if (result !== 'done') return resultOf(result);
        const added = [...this.#list.groups].find(({ name }) => name === operation.name);
        return added === undefined
          ? { kind: 'refused', why: 'unknown' }
          : { kind: 'done', groupId: this.#numberOf(added) };
      }
      case 'modifyGroup': {
        const group = this.#groupBy(operation.groupId);
        return resultOf(group ? this.#list.renameGroup(group.id, operation.name) : 'unknown');
      }
      case 'deleteGroup': {
        const group = this.#groupBy(operation.groupId);
        return resultOf(group ? this.#list.removeGroup(group.id) : 'unknown');
      }
    }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    this.#listeners.clear();
  }

  /** In exactly those groups; in the default one where none of them is known. */
  #set(address: string, name: string, groups: readonly number[]): ContactResult {
    const wanted = new Set(groups.flatMap((number) => this.#groupBy(number) ?? []));
    if (wanted.size === 0)
      for (const group of this.#list.groups) if (group.kind === 'default') wanted.add(group);
    if (name === '') this.#names.delete(address);
    else this.#names.set(address, name);
    for (const group of wanted) {
      const result = this.#list.add(group.id, address);
      if (result !== 'done' && result !== 'exists') return resultOf(result);
    }
    for (const group of this.#list.groups)
      if (isShown(group) && !wanted.has(group)) this.#list.remove(group.id, address);
    return { kind: 'done' };
  }

  #delete(address: string): ContactResult {
    if (!this.#list.contacts.has(address)) return { kind: 'refused', why: 'unknown' };
    this.#names.delete(address);
    for (const group of this.#list.groups) this.#list.remove(group.id, address);
    return { kind: 'done' };
  }

  #changed(change: Parameters<ContactsChanged>[0]): void {
    const told = change.kind === 'group' ? this.#groupChange(change) : this.#contactChange(change);
    const previous = this.#delta++;
    for (const listener of [...this.#listeners]) listener({ delta: this.#delta, previous, changes: told });
  }

  #groupChange({
    id,
    change,
  }: Extract<Parameters<ContactsChanged>[0], { kind: 'group' }>): readonly ContactChange[] {
    const group = [...this.#list.groups].find((each) => each.id === id);
    if (change === 'deleted') {
      const number = this.#numbers.get(id) ?? 0;
      this.#numbers.delete(id);
      // Those who were in it alone are in the default group now.
      const moved = [...this.#list.contacts].map((address) => ({
        kind: 'modifiedContact' as const,
        contact: this.#contactOf(address, `sip:${address}`),
      }));
      return [...moved, { kind: 'deletedGroup', id: number }];
    }
    if (group === undefined) return [];
    return [{ kind: change === 'added' ? 'addedGroup' : 'modifiedGroup', group: this.#groupOf(group) }];
  }

  #contactChange({
    address,
    change,
  }: Extract<Parameters<ContactsChanged>[0], { kind: 'contact' }>): readonly ContactChange[] {
    const uri = `sip:${address}`;
    if (!this.#list.contacts.has(address)) return [{ kind: 'deletedContact', uri }];
    const memberships = [...this.#list.groups].filter(({ contacts }) => contacts.has(address)).length;
    const kind = change === 'added' && memberships === 1 ? 'addedContact' : 'modifiedContact';
    return [{ kind, contact: this.#contactOf(address, uri) }];
  }

  #contactOf(address: string, uri: string): Contact {
    const groups = [...this.#list.groups]
      .filter((group) => group.contacts.has(address) && isShown(group))
      .map((group) => this.#numberOf(group));
    return {
      uri,
      name: this.#names.get(address) ?? '',
      groups: groups.length === 0 ? [otherContacts.id] : groups,
      subscribed: true,
    };
  }

  #groupOf(group: Group): ContactGroup {
    return { id: this.#numberOf(group), name: group.kind === 'default' ? otherContacts.name : group.name };
  }

  #groupBy(number: number): Group | undefined {
    return [...this.#list.groups].find((group) => isShown(group) && this.#numberOf(group) === number);
  }

  #numberOf({ id, kind }: Group): number {
    if (kind === 'default') return otherContacts.id;
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, ++this.#lastNumber);
    return this.#lastNumber;
  }
}

/** Pinned contacts are UCWA's: SIP clients of that age know none. */
const isShown = ({ kind }: Group): boolean => kind !== 'pinned';

const resultOf = (result: GroupResult): ContactResult =>
  result === 'done' ? { kind: 'done' } : { kind: 'refused', why: result };
