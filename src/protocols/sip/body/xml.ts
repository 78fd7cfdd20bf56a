import { SaxesParser } from 'saxes';

/** An XML element as plain data. Comments and processing instructions are left out. */
export interface XmlElement {
  /** Local name, without prefix. */
  readonly name: string;
  /** Namespace URI; empty for none. */
  readonly namespace: string;
  /** By local name; namespace declarations are left out. A prefixed attribute gives way to one without prefix. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, all pieces joined. */
  readonly text: string;
}

export interface XmlLimits {
  /** Characters. */
  readonly size: number;
  readonly depth: number;
  readonly elements: number;
}

export const defaultXmlLimits: XmlLimits = { size: 524_288, depth: 32, elements: 20_000 };

/** `reason` never quotes the document. */
export type XmlOutcome =
  | { readonly kind: 'element'; readonly root: XmlElement }
  | {
      readonly kind: 'faulty';
      readonly reason: 'malformed' | 'too large' | 'too deep' | 'has a document type';
    };

interface Building {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: Extract<XmlOutcome, { kind: 'faulty' }>['reason'];

  constructor(reason: Extract<XmlOutcome, { kind: 'faulty' }>['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Reads a document. The parser knows no entities but XML's own five, and a document type is refused for having
 * tried.
 */
export function readXml(text: string, limits: XmlLimits = defaultXmlLimits): XmlOutcome {
  if (text.length > limits.size) return { kind: 'faulty', reason: 'too large' };
  const open: Building[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', () => {
    throw new Refused('malformed');
  });
  parser.on('doctype', () => {
    throw new Refused('has a document type');
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (++count > limits.elements) throw new Refused('too large');
    if (open.length >= limits.depth) throw new Refused('too deep');
    open.push({ name: local, namespace: uri, attributes: plain(attributes), children: [], text: '' });
  });
  const addText = (piece: string): void => {
    const top = open.at(-1);
    if (top !== undefined) top.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const done = open.pop();
    if (done === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root = done;
    else parent.children.push(done);
  });
  try {
    parser.write(text.replace(/^\ufeff/, '')).close();
  } catch (error) {
    return { kind: 'faulty', reason: error instanceof Refused ? error.reason : 'malformed' };
  }
  return root === undefined ? { kind: 'faulty', reason: 'malformed' } : { kind: 'element', root };
}

function plain(
  attributes: Readonly<
    Record<string, { readonly local: string; readonly prefix: string; readonly value: string }>
  >,
): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const { local, prefix, value } of Object.values(attributes)) {
    if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) continue;
    if (prefix === '' || values[local] === undefined) values[local] = value;
  }
  return values;
}

/** The first child of that local name, in any namespace unless one is given. */
export function child(element: XmlElement, name: string, namespace?: string): XmlElement | undefined {
  return element.children.find(
    (each) => each.name === name && (namespace ?? each.namespace) === each.namespace,
  );
}

/** All children of that local name. */
export function children(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((each) => each.name === name);
}

/** The text of the first child of that name, trimmed. */
export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text.trim();
}

/** What {@link writeXml} writes. `name` may have a prefix; its namespace is then declared by an attribute. */
export interface XmlNode {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly content?: string | readonly XmlNode[];
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Escaped for text and attributes; characters that XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text.toWellFormed().replace(/[&<>"'\p{Cc}\ufffe\uffff]/gu, escapeCharacter);
}

/** The controls above ASCII are allowed in XML 1.0. */
function escapeCharacter(character: string): string {
  const isUpperControl = character >= '\u0080' && character <= '\u009f';
  return isUpperControl ? character : (escapes[character] ?? '\ufffd');
}

/** One line, without white space between elements. Names are the caller's own and are not escaped. */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="utf-8"?>${writeNode(root)}`;
}

function writeNode({ name, attributes = {}, content = '' }: XmlNode): string {
  let start = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start += ` ${key}="${escapeXml(value)}"`;
  }
  const inside = typeof content === 'string' ? escapeXml(content) : content.map(writeNode).join('');
  return inside === '' ? `${start}/>` : `${start}>${inside}</${name}>`;
}
