import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { referencePath } from '../kit/reference.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };

interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { responses?: Readonly<Record<string, Schema>> }>>>
  >;
  readonly components: { readonly responses: Readonly<Record<string, Schema>> };
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(referencePath(`data/${name}`), 'utf8')) as T;
}

/** Microsoft's published description of Graph: which requests exist, and what their answers look like. */
export class PublishedGraph {
  readonly #api = readJson<OpenApi>('graph-openapi-subset.json');
  readonly #definitions = readJson<{ definitions: Readonly<Record<string, Schema>> }>(
    'graph-schemas.json',
  ).definitions;
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #templates: readonly { readonly pattern: RegExp; readonly path: string }[];

  constructor() {
    formats.default(this.#ajv);
    this.#ajv.addSchema(readJson<Schema>('graph-schemas.json'), 'graph');
    this.#templates = Object.keys(this.#api.paths).map((path) => ({
      path,
      pattern: new RegExp(
        `^${path
          .replace(/[$().]/g, '\\$&')
          .replace(/\{[^}]+\}/g, '[^/]+')
          .replace('\\(\\)', '(?:\\(\\))?')}$`,
        'i',
      ),
    }));
  }

  /** What is wrong with an exchange, in words; empty when nothing is. */
  faults(method: string, url: string, status: number, body: unknown): readonly string[] {
    const path = decodeURI(url.split('?')[0] ?? '')
      .replace(/^\/v1\.0/, '')
      .replace('/microsoft.graph.', '/')
      .replace(/\('([^']*)'\)/g, '/$1');
    if (status >= 400) return this.check('microsoft.graph.ODataErrors.ODataError', body);
    if (path === '/$batch') return [];
    const operation = this.#operation(method, path);
    if (operation === undefined) return [`${method} ${path} is not in the published description`];
    if (body === undefined) return [];
    const schema = this.#answerOf(operation);
    if (schema === undefined) return [`${method} ${path} answers a body where none is described`];
    return [
      ...this.#validate(`${method} ${operation.path}`, schema, body),
      ...this.#unknownProperties(schema, body),
    ];
  }

  /** What keeps a value from being of a published type. */
  check(type: string, value: unknown): readonly string[] {
    return this.#validate(type, { $ref: `graph#/definitions/${type}` }, value);
  }

  #operation(method: string, path: string): { readonly path: string; readonly method: string } | undefined {
    const verb = method.toLowerCase();
    const found = this.#templates.filter(
      ({ path: template, pattern }) => pattern.test(path) && this.#api.paths[template]?.[verb],
    );
    const best = found.toSorted(
      (a, b) => (a.path.match(/\{/g)?.length ?? 0) - (b.path.match(/\{/g)?.length ?? 0),
    )[0];
    return best && { path: best.path, method: verb };
  }

  #answerOf({ path, method }: { readonly path: string; readonly method: string }): Schema | undefined {
    const answer =
      this.#api.paths[path]?.[method]?.responses?.['2XX'] ??
      this.#api.paths[path]?.[method]?.responses?.['200'];
    const named = typeof answer?.['$ref'] === 'string' ? /([^/]+)$/.exec(answer['$ref'])?.[1] : undefined;
    const described = named === undefined ? answer : this.#api.components.responses[named];
    const content = described?.['content'] as { 'application/json'?: { schema?: Schema } } | undefined;
    const schema = content?.['application/json']?.schema;
    if (schema === undefined) return undefined;
    return JSON.parse(
      JSON.stringify(schema).replaceAll('#/components/schemas/', 'graph#/definitions/'),
    ) as Schema;
  }

  #validate(name: string, schema: Schema, value: unknown): readonly string[] {
    const validator = this.#validators.get(name) ?? this.#ajv.compile(schema);
    this.#validators.set(name, validator);
    if (validator(value)) return [];
    return (validator.errors ?? []).map(({ instancePath, message }) => `${name}: ${instancePath} ${message}`);
  }

  /** Properties that nobody published: an invention of ours. Looks at the answer and at the items of a collection. */
  #unknownProperties(schema: Schema, body: unknown): readonly string[] {
    const known = this.#properties(typed(body) ?? schema);
    const faults = unknownKeys(body, known);
    const items = known.get('value')?.['items'] as Schema | undefined;
    const value = (body as { value?: unknown }).value;
    if (items === undefined || !Array.isArray(value)) return faults;
    return [...faults, ...value.flatMap((item) => unknownKeys(item, this.#properties(typed(item) ?? items)))];
  }

  #properties(schema: Schema): ReadonlyMap<string, Schema> {
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const definition = this.#definitions[/([^/]+)$/.exec(reference)?.[1] ?? ''];
      return definition === undefined ? new Map() : this.#properties(definition);
    }
    const parts = (schema['allOf'] ?? []) as readonly Schema[];
    return new Map([
      ...parts.flatMap((part) => [...this.#properties(part)]),
      ...Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>),
    ]);
  }
}

function typed(item: unknown): Schema | undefined {
  const type = (item as { '@odata.type'?: string })['@odata.type'];
  return type === undefined ? undefined : { $ref: `graph#/definitions/${type.replace('#', '')}` };
}

function unknownKeys(value: unknown, known: ReadonlyMap<string, Schema>): readonly string[] {
  return Object.keys(value as object)
    .filter((key) => !key.startsWith('@odata.') && !known.has(key))
    .map((key) => `'${key}' is not a published property`);
}
