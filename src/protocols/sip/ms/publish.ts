import { child, children, writeXml, type XmlElement, type XmlNode } from '../body/xml.ts';
import {
  type CategoryContent,
  contentNodes,
  type ExpireType,
  expireTypeOf,
  readContent,
} from './category.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const publishType = 'application/msrtc-category-publish+xml';

/** One publication of a SERVICE request. */
export interface CategoryPublication {
  readonly category: string;
  readonly instance: number;
  readonly container: number;
  /** The version that the publisher knows; 0 for none. */
  readonly version: number;
  readonly expireType: ExpireType;
  /** Seconds; 0 takes the publication away. `undefined`: as `expireType` says. */
  readonly expires?: number;
  readonly content: CategoryContent;
}

export interface Publish {
  /** The person, `sip:` in front. */
  readonly uri: string;
  readonly publications: readonly CategoryPublication[];
}

const namespace = 'http://schemas.microsoft.com/2006/09/sip/rich-presence';

/** `undefined` for what is no such document, or a publication without name, numbers or a known lifetime. */
export function parsePublish(text: string): Publish | undefined {
  const root = documentNamed(text, 'publish');
  const list = root && child(root, 'publications');
  if (list === undefined) return undefined;
  const publications = children(list, 'publication').map(readPublication);
  const good = publications.filter((each) => each !== undefined);
  if (good.length !== publications.length) return undefined;
  return { uri: list.attributes['uri'] ?? '', publications: good };
}

function readPublication(element: XmlElement): CategoryPublication | undefined {
  const { categoryName } = element.attributes;
  const instance = wholeNumber(element.attributes['instance']);
  const container = wholeNumber(element.attributes['container']);
  const version = wholeNumber(element.attributes['version']);
  const expires = wholeNumber(element.attributes['expires']);
  const expireType = expireTypeOf(element.attributes['expireType'] ?? 'static');
  if (!categoryName || instance === undefined || container === undefined) return undefined;
  if (version === undefined || expireType === undefined) return undefined;
  return {
    category: categoryName,
    instance,
    container,
    version,
    expireType,
    ...(expires !== undefined && { expires }),
    content: readContent(element),
  };
}

export function formatPublish({ uri, publications }: Publish): string {
  return writeXml({
    name: 'publish',
    attributes: { xmlns: namespace },
    content: [{ name: 'publications', attributes: { uri }, content: publications.map(publicationNode) }],
  });
}

function publicationNode(publication: CategoryPublication): XmlNode {
  const { category, instance, container, version, expireType, expires, content } = publication;
  return {
    name: 'publication',
    attributes: {
      categoryName: category,
      instance: String(instance),
      container: String(container),
      version: String(version),
      expireType,
      expires: expires === undefined ? undefined : String(expires),
    },
    content: contentNodes(content),
  };
}
