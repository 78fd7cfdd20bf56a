import { readFileSync } from 'node:fs';
import { embeddedOf, isObject, linksOf, type ResourceInput } from '../../src/protocols/ucwa/hal.ts';
import { referencePath } from '../kit/reference.ts';

/** One request with its answer, or one answer or event, as the documentation shows it. */
export interface Sample {
  readonly kind: string;
  readonly page: string;
  readonly resource: string;
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly requestBody?: unknown;
  readonly responseBody?: unknown;
  readonly source: string;
}

export interface CatalogEntry {
  readonly properties: readonly string[];
  readonly links: readonly string[];
  readonly events: readonly {
    readonly type: string;
    readonly resource: string;
    readonly priority: string;
    readonly sender: string;
  }[];
}

/** The samples that were edited from traces of a real pool. */
export function readWalkthrough(): readonly Sample[] {
  return readFileSync(referencePath('data/ucwa-samples.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Sample & { readonly tier: string } => JSON.parse(line))
    .filter(({ tier }) => tier.startsWith('walkthrough'));
}

export interface Catalog {
  readonly resources: ReadonlyMap<string, CatalogEntry>;
  readonly enumerations: ReadonlyMap<string, readonly string[]>;
}

export function readCatalog(): Catalog {
  const all: unknown = JSON.parse(readFileSync(referencePath('data/ucwa-catalog.json'), 'utf8'));
  const resources = new Map<string, CatalogEntry>();
  const enumerations = new Map<string, readonly string[]>();
  for (const [name, entry] of Object.entries(isObject(all) ? all : {})) {
    if (!isObject(entry)) continue;
    if (Array.isArray(entry['enum'])) enumerations.set(name, entry['enum'].map(String));
    else {
      resources.set(name, {
        properties: Object.keys(Object(entry['properties'])),
        links: Object.keys(Object(entry['links'])),
        events: Array.isArray(entry['events']) ? entry['events'] : [],
      });
    }
  }
  return { resources, enumerations };
}

/** Every resource inside a body: itself, what is embedded, and what its events embed. */
export function* resourcesIn(
  body: ResourceInput,
  name?: string,
): Iterable<{ name: string; resource: ResourceInput }> {
  if (typeof body['rel'] === 'string' && !('events' in body))
    yield { name: name ?? body['rel'], resource: body };
  for (const rel of Object.keys(Object(body['_embedded']))) {
    for (const one of embeddedOf(body, rel)) yield* resourcesIn(one, rel);
  }
  for (const sender of listOf(body['sender'])) {
    for (const event of listOf(sender['events'])) yield* resourcesIn(event);
  }
}

export function listOf(value: unknown): readonly ResourceInput[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The event types a package holds: `conversation message completed Success`. */
export function eventKeys(body: ResourceInput): ReadonlyMap<string, ResourceInput> {
  const keys = new Map<string, ResourceInput>();
  for (const sender of listOf(body['sender'])) {
    for (const event of listOf(sender['events'])) {
      const [link] = [event['link']].filter(isObject);
      if (!link) continue;
      const inside = isObject(event['in']) ? ` in ${String(event['in']['rel'])}` : '';
      const status = typeof event['status'] === 'string' ? ` ${event['status']}` : '';
      keys.set(
        `${String(sender['rel'])} ${String(link['rel'])} ${String(event['type'])}${inside}${status}`,
        event,
      );
    }
  }
  return keys;
}

const guard = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Names that a resource has, as paths: its own properties, `_links` and `_embedded`, and theirs. */
export function shapeOf(resource: ResourceInput, prefix = ''): readonly string[] {
  return Object.entries(resource).flatMap(([key, value]): readonly string[] => {
    if (key === '_links') {
      return Object.keys(Object(value))
        .filter((rel) => linksOf(resource, rel).length > 0)
        .map((rel) => `${prefix}_links.${rel}`);
    }
    if (key === '_embedded') {
      return Object.keys(Object(value)).flatMap((rel) => {
        const below = `${prefix}_embedded.${rel}`;
        return [below, ...embeddedOf(resource, rel).flatMap((one) => shapeOf(one, `${below}.`))];
      });
    }
    return [`${prefix}${guard.test(key) ? '<guard>' : key}`];
  });
}

/** What of the sample's shape the answer lacks, apart from what is known to be left out. */
export function missingFrom(
  answer: ResourceInput,
  sample: ResourceInput,
  leftOut: ReadonlySet<string>,
): readonly string[] {
  const own = new Set(shapeOf(answer));
  return [...new Set(shapeOf(sample))].filter(
    (path) => !own.has(path) && !path.split('.').some((part) => leftOut.has(part)),
  );
}
