import { isRecord, recordAt, stringAt } from '../../shared/http.ts';

/** A UCWA resource: properties, links and embedded resources, as it came from the wire. */
export type Resource = Readonly<Record<string, unknown>>;

/** The address of a link; undefined when the resource does not offer it, which means: not possible now. */
export function linkOf(resource: unknown, rel: string): string | undefined {
  const links = recordAt(resource, '_links');
  const link = Array.isArray(links[rel]) ? links[rel][0] : links[rel];
  return stringAt(link, 'href') || undefined;
}

export function linkTitle(resource: unknown, rel: string): string {
  return stringAt(recordAt(resource, '_links')[rel], 'title');
}

/** One embedded resource; an empty one where there is none. */
export function embeddedOf(resource: unknown, rel: string): Resource {
  const embedded = recordAt(resource, '_embedded')[rel];
  const one = Array.isArray(embedded) ? embedded[0] : embedded;
  return isRecord(one) ? one : {};
}

/** All embedded resources of a kind; a single one counts as a list of one. */
export function allEmbedded(resource: unknown, rel: string): readonly Resource[] {
  const embedded = recordAt(resource, '_embedded')[rel];
  return (Array.isArray(embedded) ? embedded : [embedded]).filter(isRecord);
}
