import {
  child,
  children,
  childText,
  readXml,
  writeXml,
  type XmlElement,
  type XmlLimits,
  type XmlNode,
} from './xml.ts';

export const pidfType = 'application/pidf+xml';

export interface PidfNote {
  /** A language tag; empty for none. */
  readonly language: string;
  readonly text: string;
}

/** One way to reach the presentity (RFC 3863 section 4.1.2). */
export interface PidfTuple {
  readonly id: string;
  /** `undefined`: not said, as extensions may do. */
  readonly basic: 'open' | 'closed' | undefined;
  readonly contact?: { readonly uri: string; readonly priority?: string };
  readonly notes: readonly PidfNote[];
  /** As written, an RFC 3339 time. */
  readonly timestamp?: string;
}

/** The person itself, of the data model (RFC 4479), with its activities (RFC 4480) by local name: `busy`, `away` … */
export interface PidfPerson {
  readonly id: string;
  readonly activities: readonly string[];
  readonly notes: readonly PidfNote[];
}

export interface Pidf {
  /** The presentity, `sip:` or `pres:`. */
  readonly entity: string;
  readonly tuples: readonly PidfTuple[];
  readonly notes: readonly PidfNote[];
  readonly person?: PidfPerson;
}

const pidfNamespace = 'urn:ietf:params:xml:ns:pidf';
const modelNamespace = 'urn:ietf:params:xml:ns:pidf:data-model';
const rpidNamespace = 'urn:ietf:params:xml:ns:pidf:rpid';

/** `undefined` for a document that is no PIDF, too large or too deep, or that has a document type. */
export function parsePidf(text: string, limits?: XmlLimits): Pidf | undefined {
  const outcome = readXml(text, limits);
  if (outcome.kind === 'faulty') return undefined;
  const { root } = outcome;
  const entity = root.attributes['entity'];
  if (root.name !== 'presence' || root.namespace !== pidfNamespace || entity === undefined) return undefined;
  const person = child(root, 'person', modelNamespace);
  return {
    entity,
    tuples: children(root, 'tuple').map(toTuple),
    notes: notesOf(root),
    ...(person !== undefined && { person: toPerson(person) }),
  };
}

function toTuple(element: XmlElement): PidfTuple {
  const status = child(element, 'status');
  const basic = status === undefined ? undefined : childText(status, 'basic')?.toLowerCase();
  const contact = child(element, 'contact');
  const priority = contact?.attributes['priority'];
  const timestamp = childText(element, 'timestamp');
  return {
    id: element.attributes['id'] ?? '',
    basic: basic === 'open' || basic === 'closed' ? basic : undefined,
    ...(contact !== undefined && {
      contact: { uri: contact.text.trim(), ...(priority !== undefined && { priority }) },
    }),
    notes: notesOf(element),
    ...(timestamp !== undefined && { timestamp }),
  };
}

function toPerson(element: XmlElement): PidfPerson {
  const activities = child(element, 'activities', rpidNamespace)?.children ?? [];
  return {
    id: element.attributes['id'] ?? '',
    activities: activities.filter(({ name }) => name !== 'note').map(({ name }) => name),
    notes: notesOf(element),
  };
}

const notesOf = (element: XmlElement): readonly PidfNote[] =>
  children(element, 'note').map(({ attributes, text }) => ({ language: attributes['lang'] ?? '', text }));

/** Activities must be names of RFC 4480: they become element names. */
export function formatPidf({ entity, tuples, notes, person }: Pidf): string {
  return writeXml({
    name: 'presence',
    attributes: {
      xmlns: pidfNamespace,
      'xmlns:dm': person && modelNamespace,
      'xmlns:rpid': person && rpidNamespace,
      entity,
    },
    content: [
      ...tuples.map(fromTuple),
      ...notes.map((note) => fromNote(note, 'note')),
      ...(person === undefined ? [] : [fromPerson(person)]),
    ],
  });
}

function fromTuple({ id, basic, contact, notes, timestamp }: PidfTuple): XmlNode {
  const status = basic === undefined ? [] : [{ name: 'basic', content: basic }];
  return {
    name: 'tuple',
    attributes: { id },
    content: [
      { name: 'status', content: status },
      ...(contact === undefined
        ? []
        : [{ name: 'contact', attributes: { priority: contact.priority }, content: contact.uri }]),
      ...notes.map((note) => fromNote(note, 'note')),
      ...(timestamp === undefined ? [] : [{ name: 'timestamp', content: timestamp }]),
    ],
  };
}

function fromPerson({ id, activities, notes }: PidfPerson): XmlNode {
  const named = activities.filter((name) => /^[a-z][a-z-]*$/.test(name));
  return {
    name: 'dm:person',
    attributes: { id },
    content: [
      ...(named.length === 0
        ? []
        : [{ name: 'rpid:activities', content: named.map((name) => ({ name: `rpid:${name}` })) }]),
      ...notes.map((note) => fromNote(note, 'dm:note')),
    ],
  };
}

const fromNote = ({ language, text }: PidfNote, name: string): XmlNode => ({
  name,
  attributes: { 'xml:lang': language === '' ? undefined : language },
  content: text,
});
