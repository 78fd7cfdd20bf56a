import { readXml, type XmlElement, type XmlLimits, type XmlNode } from '../body/xml.ts';

/** What a document of Microsoft's presence may hold: a contact list of a thousand people is well inside. */
export const documentLimits: XmlLimits = { size: 1_048_576, depth: 24, elements: 20_000 };

/**
 * The root of a document, if it has that local name. Namespaces are not compared: implementations in the field
 * leave them out, and the name of the body's media type says what it is.
 */
export function documentNamed(text: string, name: string): XmlElement | undefined {
  const outcome = readXml(text, documentLimits);
  return outcome.kind === 'element' && outcome.root.name === name ? outcome.root : undefined;
}

/**
 * An element as it can be written again. Its namespace is declared where it differs from `within`; prefixes of
 * attributes are lost, except that of `xsi:type`.
 */
export function nodeOf(element: XmlElement, within = ''): XmlNode {
  const { type, ...others } = element.attributes;
  const isTyped = type !== undefined && schemaTypes.has(type);
  return {
    name: element.name,
    attributes: {
      ...(element.namespace === within ? {} : { xmlns: element.namespace }),
      ...(isTyped ? { 'xmlns:xsi': schemaInstance, 'xsi:type': type } : { type }),
      ...others,
    },
    content:
      element.children.length === 0
        ? element.text
        : element.children.map((each) => nodeOf(each, element.namespace)),
  };
}

export const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

/** The values of `xsi:type` in [MS-PRES]; any other `type` is an attribute of the element's own. */
const schemaTypes: ReadonlySet<string> = new Set([
  'machineState',
  'userState',
  'calendarState',
  'phoneState',
  'aggregateState',
]);

const whole = /^\d{1,10}$/;

/** A whole number of an attribute or a text; `undefined` for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? '';
  return whole.test(digits) ? Number(digits) : undefined;
}
