import { configSchema } from './schema.ts';

/** The schema as editors take it: a value with a default need not be given, and `$schema` may name this file. */
export function schemaFile(): string {
  const relaxed = relax(JSON.parse(JSON.stringify(configSchema))) as Json;
  const properties = { $schema: { type: 'string' }, ...(relaxed['properties'] as Json) };
  const head = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'isthmus.config',
  };
  return `${JSON.stringify({ ...head, ...relaxed, properties }, undefined, 2)}\n`;
}

type Json = Record<string, unknown>;

function relax(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relax);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { required, ...rest } = schema as Json;
  const relaxed: Json = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, relax(value)]));
  if (!Array.isArray(required)) return relaxed;
  const properties = rest['properties'] as Record<string, Json>;
  const needed = required.filter((name: string) => properties[name] && !('default' in properties[name]));
  return needed.length > 0 ? { ...relaxed, required: needed } : relaxed;
}
