import { type MultipartOptions, parseMultipart, writeMultipart } from '../body/multipart.ts';
import { child, children, writeXml, type XmlElement, type XmlNode } from '../body/xml.ts';
import { formatMediaType, mediaName, parseMediaType } from '../headers/content-type.ts';
import { type Header, header, textBody } from '../message.ts';
import { type Categories, categoriesType, formatCategories, parseCategories } from './categories.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const rlmiType = 'application/rlmi+xml';

/** How one person of a batch stands. */
export type BatchInstance =
  /** Subscribed; what is seen comes with it where it is known. */
  | { readonly kind: 'active'; readonly categories?: Categories }
  /** Cannot be had through the batch: subscribe to them alone. */
  | { readonly kind: 'resubscribe'; readonly poolFqdn?: string }
  | { readonly kind: 'terminated'; readonly reason?: string };

export interface BatchResource {
  /** `sip:` in front. */
  readonly uri: string;
  readonly instance: BatchInstance;
}

/** What a notification of a batched subscription says: a list (RFC 4662) and what is seen of its people. */
export interface PresenceBatch {
  /** The watcher. */
  readonly uri: string;
  readonly version: number;
  readonly fullState: boolean;
  readonly resources: readonly BatchResource[];
}

const namespace = 'urn:ietf:params:xml:ns:rlmi';
const root = 'list';

const contentId = (index: number): string => `presence${index}@batch`;

/**
 * The body of a notification, with the value of its Content-Type. The boundary must be one that stands nowhere in
 * the documents.
 */
export function writePresenceBatch(
  batch: PresenceBatch,
  boundary: string,
  options: MultipartOptions = {},
): { readonly contentType: string; readonly body: Uint8Array } {
  const documents = batch.resources.flatMap(({ instance }, index) =>
    instance.kind === 'active' && instance.categories !== undefined
      ? [part(categoriesType, contentId(index), formatCategories(instance.categories))]
      : [],
  );
  const list = part(rlmiType, `${root}@batch`, writeXml(listNode(batch)));
  const params = [
    { name: 'type', value: rlmiType, quoted: true as const },
    { name: 'start', value: `<${root}@batch>`, quoted: true as const },
    { name: 'boundary', value: boundary },
  ];
  return {
    contentType: formatMediaType({ type: 'multipart', subtype: 'related', params }),
    body: writeMultipart(boundary, [list, ...documents], options),
  };
}

const part = (type: string, id: string, text: string) => ({
  headers: [
    { name: 'Content-Transfer-Encoding', value: 'binary' },
    { name: 'Content-ID', value: `<${id}>` },
    { name: 'Content-Type', value: type },
  ] satisfies readonly Header[],
  body: textBody(text),
});

function listNode({ uri, version, fullState, resources }: PresenceBatch): XmlNode {
  return {
    name: 'list',
    attributes: { xmlns: namespace, uri, version: String(version), fullState: String(fullState) },
    content: resources.map((resource, index) => ({
      name: 'resource',
      attributes: { uri: resource.uri },
      content: [instanceNode(resource.instance, index)],
    })),
  };
}

function instanceNode(instance: BatchInstance, index: number): XmlNode {
  const shared = { id: '0', state: instance.kind };
  switch (instance.kind) {
    case 'active':
      return {
        name: 'instance',
        attributes: { ...shared, cid: instance.categories === undefined ? undefined : contentId(index) },
      };
    case 'resubscribe':
      return { name: 'instance', attributes: { ...shared, poolFqdn: instance.poolFqdn } };
    case 'terminated':
      return { name: 'instance', attributes: { ...shared, reason: instance.reason } };
  }
}

/**
 * Reads a notification of presence: a batch, or the categories of one person alone (which is how changes behind the
 * first notification come). `undefined` for what is neither. Documents of people that the list does not name are
 * taken as active ones.
 */
export function readPresenceBatch(contentType: string, body: Uint8Array): PresenceBatch | undefined {
  const type = parseMediaType(contentType);
  if (type === undefined) return undefined;
  if (mediaName(type) === categoriesType) return single(parseCategories(textOf(body)));
  if (mediaName(type) === rlmiType) return toBatch(textOf(body), new Map());
  if (type.type !== 'multipart') return undefined;
  const outcome = parseMultipart(type, body);
  if (outcome.kind === 'faulty') return undefined;
  let list = '';
  const documents = new Map<string, Categories>();
  for (const each of outcome.parts) {
    const partType = parseMediaType(header(each, 'Content-Type') ?? '');
    if (partType === undefined) continue;
    if (mediaName(partType) === rlmiType) list = textOf(each.body);
    const seen = mediaName(partType) === categoriesType ? parseCategories(textOf(each.body)) : undefined;
    if (seen !== undefined) documents.set(seen.uri.toLowerCase(), seen);
  }
  return toBatch(list, documents);
}

const textOf = (body: Uint8Array): string => new TextDecoder().decode(body).trim();

function single(categories: Categories | undefined): PresenceBatch | undefined {
  if (categories === undefined) return undefined;
  const { uri } = categories;
  return {
    uri,
    version: 0,
    fullState: false,
    resources: [{ uri, instance: { kind: 'active', categories } }],
  };
}

function toBatch(text: string, documents: ReadonlyMap<string, Categories>): PresenceBatch | undefined {
  const list = documentNamed(text, 'list');
  if (list === undefined) return undefined;
  const named = children(list, 'resource').flatMap((each) => toResource(each, documents));
  const names = new Set(named.map(({ uri }) => uri.toLowerCase()));
  const others = [...documents].filter(([uri]) => !names.has(uri));
  return {
    uri: list.attributes['uri'] ?? '',
    version: wholeNumber(list.attributes['version']) ?? 0,
    fullState: list.attributes['fullState'] === 'true',
    resources: [
      ...named,
      ...others.map(([, categories]) => ({
        uri: categories.uri,
        instance: { kind: 'active' as const, categories },
      })),
    ],
  };
}

function toResource(
  element: XmlElement,
  documents: ReadonlyMap<string, Categories>,
): readonly BatchResource[] {
  const uri = element.attributes['uri'];
  const instance = child(element, 'instance');
  if (uri === undefined || instance === undefined) return [];
  const { state, poolFqdn, reason } = instance.attributes;
  switch (state ?? '') {
    case 'active': {
      const categories = documents.get(uri.toLowerCase());
      return [{ uri, instance: { kind: 'active', ...(categories !== undefined && { categories }) } }];
    }
    case 'resubscribe':
      return [{ uri, instance: { kind: 'resubscribe', ...(poolFqdn !== undefined && { poolFqdn }) } }];
    case 'terminated':
      return [{ uri, instance: { kind: 'terminated', ...(reason !== undefined && { reason }) } }];
    default:
      return [];
  }
}
