import { badRequest } from '../errors.ts';
import { type Filter, FilterSyntaxError, parseFilter } from '../odata.ts';

/** A parsed query string: a name given twice has an array. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @throws {GraphError} 400 when the option is given more than once */
export function option(query: Query, name: string): string | undefined {
  const value = query[name];
  if (typeof value === 'object') throw badRequest(`Query option '${name}' was specified more than once`);
  return value;
}

/** @throws {GraphError} 400 for any of these options */
export function refuseOptions(query: Query, names: readonly string[]): void {
  for (const name of names) {
    if (query[name] === undefined) continue;
    const word = `${name.charAt(1).toUpperCase()}${name.slice(2)}`;
    throw badRequest(
      `Query option '${word}' is not allowed. To allow it, set the 'AllowedQueryOptions' property.`,
    );
  }
}

export function topOption(query: Query, limits: { readonly max: number; readonly default: number }): number {
  const text = option(query, '$top');
  if (text === undefined) return limits.default;
  const top = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (top < 1)
    throw badRequest(`Invalid value '${text}' for $top query option: a whole number from 1 is expected`);
  if (top > limits.max) {
    throw badRequest(
      `The limit of '${limits.max}' for Top query has been exceeded. The value from the incoming request is '${top}'.`,
    );
  }
  return top;
}

export function filterOption(query: Query): Filter | undefined {
  const text = option(query, '$filter');
  if (text === undefined) return undefined;
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw badRequest(`Invalid $filter: ${error.message}`);
    throw error;
  }
}

/** A comma-separated list, or nothing when the option is absent. */
export function listOption(query: Query, name: string): readonly string[] | undefined {
  return option(query, name)
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** One property and its direction; OData's default is ascending. */
export function orderOption(
  query: Query,
): { readonly property: string; readonly descending: boolean } | undefined {
  const text = option(query, '$orderby');
  if (text === undefined) return undefined;
  const match = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(text);
  if (!match?.[1]) throw badRequest(`Invalid $orderby '${text}'`);
  return { property: match[1], descending: match[2]?.toLowerCase() === 'desc' };
}

/** Opaque to clients: a version, then the position. */
export function encodeSkipToken(position: string): string {
  return Buffer.from(`1:${position}`).toString('base64url');
}

export function skipToken(query: Query): string | undefined {
  const text = option(query, '$skiptoken');
  if (text === undefined) return undefined;
  const decoded = Buffer.from(text, 'base64url').toString();
  if (!decoded.startsWith('1:')) throw badRequest('Invalid $skiptoken');
  return decoded.slice(2);
}

/** The same request, from `position` on. */
export function nextLink(base: string, path: string, query: Query, position: string): string {
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'string' && name !== '$skiptoken') next.set(name, value);
  }
  next.set('$skiptoken', encodeSkipToken(position));
  return `${base}${path}?${next.toString().replaceAll('%24', '$')}`;
}
