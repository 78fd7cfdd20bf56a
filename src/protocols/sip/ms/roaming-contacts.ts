import { children, writeXml, type XmlElement, type XmlNode } from '../body/xml.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const roamingContactsType = 'application/vnd-microsoft-roaming-contacts+xml';
export const roamingContactsEvent = 'vnd-microsoft-roaming-contacts';

export interface ContactGroup {
  readonly id: number;
  /** `~` is the group of those in no other. */
  readonly name: string;
}

export interface Contact {
  /** Without `sip:` in a list, with it in a change; as written. */
  readonly uri: string;
  /** What the owner calls them; empty for their own name. */
  readonly name: string;
  readonly groups: readonly number[];
  readonly subscribed: boolean;
}

/** The whole list, as the first notification brings it. `delta` counts its changes and is never 0. */
export interface ContactList {
  readonly delta: number;
  readonly groups: readonly ContactGroup[];
  readonly contacts: readonly Contact[];
}

export type ContactChange =
  | { readonly kind: 'addedGroup' | 'modifiedGroup'; readonly group: ContactGroup }
  | { readonly kind: 'deletedGroup'; readonly id: number }
  | { readonly kind: 'addedContact' | 'modifiedContact'; readonly contact: Contact }
  | { readonly kind: 'deletedContact'; readonly uri: string };

/** What changed since `previous`. */
export interface ContactDelta {
  readonly delta: number;
  readonly previous: number;
  readonly changes: readonly ContactChange[];
}

/** `undefined` for what is no such document. Groups and contacts without id or address are left out. */
export function parseContactList(text: string): ContactList | undefined {
  const root = documentNamed(text, 'contactList');
  const delta = root && wholeNumber(root.attributes['deltaNum']);
  if (root === undefined || delta === undefined) return undefined;
  return {
    delta,
    groups: children(root, 'group').flatMap(readGroup),
    contacts: children(root, 'contact').flatMap(readContact),
  };
}

export function parseContactDelta(text: string): ContactDelta | undefined {
  const root = documentNamed(text, 'contactDelta');
  const delta = root && wholeNumber(root.attributes['deltaNum']);
  const previous = root && wholeNumber(root.attributes['prevDeltaNum']);
  if (root === undefined || delta === undefined || previous === undefined) return undefined;
  return { delta, previous, changes: root.children.flatMap(readChange) };
}

function readGroup({ attributes }: XmlElement): readonly ContactGroup[] {
  const id = wholeNumber(attributes['id']);
  return id === undefined ? [] : [{ id, name: attributes['name'] ?? '' }];
}

function readContact({ attributes }: XmlElement): readonly Contact[] {
  const { uri, name = '', subscribed } = attributes;
  if (!uri) return [];
  return [{ uri, name, groups: readGroupIds(attributes['groups'] ?? ''), subscribed: subscribed === 'true' }];
}

/** Ids separated by blanks; what is no number is left out. */
export function readGroupIds(text: string): readonly number[] {
  return text.split(/\s+/).flatMap((each) => wholeNumber(each) ?? []);
}

function readChange(element: XmlElement): readonly ContactChange[] {
  const kind = element.name;
  switch (kind) {
    case 'addedGroup':
    case 'modifiedGroup':
      return readGroup(element).map((group) => ({ kind, group }));
    case 'deletedGroup':
      return readGroup(element).map(({ id }) => ({ kind, id }));
    case 'addedContact':
    case 'modifiedContact':
      return readContact(element).map((contact) => ({ kind, contact }));
    case 'deletedContact':
      return readContact(element).map(({ uri }) => ({ kind, uri }));
    default:
      return [];
  }
}

export function formatContactList({ delta, groups, contacts }: ContactList): string {
  return writeXml({
    name: 'contactList',
    attributes: { deltaNum: String(delta) },
    content: [
      ...groups.map((group) => groupNode('group', group)),
      ...contacts.map((contact) => contactNode('contact', contact)),
    ],
  });
}

export function formatContactDelta({ delta, previous, changes }: ContactDelta): string {
  return writeXml({
    name: 'contactDelta',
    attributes: { deltaNum: String(delta), prevDeltaNum: String(previous) },
    content: changes.map(changeNode),
  });
}

function changeNode(change: ContactChange): XmlNode {
  switch (change.kind) {
    case 'addedGroup':
    case 'modifiedGroup':
      return groupNode(change.kind, change.group);
    case 'deletedGroup':
      return { name: change.kind, attributes: { id: String(change.id) } };
    case 'addedContact':
    case 'modifiedContact':
      return contactNode(change.kind, change.contact);
    case 'deletedContact':
      return { name: change.kind, attributes: { uri: change.uri } };
  }
}

const groupNode = (name: string, group: ContactGroup): XmlNode => ({
  name,
  attributes: { id: String(group.id), name: group.name, externalURI: '' },
});

const contactNode = (name: string, contact: Contact): XmlNode => ({
  name,
  attributes: {
    uri: contact.uri,
    name: contact.name,
    groups: contact.groups.join(' '),
    subscribed: String(contact.subscribed),
    externalURI: '',
  },
});
