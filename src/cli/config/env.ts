import { IsArray, IsBoolean, IsInteger, IsObject, IsRecord, IsUnion, type TSchema } from 'typebox';
import type { Problems } from './problems.ts';

const prefix = 'ISTHMUS_';
/** Variables that name the file itself, and so no value in it. */
const notValues = new Set(['ISTHMUS_CONFIG']);

/** One override: where it goes, and the variable that said so. */
export interface Override {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * Values given as variables, by path: `ISTHMUS_LISTEN_PORT`, `ISTHMUS_TEAMS_TENANTS_0_SECRET_FILE`,
 * `ISTHMUS_DELIVERY_DEADLINE_MS`. A whole section, list or map may be given as JSON.
 */
export function overridesOf(
  env: Readonly<Record<string, string | undefined>>,
  schema: TSchema,
  problems: Problems,
): readonly Override[] {
  const overrides: Override[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(prefix) || notValues.has(name) || text === undefined) continue;
    const place = find(schema, name.slice(prefix.length));
    if (!place) {
      problems.add(name, 'names no value of the configuration');
      continue;
    }
    const value = parse(place.schema, text);
    if (value === undefined) problems.add(name, 'is not valid JSON');
    else overrides.push({ path: place.path, value });
  }
  return overrides;
}

interface Place {
  readonly path: readonly (string | number)[];
  readonly schema: TSchema;
}

function find(schema: TSchema, rest: string): Place | undefined {
  if (rest === '') return { path: [], schema };
  for (const [name, key, next] of steps(schema, rest)) {
    if (rest !== name && !rest.startsWith(`${name}_`)) continue;
    const place = find(next, rest.slice(name.length + 1));
    if (place) return { path: [key, ...place.path], schema: place.schema };
  }
  return undefined;
}

/** Where one may go from here: the step's name in a variable, its key, and what lies there. */
function steps(schema: TSchema, rest: string): (readonly [string, string | number, TSchema])[] {
  if (IsRecord(schema)) return [];
  if (IsObject(schema))
    return Object.entries(schema.properties).map(([key, next]) => [upperSnake(key), key, next] as const);
  if (IsArray(schema)) {
    const index = /^\d{1,4}/.exec(rest)?.[0];
    return index === undefined ? [] : [[index, Number(index), schema.items]];
  }
  return IsUnion(schema) ? schema.anyOf.flatMap((branch) => steps(branch, rest)) : [];
}

function upperSnake(key: string): string {
  return key.replaceAll(/([A-Z])/g, '_$1').toUpperCase();
}

/** Undefined only where JSON was due and did not come; everything else is for the schema to judge. */
function parse(schema: TSchema, text: string): unknown {
  if (IsInteger(schema)) return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (IsBoolean(schema)) return { true: true, false: false }[text] ?? text;
  if (IsUnion(schema)) return schema.anyOf.some((branch) => IsObject(branch)) ? parseEither(text) : text;
  if (!IsObject(schema) && !IsArray(schema) && !IsRecord(schema)) return text;
  return parseJson(text);
}

/** A word, or an object in JSON; a text that is none, as a secret may be, is left as it is. */
function parseEither(text: string): unknown {
  const value = text.trimStart().startsWith('{') ? parseJson(text) : undefined;
  return value === undefined ? text : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
