/** A link of a resource. Its absence means: not permitted in the present state. */
export interface Link {
  readonly href: string;
  readonly title?: string;
  readonly revision?: string;
}

/** A relation that could ever be plural is an array, even with one element. */
export type Links = Readonly<Record<string, Link | readonly Link[]>>;

export type Embedded = Readonly<Record<string, Resource | readonly Resource[]>>;

/** A resource as it stands in a body: its own properties beside `rel`, `_links` and `_embedded`. */
export interface Resource {
  readonly rel: string;
  readonly etag?: string;
  readonly _links?: Links;
  readonly _embedded?: Embedded;
  readonly [property: string]: unknown;
}

/** A resource as a stranger sent it: anything may be missing or of another type. */
export type ResourceInput = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is ResourceInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All links of a relation, whether it came as one or as many. */
export function linksOf(resource: ResourceInput, rel: string): readonly Link[] {
  const links = isObject(resource['_links']) ? resource['_links'][rel] : undefined;
  return (Array.isArray(links) ? links : [links]).filter(isLink);
}

/** The address of a relation's first link. */
export function hrefOf(resource: ResourceInput, rel: string): string | undefined {
  return linksOf(resource, rel)[0]?.href;
}

/** All embedded resources of a relation, whether they came as one or as many. */
export function embeddedOf(resource: ResourceInput, rel: string): readonly ResourceInput[] {
  const found = isObject(resource['_embedded']) ? resource['_embedded'][rel] : undefined;
  return (Array.isArray(found) ? found : [found]).filter(isObject);
}

/** A property whose name is compared without regard to case, as both ends of UCWA do. */
export function propertyOf(input: ResourceInput, name: string): unknown {
  if (Object.hasOwn(input, name)) return input[name];
  const wanted = name.toLowerCase();
  for (const key of Object.keys(input)) if (key.toLowerCase() === wanted) return input[key];
  return undefined;
}

/**
 * The value that guards a resource against a blind PUT: the client has to send the randomly named property
 * back. Existing clients look for this very text.
 */
export const putGuard = 'please pass this in a PUT request';

function isLink(value: unknown): value is Link {
  return isObject(value) && typeof value['href'] === 'string';
}
