import { IsArray, IsObject, IsOptional, IsRecord, IsUnion, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { join, type Problems } from './problems.ts';

/**
 * Fills defaults in and checks a value against a schema, piece by piece, so that every wrong value is told by its
 * path and with the schema's own description of what belongs there. What it returns fits the schema if nothing was added
 * to `problems`.
 */
export function fit(schema: TSchema, value: unknown, path: string, problems: Problems): unknown {
  if (value === undefined || value === null) return fitMissing(schema, path, problems);
  if (IsRecord(schema)) {
    const [each] = Object.values(schema.patternProperties);
    if (!isPlainObject(value)) return wrong(schema, value, path, problems);
    return mapEntries(value, (key, entry) => (each ? fit(each, entry, join(path, key), problems) : entry));
  }
  if (IsObject(schema)) {
    if (!isPlainObject(value)) return wrong(schema, value, path, problems);
    const { properties } = schema;
    for (const key of Object.keys(value))
      if (!Object.hasOwn(properties, key))
        problems.add(join(path, key), unknownKey(key, Object.keys(properties)));
    const fitted = mapEntries(properties, (key, property) =>
      fit(property, value[key], join(path, key), problems),
    );
    return Object.fromEntries(Object.entries(fitted).filter(([, entry]) => entry !== undefined));
  }
  if (IsArray(schema)) {
    if (!Array.isArray(value)) return wrong(schema, value, path, problems);
    return value.map((entry, index) => fit(schema.items, entry, join(path, index), problems));
  }
  if (IsUnion(schema) && isPlainObject(value)) {
    const [form, ...others] = schema.anyOf.filter((branch) => IsObject(branch));
    if (form && others.length === 0) return fit(form, value, path, problems);
  }
  return Check(schema, value) ? value : wrong(schema, value, path, problems);
}

function fitMissing(schema: TSchema, path: string, problems: Problems): unknown {
  if ('default' in schema) return fit(schema, structuredClone(schema.default), path, problems);
  if (!IsOptional(schema)) problems.add(path, `is missing: give ${describe(schema)}`);
  return undefined;
}

function wrong(schema: TSchema, value: unknown, path: string, problems: Problems): undefined {
  const shown = 'writeOnly' in schema ? 'the value' : show(value);
  problems.add(path, `${shown} is not ${describe(schema)}`);
}

function describe(schema: TSchema): string {
  return 'description' in schema ? String(schema.description) : 'a value of this kind';
}

/** A list or a section that is out of place may hold secrets, and is not shown. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isPlainObject(value)) return 'a section';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = known.find((name) => name.toLowerCase() === key.toLowerCase().replaceAll(/[-_]/g, ''));
  return `is not known here${near ? `: write ${near}` : `; known are ${known.join(', ')}`}`;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapEntries<T>(
  object: Record<string, T>,
  map: (key: string, value: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}
