import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type GraphClient, shaped } from './graph-client.ts';
import type { GraphResult, TokenSource } from './result.ts';
import { page } from './shapes.ts';

/** Pages followed for one collection; a server that never ends its pages is not followed for ever. */
const mostPages = 200;

export interface Page<T> {
  readonly items: readonly T[];
  /** Items that did not have the documented shape; they are left out. */
  readonly malformed: number;
}

/** Reads a collection's items by their schema. */
export function itemReader<S extends TSchema>(schema: S): (values: readonly unknown[]) => Page<Static<S>> {
  const check = Compile(schema);
  return (values) => {
    const items = values.filter((value): value is Static<S> => check.Check(value));
    return { items, malformed: values.length - items.length };
  };
}

/**
 * A collection, page by page; ends after the last page or the first failure. The link to the next page is
 * followed as it is, but never away from this Graph: it is sent with a token.
 */
export async function* pages<T>(
  graph: GraphClient,
  as: TokenSource,
  path: string,
  read: (values: readonly unknown[]) => Page<T>,
  signal: AbortSignal,
): AsyncGenerator<GraphResult<Page<T>>, void> {
  let next: string | undefined = path;
  for (let count = 0; next !== undefined && count < mostPages; count++) {
    const result: GraphResult<{ value: unknown[]; '@odata.nextLink'?: string }> = await graph.call(as, {
      method: 'GET',
      path: next,
      answer: shaped(page),
      signal,
    });
    if (!result.ok) {
      yield result;
      return;
    }
    yield { ok: true, value: read(result.value.value) };
    const link: string | undefined = result.value['@odata.nextLink'];
    if (link === undefined) return;
    if (!link.startsWith(`${graph.baseUrl}/`)) {
      yield {
        ok: false,
        failure: { kind: 'malformed', status: 200, detail: '@odata.nextLink leads elsewhere' },
      };
      return;
    }
    next = link.slice(graph.baseUrl.length);
  }
}

/** All items of a collection, at most `limit`. */
export async function collect<T>(
  source: AsyncGenerator<GraphResult<Page<T>>, void>,
  limit: number,
): Promise<GraphResult<readonly T[]>> {
  const all: T[] = [];
  for await (const result of source) {
    if (!result.ok) return result;
    all.push(...result.value.items);
    if (all.length >= limit) break;
  }
  return { ok: true, value: all.slice(0, limit) };
}
