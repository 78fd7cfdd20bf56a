import { children, writeXml, type XmlElement, type XmlNode } from '../body/xml.ts';
import {
  type CategoryContent,
  contentNodes,
  type ExpireType,
  expireTypeOf,
  readContent,
} from './category.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const categoriesType = 'application/msrtc-event-categories+xml';

/** One category of a person. Watchers see name and content; the person's own endpoints all of it. */
export interface Category {
  readonly name: string;
  readonly content: CategoryContent;
  /** Number of the publication; 0 where there is only one of that name. */
  readonly instance?: number;
  /** Who may see it: 2 oneself, 100 federated, 200 colleagues, 300 workgroup, 400 team, 32000 blocked. */
  readonly container?: number;
  readonly version?: number;
  readonly expireType?: ExpireType;
  readonly endpointId?: string;
  /** As written, an xs:dateTime. */
  readonly publishTime?: string;
}

/** What one person shows. */
export interface Categories {
  /** As written: with `sip:` towards watchers, without towards the person. */
  readonly uri: string;
  readonly categories: readonly Category[];
}

const namespace = 'http://schemas.microsoft.com/2006/09/sip/categories';

/** `undefined` for what is no such document. */
export function parseCategories(text: string): Categories | undefined {
  const root = documentNamed(text, 'categories');
  return root && readCategories(root);
}

export function readCategories(element: XmlElement): Categories {
  return {
    uri: element.attributes['uri'] ?? '',
    categories: children(element, 'category').map(readCategory),
  };
}

function readCategory(element: XmlElement): Category {
  const { name, endpointId, publishTime } = element.attributes;
  const instance = wholeNumber(element.attributes['instance']);
  const container = wholeNumber(element.attributes['container']);
  const version = wholeNumber(element.attributes['version']);
  const expireType = expireTypeOf(element.attributes['expireType']);
  return {
    name: name ?? '',
    content: readContent(element),
    ...(instance !== undefined && { instance }),
    ...(container !== undefined && { container }),
    ...(version !== undefined && { version }),
    ...(expireType !== undefined && { expireType }),
    ...(endpointId !== undefined && { endpointId }),
    ...(publishTime !== undefined && { publishTime }),
  };
}

export function formatCategories(categories: Categories): string {
  return writeXml(categoriesNode(categories));
}

export function categoriesNode({ uri, categories }: Categories): XmlNode {
  return { name: 'categories', attributes: { xmlns: namespace, uri }, content: categories.map(categoryNode) };
}

function categoryNode(category: Category): XmlNode {
  const { name, instance, publishTime, container, version, expireType, endpointId } = category;
  return {
    name: 'category',
    attributes: {
      name,
      instance: numeral(instance),
      publishTime,
      container: numeral(container),
      version: numeral(version),
      expireType,
      endpointId,
    },
    content: contentNodes(category.content),
  };
}

const numeral = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);
